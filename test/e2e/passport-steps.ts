/** What tests and measurements of the passport do on the page, and how they read what it expects and what then came. */
import type { Page } from 'playwright';
import type { App } from '../../src/kernel/app-state';
import type { Forecast, Passport, Packing } from '../../src/kernel/passport';
import { probeModel, type ProbeShape } from '../../src/engine/local/passport/probe-model';
import type { ModelHub } from '../fakes/model-hub';
import type { Chat } from './chat-test';
import { openGate } from './gated-test';

type PageElement = HTMLElement & { readonly app: App };

/** Puts a model of made-up weights on the hub. What it says is cut off after a third of its context. */
export async function addModel(hub: ModelHub, id: string, shape: ProbeShape, packing: Packing) {
  const content = Buffer.from(await probeModel(shape, packing).arrayBuffer());
  return hub.add(id, `/${id}-${packing}.gguf`, content, { contextTokens: shape.contextTokens });
}

/** On a busy machine two seconds need not be enough for the processor: then a person measures again. */
const TRIES = 10;

/** Opens the list of models, and waits until the device was measured, its processor too. */
export async function takePassport(chat: Chat): Promise<Passport> {
  await openGate(chat);
  for (let left = TRIES; ; left--) {
    const passport = await untilMeasured(chat.page);
    if (passport.cpu || left === 0) return passport;
    await chat.page.getByRole('button', { name: 'Measure again' }).click();
  }
}

async function untilMeasured(page: Page): Promise<Passport> {
  await page.waitForFunction(() => {
    const { device } = document.querySelector<PageElement>('chat-page')?.app.state.models ?? {};
    return device?.passport !== undefined && !device.isMeasuring;
  });
  return (await passportIn(page))!;
}

export function passportIn(page: Page): Promise<Passport | undefined> {
  return page.evaluate(
    () => document.querySelector<PageElement>('chat-page')?.app.state.models.device?.passport,
  );
}

export function forecastIn(page: Page, id: string): Promise<Forecast> {
  return page.evaluate((wanted) => {
    const { offers } = document.querySelector<PageElement>('chat-page')!.app.state.models;
    return offers.find(({ card }) => card.id === wanted)?.forecast ?? {};
  }, id);
}

/** Fetches a model from the open list; gives the seconds until all of it was there. */
export async function fetchModel({ page }: Chat, id: string): Promise<number> {
  const gate = page.getByRole('dialog', { name: 'Model' });
  await gate.getByRole('button', { name: `Get Hub model ${id}`, exact: true }).click();
  const began = performance.now();
  await gate.getByRole('button', { name: /^Fetch / }).click();
  const row = gate.locator(`[data-model=${id}]`);
  await row.and(page.locator('[data-state=starting], [data-state=ready]')).waitFor({ timeout: 120_000 });
  const seconds = (performance.now() - began) / 1_000;
  await row.and(page.locator('[data-state=ready]')).waitFor();
  return seconds;
}

/** Closes the list, asks, and gives the tokens a second of the answer, as its receipt has them. */
export async function measuredSpeed(chat: Chat): Promise<number> {
  await chat.page.getByRole('dialog', { name: 'Model' }).getByRole('button', { name: 'Close' }).click();
  await chat.page.getByRole('button', { name: 'New chat' }).first().click();
  await askAtLength(chat, 'Tell me something');
  const answer = await chat.page.evaluate(
    () => document.querySelector<PageElement>('chat-page')!.app.state.current.messages.at(-1)?.answer,
  );
  const { usage, durationMs = 0, firstTextMs = 0 } = answer ?? {};
  if (!usage) throw new Error('The answer tells no usage.');
  await openGate(chat);
  return (usage.completionTokens * 1_000) / (durationMs - firstTextMs);
}

/** The whole network of the page from now on, as a slow line has it. */
export async function throttle(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 20,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  });
}

/** Asks, and waits for as long as it takes. */
export async function askAtLength(chat: Chat, question: string): Promise<void> {
  await chat.ask(question);
  await chat.page.waitForFunction(
    () => {
      const { isAnswering, current } = document.querySelector<PageElement>('chat-page')!.app.state;
      return !isAnswering && current.messages.at(-1)?.role === 'assistant';
    },
    undefined,
    { timeout: 120_000 },
  );
}
