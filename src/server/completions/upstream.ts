/** Sends one call to the vendor, tried again only before its first byte. */
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { failureOf, problemOfStatus, retryOf, UpstreamFailure } from './upstream-failure';

export interface UpstreamOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly key: string;
  /** How long until the response begins; a plain completion's does only when all of it is made. */
  readonly headersTimeoutMs?: number;
  /** The longest pause between two parts of a response. */
  readonly idleTimeoutMs?: number;
  readonly retryBaseMs?: number;
  /** From 0 up to 1, for the jitter. */
  readonly random?: () => number;
}

export interface Upstream {
  /**
   * Resolves with the parts of a 200 response, as they come; both the promise and the parts throw only `UpstreamFailure`.
   * An abort closes the socket at once.
   */
  send(body: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 120_000;
const IDLE_TIMEOUT_MS = 30_000;
const RETRY_BASE_MS = 250;
/** Enough to tell what an error is about. */
const MAX_ERROR_BYTES = 16_384;

export function createUpstream(options: UpstreamOptions): Upstream {
  const { baseUrl, key, random = Math.random, retryBaseMs = RETRY_BASE_MS } = options;
  const agent = new Agent({
    headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
    bodyTimeout: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    connectTimeout: 10_000,
  });
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };

  async function tryOnce(body: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    if (signal.aborted) throw new UpstreamFailure('aborted', 'free');
    const url = `${baseUrl}/chat/completions`;
    let response;
    try {
      response = await request(url, { dispatcher: agent, method: 'POST', headers, body, signal });
    } catch (error) {
      throw failureOf(error, signal, 'unanswered');
    }
    if (response.statusCode === 200) return partsOf(response.body, signal);
    const code = await readErrorCode(response.body);
    throw problemOfStatus(response.statusCode, code, String(response.headers['retry-after'] ?? ''));
  }

  return {
    async send(body, signal) {
      for (let failures = 0; ; failures++) {
        try {
          return await tryOnce(body, signal);
        } catch (error) {
          const failure = error as UpstreamFailure;
          const waitMs = retryOf(failure, failures, retryBaseMs, random);
          if (waitMs === undefined) throw failure;
          await wait(waitMs, undefined, { signal }).catch(() => {
            throw new UpstreamFailure('aborted', 'free');
          });
        }
      }
    },
    close: () => agent.destroy(),
  };
}

async function* partsOf(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw failureOf(error, signal, 'answering');
  }
}

/** OpenAI puts it under `error`; Google does so within an array, Mistral and older vLLMs have it at the top; where it is a number, `type` says more. */
function codeIn(body: unknown): string | undefined {
  const first = (Array.isArray(body) ? body[0] : body) as { error?: unknown } | null;
  const { code, type } = (first?.error ?? first ?? {}) as { code?: unknown; type?: unknown };
  return [code, type].find((word) => typeof word === 'string');
}

/** Only the code: an error's text may repeat the key, or what the visitor wrote. */
async function readErrorCode(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const part of body) {
      sizeBytes += part.length;
      if (sizeBytes > MAX_ERROR_BYTES) return undefined;
      parts.push(part);
    }
    return codeIn(JSON.parse(Buffer.concat(parts).toString()));
  } catch {
    return undefined;
  }
}
