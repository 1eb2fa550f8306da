/** Facts about relayed streams and counted prompts: to the byte however the network splits, and without holding up others. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { countPromptTokens, loadTokenizer } from '../../../src/server/completions/count-tokens';
import { createEventFrames } from '../../../src/server/completions/event-frames';
import { relayEvents, type StreamReading } from '../../../src/server/completions/relay-events';
import { checkRequest } from '../../../src/server/completions/request-schema';
import { ask } from '../../fakes/openai/completions-server';

const USAGE = { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } };

function eventOf(text: string, lineEnd = '\n'): string {
  const chunk = { choices: [{ index: 0, delta: { content: text } }], usage: null };
  return `data: ${JSON.stringify(chunk)}${lineEnd}${lineEnd}`;
}

function splitAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, at) => bytes.subarray(places[at], end));
}

async function relay(parts: Iterable<Uint8Array>, passesUsage: boolean): Promise<[string, StreamReading]> {
  const reading: StreamReading = { chunkCount: 0, usage: undefined };
  const out: Uint8Array[] = [];
  async function* source() {
    yield* parts;
  }
  for await (const { bytes } of relayEvents(source(), reading, passesUsage)) out.push(bytes);
  return [Buffer.concat(out).toString('latin1'), reading];
}

const split = fc.array(fc.nat(), { maxLength: 40 });
const texts = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 8 });
const lineEnds = fc.constantFrom('\n', '\r\n', '\r');

test('a stream comes out to the byte, in whatever parts it came in', async () => {
  await fc.assert(
    fc.asyncProperty(texts, lineEnds, split, fc.boolean(), async (contents, lineEnd, cuts, hasComment) => {
      const usage = `data: ${JSON.stringify({ choices: [], usage: USAGE })}${lineEnd}${lineEnd}`;
      const comment = hasComment ? `: keep alive${lineEnd}${lineEnd}` : '';
      const before = `${comment}${contents.map((each) => eventOf(each, lineEnd)).join('')}`;
      const end = `data: [DONE]${lineEnd}${lineEnd}`;
      const bytes = Buffer.from(`${before}${usage}${end}`);
      const [all, reading] = await relay(splitAt(bytes, cuts), true);
      // A client needs no more than the CR of the last line end.
      expect(bytes.toString('latin1').replace(/\n$/, '')).toBe(all.replace(/\n$/, ''));
      expect(reading).toEqual({
        chunkCount: contents.length,
        usage: { promptTokens: 9, cachedTokens: 4, completionTokens: 2 },
      });
      const [without] = await relay(splitAt(bytes, cuts), false);
      const wanted = Buffer.from(`${before}${end}`).toString('latin1');
      expect(without.replaceAll(/[\r\n]+/g, '\n')).toBe(wanted.replaceAll(/[\r\n]+/g, '\n'));
    }),
    { numRuns: 300 },
  );
});

test('frames put together are the stream, and each holds one event', () => {
  fc.assert(
    fc.property(texts, lineEnds, split, (contents, lineEnd, cuts) => {
      const bytes = Buffer.from(contents.map((each) => eventOf(each, lineEnd)).join(''));
      const frames = createEventFrames();
      const found = splitAt(bytes, cuts).flatMap((part) => frames.push(part));
      expect(found).toHaveLength(contents.length);
      expect(Buffer.concat(found).length + frames.pendingBytes()).toBe(bytes.length);
      expect(frames.pendingBytes()).toBeLessThanOrEqual(1);
    }),
  );
});

test('of an event that never ends, little more than a megabyte is read', async () => {
  let pulled = 0;
  function* endless() {
    for (;;) yield Buffer.alloc(65_536, ++pulled === 1 ? 'data: ' : 'x');
  }
  await expect(relay(endless(), true)).rejects.toMatchObject({ kind: 'too-large' });
  expect(pulled).toBe(17);
});

test.each([
  ['a usage below zero', { prompt_tokens: -1, completion_tokens: 2 }],
  ['a usage that is not finite', { prompt_tokens: 1e300, completion_tokens: 2 }],
  ['a usage of text', { prompt_tokens: '9', completion_tokens: 2 }],
])('%s is not believed', async (_what, usage) => {
  const stream = `${eventOf('a')}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;
  const [, reading] = await relay([Buffer.from(stream)], false);
  expect(reading).toEqual({ chunkCount: 1, usage: undefined });
});

test.each([
  ['100,000 times the same letter', 'a'.repeat(100_000)],
  [
    'Chinese without spaces',
    Array.from({ length: 50_000 }, (_, at) => String.fromCharCode(0x4e00 + ((at * 7_919) % 20_000))).join(''),
  ],
  ['what looks like special tokens', '<|endoftext|>'.repeat(2_000)],
])('%s are counted in half a second, and others get their turn', async (_what, text) => {
  const request = checkRequest(ask(text));
  await loadTokenizer();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  // Of the processor: the clock also counts what else the machine does.
  const before = process.cpuUsage();
  const tokens = await countPromptTokens(request, 'gpt-4o', 1_000_000);
  const { user, system } = process.cpuUsage(before);
  clearInterval(timer);
  expect((user + system) / 1_000).toBeLessThan(500);
  expect(tokens).toBeGreaterThan(5_000);
  expect(turns).toBeGreaterThan(0);
});

test('a picture counts as the largest, for each model', async () => {
  const url = 'data:image/png;base64,iVBORw0KGgo=';
  const request = checkRequest({
    model: 'x',
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  });
  expect(await countPromptTokens(request, 'gpt-4o', 1e6)).toBe(7 + 1_445);
  expect(await countPromptTokens(request, 'gpt-4o-mini', 1e6)).toBe(7 + 48_169);
});
