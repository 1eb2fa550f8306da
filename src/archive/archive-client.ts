/** The page's side of the archive's worker, which is started when something is first asked of it. */
import { Fault } from '../kernel/fault';
import type { ArchiveDesk } from './archive-desk';
import type { FromArchive, ToArchive } from './archive-messages';
// oxlint-disable-next-line import/default -- Vite makes it: https://vite.dev/guide/assets#importing-script-as-a-worker
import workerUrl from './archive-worker?worker&url';

/** The worker's program, so that it can be kept for when there is no network. */
export const ARCHIVE_FILE = new URL(workerUrl, document.baseURI).href;

/** Faults: `worker_load` where the worker's program cannot be fetched, and those of the work. */
export function createArchiveClient(): ArchiveDesk {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let worker: Worker | undefined;
  let asked = 0;

  const start = () => {
    const started = new Worker(workerUrl, { type: 'module' });
    started.addEventListener('message', ({ data: { id, value, fault } }: MessageEvent<FromArchive>) => {
      if (fault) waiting.get(id)?.reject(new Fault(fault.code, fault.detail));
      else waiting.get(id)?.resolve(value);
      waiting.delete(id);
    });
    started.addEventListener('error', (event) => {
      event.preventDefault();
      started.terminate();
      worker = undefined;
      for (const { reject } of waiting.values()) reject(new Fault('worker_load', event.message || undefined));
      waiting.clear();
    });
    return started;
  };
  const ask = <T>(method: ToArchive['method'], ...args: readonly unknown[]): Promise<T> => {
    worker ??= start();
    const id = asked++;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    worker.postMessage({ id, method, args } satisfies ToArchive);
    return answer.promise as Promise<T>;
  };

  return {
    search: (query) => ask('search', query),
    exportChats: (kind, id) => ask('exportChats', kind, id),
    importChats: (file) => ask('importChats', file),
  };
}
