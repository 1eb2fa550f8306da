/** The same tag answers on the device on every kind of page, and leaves that page as it was. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import fixtureConfig from '../fixtures/config.json' with { type: 'json' };
import { startStaticHost } from '../fakes/static-host';
import { openedOf, readFolder } from '../build/built-files';
import { copyBuild, deploy } from './deployment';
import { HOST_PAGES, startHostPages, type HostPageName } from './host-pages';
import { seriousFindings } from './serious-findings';
import { expect, HELLO, test, widgetOn } from './widget-test';

for (const name of HOST_PAGES) {
  test(`${name}: “Hello” is answered on the device, and nothing of the page changes`, async ({
    page,
    host,
    errors,
  }) => {
    await page.goto(`${host.origin}/${name}?bare`);
    const before = await looksOf(page, name);
    const widget = widgetOn(page, host, name === 'iframe' ? page.frameLocator('iframe') : page);
    await widget.visit(name);
    if (name !== 'react') await widget.open();
    const answer = await widget.askAndWait('Hello');
    await expect(answer).toHaveAttribute('data-place', 'local');
    await expect(answer).toContainText(HELLO);
    if (name === 'react') {
      // Its own events, heard by React; and what React shows of them is its own affair.
      await expect(page.locator('output')).toContainText('assistant: Hello!');
      await page.evaluate(() => document.querySelector('output')?.replaceChildren());
    }
    expect(await looksOf(page, name)).toEqual(before);
    expect(errors.filter((text) => !text.includes('404'))).toEqual([]);
  });
}

test('the starter answers where the server offers nothing else', async ({ page }) => {
  const deployment = await deploy([], { hasFixture: false });
  const host = await startHostPages(() => deployment.url);
  try {
    const widget = widgetOn(page, host);
    await widget.visit('plain');
    await widget.open();
    const answer = await widget.askAndWait('What is the capital of Japan?');
    await expect(answer).toContainText('Tokyo');
  } finally {
    await host.close();
    await deployment.remove();
  }
});

test('from a plain file host under a sub-path it answers as well', async ({ page }) => {
  const dir = mkdtempSync(join(tmpdir(), 'smallfirst-widget-'));
  copyBuild(dir);
  cpSync(join(dir, 'models'), join(dir, 'dist', 'models'), { recursive: true });
  const models = fixtureConfig.models.map((model) => ({ ...model, url: './models/tiny.gguf' }));
  writeFileSync(join(dir, 'dist', 'config.json'), JSON.stringify({ models }));
  const files = await startStaticHost({ rootDir: join(dir, 'dist'), basePath: '/some/where/' });
  const host = await startHostPages(() => files.url);
  try {
    const widget = widgetOn(page, host);
    await widget.visit('plain');
    await widget.open();
    await expect(await widget.askAndWait('Hello')).toContainText(HELLO);
  } finally {
    await host.close();
    await files.close();
    rmSync(dir, { recursive: true, force: true });
  }
});

test('until it is opened it asks for its door and nothing else; opened, for no model', async ({
  page,
  widget,
  deployment,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await widget.visit('plain');
  await expect(page.getByRole('button', { name: 'Open chat' })).toBeVisible();
  const ours = () => asked.filter((url) => url.startsWith(deployment.url));
  expect(ours()).toEqual([`${deployment.url}widget.js`]);
  await widget.open();
  await expect(widget.input).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(ours().filter((url) => /\.(gguf|wasm)$|\/(webllm-)?runtime-/.test(url))).toEqual([]);
  // What the build test holds the size of is all that opening asks for.
  const built = readFolder('dist');
  const scripts = ours().filter((url) => url.endsWith('.js'));
  expect(scripts.map((url) => url.slice(deployment.url.length)).sort()).toEqual(openedOf(built).sort());
  await widget.input.pressSequentially('H');
  await expect.poll(() => ours().some((url) => url.endsWith('.gguf'))).toBe(true);
});

test('the conversation is there on the next page of the site, and clearing it can be undone', async ({
  page,
  widget,
}) => {
  await widget.visit('plain');
  await widget.open();
  await widget.askAndWait('Hello');
  await widget.visit('rtl', { tag: 'open' });
  await expect(widget.answers).toHaveCount(1);
  await page.getByRole('button', { name: 'Clear conversation' }).click();
  await expect(widget.answers).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(widget.answers).toHaveCount(1);
});

test('closed and open, axe finds nothing serious; the keyboard opens and closes it', async ({
  page,
  widget,
}) => {
  await widget.visit('plain');
  const launcher = page.getByRole('button', { name: 'Open chat' });
  await expect(launcher).toBeVisible();
  expect(await findingsOfOurs(page)).toEqual([]);
  await launcher.focus();
  await page.keyboard.press('Enter');
  await expect(widget.input).toBeFocused();
  await widget.askAndWait('Hello');
  expect(await findingsOfOurs(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Chat' })).toBeHidden();
  await expect(launcher).toBeFocused();
});

test('it looks as the site says: custom properties, parts, slots, theme, and its own width', async ({
  page,
  widget,
}) => {
  await widget.visit('plain', {
    tag: 'open theme="dark" style="--smallfirst-accent: #aa0033; --smallfirst-font: monospace; --smallfirst-width: 340px"',
  });
  const parts = ['header', 'thread', 'question', 'answer', 'composer', 'footer', 'panel', 'launcher'];
  const css = parts.map(
    (part, at) => `smallfirst-chat::part(${part}) { outline: ${at + 1}px solid #010203; }`,
  );
  await page.addStyleTag({ content: css.join('\n') });
  await page.evaluate(() => {
    document.querySelector('smallfirst-chat')!.innerHTML = '<b slot="header">Tea desk</b>';
  });
  await widget.askAndWait('Hello');
  await expect(page.getByText('Tea desk')).toBeVisible();
  const outlines = await page.evaluate(() => {
    const found = new Map<string, string>();
    const look = (root: ParentNode) => {
      for (const element of root.querySelectorAll('*')) {
        const { outlineColor, outlineWidth } = getComputedStyle(element);
        if (element.part.length > 0 && outlineColor === 'rgb(1, 2, 3)')
          found.set(element.part.value, outlineWidth);
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    look(document.querySelector('smallfirst-chat')!.shadowRoot!);
    return Object.fromEntries(found);
  });
  expect(outlines).toEqual(Object.fromEntries(parts.map((part, at) => [part, `${at + 1}px`])));
  const panel = page.getByRole('dialog', { name: 'Chat' });
  expect((await panel.boundingBox())?.width).toBe(340);
  await expect(panel).toHaveCSS('background-color', 'rgb(20, 21, 19)');
  await expect(widget.input).toHaveCSS('font-family', 'monospace');
  await expect(page.getByRole('button', { name: 'Send' })).toHaveCSS('background-color', 'rgb(170, 0, 51)');
  await page.evaluate(() => {
    const own = document.createElement('button');
    own.slot = 'launcher';
    own.textContent = 'Talk to us';
    document.querySelector('smallfirst-chat')!.append(own);
  });
  await page.getByRole('button', { name: 'Talk to us' }).click();
  await expect(panel).toBeHidden();
});

/** A page of somebody else's may have findings of its own. */
async function findingsOfOurs(page: Page): Promise<string[]> {
  return (await seriousFindings(page)).filter((finding) => finding.includes('smallfirst'));
}

