/** How often one may ask: by token, by address and by site at once, so that changing one of them buys nothing. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** A site has many visitors. */
const SITE_FACTOR = 30;

type Kind = 'token' | 'address' | 'site';

export interface RateLimits {
  /** Takes one from each that is named; gives the seconds to wait where one of them is used up. */
  take(keys: Partial<Record<Kind, string>>): Promise<number | undefined>;
}

export function createRateLimits(perMinute: number): RateLimits {
  const limiter = (points: number) => new RateLimiterMemory({ points, duration: 60 });
  const limiters = {
    token: limiter(perMinute),
    address: limiter(perMinute),
    site: limiter(perMinute * SITE_FACTOR),
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
