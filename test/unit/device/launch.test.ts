/** Facts about what the page is opened for. */
import { expect, test } from 'vitest';
import { launchOf, listenForLaunches } from '../../../src/device/launch';
import type { Launch } from '../../../src/kernel/app-state';

const HERE = 'https://a.example/sub/';

test.each([
  ['', undefined],
  ['?utm_source=x', undefined],
  ['?new', { isNewChat: true }],
  ['?search', { isSearch: true }],
  ['?chat=abc', { chatId: 'abc' }],
  ['?text=Hello', { text: 'Hello' }],
  ['?title=&text=&url=', undefined],
  ['?title=A&text=B&url=https://c.example/', { text: 'A\nB\nhttps://c.example/' }],
  ['?title=A&text=A&url=', { text: 'A' }],
  ['?text=See+https://c.example/d&url=https://c.example/d', { text: 'See https://c.example/d' }],
])('%s', (search, launch) => {
  expect(launchOf(new URL(`${HERE}${search}`))).toEqual(launch);
});

type Consumer = (params: { targetURL?: string; files?: { getFile(): Promise<File> }[] }) => void;

function openWindow(href: string, type: 'navigate' | 'reload' = 'navigate') {
  const launches: Launch[] = [];
  const shown: string[] = [];
  let consumer: Consumer = () => {};
  let hear: (event: MessageEvent) => void = () => {};
  const window = {
    location: { href },
    history: { state: null, replaceState: (_: unknown, __: string, path: string) => void shown.push(path) },
    performance: { getEntriesByType: () => [{ type }] },
    navigator: {
      serviceWorker: { addEventListener: (_: string, listener: typeof hear) => void (hear = listener) },
    },
    launchQueue: { setConsumer: (given: Consumer) => void (consumer = given) },
  } as unknown as Window;
  listenForLaunches({ window, onLaunch: (launch) => void launches.push(launch) });
  return {
    launches,
    shown,
    consume: (params: Parameters<Consumer>[0]) => consumer(params),
    hear: (data: unknown) => hear({ data } as MessageEvent),
  };
}

test('what was shared is taken out of the address, and told once', () => {
  const page = openWindow(`${HERE}?text=Hello`);
  page.consume({ targetURL: `${HERE}?text=Hello` });
  expect(page.launches).toEqual([{ text: 'Hello' }]);
  expect(page.shown).toEqual(['/sub/']);
});

test('a second share of the same words is one', () => {
  const page = openWindow(`${HERE}?text=Hello`);
  for (let times = 0; times < 2; times++) page.consume({ targetURL: `${HERE}?text=Hello` });
  expect(page.launches).toEqual([{ text: 'Hello' }, { text: 'Hello' }]);
});

test('a reload opens nothing again, and what comes after it does', () => {
  const page = openWindow(HERE, 'reload');
  page.consume({ targetURL: `${HERE}?text=Hello` });
  page.consume({ targetURL: `${HERE}?new` });
  expect(page.launches).toEqual([{ isNewChat: true }]);
});

test('files and a notification that was clicked are told', async () => {
  const page = openWindow(HERE);
  const file = new File(['{}'], 'chats.json');
  page.consume({ targetURL: HERE, files: [{ getFile: async () => file }] });
  page.hear({ type: 'open-chat', id: 'abc' });
  page.hear({ type: 'another' });
  await Promise.resolve();
  expect(page.launches).toEqual([{ chatId: 'abc' }, { file }]);
});
