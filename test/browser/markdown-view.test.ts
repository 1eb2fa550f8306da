/** What Markdown looks like on the page: links, images, tables, tasks, references, and half of each. */
import { afterEach, expect, test } from 'vitest';
import { createMarkdownView } from '../../src/ui/markdown/markdown-view';

afterEach(() => document.body.replaceChildren());

test('no character is seen by halves: a split surrogate pair and a split line end wait', () => {
  const { container, show } = newView();
  show('a 🚀'.slice(0, 3));
  expect(container.textContent).not.toMatch(/[\uD800-\uDFFF]/);
  show('a 🚀\r');
  expect(container.innerHTML).toBe('<p>a 🚀</p>');
  show('a 🚀\r\nb');
  expect(container.innerHTML).toBe('<p>a 🚀\nb</p>');
});

test('a source that does not extend the one before is shown from scratch', () => {
  const { container, show } = newView();
  show('# One\n\ntwo\n\nthree');
  show('Other\n\n- list', true);
  expect(container.innerHTML).toBe(whole('Other\n\n- list'));
  show('Other\n\n- list\n\nand more', true);
  expect(container.innerHTML).toBe(whole('Other\n\n- list\n\nand more'));
});

test('a reference defined after its use is a link in the end, and one defined before it at once', () => {
  const { container, show } = newView();
  show('See [this][r].\n\nNext.\n');
  show('See [this][r].\n\nNext.\n\n[r]: https://r.test/x\n\nThen [r] again');
  expect([...container.querySelectorAll('a')].map((link) => link.textContent)).toEqual(['r']);
  show('See [this][r].\n\nNext.\n\n[r]: https://r.test/x\n\nThen [r] again', true);
  expect([...container.querySelectorAll('a')].map((link) => link.textContent)).toEqual(['this', 'r']);
});

test('an unclosed fence is code at once, also with a fence of fewer ticks inside', () => {
  const { container, show } = newView();
  show('Look:\n````md\n```js\nlet a = 1;\n```\nmor');
  expect(container.querySelector('.code-box code')?.textContent).toBe('```js\nlet a = 1;\n```\nmor');
  expect(container.querySelector('.code-language')?.textContent).toBe('md');
  show('Look:\n````md\n```js\nlet a = 1;\n```\nmore\n```');
  expect(container.querySelector('.code-box code')?.textContent).toBe('```js\nlet a = 1;\n```\nmore');
  show('Look:\n````md\n```js\nlet a = 1;\n```\nmore\n````\nafter', true);
  expect(container.querySelector('.code-box code')?.textContent).toBe('```js\nlet a = 1;\n```\nmore');
  expect(container.lastElementChild?.outerHTML).toBe('<p>after</p>');
});

test('an answer that ends inside a fence, or with half a marker, loses nothing', () => {
  const { container, show } = newView();
  show('```\na\n``');
  show('```\na\n``', true);
  expect(container.querySelector('code')?.textContent).toBe('a\n``');
  show('list **', true);
  expect(container.textContent).toBe('list **');
});

test('a source that would overflow the parser is shown as it was written', () => {
  const { container, show } = newView();
  show(`${'>'.repeat(6_000)} deep`, true);
  expect(container.textContent).toContain('deep');
});

test('raw HTML is shown as text, and a line break as a line break', () => {
  expect(whole('a <b>bold</b> <br> b')).toBe('<p>a &lt;b&gt;bold&lt;/b&gt; <br> b</p>');
  expect(whole('<div>\nx\n</div>')).toBe('<p>&lt;div&gt;<br>x<br>&lt;/div&gt;</p>');
});

test('a link says where it leads and an image is a link with its words and address', () => {
  expect(whole('[a](https://bücher.test/?x=1&amp;y=2 "other title")')).toBe(
    '<p><a href="https://xn--bcher-kva.test/?x=1&amp;y=2" title="https://xn--bcher-kva.test/?x=1&amp;y=2" ' +
      'rel="noopener noreferrer nofollow" target="_blank">a</a></p>',
  );
  const { container, show } = newView();
  show(
    '![a cat](https://i.test/cat.png) [![logo](https://i.test/l.png)](https://l.test/) ![x](data:image/png;base64,AA==)',
    true,
  );
  expect(container.textContent).toBe('a cat (https://i.test/cat.png) logo x');
  expect(container.querySelectorAll('a')).toHaveLength(2);
});

test('a table sits in a box that a keyboard can scroll, a task has a disabled box with a name', () => {
  const { container, show } = newView();
  show('| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n- [ ] open\n\n3. three', true);
  const box = container.querySelector<HTMLElement>('.table-box');
  expect([box?.tabIndex, box?.getAttribute('aria-label'), box?.firstElementChild?.tagName]).toEqual([
    0,
    'Table',
    'TABLE',
  ]);
  expect(container.querySelector('td[align=right]')?.textContent).toBe('2');
  const boxes = [...container.querySelectorAll('input')];
  expect(boxes.map((input) => [input.disabled, input.checked, input.ariaLabel])).toEqual([
    [true, true, 'Done'],
    [true, false, 'Not done'],
  ]);
  expect(container.querySelector('ol')?.getAttribute('start')).toBe('3');
});

function newView() {
  const container = document.body.appendChild(document.createElement('div'));
  const view = createMarkdownView(container);
  return { container, show: (source: string, isFinal = false) => view.update(source, { isFinal }) };
}

function whole(source: string): string {
  const { container, show } = newView();
  show(source, true);
  const html = container.innerHTML;
  container.remove();
  return html;
}
