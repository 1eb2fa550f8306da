/** A growing answer ends as the same page however it came, and what is finished stays as it is. */
import fc from 'fast-check';
import { Lexer } from 'marked';
import { afterEach, expect, test, vi } from 'vitest';
import { createMarkdownView } from '../../src/ui/markdown/markdown-view.ts';

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

/** Pieces whose joints are where Markdown is hard: what comes next may change what came before. */
const PIECES = [
  ...['word ', 'Ünïcödé 🧑‍🚀 ', '**bold', '**', '*', '_', '~~', '`', '``', '[text](http', '://a.test/x', ')', '[', ']', '<', '>'],
  ...['\n', '\n\n', '\r\n', '\r', ' \n', '\n    ', '\n  ', '\t', '\\', '&amp;', '&', '|', ' | b |\n', '\n|---|:-:|\n', '\n:-:\n'],
  ...['# H\n', '\n## ', '\n===\n', '\n---\n', '\n- ', '\n* ', '\n+ [x] ', '\n1. ', '\n2. ', '\n7) ', '\n  - ', '\n   1. ', '\n> ', '\n> > '],
  ...['\n```js\n', '\n```\n', '\n````\n', '\n~~~\n', '\n  ```\n', '```', 'let a = 1;\n', '<div>\n', '</div>', '<!--', '-->', '<br>', '<script>', '</script>'],
  ...['\n[r]: https://r.test\n', '[r]', '[a][r]', '![i](https://i.test/x.png)', '\n[r]:\n', "'title\n", '\0', '\uD83D', '\uDE80', '* * *\n', '***\n'],
];

const ANSWER = `# Title

Some *text* with **bold**, a [link](https://a.test/?a=1&b=2) and \`code\`.

1. First

   \`\`\`py
   print("in a list")
   \`\`\`
2. Second
   - nested
   - [x] done

| a | b |
|---|--:|
| 1 | **2** |

\`\`\`ts
const a = '<b>';

let b;
\`\`\`

> quote
lazy

Last words https://b.test 🚀 end.
`;

test('any source in any pieces ends as the same page as the whole at once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 14 }),
      fc.array(fc.nat(), { maxLength: 10 }),
      (pieces, cuts) => {
        const source = pieces.join('');
        expect(streamed(source, cuts)).toBe(whole(source));
      },
    ),
    { numRuns: 1_500 },
  );
});

test('an ordinary answer, one character at a time, ends as the same page as the whole at once', () => {
  const everyCut = Array.from(ANSWER, (_, index) => index);
  expect(streamed(ANSWER, everyCut)).toBe(whole(ANSWER));
  const withCrLf = ANSWER.replaceAll('\n', '\r\n');
  expect(streamed(withCrLf, Array.from(withCrLf, (_, index) => index))).toBe(whole(ANSWER));
});

test('no character is seen by halves: a split surrogate pair and a split line end wait', () => {
  const { container, show } = newView();
  show('a 🚀'.slice(0, 3));
  expect(container.textContent).not.toMatch(/[\uD800-\uDFFF]/);
  show('a 🚀\r');
  expect(container.innerHTML).toBe('<p>a 🚀</p>');
  show('a 🚀\r\nb');
  expect(container.innerHTML).toBe('<p>a 🚀\nb</p>');
});

test('finished blocks keep their nodes, untouched, while the tail grows and when it ends', () => {
  const { container, show } = newView();
  const touched: Node[] = [];
  const seen: Element[] = [];
  const observer = new MutationObserver((records) => touched.push(...records.map(({ target }) => target)));
  for (let end = 1; end <= ANSWER.length; end += 1) {
    show(ANSWER.slice(0, end));
    const finished = [...container.children].slice(0, -1);
    seen.forEach((element, index) => expect(container.children[index]).toBe(element));
    for (const element of finished.slice(seen.length)) {
      // Colours come later, and only to code.
      if (!element.querySelector('.code-block') && !element.matches('.code-block')) {
        observer.observe(element, { subtree: true, childList: true, characterData: true, attributes: true });
      }
      seen.push(element);
    }
  }
  show(ANSWER, true);
  touched.push(...observer.takeRecords().map(({ target }) => target));
  expect(seen.length).toBeGreaterThan(5);
  seen.forEach((element, index) => expect(container.children[index]).toBe(element));
  expect(touched).toEqual([]);
});

test('finished items of a growing list keep their nodes, also when the list turns loose', () => {
  const { container, show } = newView();
  show('- one\n- two\n- thr');
  const first = container.querySelector('li');
  show('- one\n- two\n- three\n- four');
  expect(container.querySelector('li')).toBe(first);
  show('- one\n- two\n- three\n\n- four\n', true);
  expect(container.querySelector('li')).toBe(first);
  expect(container.querySelectorAll('li > p')).toHaveLength(4);
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
  show('See [this][r].\n\nNext');
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

test('the work is linear: the lexer reads a bounded number of characters per character of the answer', () => {
  const long = (times: number) => Array.from({ length: times }, (_, index) => ANSWER.replace('Title', `Part ${index}`)).join('\n');
  const [short, double] = [charactersLexed(long(10)), charactersLexed(long(20))];
  expect(double.lexed / short.lexed).toBeLessThan(2.2);
  expect(double.lexed / double.length).toBeLessThan(100);
});

test('long code is read once when it opens and once when it closes, and once in the end', () => {
  const code = `\`\`\`js\n${'let answer = 42;\n'.repeat(600)}\`\`\`\n\nDone.\n`;
  const { lexed, length } = charactersLexed(code);
  expect(lexed).toBeLessThan(length * 6);
});

test('one endless list is linear too', () => {
  const list = (items: number) => '- an item of the list\n'.repeat(items);
  const [short, double] = [charactersLexed(list(600)), charactersLexed(list(1200))];
  expect(double.lexed / short.lexed).toBeLessThan(2.6);
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
  show('![a cat](https://i.test/cat.png) [![logo](https://i.test/l.png)](https://l.test/) ![x](data:image/png;base64,AA==)', true);
  expect(container.textContent).toBe('a cat (https://i.test/cat.png) logo x');
  expect(container.querySelectorAll('a')).toHaveLength(2);
});

test('a table sits in a box that a keyboard can scroll, a task has a disabled box with a name', () => {
  const { container, show } = newView();
  show('| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n- [ ] open\n\n3. three', true);
  const box = container.querySelector<HTMLElement>('.table-box');
  expect([box?.tabIndex, box?.getAttribute('aria-label'), box?.firstElementChild?.tagName]).toEqual([0, 'Table', 'TABLE']);
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

function streamed(source: string, cuts: readonly number[]): string {
  const { container, show } = newView();
  for (const end of cuts.map((cut) => cut % (source.length + 1)).sort((a, b) => a - b)) show(source.slice(0, end));
  show(source, true);
  const html = container.innerHTML;
  container.remove();
  return html;
}

/** Streams in pieces of eight characters and counts what reaches marked's lexer. */
function charactersLexed(source: string): { readonly lexed: number; readonly length: number } {
  const spy = vi.spyOn(Lexer.prototype, 'lex');
  const { show } = newView();
  for (let end = 8; end < source.length; end += 8) show(source.slice(0, end));
  show(source, true);
  const lexed = spy.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
  spy.mockRestore();
  return { lexed, length: source.length };
}