/** All that a page could notice: how everything on it looks, its globals, its head, title, history and storage keys. */
async function looksOf(page: Page, name: HostPageName): Promise<unknown> {
  await page.waitForLoadState('networkidle');
  const frame = name === 'iframe' ? page.frames()[1]! : page.mainFrame();
  return frame.evaluate(() => {
    const isOurs = (element: Element) =>
      element.closest('smallfirst-chat') !== null ||
      element.getAttribute('src')?.includes('widget.js') === true;
    const theirs = [...document.querySelectorAll('*')].filter((element) => !isOurs(element));
    return {
      styles: theirs.map((element) => [
        element.tagName,
        ...['', '::before', '::after'].map((pseudo) =>
          [...getComputedStyle(element, pseudo)].map((name) => [
            name,
            getComputedStyle(element, pseudo).getPropertyValue(name),
          ]),
        ),
      ]),
      globals: [globalThis, Symbol, Object, Array, Promise, Element.prototype].map((one) =>
        Object.getOwnPropertyNames(one).sort(),
      ),
      sheets: document.adoptedStyleSheets.length + document.styleSheets.length,
      attributes: theirs.map(({ attributes }) =>
        [...attributes].map(({ name, value }) => `${name}=${value}`),
      ),
      title: document.title,
      history: history.length - (new URLSearchParams(location.search).has('bare') ? 0 : 1),
      cookie: document.cookie,
      localStorage: Object.keys(localStorage).filter((key) => !key.startsWith('smallfirst')),
    };
  });
}
