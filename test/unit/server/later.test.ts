/** Facts about questions that are answered within a day: each is answered or refunded, at half the price, to the nano-dollar. */
import OpenAI from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BatchCourse } from '../../fakes/openai/batch-course';
import { GATHER_MS, startLaterSite, type LaterSite } from '../../fakes/later-site';
import { expectBooksToAgree, INPUT_NANO_USD, OUTPUT_NANO_USD } from './fixtures/later-books';

const DAY_MS = 86_400_000;

let site: LaterSite;
beforeEach(async () => {
  site = await startLaterSite();
});
afterEach(() => site.close());

test('a question is answered by the vendor’s batch at half the price', async () => {
  const asked = await site.ask('Why is the sky blue?');
  expect(asked).toMatchObject({ status: 'waiting', cost_nano_usd: null, completion: null, error: null });
  expect(asked.answer_by * 1_000).toBe(site.clock.nowMs + DAY_MS);
  await site.run();
  const answered = await site.look(asked.id);
  expect(answered.completion?.choices[0]?.message.content).toMatch(/^The large model answers: .*✓\.$/);
  const [bill] = site.fake.batches.bills;
  expect(answered).toMatchObject({
    status: 'answered',
    cost_nano_usd:
      (bill?.promptTokens ?? 0) * INPUT_NANO_USD + (bill?.completionTokens ?? 0) * OUTPUT_NANO_USD,
  });
  await expectBooksToAgree(site);
});

test('questions that are asked within the gathering time go together, each model’s in a batch of its own', async () => {
  await site.ask('One?');
  site.clock.nowMs += GATHER_MS / 2;
  await site.ask('Two?');
  await site.ask('Three?', { model: 'small' });
  await site.work();
  expect(site.fake.batches.all).toHaveLength(0);
  await site.run();
  expect(site.fake.batches.all.map(({ input }) => input.length)).toEqual([2, 1]);
  expect(site.fake.batches.counts).toMatchObject({ upload: 2, create: 2 });
});

test.each<[string, BatchCourse, object]>([
  ['completed', { end: 'completed' }, { answered: 4 }],
  [
    'completed, with failed lines',
    { end: 'completed', isAnswered: (line) => line % 2 === 0 },
    { answered: 2, upstream_rejected: 2 },
  ],
  [
    'completed, with all lines failed',
    { end: 'completed', isAnswered: () => false },
    { upstream_rejected: 4 },
  ],
  [
    'expired after some',
    { end: 'expired', isAnswered: (line) => line < 3 },
    { answered: 3, later_expired: 1 },
  ],
  ['expired before any', { end: 'expired', isAnswered: () => false }, { later_expired: 4 }],
  ['failed in its validation', { end: 'failed' }, { later_failed: 4 }],
])('a batch that is %s leaves every question answered or refunded', async (_how, course, outcome) => {
  site.fake.batches.behave({ ...course, looks: 2 });
  const asked = await askFour();
  await site.run();
  expect(await outcomesOf(asked)).toEqual(outcome);
  await expectBooksToAgree(site);
});

test('what the vendor has is removed from this disk, and in the end from the vendor’s', async () => {
  const text = 'a sentence that stands nowhere else, ever';
  site.fake.batches.behave({ end: 'completed', waits: true });
  const { id } = await site.ask(text);
  expect(site.isOnDisk(text)).toBe(true);
  await site.run(GATHER_MS + 1_000);
  expect(site.fake.batches.all).toHaveLength(1);
  expect(site.isOnDisk(text)).toBe(false);
  expect(site.fake.batches.files.some(({ content }) => content.includes(text))).toBe(true);
  site.fake.batches.finish();
  await site.run();
  expect(await site.look(id)).toMatchObject({ status: 'answered' });
  expect(site.fake.batches.files).toEqual([]);
  expect(site.logged.join('\n')).not.toContain('sentence');
});

test('an answer is kept until it is taken, or for seven days', async () => {
  const [taken, left] = [await site.ask('One?'), await site.ask('Two?')];
  await site.run();
  const answer = (await site.look(taken.id)).completion?.choices[0]?.message.content ?? '?';
  expect(await site.look(taken.id)).toMatchObject({ status: 'answered' });
  expect(site.isOnDisk(answer)).toBe(true);
  expect((await site.drop(taken.id)).status).toBe(200);
  expect(site.isOnDisk(answer)).toBe(false);
  expect(await site.look(taken.id)).toMatchObject({ error: { code: 'not_found' } });
  site.clock.nowMs += 6.9 * DAY_MS;
  await site.work();
  expect(await site.look(left.id)).toMatchObject({ status: 'answered' });
  site.clock.nowMs += DAY_MS;
  await site.work();
  expect(await site.look(left.id)).toMatchObject({ error: { code: 'not_found' } });
  await expectBooksToAgree(site);
});

test('a question that is taken back before it is sent costs nothing, and is never sent', async () => {
  const text = 'a sentence that stands nowhere else, ever';
  const [back, kept] = [await site.ask(text), await site.ask('Two?')];
  expect(await (await site.drop(back.id)).json()).toMatchObject({ deleted: true, was: 'waiting' });
  expect(site.isOnDisk(text)).toBe(false);
  await site.run();
  expect(await site.look(back.id)).toMatchObject({ error: { code: 'not_found' } });
  expect(await site.look(kept.id)).toMatchObject({ status: 'answered' });
  expect(site.fake.batches.bills).toHaveLength(1);
  await expectBooksToAgree(site);
});

