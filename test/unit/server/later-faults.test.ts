/** Facts about questions for later when the vendor fails, or the server dies at any moment: nothing is lost, nothing is paid twice. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createQuestionStore } from '../../../src/server/later/question-store';
import type { BatchFault, BatchOperation } from '../../fakes/openai/batch-course';
import { GATHER_MS, startLaterSite, type LaterSite } from '../../fakes/later-site';
import { expectBooksToAgree } from './fixtures/later-books';

const HOUR_MS = 3_600_000;
/** Of the moments at which it dies, every so manieth. */
const STRIDE = 3;

let site: LaterSite;
beforeEach(async () => {
  site = await startLaterSite();
});
afterEach(() => site.close());

test.each<[BatchOperation, BatchFault]>([
  ['upload', { kind: 'hang-up' }],
  ['upload', { kind: 'lost' }],
  ['upload', { kind: 'cut' }],
  ['upload', { kind: 'status', status: 500 }],
  ['create', { kind: 'hang-up' }],
  ['create', { kind: 'lost' }],
  ['create', { kind: 'cut' }],
  ['create', { kind: 'status', status: 429, code: 'rate_limit_exceeded' }],
  ['create', { kind: 'status', status: 503 }],
  ['look', { kind: 'lost' }],
  ['look', { kind: 'status', status: 401 }],
  ['content', { kind: 'cut' }],
  ['content', { kind: 'status', status: 500 }],
  ['remove', { kind: 'lost' }],
  ['remove', { kind: 'status', status: 500 }],
])(
  'where %s fails twice (%j) the question is answered all the same, and paid once',
  async (operation, fault) => {
    site.fake.batches.fail(operation, fault, fault);
    const { id } = await site.ask('Why?');
    await site.run(HOUR_MS);
    expect(await site.look(id)).toMatchObject({ status: 'answered' });
    expect(site.fake.batches.all).toHaveLength(1);
    expect(site.fake.batches.files).toEqual([]);
    await expectBooksToAgree(site);
  },
);

test('what was made while its answer was lost is found again, be it pages back', async () => {
  site.fake.batches.fail('upload', { kind: 'lost' });
  site.fake.batches.fail('create', { kind: 'lost' });
  const { id } = await site.ask('Why?');
  site.clock.nowMs += GATHER_MS;
  await site.work();
  expect(site.fake.batches.files).toHaveLength(1);
  await uploadOthers(150);
  await site.run(HOUR_MS);
  expect(await site.look(id)).toMatchObject({ status: 'answered' });
  expect(site.fake.batches.counts).toMatchObject({ upload: 151, create: 1, files: 2 });
});

test.each(['upload', 'create'] as const)(
  'a vendor that takes no batches (%s) costs nothing',
  async (operation) => {
    site.fake.batches.fail(operation, { kind: 'status', status: 404 });
    const { id } = await site.ask('Why?');
    await site.run();
    expect(await site.look(id)).toMatchObject({ status: 'failed', error: { code: 'upstream_rejected' } });
    expect(site.logged.filter((line) => line.includes('"level":"error"'))).toHaveLength(1);
    expect(site.fake.batches.files).toEqual([]);
    await expectBooksToAgree(site);
  },
);

test('a question that cannot be sent for a day is given back', async () => {
  const down: BatchFault[] = Array.from({ length: 2_000 }, () => ({ kind: 'status', status: 500 }));
  site.fake.batches.fail('upload', ...down);
  const { id } = await site.ask('Why?');
  await site.run();
  expect(await site.look(id)).toMatchObject({ status: 'failed', error: { code: 'later_not_sent' } });
  // A few tries at first, then one in ten minutes.
  expect(site.fake.batches.counts.upload).toBeLessThan(160);
  await expectBooksToAgree(site);
}, 30_000);

test('a batch that the vendor has forgotten is booked by estimate, and its questions are told so', async () => {
  site.fake.batches.fail('look', { kind: 'status', status: 404 });
  const { id } = await site.ask('Why?');
  await site.run();
  expect(await site.look(id)).toMatchObject({ status: 'failed', error: { code: 'later_lost' } });
  expect(await site.entries()).toMatchObject([
    { state: 'settled', outcome: 'incomplete', isEstimated: true },
  ]);
});

test('the vendor’s own words, and its key, are in no log and no answer', async () => {
  site.fake.batches.behave({ end: 'completed', isAnswered: () => false });
  site.fake.batches.fail('create', { kind: 'status', status: 500, code: site.fake.key });
  const { id } = await site.ask('a secret sentence');
  await site.run();
  const said = `${site.logged.join('\n')}${JSON.stringify(await site.look(id))}`;
  expect(said).not.toMatch(/echoes|secret|sk-fake/);
  expect(said).toContain('upstream_rejected');
});

test('what was held for a question that was never kept is given back at the next start', async () => {
  site.crashAt(2, false);
  expect((await site.post('Why?')).status).not.toBe(202);
  expect(await site.entries()).toMatchObject([{ state: 'held' }]);
  await site.restart();
  expect(await site.entries()).toMatchObject([{ state: 'released' }]);
});

test('two servers never work on the same questions', () => {
  expect(() => createQuestionStore(join(site.dir, 'later.db'))).toThrow(/locked/);
});

test('a server that dies at any moment, before a thing is done or after it, answers or refunds every question', async () => {
  const moments = await countMoments();
  expect(moments).toBeGreaterThan(30);
  const seen = new Set<string>();
  for (let moment = 1 + (moments % STRIDE); moment <= moments; moment += STRIDE) {
    for (const isDone of [true, false]) {
      await site.close();
      site = await startLaterSite();
      site.crashAt(moment, isDone);
      const ids = await playThrough();
      expect(site.hasCrashed(), `moment ${moment}`).toBe(true);
      await site.restart();
      await site.run();
      for (const id of ids) seen.add((await site.look(id)).status);
      await expectBooksToAgree(site);
      expect(site.fake.batches.files).toEqual([]);
      expect(new Set(site.fake.batches.bills.map(({ customId }) => customId)).size).toBe(
        site.fake.batches.bills.length,
      );
    }
  }
  expect([...seen].sort()).toEqual(['answered', 'failed']);
}, 120_000);

async function countMoments(): Promise<number> {
  site.crashAt(Infinity, true);
  await playThrough();
  return site.touches();
}

/** Two questions, one of which fails. Gives the ids of those that were acknowledged. */
async function playThrough(): Promise<string[]> {
  site.fake.batches.behave({ end: 'completed', isAnswered: (line) => line === 0 });
  const ids: string[] = [];
  for (const text of ['One?', 'Two?']) {
    const response = await site.post(text);
    if (response.status === 202) ids.push(((await response.json()) as { id: string }).id);
  }
  await site.run();
  return ids;
}

async function uploadOthers(count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new File(['{}'], `other-${at}.jsonl`));
    const headers = { Authorization: `Bearer ${site.fake.key}` };
    await fetch(`${site.fake.url}/files`, { method: 'POST', headers, body: form });
  }
}
