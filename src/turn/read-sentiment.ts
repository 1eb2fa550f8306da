/** Asks a small model how a message sounds. */
import type { Engine } from '../kernel/engine';
import { SENTIMENTS, type Sentiment } from '../kernel/history';
import { doTask } from './do-task';

/** Undefined where the model said something else. Faults: those of the engine. */
export async function readSentiment(engine: Engine, message: string): Promise<Sentiment | undefined> {
  const said = await doTask(engine, 'sentiment', message);
  return SENTIMENTS.find((sentiment) => sentiment === said);
}