test('where one of a batch is taken back the others are answered, and what the vendor bills for it is booked', async () => {
  site.fake.batches.behave({ end: 'completed', waits: true });
  const asked = await askFour();
  await site.run(GATHER_MS + 1_000);
  await site.drop(asked[0] ?? '');
  expect(await site.look(asked[0] ?? '')).toMatchObject({ status: 'cancelled', completion: null });
  site.fake.batches.finish();
  await site.run();
  expect(site.fake.batches.counts.cancel).toBe(0);
  expect(site.fake.batches.bills).toHaveLength(4);
  expect(await outcomesOf(asked.slice(1))).toEqual({ answered: 3 });
  await expectBooksToAgree(site);
});

test('where all of a batch are taken back it is cancelled, and only what was answered by then is paid', async () => {
  site.fake.batches.behave({ end: 'completed', waits: true, isAnswered: (line) => line === 1 });
  const asked = await askFour();
  await site.run(GATHER_MS + 1_000);
  for (const id of asked) await site.drop(id);
  await site.run();
  expect(site.fake.batches.counts.cancel).toBe(1);
  expect(site.fake.batches.all[0]?.status).toBe('cancelled');
  expect(site.fake.batches.bills).toHaveLength(1);
  await expectBooksToAgree(site);
});

test('the same idempotency key gives the same question, and another body under it is refused', async () => {
  const first = await (await site.post('One?', {}, 'key')).json();
  const again = await site.post('One?', {}, 'key');
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await again.json()).toEqual(first);
  expect((await site.post('Two?', {}, 'key')).status).toBe(409);
  await site.restart();
  expect(await (await site.post('One?', {}, 'key')).json()).toEqual(first);
  await site.run();
  expect(site.fake.batches.bills).toHaveLength(1);
  await expectBooksToAgree(site);
});

test('half the price is held; what the budget does not cover is refused, and nothing is kept of it', async () => {
  await site.close();
  // The prompt's 10 tokens, and 100 of an answer.
  site = await startLaterSite({ dayNanoUsd: 10 * INPUT_NANO_USD + 100 * OUTPUT_NANO_USD });
  expect((await site.post('Why?')).status).toBe(202);
  const refused = await site.post('Why not?');
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ error: { code: 'budget_exhausted' } });
  expect(site.isOnDisk('Why not?')).toBe(false);
  await site.run();
  await expectBooksToAgree(site);
});

test.each<[string, object, number, string]>([
  ['another model', { model: 'gpt-5' }, 400, 'model_not_found'],
  ['no messages', { messages: [] }, 400, 'invalid_value'],
  [
    'a picture from elsewhere',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x/y.png' } }] }] },
    400,
    'image_url_not_data',
  ],
  [
    'too much text',
    { messages: [{ role: 'user', content: 'word '.repeat(150_000) }] },
    400,
    'context_length_exceeded',
  ],
])('%s is refused as it is for an answer now, and holds nothing', async (_what, more, status, code) => {
  const response = await site.post('Why?', more);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
  expect(await site.entries()).toEqual([]);
});

test('whoever does not know the id learns nothing, and can take nothing back', async () => {
  await site.ask('One?');
  expect((await site.drop('later_0')).status).toBe(404);
  expect(await site.look('later_0')).toMatchObject({ error: { code: 'not_found' } });
});

test('OpenAI’s own client finds its format in the fake', async () => {
  const client = new OpenAI({ apiKey: site.fake.key, baseURL: site.fake.url, maxRetries: 0 });
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] };
  const line = JSON.stringify({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body });
  const file = await client.files.create({ purpose: 'batch', file: new File([line], 'in.jsonl') });
  let batch = await client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { a: 'b' },
  });
  const seen = [batch.status];
  while (batch.status !== 'completed') seen.push((batch = await client.batches.retrieve(batch.id)).status);
  expect(seen).toEqual(['validating', 'in_progress', 'finalizing', 'completed']);
  expect((await client.batches.list()).data).toMatchObject([{ id: batch.id, metadata: { a: 'b' } }]);
  const output = await (await client.files.content(batch.output_file_id ?? '')).text();
  expect(JSON.parse(output)).toMatchObject({
    custom_id: 'a',
    error: null,
    response: { status_code: 200, body: { object: 'chat.completion', usage: { prompt_tokens: 8 } } },
  });
  expect(batch.request_counts).toEqual({ total: 1, completed: 1, failed: 0 });
});

async function askFour(): Promise<string[]> {
  const ids: string[] = [];
  for (const word of ['One', 'Two', 'Three', 'Four']) ids.push((await site.ask(`${word}, why?`)).id);
  return ids;
}

/** How many ended how: `answered`, or the reason why not. */
async function outcomesOf(ids: readonly string[]): Promise<object> {
  const counts: Record<string, number> = {};
  for (const id of ids) {
    const { status, error } = await site.look(id);
    const name = error?.code ?? status;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
