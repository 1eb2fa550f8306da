/** Facts about the metrics: calls, tokens, dollars, waits, refusals and what is held, under the names that OpenTelemetry has for them. */
import { afterEach, expect, test } from 'vitest';
import { openOperatedSite, type OperatedSite } from '../../fakes/operated-site';

let site: OperatedSite;
afterEach(() => site.close());

const question = (more: object = {}) => ({
  model: 'flagship',
  messages: [{ role: 'user', content: 'Why is the sky blue?' }],
  ...more,
});

async function metrics(): Promise<(name: string, labels?: Record<string, string>) => number | undefined> {
  const text = await (await site.operate('GET', '/metrics')).text();
  return (name, labels = {}) => {
    const line = text
      .split('\n')
      .filter((one) => one.startsWith(`${name}{`) || one.startsWith(`${name} `))
      .find((one) => Object.entries(labels).every(([key, value]) => one.includes(`${key}="${value}"`)));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };
}

test('what a plain call and a stream came to is counted as the vendor billed it', async () => {
  site = await openOperatedSite({ nowMs: Date.parse('2026-11-26T12:00:00Z') });
  await (await site.ask(question())).text();
  await (await site.ask(question({ stream: true, model: 'small' }))).text();
  await (await site.ask(question({ model: 'nobody' }))).text();
  const value = await metrics();
  const [plain, stream] = site.fake.books();
  const large = { gen_ai_request_model: 'gpt-4o', gen_ai_operation_name: 'chat' };
  expect(value('gen_ai_client_operation_duration_seconds_count', { ...large, outcome: 'done' })).toBe(1);
  expect(value('gen_ai_client_token_usage_sum', { ...large, gen_ai_token_type: 'input' })).toBe(
    plain?.promptTokens,
  );
  expect(value('gen_ai_client_token_usage_sum', { ...large, gen_ai_token_type: 'output' })).toBe(
    plain?.completionTokens,
  );
  const small = { gen_ai_request_model: 'gpt-4o-mini' };
  expect(value('gen_ai_client_operation_time_to_first_chunk_seconds_count', large)).toBeUndefined();
  expect(value('gen_ai_client_operation_time_to_first_chunk_seconds_count', small)).toBe(1);
  expect(value('smallfirst_cost_usd_total', { model: 'gpt-4o-mini' })).toBeCloseTo(
    ((stream?.promptTokens ?? 0) * 150 + (stream?.completionTokens ?? 0) * 600) / 1e9,
    12,
  );
  expect(value('smallfirst_requests_total', { model: 'gpt-4o', outcome: 'done' })).toBe(1);
  expect(value('smallfirst_refusals_total', { reason: 'model_not_found' })).toBe(1);
  expect(value('smallfirst_open_reservations')).toBe(0);
  expect(value('smallfirst_circuit_state')).toBe(0);
  expect(value('smallfirst_model_days_left', { model: 'gpt-4o' })).toBe(49);
});

test('what is held for a call under way is seen, and gone when it ends', async () => {
  site = await openOperatedSite({ nowMs: Date.parse('2026-11-26T12:00:00Z') });
  site.fake.behave({ kind: 'answer', delayMs: 20 });
  const response = await site.ask(question({ stream: true }));
  expect((await metrics())('smallfirst_open_reservations')).toBe(1);
  expect((await metrics())('smallfirst_held_usd')).toBeGreaterThan(0);
  await response.text();
  expect((await metrics())('smallfirst_open_reservations')).toBe(0);
  expect((await metrics())('smallfirst_held_usd')).toBe(0);
});

test('a call that the vendor did not bill costs nothing and is no call, but its refusal counts', async () => {
  site = await openOperatedSite({ nowMs: Date.parse('2026-11-26T12:00:00Z') });
  site.fake.behave({ kind: 'unauthorized' });
  await (await site.ask(question())).text();
  const value = await metrics();
  expect(value('smallfirst_open_reservations')).toBe(0);
  expect(value('smallfirst_cost_usd_total')).toBeUndefined();
  expect(value('smallfirst_refusals_total', { reason: 'upstream_auth' })).toBe(1);
});
