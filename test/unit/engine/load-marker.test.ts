/** Facts about the mark of a start that killed the page. */
import { expect, test } from 'vitest';
import { createLoadMarker } from '../../../src/engine/load-marker';

function storageOf(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

test('a start that ended is no kill, one that did not is, on every visit until it ends', () => {
  const storage = storageOf();
  const first = createLoadMarker(() => storage);
  first.begin('a');
  first.end('a');
  first.begin('b');
  const second = createLoadMarker(() => storage);
  expect(second.killed()).toEqual([{ id: 'b', isTold: false }]);
  second.end('b');
  expect(createLoadMarker(() => storage).killed()).toEqual([{ id: 'b', isTold: false }]);
  second.begin('b');
  second.end('b');
  expect(createLoadMarker(() => storage).killed()).toEqual([]);
});

test('what was told once is known to be', () => {
  const storage = storageOf();
  const marker = createLoadMarker(() => storage);
  marker.begin('b');
  marker.killed();
  marker.tell('b');
  expect(marker.killed()).toEqual([{ id: 'b', isTold: true }]);
});

test('storage that throws, or holds nonsense, is as none', () => {
  const broken = {
    getItem: () => '{',
    setItem: () => {
      throw new Error('quota');
    },
  };
  const marker = createLoadMarker(() => broken);
  marker.begin('a');
  expect(marker.killed()).toEqual([]);
});
