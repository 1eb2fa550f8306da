/** An engine that breaks anywhere: the turn completes, or stands with its text and a way on. `LONG=1` takes 50 points in place of 5. */
import type { BrowserContext, Page } from 'playwright/test';
import { arm, faultOn, makeBreakable, type Break, type Point } from './breakable';
import { chatOn, expect, test, type Chat } from './chat-test';

const POINTS = process.env['LONG'] ? 50 : 5;
const SEED = Number(process.env['SEED'] ?? 7);

interface Case {
  readonly kind: Break;
  readonly phase: 'load' | 'prefill' | 'decode';
  readonly point: Point;
}

/** mulberry32: https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function casesOf(count: number): Case[] {
  const chance = createChance(SEED);
  return Array.from({ length: count }, (_, at) => {
    const kind = (['terminate', 'hang', 'kill'] as const)[at % 3]!;
    const phase = (['decode', 'load', 'prefill', 'decode'] as const)[at % 4]!;
    if (phase === 'load') return { kind, phase, point: { afterMs: Math.floor(chance() * 500) } };
    const from = phase === 'prefill' ? 1 : 4;
    // An answer takes 36 of them.
    const to = phase === 'prefill' ? 3 : 34;
    return { kind, phase, point: { atMessage: from + Math.floor(chance() * (to - from)) } };
  });
}

async function heldTurns(page: Page): Promise<string[]> {
  const { held = [] } = await page.evaluate(() => navigator.locks.query());
  return held.map(({ name = '' }) => name).filter((name) => name.startsWith('smallfirst-turn'));
}

async function nextVisit(context: BrowserContext, url: string): Promise<Chat> {
  const chat = chatOn(await context.newPage(), url);
  await chat.open();
  await expect(chat.page.locator('chat-page')).toHaveAttribute('data-phase', 'ready');
  return chat;
}

for (const [at, { kind, phase, point }] of casesOf(POINTS).entries()) {
  const where = Object.entries(point).flat().join(' ');
  test(`${at + 1}. ${kind} during ${phase} (${where}) loses no turn`, async ({
    page,
    context,
    deployment,
  }) => {
    test.setTimeout(120_000);
    const onLoad = 'afterMs' in point ? { kind, point } : undefined;
    let chat = chatOn(page, deployment.url);
    const isKill = kind === 'kill';
    const asked = onLoad ? ['Tell me something'] : ['Hello', 'Tell me something'];
    await makeBreakable(page, onLoad);
    if (onLoad && isKill) {
      const crashed = page.waitForEvent('crash');
      await page.goto(deployment.url, { waitUntil: 'commit' });
      await crashed;
      chat = await nextVisit(context, deployment.url);
      await expect(await chat.askAndWait('short')).toHaveAttribute('data-status', 'done');
      return;
    }
    await chat.open();
    if (!onLoad) {
      await chat.askAndWait('Hello');
      await arm(page, kind, point);
    }
    const crashed = isKill ? page.waitForEvent('crash') : undefined;
    // The page may be gone before the click is told to have been one.
    await Promise.all([
      chat.ask('Tell me something').catch((error: unknown) => crashed ?? Promise.reject(error)),
      crashed,
    ]);
    if (crashed) {
      chat = await nextVisit(context, deployment.url);
      await expect(chat.questions).toHaveText(['Hello', 'Tell me something']);
      // Closed before its answer was begun, or in the middle of it: either way it can be asked again.
      const retry = chat.page.getByRole('button', { name: 'Retry' });
      if ((await chat.answers.count()) > 1) await retry.last().click();
      else {
        asked.push('Tell me something');
        await chat.ask('Tell me something');
      }
    }
    // Not the last one: that is still the answer before, until this one is begun.
    const answer = chat.answers.nth(onLoad ? 0 : 1);
    await expect(answer).toHaveAttribute('data-status', /^(done|failed)$/, { timeout: 90_000 });
    if ((await answer.getAttribute('data-status')) === 'failed')
      await expect(answer.getByRole('button', { name: 'Try again' })).toBeVisible();
    else await expect(answer.locator('.text')).toContainText('test fixture');
    if (!isKill && !onLoad) {
      expect(await faultOn(page)).toBe(kind);
      await expect(answer.locator('.healed')).toContainText('was started anew');
    }
    expect(await heldTurns(chat.page)).toEqual([]);
    await expect(await chat.askAndWait('short')).toContainText('Yes.');
    await chat.page.reload();
    await expect(chat.questions).toHaveText([...asked, 'short']);
  });
}
