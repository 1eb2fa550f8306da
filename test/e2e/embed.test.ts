/** The page on which a site owner tries the widget, under the server's own policy. */
import { CATALOG } from '../../src/kernel/catalog';
import { seriousFindings } from './serious-findings';
import { expect, HELLO, test, widgetOn } from './widget-test';

test('settings become a tag to copy, and the chat beside them is the thing itself', async ({
  page,
  deployment,
  errors,
}) => {
  await page.goto(`${deployment.url}embed.html`);
  const text = page.locator('#text');
  await expect(text).toContainText(`<script type="module" src="${deployment.url}widget.js"></script>`);
  await expect(text).toContainText('<smallfirst-chat layout="inline"></smallfirst-chat>');
  await page.getByLabel('Greeting').fill('Say "hello" & <b>ask</b>');
  await page.getByLabel('Title').fill('Tea desk');
  await page.getByLabel('Who answers').selectOption('only_on_device');
  await page.getByLabel('Colour', { exact: true }).fill('#b4004e');
  await page.getByLabel('In the corner, with a launcher').check();
  await page.getByLabel('As a part of the page').check();
  const tag = (await text.textContent())?.split('\n')[1] ?? '';
  expect(tag).toContain('greeting="Say &quot;hello&quot; &amp; &lt;b&gt;ask&lt;/b&gt;"');
  expect(tag).toContain('mode="only_on_device"');
  expect(tag).toContain('--smallfirst-accent: #b4004e; --smallfirst-on-accent: #ffffff');
  const widget = widgetOn(page, { origin: deployment.url, close: async () => undefined });
  await expect(page.locator('smallfirst-chat').getByText('Say "hello" & <b>ask</b>')).toBeVisible();
  await expect(page.locator('smallfirst-chat span[slot=header]')).toHaveText('Tea desk');
  await expect(await widget.askAndWait('Hello')).toContainText(HELLO);
  await page.getByRole('tab', { name: 'React' }).click();
  await expect(text).toContainText('greeting={"Say \\"hello\\" & <b>ask</b>"}');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'WordPress' })).toBeFocused();
  await expect(text).toContainText("add_action('wp_footer'");
  await page.locator('#copy').click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(await text.textContent());
  expect(await seriousFindings(page)).toEqual([]);
  expect(errors).toEqual([]);
});

for (const name of ['HTML', 'Shop']) {
  test(`the text of the recipe for ${name}, put on a page as it is, shows the chat with its title`, async ({
    page,
    deployment,
    host,
  }) => {
    await page.goto(`${deployment.url}embed.html`);
    await page.getByLabel('Title').fill('Tea </script> & more');
    await page.getByLabel('In the corner, with a launcher').check();
    await page.getByRole('tab', { name }).click();
    const text = await page.locator('#text').textContent();
    const html = `<!doctype html><body><h1>Shop</h1>${text ?? ''}`;
    await page.goto(`${host.origin}/recipe?${new URLSearchParams({ html })}`);
    await page.getByRole('button', { name: 'Open chat' }).click();
    await expect(page.locator('smallfirst-chat span[slot=header]')).toHaveText('Tea </script> & more');
    await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible();
  });
}

test('the models that can be suggested are in the catalogue', async ({ page, deployment }) => {
  await page.goto(`${deployment.url}embed.html`);
  const options = page.locator('select[name=model] option:not([value=""])');
  const ids = await options.evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
  expect(ids.length).toBeGreaterThan(0);
  expect(CATALOG.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
});
