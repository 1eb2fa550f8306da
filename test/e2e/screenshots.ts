/** Takes the pictures of the built app, for the README and for the question whether to install it: `npm run screenshots`. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContextOptions } from 'playwright';
import { CHROMIUM_ARGS, installChromium } from '../chromium';
import { startFakeOpenai } from '../fakes/openai/fake-openai';
import { chatOn, type Chat } from './chat-test';
import { deploy } from './deployment';
import { startHostPages } from './host-pages';
import { widgetOn } from './widget-test';

const OUT_DIR = join(import.meta.dirname, '..', '..', '.readme');
/** Those that the app's manifest names. */
const APP_DIR = join(import.meta.dirname, '..', '..', 'public', 'screenshots');
const APP_SHOTS = { wide: 'wide-light', narrow: 'phone-light' };
const WIDE: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 780 },
  isMobile: true,
  hasTouch: true,
};

/** What stands in for the large model's answer. */
const POEM =
  'The last warm light lies flat upon the bay,\nthe gulls fold up the summer, fold by fold;\nthe tide takes back what August gave away\nand leaves the stones the colour of old gold.';

const SHOTS: readonly (readonly [name: string, BrowserContextOptions, (chat: Chat) => Promise<unknown>])[] = [
  ['wide-light', WIDE, talk],
  ['wide-dark-gate', { ...WIDE, colorScheme: 'dark' }, openGate],
  ['phone-light', PHONE, async () => undefined],
  ['wide-light-departure', WIDE, ask],
  ['phone-dark-receipt', { ...PHONE, colorScheme: 'dark' }, escalate],
];

mkdirSync(OUT_DIR, { recursive: true });
const upstream = await startFakeOpenai({ behaviour: { kind: 'answer', text: POEM } });
const env = { OPENAI_API_KEY: upstream.key, OPENAI_BASE_URL: upstream.url };
const deployment = await deploy([], { hasFixture: false, env });
const browser = await chromium.launch({ executablePath: installChromium(), args: CHROMIUM_ARGS });
for (const [name, options, act] of SHOTS) {
  const context = await browser.newContext(options);
  const chat = chatOn(await context.newPage(), deployment.url);
  await chat.open();
  await chat.page.locator('button[data-state=ready]').waitFor();
  await act(chat);
  // Late layout: code colours, the scroll to the end.
  await chat.page.waitForTimeout(500);
  await chat.page.screenshot({ path: join(OUT_DIR, `${name}.png`) });
  await context.close();
  console.log(`.readme/${name}.png`);
}
await shootWidget();
for (const [name, shot] of Object.entries(APP_SHOTS))
  copyFileSync(join(OUT_DIR, `${shot}.png`), join(APP_DIR, `${name}.png`));
await browser.close();
await deployment.remove();
await upstream.close();

/** On a page of somebody else's. */
async function shootWidget(): Promise<void> {
  const host = await startHostPages(() => deployment.url);
  for (const [name, options] of [
    ['widget-wide', WIDE],
    ['widget-phone', PHONE],
  ] as const) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const widget = widgetOn(page, host);
    await widget.visit('plain', { tag: 'greeting="Hello! Ask us about tea, or anything."' });
    await widget.open();
    for (const question of ['Hello', 'What is the capital of Norway?', '347 + 288'])
      await widget.askAndWait(question);
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(OUT_DIR, `${name}.png`) });
    await context.close();
    console.log(`.readme/${name}.png`);
  }
  await host.close();
}

/** The dialog that comes before anything leaves. */
async function ask(chat: Chat): Promise<void> {
  await chat.askAndWait('What is the capital of Norway?');
  await chat.ask('Write a poem about the sea in autumn');
  await chat.page.getByRole('dialog', { name: 'Send to the cloud?' }).waitFor();
}

async function escalate(chat: Chat): Promise<void> {
  await ask(chat);
  await chat.page.getByRole('button', { name: 'Send to gpt-4o' }).click();
  const answer = chat.answers.last();
  await chat.page.locator('[data-role=assistant][data-status=done]').nth(1).waitFor();
  await answer.getByRole('button', { name: 'Receipt' }).click();
}

async function talk(chat: Chat): Promise<void> {
  await chat.askAndWait('Hello, who are you?');
  await chat.askAndWait('What is the capital of Norway?');
  await chat.askAndWait('347 + 288');
}

async function openGate(chat: Chat): Promise<void> {
  await talk(chat);
  await chat.page.getByRole('button', { name: /^Model:/ }).click();
  await chat.page.getByRole('button', { name: 'Measure again' }).waitFor();
  await chat.page.getByRole('button', { name: 'Get SmolLM2 360M' }).click();
}
