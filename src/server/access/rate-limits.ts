/** How often one may ask: by token, by address and by site at once, so that changing one of them buys nothing. */
import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';

/** A site has many visitors. */
const SITE_FACTOR = 30;
export const WINDOW_S = 60;

export type LimitKind = 'token' | 'address' | 'site';

/** Makes what counts one kind, up to so many points a minute. */
export type LimiterFactory = (kind: LimitKind, points: number) => Pick<RateLimiterAbstract, 'consume'>;

export interface RateLimits {
  /** Takes one from each that is named; gives the seconds to wait where one of them is used up. */
  take(keys: Partial<Record<LimitKind, string>>): Promise<number | undefined>;
}

/** `limiterOf`: this process's memory, where nothing else is said. */
export function createRateLimits(perMinute: number, limiterOf: LimiterFactory = inMemory): RateLimits {
  const limiters = {
    token: limiterOf('token', perMinute),
    address: limiterOf('address', perMinute),
    site: limiterOf('site', perMinute * SITE_FACTOR),
  };
  return {
    async take(keys) {
      // The narrowest first: who is stopped there takes nothing from the site.
      for (const kind of ['token', 'address', 'site'] as const) {
        const key = keys[kind];
        if (key === undefined) continue;
        try {
          await limiters[kind].consume(key);
        } catch (stopped) {
          if (!(stopped instanceof RateLimiterRes)) throw stopped;
          return Math.max(1, Math.ceil(stopped.msBeforeNext / 1_000));
        }
      }
      return undefined;
    },
  };
}

function inMemory(_kind: LimitKind, points: number): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration: WINDOW_S });
}
