/** Facts about the draft that outlives a reload of its tab. */
import { afterEach, expect, test, vi } from 'vitest';
import { createDraftStore } from '../../../src/store/draft';

afterEach(() => void vi.unstubAllGlobals());

function stubSession(broken: boolean): void {
  const map = new Map<string, string>();
  const refuse = () => {
    throw new DOMException('storage is off', 'SecurityError');
  };
  vi.stubGlobal(
    'sessionStorage',
    broken
      ? { getItem: refuse, setItem: refuse }
      : { getItem: (key: string) => map.get(key) ?? null, setItem: map.set.bind(map) },
  );
}

test('what was typed is there after a reload', () => {
  stubSession(false);
  createDraftStore('smallfirst').write('half a question');
  expect(createDraftStore('smallfirst').read()).toBe('half a question');
});

test('a draft that was sent is empty after a reload', () => {
  stubSession(false);
  const drafts = createDraftStore('smallfirst');
  drafts.write('a question');
  drafts.write('');
  expect(createDraftStore('smallfirst').read()).toBe('');
});

test('where the browser forbids storage the draft lasts as long as the page', () => {
  stubSession(true);
  const drafts = createDraftStore('smallfirst');
  expect(drafts.read()).toBe('');
  drafts.write('half a question');
  expect(drafts.read()).toBe('half a question');
});
