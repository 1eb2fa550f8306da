/** Runs one turn on a fake clock and keeps what it showed and saved. */
import type { ChatMessage } from '../../src/kernel/history';
import { runTurn, type TurnOptions } from '../../src/turn/turn';
import { createFakeClock, type FakeClock } from './fake-clock';
import { createScriptedEngine, type Script, type ScriptedEngine, type Step } from './scripted-engine';

export interface TurnRun {
  readonly clock: FakeClock;
  readonly engine: ScriptedEngine;
  readonly shown: readonly ChatMessage[];
  readonly saved: readonly ChatMessage[];
  /** Aborts the turn, as the stop button does. */
  stop(): void;
  /** Moves the clock until the turn is over. */
  finish(): Promise<ChatMessage>;
}

export function messageOf(
  text: string,
  role: ChatMessage['role'] = 'user',
  more: Partial<ChatMessage> = {},
): ChatMessage {
  return { id: `${role}:${text.slice(0, 20)}`, role, text, status: 'done', createdAt: 0, ...more };
}

/** Begins a turn whose engine takes the steps of `steps`, or is scripted by `script`. */
export function beginTurn(
  steps: readonly Step[] | Script['steps'],
  {
    frameMs,
    script = {},
    clock = createFakeClock(frameMs === undefined ? {} : { frameMs }),
    ...more
  }: Omit<Partial<TurnOptions>, 'clock'> & {
    clock?: FakeClock;
    frameMs?: number;
    script?: Partial<Script>;
  } = {},
): TurnRun {
  const engine = createScriptedEngine({
    clock,
    steps: typeof steps === 'function' ? steps : () => steps,
    ...script,
  });
  const abort = new AbortController();
  const shown: ChatMessage[] = [];
  const saved: ChatMessage[] = [];
  const done = runTurn({
    messages: [messageOf('What is new?')],
    answerId: 'answer',
    answerer: async () => ({ engine, modelName: 'Scripted' }),
    clock,
    signal: abort.signal,
    show: (answer) => void shown.push(answer),
    save: async (answer) => void saved.push(answer),
    ...more,
  });
  return { clock, engine, shown, saved, stop: () => abort.abort(), finish: () => clock.drive(done) };
}
