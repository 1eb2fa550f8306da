/** Passes a stream's events on, byte for byte, while it reads from them what was made and what it cost. */
import { createParser } from 'eventsource-parser';
import type { BilledUsage } from '../../meter/price';
import { billedUsageOf } from './billed-usage';
import { createEventFrames } from './event-frames';
import { UpstreamFailure } from './upstream-failure';

/** What is known of a stream so far. */
export interface StreamReading {
  /** Chunks with something in them: one token each, as OpenAI sends them. */
  chunkCount: number;
  usage: BilledUsage | undefined;
}

/** Bytes for the client; the ones with `[DONE]` are the last. */
export interface Relayed {
  readonly kind: 'more' | 'done';
  readonly bytes: Uint8Array;
}

/** An event holds one token; twenty alternatives to it make some three kilobytes. */
const MAX_EVENT_BYTES = 1_048_576;
const MAX_STREAM_BYTES = 67_108_864;

type Kind = 'pass' | 'usage' | 'done' | 'failed' | 'invalid' | 'too-large';

/**
 * Ends after `[DONE]` and whatever the vendor sends behind it. Throws `UpstreamFailure` when the stream breaks off, is too
 * large, is no stream of OpenAI's or reports an error; only whole events have been passed on then. An event that tells nothing
 * but the usage is passed on if `passesUsage`.
 */
export async function* relayEvents(
  parts: AsyncIterable<Uint8Array>,
  reading: StreamReading,
  passesUsage: boolean,
): AsyncGenerator<Relayed> {
  const frames = createEventFrames();
  const kindOf = createKindOf(reading);
  let state: 'open' | 'done' = 'open';
  let sizeBytes = 0;
  for await (const part of parts) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_STREAM_BYTES) throw new UpstreamFailure('too-large', 'billed');
    if (state === 'done') continue;
    const kept: Uint8Array[] = [];
    let failure: UpstreamFailure | undefined;
    for (const frame of frames.push(part)) {
      const kind = frame.length > MAX_EVENT_BYTES ? 'too-large' : kindOf(frame);
      if (kind === 'failed' || kind === 'invalid' || kind === 'too-large') {
        failure = new UpstreamFailure(kind, 'billed');
        break;
      }
      if (kind !== 'usage' || passesUsage) kept.push(frame);
      if (kind !== 'done') continue;
      state = 'done';
      break;
    }
    if (kept.length > 0) yield { kind: state === 'done' ? 'done' : 'more', bytes: joined(kept) };
    if (failure) throw failure;
    if (frames.pendingBytes() > MAX_EVENT_BYTES) throw new UpstreamFailure('too-large', 'billed');
  }
  if (state === 'open') throw new UpstreamFailure('incomplete', 'billed');
}

function createKindOf(reading: StreamReading): (frame: Uint8Array) => Kind {
  const decoder = new TextDecoder();
  let kind: Kind = 'pass';
  const parser = createParser({
    onEvent: ({ data }) => {
      kind = data === '[DONE]' ? 'done' : read(data, reading);
    },
  });
  return (frame) => {
    // Comments that keep a connection alive have no data: they pass.
    kind = 'pass';
    // After a CR the parser waits for a LF, which the end of an event need not bring.
    parser.feed(decoder.decode(frame).replaceAll(/\r\n?/g, '\n'));
    return kind;
  };
}

interface ChunkShape {
  readonly choices?: unknown;
  readonly usage?: unknown;
  readonly error?: unknown;
}

function read(data: string, reading: StreamReading): Kind {
  let chunk: ChunkShape | null;
  try {
    chunk = JSON.parse(data) as ChunkShape | null;
  } catch {
    return 'invalid';
  }
  if (typeof chunk !== 'object' || chunk === null) return 'invalid';
  if (chunk.error) return 'failed';
  if (!Array.isArray(chunk.choices)) return 'invalid';
  const usage = billedUsageOf(chunk.usage);
  if (usage) reading.usage = usage;
  if (chunk.choices.some(hasContent)) reading.chunkCount++;
  return usage && chunk.choices.length === 0 ? 'usage' : 'pass';
}

function hasContent(choice: unknown): boolean {
  const { delta } = (choice ?? {}) as { delta?: Record<string, unknown> | null };
  return Object.entries(delta ?? {}).some(([name, value]) => name !== 'role' && Boolean(value));
}

function joined(frames: readonly Uint8Array[]): Uint8Array {
  const [only] = frames;
  return only && frames.length === 1 ? only : Buffer.concat(frames);
}
