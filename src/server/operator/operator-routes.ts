/** The operator's API: `GET /api/admin` (everything that /admin shows), `PUT /api/caps`; and `POST /api/counts`, by which pages report. */
import type { Handler } from 'hono';
import { adminCapsOf, type AdminDay, type AdminReport, type AdminRung } from '../../kernel/admin-report';
import type { Circuit } from '../completions/circuit';
import { utcDayOf, type Caps, type Ledger } from '../ledger/ledger';
import type { Log } from '../log';
import type { ModelsWatch } from '../pairs/models-watch';
import type { Rotation, RungStatus } from '../pairs/rotation';
import { sendProblem } from '../problem';
import type { OperatorBook } from './operator-book';
import { reportedAnswersOf } from './reported-answers';

export interface OperatorRoutesOptions {
  readonly ledger: Ledger;
  readonly book: OperatorBook;
  readonly usualCaps: Caps;
  readonly rotation: Rotation;
  readonly watch: ModelsWatch;
  readonly circuit: Circuit;
  readonly openReservations: () => number;
  readonly vendorName: string;
  readonly reportsAnswers: boolean;
  readonly now: () => number;
  readonly log: Log;
}

export interface OperatorRoutes {
  /** `?days=N`, the last N up to today; 30 where nothing is said. */
  readonly report: Handler;
  readonly caps: Handler;
  readonly counts: Handler;
}

const USUAL_DAYS = 30;
const MOST_DAYS = 366;
const DAY_MS = 86_400_000;
/** A cap beyond it is a slip of the keyboard. */
const MOST_NANO_USD = 1e15;
const NOT_STORED = { 'Cache-Control': 'no-store' };

export function createOperatorRoutes(options: OperatorRoutesOptions): OperatorRoutes {
  const { ledger, book, usualCaps, rotation, watch, circuit, now, log } = options;

  async function dayOf(day: string): Promise<AdminDay> {
    const { spentNanoUsd, calls } = await ledger.spend(day);
    const rowsOf = async (account: 'site' | 'model') =>
      (await ledger.spendBy(day, account)).map((row) => ({
        name: row.name,
        spent_nano_usd: row.spentNanoUsd,
        calls: row.calls,
      }));
    const { device, cloud, refusals } = book.countsOf(day);
    const by =
      calls > 0 ? { site: await rowsOf('site'), model: await rowsOf('model') } : { site: [], model: [] };
    return { day, spent_nano_usd: spentNanoUsd, calls, by, answers: { device, cloud }, refusals };
  }

  return {
    async report(c) {
      const asked = Number(c.req.query('days') ?? USUAL_DAYS);
      const count = Number.isInteger(asked) ? Math.min(Math.max(asked, 1), MOST_DAYS) : USUAL_DAYS;
      const days: AdminDay[] = [];
      for (let ago = count - 1; ago >= 0; ago--) days.push(await dayOf(utcDayOf(now() - ago * DAY_MS).day));
      const { atMs, problem } = watch.lastRead;
      const report: AdminReport = {
        now: now(),
        days,
        held_nano_usd: (await ledger.spend(utcDayOf(now()).day)).heldNanoUsd,
        open_reservations: options.openReservations(),
        caps: reportedCaps(book.caps),
        usual_caps: reportedCaps(usualCaps),
        rungs: rotation.status().map(rungOf),
        vendor: {
          name: options.vendorName,
          circuit: circuit.state,
          list_read_at: atMs ?? null,
          list_problem: problem ?? null,
        },
        reports_answers: options.reportsAnswers,
      };
      return c.json(report, 200, NOT_STORED);
    },

    async caps(c) {
      const caps = adminCapsOf(await c.req.json().catch(() => undefined));
      if (!caps || Math.max(caps.day, caps.site, caps.visitor) > MOST_NANO_USD) {
        return sendProblem(c, 'invalid_caps');
      }
      const { day: dayNanoUsd, site: siteNanoUsd, visitor: visitorNanoUsd } = caps;
      try {
        await book.setCaps({ dayNanoUsd, siteNanoUsd, visitorNanoUsd });
      } catch (error) {
        log.error('the caps stay as they are: they cannot be kept', {
          reason: error instanceof Error ? error.message : String(error),
        });
        return sendProblem(c, 'caps_not_kept');
      }
      return c.json(reportedCaps(book.caps), 200, NOT_STORED);
    },

    async counts(c) {
      if (!options.reportsAnswers) return c.notFound();
      const answers = reportedAnswersOf(await c.req.json().catch(() => undefined));
      if (!answers) return sendProblem(c, 'invalid_counts');
      book.countAnswers(answers.device, answers.cloud);
      return c.body(null, 204, NOT_STORED);
    },
  };
}

function reportedCaps({ dayNanoUsd, siteNanoUsd, visitorNanoUsd }: Caps) {
  return { day: dayNanoUsd, site: siteNanoUsd, visitor: visitorNanoUsd };
}

function rungOf({
  role,
  configured,
  facts,
  shutdown,
  successor,
  daysLeft,
  state,
  isListed,
}: RungStatus): AdminRung {
  return {
    role,
    configured,
    model: facts?.model ?? null,
    input_nano_usd: facts?.inputNanoUsd ?? 0,
    cached_input_nano_usd: facts?.cachedInputNanoUsd ?? 0,
    output_nano_usd: facts?.outputNanoUsd ?? 0,
    price_as_of: facts?.asOf ?? '',
    shutdown: shutdown ?? null,
    days_left: daysLeft ?? null,
    successor: successor?.model ?? null,
    state,
    is_listed: isListed ?? null,
    unconfirmed: [...(facts?.unconfirmed ?? [])],
  };
}
