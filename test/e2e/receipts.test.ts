/** Money over many turns of every kind: what the receipts, the meter, its days, the server's ledger and the vendor's books say. */
import type { Totals } from '../../src/kernel/route';
import { PRICES, costNanoUsdOf, nanoUsdOf } from '../../src/meter/price';
import { ADMIN_TOKEN, agree, dialogOf, expect, test } from './escalating-test';

const TURNS = process.env['LONG'] ? 100 : 30;
/** What the visitor asks by turns: half for the small model, half for the large one. */
const LOCAL = ['Hello', 'What is 4 + 5?', 'What is the capital of Japan?', 'Thanks!', 'plural of mouse'];
const CLOUD = [
  'Write a poem about the sea',
  'Explain how a treaty is ratified',
  'Prove that 2 is prime in an essay',
];
const CENT_NANO_USD = nanoUsdOf(0.01);

test(`the receipts of ${TURNS} mixed turns equal the ledger and the books, and the day's sums the receipts`, async ({
  asker,
  site,
  upstream,
}) => {
  test.setTimeout(600_000);
  const { page } = asker;
  await asker.ask(CLOUD[0] ?? '');
  await dialogOf(asker)
    .getByRole('checkbox', { name: /Do not ask again/ })
    .check();
  await agree(asker);
  await expect(asker.answers.first()).toHaveAttribute('data-status', 'done');
  let receipts = await costOf(0);
  let stopped = 0;
  for (let turn = 1; turn < TURNS; turn++) {
    // Each tenth in a chat of its own, so that no page grows without end.
    if (turn % 10 === 0) await page.getByRole('button', { name: 'New chat' }).click();
    const at = turn % 10;
    upstream.behave(
      turn % 10 === 7
        ? { kind: 'status', status: 500 }
        : { kind: 'answer', delayMs: turn % 10 === 9 ? 400 : 0 },
    );
    if (turn % 10 === 9) {
      // Stopped in the middle of the large model's answer.
      await asker.ask(`${CLOUD[turn % 3]}, number ${turn}`);
      await expect(asker.answers.nth(at)).toContainText('The large model');
      await asker.stop.click();
      await expect(asker.answers.nth(at)).toHaveAttribute('data-status', 'stopped');
      stopped++;
    } else {
      await asker.askAndWait(
        turn % 2 === 0 ? (LOCAL[(turn / 2) % LOCAL.length] ?? '') : `${CLOUD[turn % 3]}, number ${turn}`,
      );
    }
    receipts += await costOf(at);
  }

  const response = await fetch(new URL('api/spend', site.url), {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const { spent_nano_usd: ledger } = (await response.json()) as { spent_nano_usd: number };
  const [price] = PRICES;
  const books = upstream
    .books()
    .reduce((sum, book) => sum + (price ? costNanoUsdOf(price, { ...book, cachedTokens: 0 }) : 0), 0);
  expect(stopped).toBeGreaterThan(1);
  expect(receipts).toBeGreaterThan(0);
  // Of an answer that was stopped each side knows its own count only; all others are equal to the nano-dollar.
  expect(Math.abs(receipts - ledger)).toBeLessThan(CENT_NANO_USD / 2);
  expect(Math.abs(ledger - books)).toBeLessThan(CENT_NANO_USD / 2);

  const totalsNow = () =>
    page.locator('meter-panel').evaluate((panel) => (panel as unknown as { totals: Totals }).totals);
  // An answer is counted once it is kept, and seen before that.
  await expect
    .poll(async () => {
      const { localAnswers, cloudAnswers } = await totalsNow();
      return localAnswers + cloudAnswers;
    })
    .toBe(TURNS);
  const totals = await totalsNow();
  expect(totals.spentNanoUsd).toBe(receipts);
  const { spentNanoUsd, savedNanoUsd, localAnswers, cloudAnswers } = totals;
  const sum = (key: 'spentNanoUsd' | 'savedNanoUsd' | 'localAnswers' | 'cloudAnswers') =>
    totals.days.reduce((all, day) => all + day[key], 0);
  expect([sum('spentNanoUsd'), sum('savedNanoUsd'), sum('localAnswers'), sum('cloudAnswers')]).toEqual([
    spentNanoUsd,
    savedNanoUsd,
    localAnswers,
    cloudAnswers,
  ]);
  await expect(
    page.getByRole('img', { name: new RegExp(`${localAnswers} here, ${cloudAnswers} in the cloud`) }),
  ).toBeVisible();

  async function costOf(at: number): Promise<number> {
    const answer = asker.answers.nth(at);
    await answer.getByRole('button', { name: 'Receipt' }).click();
    return Number(await answer.locator('smallfirst-answer-receipt dl').getAttribute('data-cost-nano-usd'));
  }
});
