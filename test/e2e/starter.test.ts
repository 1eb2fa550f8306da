/** The starter model as a visitor meets it: on the first visit, with nothing fetched from elsewhere. */
import { chatOn, expect, forbidForeign, kept, test as base, type Chat } from './chat-test';
import { deploy } from './deployment';

const test = base.extend<{ starter: Chat; foreign: string[] }>({
  starter: async ({ page }, use) => {
    const deployment = await deploy([], { hasFixture: false });
    await use(chatOn(page, deployment.url));
    await deployment.remove();
  },
  foreign: async ({ context, starter }, use) => {
    await use(await forbidForeign(context, new URL(await originOf(starter)).origin));
  },
});

const originOf = async (chat: Chat) => {
  await chat.open();
  return chat.page.url();
};

test('the first answer of a first visit comes from it, and nothing is asked of another origin', async ({
  starter,
  foreign,
}) => {
  const answer = await starter.askAndWait('What is the capital of France?');
  await expect(answer).toContainText('Paris');
  await expect(answer).toContainText('Starter model');
  await expect(answer).toHaveAttribute('data-place', 'local');
  expect(foreign).toEqual([]);
});

test('what is not for it, it hands over, and a larger model is one click away', async ({ starter }) => {
  await starter.open();
  const answer = await starter.askAndWait('Write a poem about the sea in autumn');
  await answer.getByRole('button', { name: 'Get a larger model for this device' }).click();
  await expect(starter.page.getByRole('dialog', { name: 'Model' })).toContainText('SmolLM2 360M');
});

test('how a question sounded is read by it after the answer, and stands in the receipt at the next visit too', async ({
  starter,
  foreign,
}) => {
  const answer = await starter.askAndWait('This is awful, I hate it!');
  const heardIn = async (where: typeof answer) => {
    await where.getByRole('button', { name: 'Receipt' }).click();
    await expect(where.getByText('You sounded')).toBeVisible();
    await expect(where.getByText('negative', { exact: true })).toBeVisible();
  };
  await heardIn(answer);
  await expect
    .poll(async () => JSON.stringify(await kept(starter.page, 'chats')))
    .toContain('"sentiment":"negative"');
  await starter.page.reload();
  await heardIn(starter.page.getByRole('article').last());
  expect(foreign).toEqual([]);
});
