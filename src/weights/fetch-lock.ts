/** One fetcher per file and origin: the tab that holds the lock fetches, the others show what it tells. */
import { faultOf } from '../kernel/fault';
import type { FetchOptions } from './weights';

export interface LockDeps {
  readonly locks?: LockManager | undefined;
  readonly channel?: BroadcastChannel | undefined;
}

interface Told {
  readonly url: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface FetchLock {
  /** Runs `work` alone; while another tab works on the same file, `onProgress` hears of that. */
  hold<T>(url: string, options: FetchOptions, work: (options: FetchOptions) => Promise<T>): Promise<T>;
}

export function createFetchLock({ locks, channel }: LockDeps): FetchLock {
  return {
    async hold(url, { signal, onProgress }, work) {
      if (!locks) return work({ signal, onProgress });
      const hear = ({ data }: MessageEvent<Told>) => {
        if (data.url === url) onProgress(data.doneBytes, data.totalBytes);
      };
      channel?.addEventListener('message', hear);
      try {
        return await locks.request(`weights:${url}`, { signal }, () => {
          channel?.removeEventListener('message', hear);
          return work({
            signal,
            onProgress: (doneBytes, totalBytes) => {
              onProgress(doneBytes, totalBytes);
              channel?.postMessage({ url, doneBytes, totalBytes } satisfies Told);
            },
          });
        });
      } catch (error) {
        throw faultOf(error, 'storage_failed');
      } finally {
        channel?.removeEventListener('message', hear);
      }
    },
  };
}
