/** What the operator changes while servers run, and what is counted for him by the day. */
import { utcDayOf, type Caps } from '../ledger/ledger';
import type { Log } from '../log';
import { addCounts, NO_COUNTS, readPage, writePage, type BookPage, type DayCounts } from './book-page';
import type { Keeping } from './keeping';

/** The caps in force, as the ledger was handed them: it reads their amounts at each reservation. */
export type LiveCaps = { -readonly [Name in keyof Caps]: Caps[Name] };

export interface OperatorBook {
  readonly caps: Caps;
  /** In force once they are kept; the change is in the log. Rejects where they cannot be kept: then they stay as they were. */
  setCaps(caps: Caps): Promise<void>;
  countRefusal(code: string): void;
  countAnswers(device: number, cloud: number): void;
  countsOf(day: string): DayCounts;
  /** Keeps what is not kept yet, and takes over what other servers changed. Never rejects. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface OperatorBookOptions {
  readonly keeping: Keeping;
  /** Those of the environment; changed in place. */
  readonly caps: LiveCaps;
  readonly now: () => number;
  readonly log: Log;
  /** Between two looks. */
  readonly syncEveryMs?: number;
}

const SYNC_EVERY_MS = 2_000;
const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

/** Rejects where there is a book that cannot be read: caps that were set must not be forgotten. A shared one may be away for now. */
export async function openOperatorBook(options: OperatorBookOptions): Promise<OperatorBook> {
  const { keeping, caps, now, log } = options;
  const usualCaps: Caps = { ...caps };
  let page: BookPage = { days: {} };
  /** Counted, and not kept yet. */
  let pending: Record<string, DayCounts> = {};
  let isFailing = false;

  function adopt(text: string | undefined): void {
    page = readPage(text);
    Object.assign(caps, page.caps ?? usualCaps);
  }

  /** What is counted while this is under way waits for the next time. */
  async function write(newCaps?: Caps): Promise<void> {
    const counted = pending;
    pending = {};
    const oldest = utcDayOf(now() - KEPT_DAYS * DAY_MS).day;
    try {
      adopt(await keeping.update((text) => writePage(readPage(text), counted, oldest, newCaps)));
    } catch (error) {
      for (const [day, counts] of Object.entries(counted)) pending[day] = addCounts(pending[day], counts);
      throw error;
    }
  }

  function count(counts: Partial<DayCounts>): void {
    const { day } = utcDayOf(now());
    pending[day] = addCounts(pending[day], { ...NO_COUNTS, ...counts });
  }

  async function sync(): Promise<void> {
    try {
      if (Object.keys(pending).length > 0) await write();
      else if (keeping.isShared) adopt(await keeping.read());
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.error('the operator’s book cannot be kept', { reason: reasonOf(error) });
      isFailing = true;
    }
  }

  if (keeping.isShared) await sync();
  else adopt(await keeping.read());
  const timer = setInterval(() => void sync(), options.syncEveryMs ?? SYNC_EVERY_MS).unref();
  return {
    caps,
    async setCaps(next) {
      const before = { ...caps };
      await write(next);
      log.warn('the operator changed the caps', {
        dayNanoUsdBefore: before.dayNanoUsd,
        dayNanoUsd: next.dayNanoUsd,
        siteNanoUsdBefore: before.siteNanoUsd,
        siteNanoUsd: next.siteNanoUsd,
        visitorNanoUsdBefore: before.visitorNanoUsd,
        visitorNanoUsd: next.visitorNanoUsd,
      });
    },
    countRefusal: (code) => count({ refusals: { [code]: 1 } }),
    countAnswers: (device, cloud) => count({ device, cloud }),
    countsOf: (day) => addCounts(page.days[day], pending[day] ?? NO_COUNTS),
    sync,
    async close() {
      clearInterval(timer);
      await sync();
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
