/** Asks this site's server for an answer within a day, looks whether it is there, and takes it off the server. */
import { Fault } from '../../kernel/fault';
import { laterAnswerOf, type LaterAnswer } from '../../kernel/later-wire';
import type { Message } from '../../kernel/message';
import { askServer, type ServerOptions } from './ask-server';

/** Faults: those of the request, where nobody knows what came of it; else what the server said. */
export interface LaterClient {
  /** The same key asks the same question once, however often. Gives the id by which it is looked for. */
  ask(prompt: readonly Message[], key: string, signal: AbortSignal): Promise<string>;
  /** Undefined where the server has nothing under that id, or no more. */
  look(id: string, signal: AbortSignal): Promise<LaterAnswer | undefined>;
  drop(id: string, signal: AbortSignal): Promise<void>;
}

export function createLaterClient(options: ServerOptions): LaterClient {
  const { baseUrl, request } = options;
  const urlOf = (id: string) => new URL(`api/later/${encodeURIComponent(id)}`, baseUrl);
  return {
    async ask(prompt, key, signal) {
      const body = { model: 'flagship', messages: prompt };
      const response = await askServer(options, { path: 'api/later', body, idempotencyKey: key }, signal);
      return wordOf(await response.json().catch(() => undefined)).id;
    },
    async look(id, signal) {
      const response = await request(urlOf(id), { cache: 'no-store', signal });
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Fault('unreachable', `later: ${response.status}`);
      return wordOf(await response.json().catch(() => undefined));
    },
    async drop(id, signal) {
      const response = await request(urlOf(id), { method: 'DELETE', signal });
      if (!response.ok && response.status !== 404)
        throw new Fault('unreachable', `later: ${response.status}`);
    },
  };
}

function wordOf(data: unknown): LaterAnswer {
  const answer = laterAnswerOf(data);
  if (!answer) throw new Fault('unreachable', 'later: no answer of ours');
  return answer;
}
