/** One user message, start to finish: from the question to an answer that is shown and kept. */
import type { AnswerFacts, ChatMessage } from '../kernel/history';
import type { LocalEngine } from '../kernel/engine';
import { faultOf, faultRecordOf } from '../kernel/fault';
import { untilAborted } from '../kernel/queue';
import { answerOf, type Asking } from './answer';
import { perFrame } from './pace';
import { endsInRepetition } from './watch';

/** Between two saves of an answer that is being made. */
const SAVE_EVERY_MS = 250;

/** An engine and how a person calls its model. */
export interface Answerer {
  readonly engine: LocalEngine;
  readonly modelName: string;
}

export interface TurnOptions extends Asking {
  readonly answerId: string;
  /** Who answers; asked when the turn begins. Faults: `no_model`. */
  readonly answerer: () => Promise<Answerer>;
  readonly signal: AbortSignal;
  /** Shows the answer as it stands, at most once a frame. */
  readonly show: (answer: ChatMessage) => void;
  /** Keeps the answer as it stands; the last call before the turn ends has its final state. A failure is its own to tell. */
  readonly save: (answer: ChatMessage) => Promise<void>;
}

/** The finished answer, whatever came of it: `done`, `stopped`, or `failed` with the fault and the text so far. Never throws. */
export async function runTurn(options: TurnOptions): Promise<ChatMessage> {
  const { clock, signal, show, save } = options;
  const startedAt = clock.now();
  let savedAt = 0;
  let facts: AnswerFacts | undefined;
  let answer: ChatMessage = {
    id: options.answerId,
    role: 'assistant',
    text: '',
    status: 'streaming',
    createdAt: startedAt,
  };
  const learn = (more: Partial<AnswerFacts>) => (facts = facts && { ...facts, ...more });
  const change = (changes: Partial<ChatMessage>) =>
    show((answer = { ...answer, ...changes, ...(facts ? { answer: facts } : {}) }));
  const stop = new AbortController();
  const anySignal = AbortSignal.any([signal, stop.signal]);
  // An answer that cannot be kept is still an answer.
  const keep = () => save(answer).catch(() => undefined);
  show(answer);

  try {
    const { engine, modelName } = await untilAborted(options.answerer(), anySignal);
    facts = { place: engine.place, engineId: engine.id, modelName };
    change({});
    for await (const chunks of perFrame(answerOf(engine, options, anySignal), clock)) {
      signal.throwIfAborted();
      const text = chunks.map((chunk) => chunk.text).join('');
      for (const { isHandOver, usage, finish } of chunks) {
        if (isHandOver) learn({ isHandOver });
        if (usage) learn({ usage });
        if (finish === 'length') learn({ cut: 'length' });
      }
      if (text && facts.firstTextMs === undefined) learn({ firstTextMs: clock.now() - startedAt });
      change({ text: answer.text + text });
      if (endsInRepetition(answer.text)) {
        learn({ cut: 'repetition' });
        break;
      }
      if (clock.now() - savedAt >= SAVE_EVERY_MS) {
        savedAt = clock.now();
        await keep();
      }
    }
    learn({ durationMs: clock.now() - startedAt });
    change({ status: 'done' });
  } catch (error) {
    const fault = faultOf(error, 'engine_failed');
    learn({ durationMs: clock.now() - startedAt });
    if (signal.aborted) change({ status: 'stopped' });
    else change({ status: 'failed', fault: faultRecordOf(fault) });
  } finally {
    stop.abort();
  }
  await keep();
  return answer;
}
