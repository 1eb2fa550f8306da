/** Stops asking a vendor that keeps failing, and asks again after a while: until then each call is refused at once. */
import type { Log } from '../log';
import type { SharedState } from '../store/shared-state';
import type { Upstream } from './upstream';
import { UpstreamFailure, type FailureKind } from './upstream-failure';

export interface Circuit {
  /** `half-open`: one call is under way that decides. */
  readonly state: 'closed' | 'open' | 'half-open';
  /** When it opened last; milliseconds since 1970. */
  readonly openedAtMs: number | undefined;
  /** Asks through it. */
  guard(upstream: Upstream): Upstream;
  /** Takes over what another server found. Never rejects. */
  sync(): Promise<void>;
  close(): void;
}

export interface CircuitOptions {
  readonly now: () => number;
  readonly log: Log;
  /** What one server finds, the others need not. */
  readonly shared?: SharedState;
  /** In a row, each after its own retries. */
  readonly failuresToOpen?: number;
  /** How long it stays open the first time; twice as long each further time, up to `maxOpenMs`. */
  readonly openMs?: number;
  readonly maxOpenMs?: number;
}

const FAILURES_TO_OPEN = 5;
const OPEN_MS = 5_000;
const MAX_OPEN_MS = 120_000;
const SYNC_EVERY_MS = 1_000;
/** Name of the fact that servers share: until when it is open, in milliseconds since 1970. */
const FACT = 'circuit';
/** The vendor is down; what it refuses, and what the client gave up, says nothing of that. */
const DOWN = new Set<FailureKind>(['unreachable', 'timeout', 'failed']);

export function createCircuit(options: CircuitOptions): Circuit {
  const { now, log, shared, failuresToOpen = FAILURES_TO_OPEN } = options;
  const { openMs = OPEN_MS, maxOpenMs = MAX_OPEN_MS } = options;
  let failures = 0;
  let opened = 0;
  let openedAtMs: number | undefined;
  let opensAgainAtMs = 0;
  let state: Circuit['state'] = 'closed';

  function enter(): void {
    if (state === 'closed') return;
    const waitMs = opensAgainAtMs - now();
    if (state === 'half-open' || waitMs > 0) {
      throw new UpstreamFailure('circuit-open', 'free', { seconds: Math.max(1, Math.ceil(waitMs / 1_000)) });
    }
    state = 'half-open';
  }

  function succeed(): void {
    failures = 0;
    if (state === 'closed') return;
    state = 'closed';
    opened = 0;
    tell(undefined);
    log.info('the vendor answers again: the circuit is closed');
  }

  function fail(kind: FailureKind): void {
    failures++;
    if (state === 'closed' && failures < failuresToOpen) return;
    if (state === 'open') return;
    const ms = Math.min(openMs * 2 ** opened, maxOpenMs);
    opened++;
    state = 'open';
    openedAtMs = now();
    opensAgainAtMs = openedAtMs + ms;
    tell(String(opensAgainAtMs));
    log.warn('the vendor keeps failing: the circuit is open', { reason: kind, seconds: ms / 1_000 });
  }

  /** Where the store is away each server finds out for itself. */
  function tell(until: string | undefined): void {
    void shared?.update(FACT, () => until, maxOpenMs).catch(() => undefined);
  }

  async function sync(): Promise<void> {
    const until = Number((await shared?.read(FACT).catch(() => undefined)) ?? 0);
    if (state === 'closed' && until > now()) {
      state = 'open';
      openedAtMs = now();
      opensAgainAtMs = until;
    } else if (state === 'open' && until === 0 && opened === 0) {
      // Found by another server, and closed by it.
      state = 'closed';
    }
  }
  const timer = shared && setInterval(() => void sync(), SYNC_EVERY_MS).unref();

  /** Neither: a call that decided nothing lets another one try. */
  function leave(): void {
    if (state === 'half-open') state = 'open';
  }

  return {
    get state() {
      return state;
    },
    get openedAtMs() {
      return openedAtMs;
    },
    guard: (upstream) => ({
      async send(body, signal) {
        enter();
        try {
          const parts = await upstream.send(body, signal);
          succeed();
          return parts;
        } catch (error) {
          const kind = error instanceof UpstreamFailure ? error.kind : 'invalid';
          if (DOWN.has(kind)) fail(kind);
          else if (kind === 'aborted') leave();
          else succeed();
          throw error;
        }
      },
      close: () => upstream.close(),
    }),
    sync,
    close: () => clearInterval(timer),
  };
}
