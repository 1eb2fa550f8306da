/** Facts about the composer: what is sent before the app is ready is sent then, once, and not after it was changed. */
import { afterEach, expect, test } from 'vitest';
import '../../src/ui/chat-composer';
import type { ChatComposer } from '../../src/ui/chat-composer';

afterEach(() => document.body.replaceChildren());

async function mount() {
  const composer = document.createElement('smallfirst-chat-composer') as ChatComposer;
  const sent: string[] = [];
  composer.addEventListener('send', (event) => sent.push((event as CustomEvent<string>).detail));
  document.body.append(composer);
  await composer.updateComplete;
  const area = composer.shadowRoot!.querySelector('textarea')!;
  return {
    sent,
    type: (text: string) => {
      area.value = text;
      area.dispatchEvent(new InputEvent('input'));
    },
    enter: () => area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', cancelable: true })),
    textAfter: async (isReady: boolean) => {
      composer.isReady = isReady;
      await composer.updateComplete;
      await composer.updateComplete;
      return area.value;
    },
  };
}

test('Enter before the app is ready sends once it is', async () => {
  const { sent, type, enter, textAfter } = await mount();
  type('Hello');
  enter();
  enter();
  expect(await textAfter(false)).toBe('Hello');
  expect(sent).toEqual([]);
  expect(await textAfter(true)).toBe('');
  expect(sent).toEqual(['Hello']);
});

test('what is changed after Enter waits for another Enter', async () => {
  const { sent, type, enter, textAfter } = await mount();
  type('Hello');
  enter();
  type('Hello, wait');
  expect(await textAfter(true)).toBe('Hello, wait');
  expect(sent).toEqual([]);
  enter();
  expect(sent).toEqual(['Hello, wait']);
});
