/** One user message, start to finish: from the question to an answer that is shown and kept. */
import type { Chunk, Engine, LocalEngine } from '../kernel/engine';
import { Fault, faultOf, faultRecordOf } from '../kernel/fault';
import type { Healing } from '../kernel/healing';
import type { ChatMessage } from '../kernel/history';
import type { InferenceMode } from '../kernel/inference-mode';
import type { EscalationReason } from '../kernel/route';
import { faultIn, judgeAfter } from '../route/after';
import { judgeBefore } from '../route/before';
import { createConfidence } from '../route/confidence';
import type { Learned } from '../route/learned';
import { turnFactsOf } from '../route/turn-facts';
import { answerOf, type Asking } from './answer';
import { createAnswering, type AnsweringOptions } from './answering';
import { climb } from './climb';
import type { Cloud } from './escalate';
import type { Pace } from './expected-pace';
import { untilAnswered } from './resume';
import { canSampleTwice, isSameTwice, tokensPerSecondOf } from './second-sample';

/** An engine and how a person calls its model. */
export interface Answerer<Kind extends Engine = LocalEngine> {
  readonly engine: Kind;
  readonly modelName: string;
  /** How fast it should be, where nothing was seen of it yet. */
  readonly expected?: Pace;
  /** Puts right what can be put right after a fault; ask again then for who answers. Undefined where nothing can. */
  readonly heal?: (fault: Fault) => Promise<Healing | undefined>;
}

export interface TurnOptions extends Asking, AnsweringOptions {
  /** Who answers on this device; asked when the turn begins. Faults: `no_model`. */
  readonly answerer: () => Promise<Answerer>;
  /** The large model behind this site, where there is one. */
  readonly cloud?: Cloud | undefined;
  /** From 0, save, to 1, best. */
  readonly dial?: number;
  /** Who answers, as the site wants it. */
  readonly mode?: InferenceMode;
  /** What the gates learned, once it is loaded. */
  readonly learned?: Learned | undefined;
  /** Nobody is asked before, for an engine can take the page with it; a store that does not answer holds it up for a second only. */
  readonly questionKept?: Promise<void>;
  /** The answer that a person wants from the large model instead. */
  readonly replaces?: ChatMessage;
}

const MIDDLE_OF_DIAL = 0.5;
const KEEP_QUESTION_MS = 1_000;

/** The finished answer, whatever came of it: `done`, `stopped`, or `failed` with the fault and the text so far. Never throws. */
export async function runTurn(options: TurnOptions): Promise<ChatMessage> {
  const { signal, cloud, replaces, learned, mode, dial = MIDDLE_OF_DIAL } = options;
  const isCloudFirst = mode === 'prefer_in_cloud' || mode === 'only_in_cloud';
  const turn = turnOf(options);
  const { decision, evidence } = judgeBefore(turn, { dial, gain: learned?.gain });
  const answering = createAnswering(options, replaces);
  let found = evidence;
  const stop = new AbortController();
  const anySignal = AbortSignal.any([signal, stop.signal]);
  const leave = (wanted: EscalationReason) => {
    const { text: question } = turnFactsOf(turn);
    return climb(answering, { wanted, evidence: found, question, decision, dial }, cloud, options, anySignal);
  };
  answering.change({});
  await untilKept(options);

  try {
    const isSent = replaces
      ? await leave('asked')
      : isCloudFirst
        ? await leave('preferred')
        : cloud !== undefined &&
          decision === 'cloud' &&
          (await leave(evidence.signals.includes('slow-device') ? 'slow' : 'hard'));
    if (!isSent && !replaces && mode === 'only_in_cloud') throw new Fault('cloud_only');
    if (!isSent && !replaces) {
      const wanted = await draft();
      if (wanted && !answering.message.answer?.routing?.stayed) await leave(wanted);
    }
    await answering.end({ status: answering.message.status === 'waiting' ? 'waiting' : 'done' });
  } catch (error) {
    if (signal.aborted) await answering.end({ status: 'stopped' });
    else await answering.end({ status: 'failed', fault: faultRecordOf(faultOf(error, 'engine_failed')) });
  } finally {
    stop.abort();
  }
  return answering.message;

  /** What this device makes of it, and why another had better answer, if so. */
  async function draft(): Promise<EscalationReason | undefined> {
    let confidence = createConfidence();
    const { text: question } = turnFactsOf(turn);
    const { routing } = answering.message.answer ?? {};
    let modelName = '';
    let engine: LocalEngine | undefined;
    const isHopeless = () =>
      cloud !== undefined && dial > 0 && faultIn({ question, text: answering.message.text }) !== undefined;
    const attempt = async (answerer: Answerer, healed: readonly Healing[]) => {
      const own = answerer.engine;
      ({ engine, modelName } = answerer);
      confidence = createConfidence();
      answering.begin({
        place: own.place,
        engineId: own.id,
        modelName,
        routing: { ...routing, evidence },
        ...(healed.length > 0 ? { healed: [...healed] } : {}),
      });
      answering.change({});
      await answering.take(
        until(answerOf(own, { ...options, expected: answerer.expected }, anySignal), isHopeless),
        (chunk) => confidence.add(chunk.logprobs ?? []),
      );
    };
    try {
      await untilAnswered({ answerer: options.answerer, signal: anySignal, attempt });
    } catch (error) {
      const fault: Fault = faultOf(error, 'engine_failed');
      if (signal.aborted || !cloud || !(await leave('failed'))) throw fault;
      return undefined;
    }
    const { text, answer } = answering.message;
    const judge = (more: { readonly isSameTwice?: boolean }) =>
      judgeAfter(
        {
          question,
          text,
          isHandOver: answer?.isHandOver === true,
          ...(answer?.cut ? { cut: answer.cut } : {}),
          ...confidence.facts(),
          ...more,
        },
        {
          // What is plainly easy goes no further for a doubt.
          dial: decision === 'local' ? 0 : dial,
          before: evidence,
          calibration: learned?.calibration,
          formFaultIn: learned?.formFaultIn,
          modelName,
        },
      );
    let verdict = judge({});
    if (verdict.isClose && cloud && engine && canSampleTwice(text, answer)) {
      const isSame = await isSameTwice(engine, options, text, anySignal);
      if (isSame !== undefined) verdict = judge({ isSameTwice: isSame });
    }
    found = verdict.evidence;
    answering.learn({ routing: { ...answer?.routing, evidence: found } });
    return verdict.wanted;
  }
}

/** Waits until the question is kept, but not for long, and for nobody who wants it stopped. */
async function untilKept({ questionKept, clock, signal }: TurnOptions): Promise<void> {
  if (!questionKept) return;
  const kept = new AbortController();
  void questionKept.finally(() => kept.abort());
  await clock.wait(KEEP_QUESTION_MS, AbortSignal.any([signal, kept.signal]));
}

/** `chunks`, until nothing good can come of them any more. */
async function* until(chunks: AsyncIterable<Chunk>, isHopeless: () => boolean): AsyncIterable<Chunk> {
  for await (const chunk of chunks) {
    yield chunk;
    if (isHopeless()) return;
  }
}

function turnOf({ messages, device }: Pick<TurnOptions, 'messages' | 'device'>) {
  const last = messages.findLast(({ answer }) => answer?.engineId === device?.engineId)?.answer;
  const tokensPerSecond = last && tokensPerSecondOf(last);
  return {
    question: messages.at(-1)?.text ?? '',
    earlier: messages.slice(0, -1),
    device: { ...device, ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }) },
  };
}
