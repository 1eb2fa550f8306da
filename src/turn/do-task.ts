/** Has a small model do work in the background that it was trained for: a system message names the task, and what comes is short. */
import type { Engine } from '../kernel/engine';
import type { Task } from '../kernel/task';

const MAX_TOKENS = 32;
/** What a message is about, and how it sounds, is told at its beginning; the rest would only take time. */
const READ_CHARACTERS = 400;
const TITLE = { isTitle: true } as const;

/** Undefined where the model hands it over. Faults: those of the engine. */
export async function doTask(engine: Engine, task: Task, message: string): Promise<string | undefined> {
  const prompt = [
    { role: 'system', content: task },
    { role: 'user', content: message.slice(0, READ_CHARACTERS) },
  ] as const;
  const { signal } = new AbortController();
  const options = { signal, maxTokens: MAX_TOKENS, temperature: 0, ...(task === 'title' ? TITLE : {}) };
  let text = '';
  for await (const chunk of engine.generate(prompt, options)) {
    if (chunk.isHandOver) return undefined;
    text += chunk.text;
  }
  return text.trim();
}
