/** Answers that come within a day: asks for them, looks for them now and then, and puts them where they were asked for. */
import { Fault, faultOf, faultRecordOf, type FaultCode } from '../kernel/fault';
import type { AnswerFacts, ChatMessage } from '../kernel/history';
import type { LaterTicket } from '../kernel/later-ticket';
import type { LaterAnswer } from '../kernel/later-wire';
import type { Message } from '../kernel/message';
import { untilAborted } from '../kernel/queue';
import type { StayReason } from '../kernel/route';
import { createRestorer } from '../privacy/placeholder';
import type { Amended, Change } from './amend';
import { STAYED, type LaterAsking } from './escalate';
import type { Clock } from './pace';

/** The server behind this site; `engine/cloud/later-client` is one. */
export interface LaterServer {
  ask(prompt: readonly Message[], key: string, signal: AbortSignal): Promise<string>;
  look(id: string, signal: AbortSignal): Promise<LaterAnswer | undefined>;
  drop(id: string, signal: AbortSignal): Promise<void>;
}

export interface LaterDeps {
  readonly server: LaterServer;
  readonly tickets: {
    put(ticket: LaterTicket): Promise<void>;
    list(): Promise<LaterTicket[]>;
    remove(key: string): Promise<void>;
  };
  /** Changes a message wherever it is; `change` gives undefined where it is to stay. */
  readonly amend: (conversationId: string, messageId: string, change: Change) => Promise<Amended>;
  readonly clock: Clock;
  /** One tab looks for all. */
  readonly locks: LockManager | undefined;
  readonly onAnswered: (message: ChatMessage) => void;
}

export interface Later {
  /** Undefined where it was asked, or may have been: then it is asked again, once there is a network. */
  ask(asking: LaterAsking, conversationId: string, signal: AbortSignal): Promise<StayReason | undefined>;
  /** Looks now, and then once a minute as long as an answer is awaited. */
  watch(): void;
}

const POLL_MS = 60_000;
const LOCK = 'smallfirst-later';
/** After these nobody knows whether the server has heard of it, or whether it would by now. */
const UNHEARD = new Set<FaultCode>(['offline', 'unreachable', 'private', 'rate_limited']);
const FAILED: Readonly<Record<string, FaultCode>> = { later_expired: 'later_expired' };

