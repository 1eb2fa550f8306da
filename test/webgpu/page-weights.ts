/** In the browser: the app's own weights, in a database of this program's own. */
import { openDatabase } from '../../src/store/database';
import { createWeights } from '../../src/weights/weights';

export async function openWeights() {
  const { weights: keyValue } = await openDatabase({
    name: 'webgpu-test',
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
