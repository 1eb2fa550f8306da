/** Takes the README's pictures of the built app: `npm run screenshots`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContextOptions } from 'playwright';
import { CHROMIUM_ARGS, installChromium } from '../chromium';
import { chatOn, type Chat } from './chat-test';
import { deploy } from './deployment';

const OUT_DIR = join(import.meta.dirname, '..', '..', '.readme');
const WIDE: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 780 },
  isMobile: true,
  hasTouch: true,
};

const SHOTS: readonly (readonly [name: string, BrowserContextOptions, (chat: Chat) => Promise<unknown>])[] = [
  ['wide-light', WIDE, talk],
  ['wide-dark-gate', { ...WIDE, colorScheme: 'dark' }, openGate],
  ['phone-light', PHONE, async () => undefined],
  ['phone-dark', { ...PHONE, colorScheme: 'dark' }, talk],
];

mkdirSync(OUT_DIR, { recursive: true });
const deployment = await deploy();
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
await browser.close();
await deployment.remove();

async function talk(chat: Chat): Promise<void> {
  await chat.askAndWait('Hello, who are you?');
  await chat.askAndWait('Show me some Markdown');
}

async function openGate(chat: Chat): Promise<void> {
  await talk(chat);
  await chat.page.getByRole('button', { name: /^Model:/ }).click();
  await chat.page.getByRole('button', { name: 'Get SmolLM2 360M' }).click();
}
