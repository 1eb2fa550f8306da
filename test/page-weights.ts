/** In the browser, for programs that measure or try engines: the app's own weights, in a database of that name. */
import { openDatabase } from '../src/store/database';
import { createWeights } from '../src/weights/weights';

export async function openWeights(name: string) {
  const { weights: keyValue } = await openDatabase({
    name,
    version: 1,
    storeNames: ['weights'],
    onBlocked: () => undefined,
    onOutdated: () => undefined,
  });
  const weights = createWeights({
    keyValue,
    request: (url, init) => fetch(url, init),
    random: Math.random,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: Date.now,
  });
  return { keyValue, weights };
}
