/** In the browser: puts conversations to the app's own CPU engine, with a model file of choice. */
import { createWllamaEngine } from '../../src/engine/local/wllama/wllama';
import type { LocalEngine, TokenLogprob } from '../../src/kernel/engine';
import type { Message } from '../../src/kernel/message';

export interface Asked {
  readonly task?: 'title' | 'sentiment';
  /** What the user says, in order; the model's own answers go between. */
  readonly turns: readonly string[];
  /** As the app asks for a title; without it, what the model alone says. */
  readonly isTitle?: true;
}

export interface Said {
  /** To the last turn. */
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
  readonly durationMs: number;
}

let engine: LocalEngine | undefined;

export async function openEngine(modelUrl: string): Promise<void> {
  engine = createWllamaEngine({
    id: 'wllama:starter',
    contextTokens: 1024,
    threads: 1,
    handOverToken: 7,
    request: (url, init) => fetch(url, init),
    files: { open: async () => new Map([[modelUrl, { content: await (await fetch(modelUrl)).blob() }]]) },
  });
  await engine.load();
}

/** Greedy answers, with the logprob of every token and of its best alternatives. */
export async function askEngine({ task, turns, isTitle }: Asked): Promise<Said> {
  if (!engine) throw new Error('No engine is open.');
  const messages: Message[] = task ? [{ role: 'system', content: task }] : [];
  let said: Said = { text: '', logprobs: [], durationMs: 0 };
  for (const turn of turns) {
    messages.push({ role: 'user', content: turn });
    const started = performance.now();
    let text = '';
    const logprobs: TokenLogprob[] = [];
    const signal = new AbortController().signal;
    for await (const chunk of engine.generate(messages, {
      signal,
      ...(isTitle ? { isTitle } : {}),
      temperature: 0,
      maxTokens: 160,
      topLogprobs: 4,
    })) {
      text += chunk.text;
      logprobs.push(...(chunk.logprobs ?? []));
    }
    said = { text, logprobs, durationMs: performance.now() - started };
    messages.push({ role: 'assistant', content: text });
  }
  return said;
}
