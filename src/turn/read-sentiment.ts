/** Asks a small model how a message sounds. */
import type { Engine } from '../kernel/engine';
import { SENTIMENTS, type Sentiment } from '../kernel/history';

const MAX_TOKENS = 8;
/** A tone is heard soon; the rest would only take time. */
const READ_CHARACTERS = 400;

/** Undefined where the model said something else. Faults: those of the engine. */
export async function readSentiment(
  engine: Engine,
  message: string,
  signal: AbortSignal,
): Promise<Sentiment | undefined> {
  const prompt = [
    { role: 'system', content: 'sentiment' },
    { role: 'user', content: message.slice(0, READ_CHARACTERS) },
  ] as const;
  let text = '';
  for await (const chunk of engine.generate(prompt, { signal, maxTokens: MAX_TOKENS, temperature: 0 }))
    text += chunk.text;
  return SENTIMENTS.find((sentiment) => sentiment === text.trim());
}
