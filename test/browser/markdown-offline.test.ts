/** Without a highlighter that can be fetched, code is shown plain and nothing is complained of. */
import { expect, test, vi } from 'vitest';
import { createMarkdownView } from '../../src/ui/markdown/markdown-view';

test('code whose colours cannot be had stays plain, silently', async () => {
  const rejected: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => rejected.push(event.reason);
  window.addEventListener('unhandledrejection', note);
  const container = document.body.appendChild(document.createElement('div'));
  const loadColours = vi.fn(() =>
    Promise.reject(new TypeError('Failed to fetch dynamically imported module')),
  );
  createMarkdownView(container, { loadColours }).update('```js\nlet a = 1;\n```\n', { isFinal: true });
  await vi.waitUntil(() => loadColours.mock.calls.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  window.removeEventListener('unhandledrejection', note);
  expect(rejected).toEqual([]);
  expect(container.querySelector('code')?.innerHTML).toBe('let a = 1;');
});
