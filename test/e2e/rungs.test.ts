/** A site whose cloud has two models, and one whose model the vendor took away: which one the page asks, and what the receipt says. */
import { expect, test as base } from 'playwright/test';
import { costNanoUsdOf, PRICES } from '../../src/meter/price';
import { startFakeOpenai, type FakeModel, type FakeOpenai } from '../fakes/openai/fake-openai';
import { chatOn, type Chat } from './chat-test';
import { deploy } from './deployment';

const POEM = 'Write a poem about the sea in autumn';
const REFUSAL = 'I’m sorry, but I can’t help with that.';

interface Asked {
  readonly chat: Chat;
  readonly upstream: FakeOpenai;
}

const test = base.extend<{ open: (env: Record<string, string>, models?: FakeModel[]) => Promise<Asked> }>({
  open: async ({ page }, use) => {
    const closing: (() => Promise<void>)[] = [];
    await use(async (more, models) => {
      const upstream = await startFakeOpenai(models ? { models } : {});
      const env = { OPENAI_API_KEY: upstream.key, OPENAI_BASE_URL: upstream.url, ...more };
      const site = await deploy([], { hasFixture: false, env });
      closing.push(
        () => site.remove(),
        () => upstream.close(),
      );
      const chat = chatOn(page, site.url);
      await chat.open();
      return { chat, upstream };
    });
    for (const close of closing) await close();
  },
});

async function send(chat: Chat, model: string): Promise<void> {
  await chat.page
    .getByRole('dialog', { name: 'Send to the cloud?' })
    .getByRole('button', { name: `Send to ${model}`, exact: true })
    .click();
}

test('the middle model is asked first, and its name and price are on the receipt', async ({ open }) => {
  const { chat, upstream } = await open({ SMALL_MODEL: 'gpt-4o-mini' });
  await chat.ask(POEM);
  await send(chat, 'gpt-4o-mini');
  const answer = chat.answers.first();
  await expect(answer).toHaveAttribute('data-status', 'done');
  await answer.getByRole('button', { name: 'Receipt' }).click();
  const receipt = answer.locator('smallfirst-answer-receipt dl');
  await expect(receipt).toContainText('gpt-4o-mini');
  const [book] = upstream.books();
  expect(book?.model).toBe('gpt-4o-mini');
  const cost = PRICES[1] && book && costNanoUsdOf(PRICES[1], { ...book, cachedTokens: 0 });
  await expect(receipt).toHaveAttribute('data-cost-nano-usd', String(cost));
});

test('where it refuses, the flagship gets what was agreed to, and the receipt has both', async ({ open }) => {
  const { chat, upstream } = await open({ SMALL_MODEL: 'gpt-4o-mini' });
  upstream.script({ kind: 'answer', text: REFUSAL });
  await chat.ask(POEM);
  await send(chat, 'gpt-4o-mini');
  const answer = chat.answers.first();
  await expect(answer).toHaveAttribute('data-status', 'done');
  await expect(answer).toContainText('The large model answers');
  await answer.getByRole('button', { name: 'Receipt' }).click();
  const receipt = answer.locator('smallfirst-answer-receipt dl');
  await expect(receipt).toContainText(/Tried first\s*gpt-4o-mini/);
  const [small, large] = upstream.books();
  expect([small?.model, large?.model]).toEqual(['gpt-4o-mini', 'gpt-4o']);
  expect(large?.request?.messages).toEqual(small?.request?.messages);
  const sum = [small, large].reduce((total, book, at) => {
    const price = PRICES[at === 0 ? 1 : 0];
    return total + (price && book ? costNanoUsdOf(price, { ...book, cachedTokens: 0 }) : 0);
  }, 0);
  await expect(receipt).toHaveAttribute('data-cost-nano-usd', String(sum));
});

test('a model that went without notice costs no turn: the receipt names its successor and bills by its price', async ({
  open,
}) => {
  const { chat, upstream } = await open({}, [{ id: 'gpt-6-luna' }]);
  await chat.ask(POEM);
  await send(chat, 'gpt-4o');
  const answer = chat.answers.first();
  await expect(answer).toHaveAttribute('data-status', 'done');
  await expect(answer).toHaveAttribute('data-place', 'cloud');
  await answer.getByRole('button', { name: 'Receipt' }).click();
  const receipt = answer.locator('smallfirst-answer-receipt dl');
  await expect(receipt).toContainText('gpt-6-luna');
  const book = upstream.books().at(-1);
  const cost = (book?.promptTokens ?? 0) * 100 + (book?.completionTokens ?? 0) * 500;
  await expect(receipt).toHaveAttribute('data-cost-nano-usd', String(cost));
  // From here on the dialog names it, too.
  await chat.page.getByRole('button', { name: 'New chat' }).click();
  await chat.ask('Write a poem about the mountains in spring');
  await send(chat, 'gpt-6-luna');
  await expect(chat.answers.first()).toHaveAttribute('data-status', 'done');
});

test('GPT-3.5 Turbo, which is gone, is never asked for', async ({ open }) => {
  const { chat, upstream } = await open({ FLAGSHIP_MODEL: 'gpt-3.5-turbo' });
  await chat.ask(POEM);
  await send(chat, 'gpt-4.1-mini');
  await expect(chat.answers.first()).toHaveAttribute('data-status', 'done');
  expect(upstream.books().map(({ model }) => model)).toEqual(['gpt-4.1-mini']);
});
