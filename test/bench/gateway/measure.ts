/** Measures one gateway: plain completions a second, their latency, and how late streamed chunks arrive. */
import autocannon from 'autocannon';
import { Agent, request } from 'undici';

export interface Target {
  readonly name: string;
  /** Of the completions. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Milliseconds: the mean of plain completions, medians of chunks. */
export interface Measured {
  readonly plainPerSecond: number;
  readonly plainMs: number;
  readonly firstChunkMs: number;
  /** From being sent by the upstream to being read by the client. */
  readonly chunkMs: number;
  readonly errors: number;
}

const MESSAGES = [{ role: 'user', content: 'How are you today?' }];
const HEADERS = { 'content-type': 'application/json' };

export async function measure(target: Target, clients: number, seconds: number): Promise<Measured> {
  const plain = await autocannon({
    url: target.url,
    method: 'POST',
    connections: clients,
    duration: seconds,
    headers: { ...HEADERS, ...target.headers },
    body: JSON.stringify({ model: 'gpt-4o', messages: MESSAGES, max_tokens: 64 }),
  });
  const streams = await measureStreams(target, clients, seconds);
  return {
    plainPerSecond: plain.requests.average,
    // Little's law in a closed loop: autocannon's own latencies are whole milliseconds.
    plainMs: (clients * 1_000) / plain.requests.average,
    ...streams,
    errors: plain.non2xx + plain.errors + plain.timeouts + streams.errors,
  };
}

async function measureStreams(target: Target, clients: number, seconds: number) {
  const dispatcher = new Agent({ connections: clients });
  const firsts: number[] = [];
  const delays: number[] = [];
  let errors = 0;
  const until = performance.now() + seconds * 1_000;
  const client = async () => {
    while (performance.now() < until) {
      const began = performance.now();
      const { statusCode, body } = await request(target.url, {
        method: 'POST',
        headers: { ...HEADERS, ...target.headers },
        body: JSON.stringify({ model: 'gpt-4o', messages: MESSAGES, max_tokens: 256, stream: true }),
        dispatcher,
      });
      if (statusCode !== 200) errors++;
      let text = '';
      let isFirst = true;
      for await (const part of body) {
        const now = performance.timeOrigin + performance.now();
        text += String(part);
        const end = text.lastIndexOf('\n\n');
        if (end < 0) continue;
        for (const [, sent] of text.slice(0, end).matchAll(/"content":"(\d{10,}[.\d]*)"/g)) {
          if (isFirst) firsts.push(performance.now() - began);
          isFirst = false;
          delays.push(now - Number(sent));
        }
        text = text.slice(end);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await dispatcher.close();
  return { firstChunkMs: medianOf(firsts), chunkMs: medianOf(delays), errors };
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
