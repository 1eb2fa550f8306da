/** Stands in for the browser's `caches`, as far as web-llm uses them: it answers from files that the page opened. */
import { Fault } from '../../../../kernel/fault';

/** web-llm 0.2.86 and 0.2.79 call `open`, and of a cache `match`, `add`, `keys` and `delete`. */
export function createFileCaches(files: ReadonlyMap<string, Blob>): Pick<CacheStorage, 'open'> {
  const here = new Map(files);
  const urlOf = (request: RequestInfo | URL) =>
    typeof request === 'string' ? request : request instanceof URL ? request.href : request.url;
  const cache = {
    match: async (request: RequestInfo | URL) => {
      const content = here.get(urlOf(request));
      return content && new Response(content);
    },
    // What the page did not open is not fetched here: nothing would keep it, and nobody would see it.
    add: async (request: RequestInfo | URL) => {
      throw new Fault('model_file', `the model has no ${urlOf(request)}`);
    },
    keys: async () => [...here.keys()].map((url) => new Request(url)),
    delete: async (request: RequestInfo | URL) => here.delete(urlOf(request)),
  };
  return { open: async () => cache as unknown as Cache };
}
