/** Without a working highlighter, code is shown plain and nothing is complained of. */
import { expect, test, vi } from 'vitest';
import { createMarkdownView } from '../../src/ui/markdown/markdown-view';

const asked = vi.hoisted(() => ({ times: 0 }));

// A factory that throws, as the import itself does offline, ends vitest 4 in browser mode; both land in the same catch.
vi.mock('../../src/ui/markdown/code-colours.ts', () => ({
  highlight: () => {
    asked.times += 1;
    throw new TypeError('Failed to fetch dynamically imported module');
  },
}));

test('code whose colours cannot be had stays plain, silently', async () => {
  const rejected: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => rejected.push(event.reason);
  window.addEventListener('unhandledrejection', note);
  const container = document.body.appendChild(document.createElement('div'));
  createMarkdownView(container).update('```js\nlet a = 1;\n```\n', { isFinal: true });
  await vi.waitUntil(() => asked.times > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  window.removeEventListener('unhandledrejection', note);
  expect(rejected).toEqual([]);
  expect(container.querySelector('code')?.innerHTML).toBe('let a = 1;');
});
