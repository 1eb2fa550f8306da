/** A person who can wait is answered later, at half the price, with the page closed meanwhile. */
import { chatOn, type Chat } from './chat-test';
import { deploy } from './deployment';
import { ADMIN_TOKEN, dialogOf, expect, POEM, test as base } from './escalating-test';

const test = base.extend({
  site: async ({ upstream }, use) => {
    upstream.batches.behave({ end: 'completed', waits: true, text: 'The sea is for [EMAIL_1] alone.' });
    const site = await deploy([], {
      hasFixture: false,
      env: {
        OPENAI_API_KEY: upstream.key,
        OPENAI_BASE_URL: upstream.url,
        ADMIN_TOKEN,
        ANSWER_LATER: 'on',
        LATER_GATHER_SECONDS: '0.1',
        LATER_POLL_SECONDS: '0.1',
        RATE_LIMIT_PER_MINUTE: '1000',
      },
    });
    await use(site);
    await site.remove();
  },
});

test('asked for later, the page closed, the answer is there when it is opened again, with its receipt', async ({
  asker,
  upstream,
  context,
  site,
}) => {
  await askLater(asker, `${POEM} for ann@example.org`);
  const waiting = asker.answers.last();
  await expect(waiting).toContainText('Waiting for a cheaper answer');
  // The conversation goes on meanwhile.
  await asker.askAndWait('What is the capital of Japan?');
  await asker.page.reload();
  await expect(asker.answers.first()).toHaveAttribute('data-status', 'waiting');
  await asker.page.close();

  await expect.poll(() => upstream.batches.all.length).toBe(1);
  upstream.batches.finish();
  // Removed once the batch has ended.
  await expect.poll(() => upstream.batches.files.length).toBe(0);
  const chat = chatOn(await context.newPage(), site.url);
  await chat.open();
  const answer = chat.answers.first();
  await expect(answer).toHaveAttribute('data-status', 'done');
  await expect(answer).toHaveAttribute('data-place', 'cloud');
  await expect(answer).toContainText('The sea is for ann@example.org alone.');
  await answer.getByRole('button', { name: 'Receipt' }).click();
  await expect(answer).toContainText('half price, paid by this site');
  const [bill] = upstream.batches.bills;
  const cost = (bill?.promptTokens ?? 0) * 1_250 + (bill?.completionTokens ?? 0) * 5_000;
  await expect(answer.locator('[data-cost-nano-usd]')).toHaveAttribute('data-cost-nano-usd', String(cost));
  const spend = await fetch(`${site.url}api/spend`, { headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } });
  expect(await spend.json()).toMatchObject({ spent_nano_usd: cost, held_usd: 0 });

  await chat.page.getByRole('button', { name: 'Privacy' }).click();
  const departures = chat.page.getByRole('list', { name: 'Departures' }).getByRole('listitem');
  await expect(departures).toHaveCount(1);
  await expect(departures).toContainText('to be answered later');
});

test('whoever waits no longer cancels it, and nothing is paid', async ({ asker, upstream }) => {
  await askLater(asker, POEM);
  await expect.poll(() => upstream.batches.all.length).toBe(1);
  const answer = asker.answers.last();
  await answer.getByRole('button', { name: 'Cancel' }).click();
  await expect(answer).toHaveAttribute('data-status', 'stopped');
  await expect.poll(() => upstream.batches.all[0]?.status).toBe('cancelled');
  upstream.batches.finish();
  await asker.page.reload();
  await expect(asker.answers.last()).toHaveAttribute('data-status', 'stopped');
});

async function askLater(chat: Chat, question: string): Promise<void> {
  await chat.ask(question);
  const dialog = dialogOf(chat);
  await expect(dialog).toContainText('costs half of that and comes within a day');
  await expect(dialog).toContainText('disk of this site’s server');
  await dialog.getByRole('button', { name: 'Answer later, half price' }).click();
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'waiting');
}
