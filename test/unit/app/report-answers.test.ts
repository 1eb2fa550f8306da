/** Facts about what a page tells of its answers: two numbers, every fifth answer and when it goes, and only where that is wanted. */
import { expect, test } from 'vitest';
import { createAnswerReporter } from '../../../src/app/report-answers';
import { Fault } from '../../../src/kernel/fault';

function reporterWith({ isWanted = true, isRefused = false } = {}) {
  const sent: { url: string; method: string | undefined; body: unknown }[] = [];
  const reporter = createAnswerReporter({
    baseUrl: new URL('https://chat.example/app/'),
    isWanted: () => isWanted,
    request: async (url, init) => {
      sent.push({ url: String(url), method: init?.method, body: JSON.parse(init?.body as string) });
      if (isRefused) throw new Fault('private');
      return new Response(null, { status: 204 });
    },
  });
  return { reporter, sent };
}

test('every fifth answer it sends how many were made here and in the cloud', () => {
  const { reporter, sent } = reporterWith();
  for (const place of ['local', 'local', 'cloud', 'local'] as const) reporter.count(place);
  expect(sent).toEqual([]);
  reporter.count('local');
  expect(sent).toEqual([
    { url: 'https://chat.example/app/api/counts', method: 'POST', body: { device: 4, cloud: 1 } },
  ]);
});

test('what is left is sent when the page goes, once', () => {
  const { reporter, sent } = reporterWith();
  reporter.flush();
  reporter.count('cloud');
  reporter.flush();
  reporter.flush();
  expect(sent.map(({ body }) => body)).toEqual([{ device: 0, cloud: 1 }]);
});

test('where nobody asked for it nothing is counted', () => {
  const { reporter, sent } = reporterWith({ isWanted: false });
  for (let answer = 0; answer < 20; answer++) reporter.count('local');
  reporter.flush();
  expect(sent).toEqual([]);
});

test('a report that is refused is forgotten, and fails nothing', async () => {
  const { reporter, sent } = reporterWith({ isRefused: true });
  for (let answer = 0; answer < 10; answer++) reporter.count('local');
  await Promise.resolve();
  expect(sent.map(({ body }) => body)).toEqual([
    { device: 5, cloud: 0 },
    { device: 5, cloud: 0 },
  ]);
});
