/** Serves a made-up model and its library on this machine, as a hub does. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelUnderTest } from './engine-steps';
import type { SyntheticModel } from './synthetic-model';

export interface SyntheticHub {
  readonly model: ModelUnderTest;
  readonly largestShardBytes: number;
  close(): void;
}

export async function startSyntheticHub(model: SyntheticModel, library: Buffer): Promise<SyntheticHub> {
  const server = createServer((request, response) => {
    const name = (request.url ?? '').split('/').at(-1) ?? '';
    const file = name === 'lib.wasm' ? library : model.files.get(name);
    const headers = { 'Access-Control-Allow-Origin': '*' };
    if (!file) {
      response.writeHead(404, headers).end();
      return;
    }
    const [, from, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const body = from === undefined ? file : file.subarray(Number(from), Number(last) + 1);
    response
      .writeHead(from === undefined ? 200 : 206, { ...headers, 'Content-Length': body.length })
      .end(body);
  });
  // Not `localhost`: web-llm fetches a library from there past any cache.
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { sizeBytes, contextTokens, largestShardBytes } = model;
  return {
    model: { url: `${url}/resolve/main/`, libUrl: `${url}/lib.wasm`, sizeBytes, contextTokens },
    largestShardBytes,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
