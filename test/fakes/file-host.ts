/** Stands in for the network: answers requests for one file, whole or as badly as a test wants. */
import { Fault } from '../../src/kernel/fault';
import type { Request } from '../../src/kernel/network';

export interface FileHost {
  readonly request: Request;
  readonly requests: readonly string[];
  /** The ranges asked for; `undefined` where the whole file was. */
  readonly ranges: readonly (string | undefined)[];
  /** What the ranges cover together, ends included: those that touch are one. */
  readonly spans: readonly (readonly [from: number, last: number])[];
  /** Bytes of all bodies together. */
  readonly sentBytes: number;
  /** Bodies that were let go of before their end. */
  readonly cancelled: number;
}

export interface HostBehaviour {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly status?: number;
  /** Whether it says how long an answer is; it does where this is absent. */
  readonly tellsLength?: boolean;
  /** Whether it knows ranges; it does where this is absent. */
  readonly isRanged?: boolean;
  /** Says of each answer how many bytes to send before the connection breaks; `undefined` is all. */
  readonly cutAt?: (request: number) => number | undefined;
  /** Changes a part on its way. `at` is its place in the file. */
  readonly spoil?: (part: Uint8Array, at: number, request: number) => void;
  /** Sizes of the parts that the body comes in; the last one again and again. */
  readonly partBytes?: readonly number[];
  /** What Git LFS keeps in the place of the file, under `/raw/` where the file is under `/resolve/`; not a file there where this is absent. */
  readonly pointer?: string;
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
  const ranges: (string | undefined)[] = [];
  let cancelled = 0;
  let allSentBytes = 0;
  const {
    bytes,
    status = 200,
    isRanged = true,
    tellsLength = true,
    partBytes = [65_536],
    beforePart,
    cutAt,
    spoil,
  } = behaviour;

  const bodyOf = (
    from: number,
    to: number,
    signal: AbortSignal | null | undefined,
  ): ReadableStream<Uint8Array> => {
    const request = requests.length - 1;
    const end = Math.min(to, from + (cutAt?.(request) ?? Infinity));
    let at = from;
    let part = 0;
    return new ReadableStream(
      {
        start(controller) {
          signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });
        },
        async pull(controller) {
          // In a task of its own: Chromium 156 hangs where a signal aborts from within a pull that it called itself.
          if (beforePart) await new Promise((resolve) => setTimeout(resolve));
          await beforePart?.(at);
          if (signal?.aborted) return;
          if (at >= end)
            return end < to ? controller.error(new TypeError('network error')) : controller.close();
          const size = partBytes[Math.min(part++, partBytes.length - 1)] ?? 1;
          const piece = bytes.slice(at, Math.min(at + size, end));
          spoil?.(piece, at, request);
          at += piece.length;
          allSentBytes += piece.length;
          controller.enqueue(piece);
        },
        cancel() {
          cancelled++;
        },
      },
      { highWaterMark: 0 },
    );
  };

  const lengthOf = (length: number): Record<string, string> =>
    tellsLength ? { 'Content-Length': String(length) } : {};

  return {
    requests,
    ranges,
    get spans() {
      return spansOf(ranges);
    },
    get sentBytes() {
      return allSentBytes;
    },
    get cancelled() {
      return cancelled;
    },
    async request(url, init) {
      requests.push(String(url));
      if (String(url).includes('/raw/'))
        return behaviour.pointer === undefined
          ? new Response('no', { status: 404 })
          : new Response(behaviour.pointer, {
              headers: { 'Content-Length': String(behaviour.pointer.length) },
            });
      const asked = new Headers(init?.headers).get('Range') ?? undefined;
      ranges.push(asked);
      if (init?.signal?.aborted) throw new Fault('cancelled');
      const [, from, to] = (isRanged && /^bytes=(\d+)-(\d+)$/.exec(asked ?? '')) || [];
      if (from === undefined || status !== 200)
        return new Response(bodyOf(0, bytes.length, init?.signal), {
          status,
          headers: lengthOf(bytes.length),
        });
      if (Number(from) >= bytes.length) return new Response(null, { status: 416 });
      const end = Math.min(Number(to) + 1, bytes.length);
      const headers = {
        'Content-Range': `bytes ${from}-${end - 1}/${bytes.length}`,
        ...lengthOf(end - Number(from)),
      };
      return new Response(bodyOf(Number(from), end, init?.signal), { status: 206, headers });
    },
  };
}

function spansOf(ranges: readonly (string | undefined)[]): [from: number, last: number][] {
  const spans: [number, number][] = [];
  const all = ranges.map((range) => (/\d+-\d+/.exec(range ?? '')?.[0] ?? '').split('-').map(Number));
  for (const [from = 0, last = 0] of all.toSorted(([a = 0], [b = 0]) => a - b)) {
    const before = spans.at(-1);
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], last);
    else spans.push([from, last]);
  }
  return spans;
}
