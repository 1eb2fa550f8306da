/** Joins what fetches answers that come later; loaded when one is asked for, or awaited. */
import type { ServerOptions } from '../engine/cloud/ask-server';
import { createLaterClient } from '../engine/cloud/later-client';
import { createLater, type Later, type LaterDeps } from '../turn/later-answers';

export function createAnswersLater(server: ServerOptions, deps: Omit<LaterDeps, 'server'>): Later {
  return createLater({ ...deps, server: createLaterClient(server) });
}
