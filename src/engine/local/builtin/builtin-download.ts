/** The download of the browser's model: begun in the tab where somebody clicked, since only that may, and awaited in the one that runs the models. */
import { Fault, faultRecordOf, type FaultRecord } from '../../../kernel/fault';
import { faultOfApi } from './api-fault';
import type { CoreOptions, PromptApi } from './prompt-api';

/** How often is looked whether it is here: another site may have had it fetched. */
const LOOK_EVERY_MS = 1_000;
/** Nobody's click began it. */
const QUIET_LOOKS = 4;

type Told = { readonly share: number } | { readonly failed: FaultRecord };

/** The two ends are in one tab or in two. */
export interface DownloadChannel {
  postMessage(told: Told): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<Told>) => void): void;
  close(): void;
}

export interface BuiltinDownloadOptions {
  readonly api: PromptApi;
  readonly core: CoreOptions;
  /** Another end at each call. */
  readonly newChannel: () => DownloadChannel;
  readonly lookEveryMs?: number;
}

export interface BuiltinDownload {
  /** Begins it, or joins it; call it from a click. Never rejects: who waits is told. */
  begin(): Promise<void>;
  /** Resolves once the model is here; `onShare` is told what is done, from 0 to 1. Faults: `no_builtin`, `unreachable`, `cancelled`. */
  untilHere(signal: AbortSignal, onShare: (share: number) => void): Promise<void>;
}

export function createBuiltinDownload({
  api,
  core,
  newChannel,
  lookEveryMs = LOOK_EVERY_MS,
}: BuiltinDownloadOptions): BuiltinDownload {
  return {
    async begin() {
      const channel = newChannel();
      try {
        if ((await api.availability(core)) === 'available') return;
        const session = await api.create({
          ...core,
          monitor: (monitor) =>
            monitor.addEventListener('downloadprogress', (event) =>
              channel.postMessage({ share: (event as ProgressEvent).loaded }),
            ),
        });
        session.destroy();
      } catch (error) {
        const fault = faultOfApi(error, 'start', new AbortController().signal);
        channel.postMessage({ failed: faultRecordOf(fault) });
      } finally {
        channel.close();
      }
    },
    async untilHere(signal, onShare) {
      const channel = newChannel();
      let failed: FaultRecord | undefined;
      let quietLooks = 0;
      channel.addEventListener('message', ({ data }) => {
        quietLooks = 0;
        if ('failed' in data) failed = data.failed;
        else onShare(data.share);
      });
      try {
        for (;;) {
          const availability = await api.availability(core);
          if (signal.aborted) throw new Fault('cancelled');
          if (availability === 'available') return;
          if (failed) throw new Fault(failed.code, failed.detail);
          if (availability === 'unavailable') throw new Fault('no_builtin');
          if (availability === 'downloadable' && quietLooks++ === QUIET_LOOKS)
            throw new Fault('no_builtin', 'it is fetched after a click');
          await sleep(lookEveryMs, signal);
        }
      } finally {
        channel.close();
      }
    },
  };
}

/** Ends early where `signal` is aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake);
  });
}
