/** Stands in for the network: answers requests for one file, whole or as badly as a test wants. */
import { Fault } from '../../src/kernel/fault';
import type { Request } from '../../src/kernel/network';

export interface FileHost {
  readonly request: Request;
  readonly requests: readonly string[];
  /** Bodies that were let go of before their end. */
  readonly cancelled: number;
}

export interface HostBehaviour {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly status?: number;
  /** Sizes of the parts that the body comes in; the last one again and again. */
  readonly partBytes?: readonly number[];
  /** Called before each part with the bytes sent so far; what it throws breaks the body. */
  readonly beforePart?: (sentBytes: number) => Promise<void> | void;
}

/** Bytes of no meaning that begin as a GGUF file does. */
export function ggufOf(sizeBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at++) bytes[at] = (at * 31 + (at >> 8)) & 255;
  bytes.set(new TextEncoder().encode('GGUF').subarray(0, sizeBytes));
  return bytes;
}

export function createFileHost(behaviour: HostBehaviour): FileHost {
  const requests: string[] = [];
  let cancelled = 0;
  const { bytes, status = 200, partBytes = [65_536], beforePart } = behaviour;

  const bodyOf = (signal: AbortSignal | null | undefined): ReadableStream<Uint8Array> => {
    let sentBytes = 0;
    let part = 0;
    return new ReadableStream(
      {
        start(controller) {
          signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });
        },
        async pull(controller) {
          await beforePart?.(sentBytes);
          if (signal?.aborted) return;
          if (sentBytes >= bytes.length) return controller.close();
          const size = partBytes[Math.min(part++, partBytes.length - 1)] ?? 1;
          controller.enqueue(bytes.slice(sentBytes, (sentBytes += size)));
        },
        cancel() {
          cancelled++;
        },
      },
      { highWaterMark: 0 },
    );
  };

  return {
    requests,
    get cancelled() {
      return cancelled;
    },
    async request(url, init) {
      requests.push(String(url));
      if (init?.signal?.aborted) throw new Fault('cancelled');
      return new Response(bodyOf(init?.signal), { status });
    },
  };
}
