/** Everyone can use it: axe finds nothing serious, the keyboard does everything, a narrow screen needs no sideways scroll. */
import { expect, slowDown, test } from './chat-test';
import { seriousFindings } from './serious-findings';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing serious on first run, chat, streaming, list and gate', async ({ chat }) => {
      test.setTimeout(120_000);
      const { page } = chat;
      await chat.open();
      expect(await seriousFindings(page), 'first run').toEqual([]);
      await chat.askAndWait('markdown');
      expect(await seriousFindings(page), 'chat').toEqual([]);
      const slow = await slowDown(page);
      await chat.ask('ramble');
      await expect(chat.answers.last().locator('.text')).not.toBeEmpty();
      await slow.end();
      const streaming = seriousFindings(page);
      expect(await streaming, 'streaming').toEqual([]);
      await page.getByRole('button', { name: 'New chat' }).click();
      await page.getByRole('button', { name: 'markdown', exact: true }).hover();
      expect(await seriousFindings(page), 'list').toEqual([]);
      await page.getByRole('button', { name: /^Model:/ }).click();
      await page.getByRole('button', { name: 'Get SmolLM2 135M' }).click();
      expect(await seriousFindings(page), 'gate').toEqual([]);
    });

    test('axe finds nothing serious on a phone with the menu open', async ({ chat }) => {
      await chat.page.setViewportSize({ width: 375, height: 740 });
      await chat.open();
      await chat.askAndWait('Hello');
      await chat.page.getByRole('button', { name: 'Open menu' }).click();
      expect(await seriousFindings(chat.page)).toEqual([]);
    });
  });
}

test('the keyboard alone asks, stops, copies, renames, deletes, undoes, and gets to a model', async ({
  chat,
}) => {
  const { page } = chat;
  const press = (key: string) => page.keyboard.press(key);
  const tabTo = async (name: string) => {
    for (let step = 0; step < 40; step++) {
      const focused = await page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element?.getAttribute('aria-label') ?? element?.textContent?.trim();
      });
      if (focused === name) return;
      await press('Tab');
    }
    throw new Error(`Tab never reached “${name}”`);
  };
  await chat.open();
  await expect(chat.input).toBeFocused();
  await page.keyboard.type('Hello');
  await press('Enter');
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'done');
  await page.keyboard.type('first line');
  await press('Shift+Enter');
  await page.keyboard.type('ramble');
  const slow = await slowDown(page);
  await press('Enter');
  await expect(chat.answers.last().locator('.text')).not.toBeEmpty();
  await press('Escape');
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'stopped');
  await slow.end();
  await tabTo('Hello');
  await press('Enter');
  await tabTo('Rename Hello');
  await press('Enter');
  await press('ControlOrMeta+a');
  await page.keyboard.type('Renamed');
  await press('Enter');
  await expect(page.getByRole('button', { name: 'Renamed', exact: true })).toBeVisible();
  await tabTo('Delete Renamed');
  await press('Enter');
  await tabTo('Undo');
  await press('Enter');
  await expect(chat.answers).toHaveCount(2);
  await tabTo('Copy');
  await press('Enter');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('test fixture');
  await tabTo('Model: Test fixture ready');
  await press('Enter');
  await expect(page.getByRole('dialog', { name: 'Model' })).toBeVisible();
  await tabTo('Get SmolLM2 135M');
  await press('Enter');
  await tabTo('Not now');
  await press('Enter');
  await press('Escape');
  await expect(page.getByRole('dialog', { name: 'Model' })).toBeHidden();
});

test('nothing scrolls sideways at 320 px, and the menu opens and closes', async ({ chat }) => {
  const { page } = chat;
  await page.setViewportSize({ width: 320, height: 640 });
  await chat.open();
  await chat.askAndWait(`markdown ${'unbroken'.repeat(30)}`);
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await overflow()).toBe(0);
  const log = await chat.log.evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(log).toBe(0);
  const menu = page.getByRole('navigation', { name: 'Conversations' });
  await expect(menu).toBeHidden();
  await page.getByRole('button', { name: 'Open menu' }).click();
  await expect(menu).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await page.getByRole('button', { name: /^Model:/ }).click();
  expect(await overflow()).toBe(0);
});
