/** Stands in for the browser's `caches`, as far as web-llm uses them: it answers from files that the page opened. */
import { Fault } from '../../../../kernel/fault';
import type { OpenFile } from '../../model-files';
import { readFile } from './read-file';

/** The list of shards, by its two names: web-llm asks for one, and forgets to delete it. */
const MANIFEST = /-cache\.json$/;

/** web-llm 0.2.86 and 0.2.79 call `open`, and of a cache `match`, `add`, `keys` and `delete`. */
export function createFileCaches(files: ReadonlyMap<string, OpenFile>): Pick<CacheStorage, 'open'> {
  const here = new Map(files);
  const urlOf = (request: RequestInfo | URL) =>
    typeof request === 'string' ? request : request instanceof URL ? request.href : request.url;
  const cache = {
    match: async (request: RequestInfo | URL) => {
      const url = urlOf(request);
      const file = here.get(url);
      // It is matched twice, and read once.
      return file && Object.assign(new Response(file.content), { arrayBuffer: () => readFile(url, file) });
    },
    // What the page did not open is not fetched here: nothing would keep it, and nobody would see it.
    add: async (request: RequestInfo | URL) => {
      throw new Fault('model_file', `the model has no ${urlOf(request)}`);
    },
    keys: async () => [...here.keys()].map((url) => new Request(url)),
    delete: async (request: RequestInfo | URL) => {
      const isDeleted = here.delete(urlOf(request));
      if ([...here.keys()].every((url) => MANIFEST.test(url))) here.clear();
      return isDeleted;
    },
  };
  return { open: async () => cache as unknown as Cache };
}
