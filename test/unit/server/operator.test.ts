/** Facts about what the operator sees and sets: whose it is, that it adds up with the books, and that caps hold at once and for good. */
import { afterEach, expect, test } from 'vitest';
import { adminReportOf, type AdminReport } from '../../../src/kernel/admin-report';
import { openOperatedSite, type OperatedSite, type OperatedSiteOptions } from '../../fakes/operated-site';

const NOON_MS = Date.parse('2026-11-26T12:00:00Z');
const CAPS = { day: 1_000_000_000, site: 1_000_000_000, visitor: 100_000_000 };
let site: OperatedSite;
afterEach(() => site.close());

async function open(options: Partial<OperatedSiteOptions> = {}): Promise<void> {
  site = await openOperatedSite({ nowMs: NOON_MS, ...options });
}
const ask = async (more: object = {}) => {
  const response = await site.ask({
    model: 'flagship',
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 20,
    ...more,
  });
  await response.text();
  return response.status;
};
async function report(query = ''): Promise<AdminReport> {
  const read = adminReportOf(await (await site.operate('GET', `/api/admin${query}`)).json());
  if (!read) throw new Error('This is no report.');
  return read;
}

test('without ADMIN_TOKEN nothing of it is there, the page neither', async () => {
  await open({ env: { ADMIN_TOKEN: '' } });
  for (const path of ['/admin', '/api/admin', '/api/spend', '/metrics']) {
    expect((await site.operate('GET', path)).status).toBe(404);
  }
  expect((await site.operate('PUT', '/api/caps', CAPS)).status).toBe(404);
});

test('a wrong token, or none, is 401 and changes nothing', async () => {
  await open();
  for (const token of ['wrong-token-for-tests', null]) {
    for (const path of ['/api/admin', '/api/spend', '/metrics']) {
      expect((await site.operate('GET', path, undefined, token)).status).toBe(401);
    }
    expect((await site.operate('PUT', '/api/caps', { ...CAPS, day: 1 }, token)).status).toBe(401);
  }
  expect((await report()).caps).toEqual(CAPS);
});

test('days, sites and models add up with the ledger, and days without calls are there too', async () => {
  await open();
  expect(await ask()).toBe(200);
  site.nowMs += 2 * 86_400_000;
  expect([await ask(), await ask({ model: 'small' })]).toEqual([200, 200]);
  const { days, now } = await report('?days=4');
  expect(now).toBe(site.nowMs);
  expect(days.map(({ day, calls }) => [day, calls])).toEqual([
    ['2026-11-25', 0],
    ['2026-11-26', 1],
    ['2026-11-27', 0],
    ['2026-11-28', 2],
  ]);
  for (const { day, spent_nano_usd, by } of days) {
    const entries = await site.ledger.entries(day);
    expect(spent_nano_usd).toBe(entries.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0));
    for (const rows of [by.site, by.model]) {
      expect(rows.reduce((sum, row) => sum + row.spent_nano_usd, 0)).toBe(spent_nano_usd);
    }
  }
  expect(days.at(-1)?.by.model.map(({ name }) => name)).toEqual(['gpt-4o', 'gpt-4o-mini']);
});

test('refusals are counted by their code, by the day, and survive a restart', async () => {
  await open();
  expect(await ask({ model: 'nobody' })).toBe(400);
  expect(await ask({ messages: [] })).toBe(400);
  expect(await ask({ messages: 'x' })).toBe(400);
  expect((await site.fromPage('/api/session', {}, { origin: 'https://elsewhere.example' })).status).toBe(403);
  await site.restart();
  const { days } = await report('?days=1');
  expect(days[0]?.refusals).toEqual({ model_not_found: 1, invalid_value: 2, origin_not_allowed: 1 });
});

test('caps that are changed hold for the next call, are in the log, and hold after a restart', async () => {
  await open();
  expect(await ask()).toBe(200);
  const response = await site.operate('PUT', '/api/caps', { ...CAPS, day: 1_000 });
  expect([response.status, await response.json()]).toEqual([200, { ...CAPS, day: 1_000 }]);
  expect(await ask()).toBe(429);
  const audit = site.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(audit.find(({ msg }) => msg === 'the operator changed the caps')).toMatchObject({
    level: 'warn',
    time: '2026-11-26T12:00:00.000Z',
    dayNanoUsdBefore: 1_000_000_000,
    dayNanoUsd: 1_000,
  });
  await site.restart();
  expect(await ask()).toBe(429);
  expect(await report()).toMatchObject({ caps: { day: 1_000 }, usual_caps: CAPS });
  await site.operate('PUT', '/api/caps', CAPS);
  expect(await ask()).toBe(200);
});

test.each([{}, null, 'x', { ...CAPS, day: -1 }, { ...CAPS, day: 1.5 }, { ...CAPS, visitor: 1e16 }])(
  'caps that make no sense (%j) are 400 and change nothing',
  async (caps) => {
    await open();
    expect((await site.operate('PUT', '/api/caps', caps)).status).toBe(400);
    expect((await report()).caps).toEqual(CAPS);
  },
);

test('pages report two numbers where the operator asked for it, and nothing else is taken', async () => {
  await open({ reportAnswers: true });
  expect((await site.fromPage('/api/counts', { device: 4, cloud: 1 })).status).toBe(204);
  expect((await site.fromPage('/api/counts', { device: 2, cloud: 0 })).status).toBe(204);
  for (const body of [{ device: 1 }, { device: 101, cloud: 0 }, { device: 1, cloud: 0, text: 'Hi' }, 'x']) {
    expect((await site.fromPage('/api/counts', body)).status).toBe(400);
  }
  const foreign = { origin: 'https://elsewhere.example' };
  expect((await site.fromPage('/api/counts', { device: 9, cloud: 9 }, foreign)).status).toBe(403);
  const { days, reports_answers } = await report('?days=1');
  expect([days[0]?.answers, reports_answers]).toEqual([{ device: 6, cloud: 1 }, true]);
});

test('where the operator did not ask for it there is no such address', async () => {
  await open();
  expect((await site.fromPage('/api/counts', { device: 4, cloud: 1 })).status).toBe(404);
  expect((await report()).reports_answers).toBe(false);
});

test('the pair is there with its prices, dates and successors, and so is the vendor', async () => {
  await open();
  const { rungs, vendor } = await report();
  expect(rungs).toMatchObject([
    { role: 'flagship', model: 'gpt-4o', shutdown: '2027-01-14', days_left: 49, successor: 'gpt-6-luna' },
    { role: 'small', model: 'gpt-4o-mini', state: 'retiring', unconfirmed: ['shutdown', 'successor'] },
  ]);
  expect(vendor).toMatchObject({ circuit: 'closed' });
  const config = (await (await site.operate('GET', '/api/config')).json()) as { escalation: object };
  expect(config.escalation).toMatchObject({
    retiring: [{ model: 'gpt-4o', shutdown: '2027-01-14', successor: 'gpt-6-luna' }, {}],
  });
});
