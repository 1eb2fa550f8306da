/** What becomes of a page on which the widget comes, goes, comes twice, or may not do all it wants. */
import type { CDPSession, Page } from 'playwright/test';
import { slowDown } from './chat-test';
import { expect, HELLO, test, widgetOn } from './widget-test';

/** How often it is added and removed; at the number of the issue with `LONG`. */
const ROUNDS = process.env['LONG'] ? 100 : 10;

test('taken out of the page in the middle of an answer, it stops within a second and keeps what was there', async ({
  page,
  widget,
}) => {
  await widget.visit('plain');
  await widget.open();
  await widget.askAndWait('Hello');
  await slowDown(page);
  await widget.ask('ramble');
  const answer = widget.answers.last();
  await expect(answer).toHaveAttribute('data-status', 'streaming');
  await expect
    .poll(async () => (await answer.locator('.text').textContent())?.length ?? 0)
    .toBeGreaterThan(20);
  expect(page.workers()).not.toEqual([]);
  await page.evaluate(() => document.querySelector('smallfirst-chat')?.remove());
  await expect.poll(() => page.workers().length, { timeout: 1_000, intervals: [50] }).toBe(0);
  await page.evaluate(() => document.body.append(document.createElement('smallfirst-chat')));
  await widget.open();
  await expect(widget.answers.last()).toHaveAttribute('data-status', 'stopped');
  await expect(widget.answers.last()).toContainText('Rivers');
});

test('moved within the page it goes on answering', async ({ page, widget }) => {
  await widget.visit('plain');
  await widget.open();
  await widget.askAndWait('Hello');
  await slowDown(page);
  await widget.ask('count');
  await expect(widget.answers.last()).toHaveAttribute('data-status', 'streaming');
  await page.evaluate(() =>
    document.querySelector('main')?.append(document.querySelector('smallfirst-chat')!),
  );
  await expect(widget.answers.last()).toHaveAttribute('data-status', 'done', { timeout: 30_000 });
});

test(`${ROUNDS} times added, asked and removed: no worker, no listener and no memory stays`, async ({
  page,
  widget,
}) => {
  test.setTimeout(60_000 + ROUNDS * 10_000);
  await widget.visit('plain', { bare: '' });
  await page.addScriptTag({ url: await scriptUrl(page), type: 'module' });
  const session = await page.context().newCDPSession(page);
  const round = async () => {
    await page.evaluate(() => document.body.append(document.createElement('smallfirst-chat')));
    await widget.open();
    await widget.askAndWait('short');
    await page.getByRole('button', { name: 'Clear conversation' }).click();
    await page.evaluate(() => document.querySelector('smallfirst-chat')!.remove());
    await expect.poll(() => page.workers().length).toBe(0);
  };
  // What is loaded once and kept: modules, compiled code.
  for (let warming = 0; warming < 3; warming++) await round();
  const before = await measured(session);
  for (let times = 0; times < ROUNDS; times++) await round();
  const after = await measured(session);
  console.log(`${ROUNDS} rounds: ${JSON.stringify({ before, after })}`);
  expect(after.listeners - before.listeners).toBeLessThanOrEqual(5);
  expect(after.nodes - before.nodes).toBeLessThanOrEqual(200);
  expect(after.heapBytes - before.heapBytes).toBeLessThanOrEqual(1_500_000);
});

test('loaded twice it is defined once, and answers', async ({ widget, errors }) => {
  await widget.visit('plain', { second: '' });
  await widget.open();
  await expect(await widget.askAndWait('Hello')).toContainText(HELLO);
  expect(errors.filter((text) => !text.includes('404'))).toEqual([]);
});

test('several on a page show one chat, answered by one engine; the last one to go frees it', async ({
  page,
  widget,
}) => {
  await widget.visit('plain', { tag: 'layout="inline" id="first"' });
  await page.evaluate(() => {
    const second = document.createElement('smallfirst-chat');
    second.setAttribute('layout', 'inline');
    document.querySelector('main')?.prepend(second);
  });
  await page.locator('#first').scrollIntoViewIfNeeded();
  await expect(page.getByRole('textbox', { name: 'Message' })).toHaveCount(2);
  const input = (at: number) => page.getByRole('textbox', { name: 'Message' }).nth(at);
  await input(0).fill('Hello');
  await input(0).press('Enter');
  await expect(widget.answers).toHaveCount(2);
  for (const at of [0, 1]) await expect(widget.answers.nth(at)).toContainText(HELLO);
  expect(page.workers()).toHaveLength(1);
  await page.evaluate(() => document.querySelector('#first')?.remove());
  await page.waitForTimeout(300);
  expect(page.workers()).toHaveLength(1);
  await page.evaluate(() => document.querySelector('smallfirst-chat')?.remove());
  await expect.poll(() => page.workers().length).toBe(0);
});

