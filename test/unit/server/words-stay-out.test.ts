/** Facts about what is never written down: no word of a message, an answer, a key or a token is in a log, a metric, the operator's report or the books. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { FakeBehaviour } from '../../fakes/openai/fake-behaviour';
import { ADMIN_TOKEN, API_TOKEN, openOperatedSite, type OperatedSite } from '../../fakes/operated-site';

const CANARY = 'canary-7c1f-of-a-visitor';
const ANSWER = 'canary-9b2e-of-the-model';
let site: OperatedSite;
afterEach(() => site.close());

/** Every way for a call to go well or badly; the fake's errors repeat what it was asked. */
const WAYS: readonly FakeBehaviour[] = [
  { kind: 'answer', text: `An ${ANSWER} of words` },
  { kind: 'unauthorized' },
  { kind: 'rate-limited', retryAfterSeconds: 60 },
  { kind: 'status', status: 400, code: CANARY },
  { kind: 'status', status: 404, code: 'model_not_found' },
  { kind: 'cut', afterChunks: 3 },
  { kind: 'undone', afterChunks: 3 },
  { kind: 'error-event', afterChunks: 2 },
  { kind: 'garbage' },
  { kind: 'hang-up' },
];

test('whatever is asked, and however it ends', async () => {
  site = await openOperatedSite({ nowMs: Date.parse('2026-11-26T12:00:00Z'), reportAnswers: true });
  const bodyOf = (stream: boolean) => ({
    model: 'flagship',
    stream,
    user: CANARY,
    messages: [
      { role: 'system', content: `${CANARY}-system` },
      { role: 'user', name: CANARY, content: [{ type: 'text', text: `My ${CANARY}` }] },
    ],
  });
  let index = 0;
  for (const way of WAYS) {
    for (const stream of [true, false]) {
      site.fake.behave(way);
      await (await site.ask(bodyOf(stream), { 'idempotency-key': `${CANARY}-${index++}` })).text();
    }
  }
  site.fake.behave({ kind: 'answer' });
  const wrong = [
    CANARY,
    `{"${CANARY}": `,
    { model: CANARY, messages: [{ role: 'user', content: CANARY }] },
    { model: 'flagship', messages: [{ role: CANARY, content: CANARY }] },
    { model: 'flagship', messages: [{ role: 'user', content: CANARY }], stop: [CANARY], seed: CANARY },
  ];
  for (const body of wrong) await (await site.ask(body)).text();
  await site.ask(bodyOf(false), { authorization: `Bearer ${CANARY}` });
  await site.fromPage('/api/session', { challenge: CANARY, nonce: CANARY });
  await site.fromPage('/api/counts', { device: 1, cloud: 0, text: CANARY });
  await site.operate('GET', `/api/admin?days=${CANARY}`, undefined, CANARY);
  await site.operate('PUT', '/api/caps', { day: CANARY });

  const written = [
    ...site.logged,
    await (await site.operate('GET', '/metrics')).text(),
    await (await site.operate('GET', '/api/admin')).text(),
    await (await site.operate('GET', '/api/spend')).text(),
    JSON.stringify(await site.ledger.entries('2026-11-26')),
  ];
  expect(site.logged.length).toBeGreaterThan(40);
  await site.restart();
  for (const file of readdirSync(site.dir, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) written.push(readFileSync(`${file.parentPath}/${file.name}`, 'latin1'));
  }
  const all = written.join('\n');
  for (const secret of [CANARY, ANSWER, site.fake.key, ADMIN_TOKEN, API_TOKEN]) {
    expect(all.split('\n').filter((line) => line.includes(secret))).toEqual([]);
  }
});
