/** A client's side of a call: asks, reads to the end or leaves, and keeps what it saw. */
import { costNanoUsdOf } from '../../src/meter/price';
import type { Price } from '../../src/kernel/wire';
import type { LedgerEntry } from '../../src/server/ledger/ledger';
import type { FakeBook } from '../fakes/openai/fake-books';
import type { Site } from './site';

/** What of an answer reached the client. */
export interface Seen {
  readonly text: string;
  readonly status: number;
  /** The server's name for the call, and the ledger's. */
  readonly requestId: string;
  /** Whether the answer is whole: `[DONE]` came, or a plain body with all its JSON. */
  readonly isWhole: boolean;
  readonly code: string | undefined;
  readonly retryAfterS: number;
  /** The vendor's number of the call, from 1 on; 0 where none was seen. */
  readonly bookNumber: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface Asking {
  readonly text: string;
  readonly stream: boolean;
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
}

const NOTHING = { status: 0, requestId: '', isWhole: false, code: undefined, retryAfterS: 0 };
const NO_USAGE = { bookNumber: 0, promptTokens: 0, completionTokens: 0 };

/** Never rejects: a connection that breaks off ends what was seen. */
export async function askSite(
  site: Pick<Site, 'post'>,
  { text, stream, maxTokens, signal }: Asking,
): Promise<Seen> {
  const body = {
    model: 'flagship',
    messages: [{ role: 'user', content: text }],
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
  };
  let response: Response;
  try {
    response = await site.post(body, signal ? { signal } : {});
  } catch {
    return { text, ...NOTHING, ...NO_USAGE };
  }
  const received = await readWhile(response);
  return {
    text,
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? '',
    isWhole: response.ok && (stream ? received.endsWith('data: [DONE]\n\n') : isJson(received)),
    code: /"code":"(\w+)"/.exec(received)?.[1],
    retryAfterS: Number(response.headers.get('retry-after') ?? 0),
    bookNumber: numberAfter(received, /"id": ?"chatcmpl-(\d+)"/),
    promptTokens: numberAfter(received, /"prompt_tokens": ?(\d+)/),
    completionTokens: numberAfter(received, /"completion_tokens": ?(\d+)/),
  };
}

/** What the vendor bills for a call. */
export function billOf(price: Price, { promptTokens, completionTokens }: FakeBook): number {
  return costNanoUsdOf(price, { promptTokens, completionTokens, cachedTokens: 0 });
}

/** Where what a client saw, the ledger and the vendor's books do not say the same of a call. */
export function disagreementsOf(
  seen: readonly Seen[],
  entries: readonly LedgerEntry[],
  books: readonly FakeBook[],
  price: Price,
): object[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return seen
    .filter(({ isWhole }) => isWhole)
    .flatMap((one) => {
      const entry = byId.get(one.requestId);
      const book = books[one.bookNumber - 1];
      const isRight =
        entry?.state === 'settled' &&
        entry.outcome === 'done' &&
        !entry.isEstimated &&
        book !== undefined &&
        [entry, one].every(
          (side) =>
            side.promptTokens === book.promptTokens && side.completionTokens === book.completionTokens,
        ) &&
        entry.costNanoUsd === billOf(price, book) &&
        entry.costNanoUsd <= entry.worstNanoUsd;
      return isRight ? [] : [{ one, entry, book }];
    });
}

/** Calls that the ledger has as done and the vendor has not billed so, each of the vendor's counted once. */
export function unbilledOf(entries: readonly LedgerEntry[], books: readonly FakeBook[]): LedgerEntry[] {
  const keyOf = (call: { promptTokens: number; completionTokens: number }) =>
    `${call.promptTokens}/${call.completionTokens}`;
  const left = new Map<string, number>();
  for (const book of books) {
    if (book.end === 'done') left.set(keyOf(book), (left.get(keyOf(book)) ?? 0) + 1);
  }
  return entries.filter((entry) => {
    if (entry.outcome !== 'done' || entry.state !== 'settled') return false;
    const count = left.get(keyOf(entry)) ?? 0;
    left.set(keyOf(entry), count - 1);
    return count <= 0;
  });
}

/** Park and Miller's generator (https://doi.org/10.1145/63039.63042): the same choices wherever the test runs. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function readWhile(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true });
  } catch {
    // The server died, or the client left: what came until then was seen.
  }
  return text;
}

function isJson(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { choices?: unknown }).choices);
  } catch {
    return false;
  }
}

function numberAfter(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
