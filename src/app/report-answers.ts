/** Tells the site's own server how many answers were made where, if its operator asked for that: two numbers, now and then, and nothing else. */
import type { Place } from '../kernel/engine';
import type { Request } from '../kernel/network';

export interface AnswerReporterOptions {
  readonly baseUrl: URL;
  readonly request: Request;
  /** Whether the operator asked for it. */
  readonly isWanted: () => boolean;
}

export interface AnswerReporter {
  count(place: Place): void;
  /** Sends what was counted and not sent: before the page goes. */
  flush(): void;
}

const REPORT_EVERY = 5;
/** The server takes no more at once. */
const MOST_AT_ONCE = 100;

/** Where nothing may leave the request refuses, and nothing is kept for later. */
export function createAnswerReporter({ baseUrl, request, isWanted }: AnswerReporterOptions): AnswerReporter {
  let device = 0;
  let cloud = 0;

  function flush(): void {
    if (device + cloud === 0) return;
    const body = JSON.stringify({
      device: Math.min(device, MOST_AT_ONCE),
      cloud: Math.min(cloud, MOST_AT_ONCE),
    });
    device = 0;
    cloud = 0;
    const headers = { 'Content-Type': 'application/json' };
    const url = new URL('api/counts', baseUrl);
    // What gets lost is missing in a picture, and nowhere else.
    void request(url, { method: 'POST', headers, body, keepalive: true }).catch(() => undefined);
  }

  return {
    count(place) {
      if (!isWanted()) return;
      if (place === 'local') device++;
      else cloud++;
      if (device + cloud >= REPORT_EVERY) flush();
    },
    flush,
  };
}
