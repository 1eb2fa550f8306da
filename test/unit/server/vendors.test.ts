/**
 * Facts about each vendor's OpenAI-compatible endpoint: how a request is worded for it, what its stream, its answer and its errors become.
 *
 * The vendors' side (`test/fixtures/vendors/*.json`) was written after their documentation, not recorded; what is made of it is in the
 * golden files beside it (`npx vitest run -u` writes them anew: read the difference).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createFindModel } from '../../../src/server/pairs/known-models';
import { startCompletions, type CompletionsServer } from '../../fakes/openai/completions-server';
import { startVendorReplay, type VendorReplay } from '../../fakes/openai/vendor-replay';

const FOLDER = join(import.meta.dirname, '../../fixtures/vendors');
/** A model that an operator runs has the price that he gives it. */
const OWN = ['llama3.1:8b', 'my-model.gguf'].map((model) => ({ model, inputNanoUsd: 0, outputNanoUsd: 0 }));
const NOW_MS = Date.parse('2026-11-26T12:00:00Z');
const REQUEST = {
  model: 'flagship',
  messages: [
    { role: 'developer', content: 'Answer in two words.' },
    { role: 'user', content: 'Why is the sky blue?' },
  ],
  max_completion_tokens: 50,
  temperature: 1.5,
  top_p: 0.9,
  seed: 7,
  stop: ['\n'],
  logprobs: true,
  top_logprobs: 2,
};

interface Vendor {
  readonly model: string;
  /** The events of a stream. */
  readonly stream: readonly string[];
  readonly plain: object;
  readonly errors: readonly { readonly status: number; readonly body: unknown }[];
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(model: string): Promise<{ server: CompletionsServer; vendor: VendorReplay }> {
  const vendor = await startVendorReplay();
  const server = await startCompletions({
    now: () => NOW_MS,
    flagship: model,
    findModel: createFindModel(OWN),
    upstream: { baseUrl: vendor.url, key: 'key-of-the-vendor', retryBaseMs: 1 },
  });
  closing.push(
    () => server.close(),
    () => vendor.close(),
  );
  return { server, vendor };
}

const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && !name.endsWith('.golden.json'));

test('there is a vendor of every kind that the pairs name', () => {
  expect(names.map((name) => name.replace('.json', '')).sort()).toEqual([
    'anthropic',
    'google',
    'llama-cpp',
    'mistral',
    'ollama',
    'openai',
    'openai-reasoning',
    'together-llama',
    'vllm',
  ]);
});

test.each(names)('%s: the request, the stream, the answer and the errors are as they were', async (name) => {
  const { model, stream, plain, errors } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Vendor;
  const { server, vendor } = await start(model);
  vendor.answer(200, 'text/event-stream', `${stream.join('\n\n')}\n\n`);
  const streamed = await server.post({ ...REQUEST, stream: true });
  const relayed = (await streamed.text()).trimEnd().split('\n\n');
  vendor.answer(200, 'application/json', JSON.stringify(plain, null, 1));
  const answered = await server.post(REQUEST);
  const body = await answered.text();
  expect(body).toBe(JSON.stringify(plain, null, 1));
  const [streamEntry, plainEntry] = server.ledger.all;
  expect(streamEntry).toMatchObject({ state: 'settled', isEstimated: false, outcome: 'done' });
  const { promptTokens, cachedTokens, completionTokens, costNanoUsd } = streamEntry!;
  expect(plainEntry).toMatchObject({ promptTokens, cachedTokens, completionTokens, costNanoUsd });

  const failures: unknown[] = [];
  for (const error of errors) {
    const failing = await start(model);
    failing.vendor.answer(error.status, 'application/json', JSON.stringify(error.body));
    const response = await failing.server.post(REQUEST);
    const text = await response.text();
    expect(failing.server.ledger.all.every(({ state }) => state === 'released')).toBe(true);
    failures.push({ vendor: error.status, status: response.status, ...(JSON.parse(text) as object) });
  }
  const golden = {
    forwarded: vendor.asked,
    relayed,
    billed: { promptTokens, cachedTokens, completionTokens, costNanoUsd },
    errors: failures,
  };
  const path = join(FOLDER, name.replace('.json', '.golden.json'));
  await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot(path);
});
