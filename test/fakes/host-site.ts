/** A site of somebody else's, on a port of its own: pages that a widget from elsewhere is put on. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HostPage {
  readonly body: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HostSite {
  /** `http://127.0.0.1:1234` */
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves what `pageOf` gives for a path; everything else is 404. */
export async function startHostSite(pageOf: (url: URL) => HostPage | undefined): Promise<HostSite> {
  const server = createServer((request, response) => {
    const page = pageOf(new URL(request.url ?? '/', 'http://host.invalid'));
    const { type = 'text/html; charset=utf-8', headers = {} } = page ?? {};
    response.writeHead(page ? 200 : 404, { 'Content-Type': type, ...headers });
    response.end(page?.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
