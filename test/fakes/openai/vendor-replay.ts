/** A vendor that answers with bytes that were written down, whatever it is asked, and remembers what that was. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';

export interface VendorReplay {
  /** Without a slash at its end. */
  readonly url: string;
  /** Bodies of the requests, in order. */
  readonly asked: readonly unknown[];
  /** What the next requests get. */
  answer(status: number, contentType: string, body: string): void;
  close(): Promise<void>;
}

export async function startVendorReplay(): Promise<VendorReplay> {
  const asked: unknown[] = [];
  let next = { status: 500, contentType: 'text/plain', body: '' };
  const server = createServer((request, response) => {
    void readText(request).then((body) => {
      asked.push(JSON.parse(body));
      response.writeHead(next.status, { 'Content-Type': next.contentType }).end(next.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    answer: (status, contentType, body) => void (next = { status, contentType, body }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