test('in two tabs of a site one engine answers; when the tab that runs it goes, the other’s answer ends complete', async ({
  page,
  widget,
  host,
}) => {
  await widget.visit('plain');
  await widget.open();
  await widget.askAndWait('Hello');
  const other = widgetOn(await page.context().newPage(), host);
  await other.visit('plain');
  await other.open();
  await expect(await other.askAndWait('Hello')).toContainText(HELLO);
  const pages = page.context().pages();
  await expect.poll(() => pages.map((each) => each.workers().length)).toEqual([1, 0]);
  await slowDown(page);
  await other.ask('count');
  await expect(other.answers.last()).toHaveAttribute('data-status', 'streaming');
  await page.evaluate(() => document.querySelector('smallfirst-chat')?.remove());
  await expect.poll(() => page.workers().length, { timeout: 1_000, intervals: [50] }).toBe(0);
  await expect(other.answers.last()).toHaveAttribute('data-status', 'done', { timeout: 30_000 });
  await expect.poll(() => pages.map((each) => each.workers().length)).toEqual([0, 1]);
});

for (const [lack, policy] of [
  [
    'worker-src',
    (ours: string) => `script-src ${ours} 'wasm-unsafe-eval'; worker-src 'none'; connect-src ${ours} blob:`,
  ],
  ['wasm-unsafe-eval', (ours: string) => `script-src ${ours}; worker-src blob:; connect-src ${ours} blob:`],
  [
    'connect-src',
    (ours: string) => `script-src ${ours} 'wasm-unsafe-eval'; worker-src blob:; connect-src 'none'`,
  ],
] as const) {
  test(`where the page’s policy lacks ${lack}, the visitor and the console are told, once, and the page lives`, async ({
    page,
    widget,
    deployment,
  }) => {
    const warnings: string[] = [];
    page.on('console', (message) => {
      if (message.text().startsWith('smallfirst-chat:')) warnings.push(message.text());
    });
    const thrown: string[] = [];
    page.on('pageerror', (error) => thrown.push(error.message));
    const ours = new URL(deployment.url).origin;
    await widget.visit('plain', { csp: policy(ours) });
    await widget.open();
    const answer = await widget.askAndWait('Hello');
    await expect(answer).toHaveAttribute('data-status', 'failed');
    await expect(answer.getByRole('alert')).toBeVisible();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('worker-src blob:');
    expect(thrown).toEqual([]);
    await expect(page.getByRole('heading', { name: 'Tea that takes its time' })).toBeVisible();
  });
}

test('what is typed and what happens in it, the page’s own listeners do not hear', async ({
  page,
  widget,
}) => {
  await widget.visit('plain');
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    const types = [
      'keydown',
      'keyup',
      'message',
      'error',
      'retry',
      'choose-model',
      'send',
      'render',
      'place-change',
    ];
    for (const type of types) addEventListener(type, () => heard.push(type));
    const own = document.querySelector('smallfirst-chat')!;
    for (const type of ['message', 'render', 'place-change'])
      own.addEventListener(type, () => heard.push(`own ${type}`));
  });
  await widget.open();
  await widget.askAndWait('Hello');
  await widget.answers.last().getByRole('button', { name: 'Retry' }).click();
  await expect(widget.answers.last()).toHaveAttribute('data-status', 'done');
  const heard = await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
  expect(heard.filter((type) => !type.startsWith('own'))).toEqual([]);
  expect(heard.slice(0, 4)).toEqual(['own render', 'own message', 'own place-change', 'own message']);
});

async function scriptUrl(page: Page): Promise<string> {
  const response = await page.request.get(page.url().replace('bare=', ''));
  return /src="([^"]*widget\.js)"/.exec(await response.text())?.[1] ?? '';
}

/** After everything that nobody holds was collected. */
async function measured(session: CDPSession) {
  for (let times = 0; times < 3; times++) await session.send('HeapProfiler.collectGarbage');
  const { jsEventListeners, nodes } = await session.send('Memory.getDOMCounters');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { listeners: jsEventListeners, nodes, heapBytes: usedSize };
}