export function createLater(deps: LaterDeps): Later {
  const { server, tickets, amend, clock, locks, onAnswered } = deps;
  let isWatching = false;
  let sleep = new AbortController();

  /** Has the server answer, and remembers by what name. */
  async function askServer(ticket: LaterTicket, signal: AbortSignal): Promise<string> {
    const { prompt = [], ...rest } = ticket;
    const id = await server.ask(prompt, ticket.key, signal);
    await tickets.put({ ...rest, id });
    return id;
  }

  async function look(ticket: LaterTicket, signal: AbortSignal): Promise<void> {
    const { key, conversationId, messageId } = ticket;
    const isAwaiting = (message: ChatMessage) => message.status === 'waiting' && message.later?.key === key;
    let isWanted = false;
    const state = await amend(conversationId, messageId, (message) => {
      isWanted = isAwaiting(message);
      return undefined;
    });
    if (state === 'hidden') return;
    if (!isWanted) {
      // What the server may not have is not sent to it for that.
      if (ticket.id !== undefined) await server.drop(ticket.id, signal);
      return tickets.remove(key);
    }
    const end = await endOf(ticket, signal);
    if (!end) return;
    let ended: ChatMessage | undefined;
    const became = await amend(conversationId, messageId, (message) => {
      ended = isAwaiting(message) ? end(message) : undefined;
      return ended;
    });
    if (became === 'hidden') return;
    await tickets.remove(key);
    if (ended) onAnswered(ended);
    // The server forgets it after a week by itself.
    if (ticket.id !== undefined) await server.drop(ticket.id, signal).catch(() => undefined);
  }

  /** What becomes of the message; undefined as long as nobody knows. */
  async function endOf(
    ticket: LaterTicket,
    signal: AbortSignal,
  ): Promise<((message: ChatMessage) => ChatMessage) | undefined> {
    try {
      const id = ticket.id ?? (await askServer(ticket, signal));
      const answer = await server.look(id, signal);
      if (!answer) return failedWith(new Fault('later_gone'));
      if (answer.status === 'waiting') return undefined;
      if (!answer.completion) {
        return failedWith(
          new Fault(FAILED[answer.error?.code ?? ''] ?? 'later_failed', answer.error?.message),
        );
      }
      return (message) => answeredWith(message, answer, ticket, clock.now());
    } catch (error) {
      const fault = faultOf(error, 'unreachable');
      return UNHEARD.has(fault.code) || ticket.id !== undefined ? undefined : failedWith(fault);
    }
  }

  /** How many are awaited still. */
  async function lookForAll(): Promise<number> {
    const { signal } = new AbortController();
    for (const ticket of await tickets.list()) await look(ticket, signal).catch(() => undefined);
    return (await tickets.list()).length;
  }

  async function run(): Promise<void> {
    for (;;) {
      sleep = new AbortController();
      const alone = () => lookForAll().catch(() => 1);
      const left = locks
        ? await locks.request(LOCK, { ifAvailable: true }, async (lock) => (lock ? alone() : 1))
        : await alone();
      if (left === 0) return;
      await clock.wait(POLL_MS, sleep.signal);
    }
  }

  function watch(): void {
    sleep.abort();
    if (isWatching) return;
    isWatching = true;
    void run().finally(() => (isWatching = false));
  }

  return {
    async ask({ mark, messageId, prompt, redactions, sentBytes }, conversationId, signal) {
      const ticket: LaterTicket = { ...mark, conversationId, messageId, prompt, redactions, sentBytes };
      await tickets.put(ticket);
      const asked = askServer(ticket, new AbortController().signal);
      try {
        await untilAborted(asked, signal);
      } catch (error) {
        const fault = faultOf(error, 'unreachable');
        // Stopped meanwhile: whether the server has heard of it is known once it has answered, and then it is dropped.
        if (signal.aborted) void asked.then(watch, watch);
        else if (!UNHEARD.has(fault.code) || fault.code === 'rate_limited') {
          await tickets.remove(ticket.key);
          return STAYED[fault.code] ?? 'cloud_failed';
        }
      }
      watch();
      return undefined;
    },
    watch,
  };
}

function failedWith(fault: Fault): (message: ChatMessage) => ChatMessage {
  return (message) => ({ ...withoutMark(message), status: 'failed', fault: faultRecordOf(fault) });
}

function answeredWith(
  message: ChatMessage,
  { model, price_as_of, cost_nano_usd, is_estimated, completion }: LaterAnswer,
  { askedAt, redactions, sentBytes }: LaterTicket,
  nowMs: number,
): ChatMessage {
  const [choice] = completion?.choices ?? [];
  const { prompt_tokens: promptTokens = 0, completion_tokens: completionTokens = 0 } =
    completion?.usage ?? {};
  const restorer = createRestorer(redactions);
  const text = restorer.push(choice?.message.content ?? '') + restorer.end();
  const { routing, tried } = message.answer ?? {};
  const answer: AnswerFacts = {
    place: 'cloud',
    engineId: `cloud:${model}`,
    modelName: model,
    durationMs: nowMs - askedAt,
    usage: { promptTokens, completionTokens },
    ...(routing ? { routing } : {}),
    ...(tried ? { tried } : {}),
    ...(message.text ? { draft: message.text } : {}),
    ...(choice?.finish_reason === 'length' ? { cut: 'length' } : {}),
    billing: {
      model,
      promptTokens,
      cachedTokens: 0,
      completionTokens,
      costNanoUsd: cost_nano_usd ?? 0,
      priceAsOf: price_as_of,
      isEstimated: is_estimated,
      sentBytes,
      isHalfPrice: true,
    },
  };
  return { ...withoutMark(message), text, status: 'done', answer };
}

function withoutMark(message: ChatMessage): ChatMessage {
  const { later: _, ...rest } = message;
  return rest;
}
