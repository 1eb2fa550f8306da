/** A growing answer ends as the same page however it came, and what is finished stays as it is. */
import * as fc from 'fast-check';
import { Lexer } from 'marked';
import { afterEach, expect, test, vi } from 'vitest';
import { createMarkdownView } from '../../src/ui/markdown/markdown-view';

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

/** Pieces whose joints are where Markdown is hard: what comes next may change what came before. */
const PIECES = [
  'word ',
  'Ünïcödé 🧑‍🚀 ',
  '**bold',
  '**',
  '*',
  '_',
  '~~',
  '`',
  '``',
  '[text](http',
  '://a.test/x',
  ')',
  '[',
  ']',
  '<',
  '>',
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  ' \n',
  '\n    ',
  '\n  ',
  '\t',
  '\\',
  '&amp;',
  '&',
  '|',
  ' | b |\n',
  '\n|---|:-:|\n',
  '\n:-:\n',
  '# H\n',
  '\n## ',
  '\n===\n',
  '\n---\n',
  '\n- ',
  '\n* ',
  '\n+ [x] ',
  '\n1. ',
  '\n2. ',
  '\n7) ',
  '\n  - ',
  '\n   1. ',
  '\n> ',
  '\n> > ',
  '\n```js\n',
  '\n```\n',
  '\n````\n',
  '\n~~~\n',
  '\n  ```\n',
  '```',
  'let a = 1;\n',
  '<div>\n',
  '</div>',
  '<!--',
  '-->',
  '<br>',
  '<script>',
  '</script>',
  '\n[r]: https://r.test\n',
  '[r]',
  '[a][r]',
  '![i](https://i.test/x.png)',
  '\n[r]:\n',
  "'title\n",
  '\0',
  '\uD83D',
  '\uDE80',
  '* * *\n',
  '***\n',
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

const ITEM = '- an item of the list\n';

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
  expect(
    streamed(
      withCrLf,
      Array.from(withCrLf, (_, index) => index),
    ),
  ).toBe(whole(ANSWER));
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

test('a list is not finished while what follows may still be its next item', () => {
  const { container, show } = newView();
  const source = '1. a\n\n2. b\n\n   c\n\n3. d';
  for (let end = 1; end <= source.length; end += 1) show(source.slice(0, end));
  expect(container.querySelectorAll('ol')).toHaveLength(1);
  expect(container.querySelectorAll('ol > li')).toHaveLength(3);
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

test('the work is linear: the lexer reads a bounded number of characters per character of the answer', () => {
  const [short, double] = [charactersLexed(ANSWER.repeat(10)), charactersLexed(ANSWER.repeat(20))];
  expect(double.lexed / short.lexed).toBeLessThan(2.2);
  expect(double.lexed / double.length).toBeLessThan(100);
});

test('long code is read once when it opens and once when it closes, and once in the end', () => {
  const code = `\`\`\`js\n${'let answer = 42;\n'.repeat(600)}\`\`\`\n\nDone.\n`;
  const { lexed, length } = charactersLexed(code);
  expect(lexed).toBeLessThan(length * 6);
});

test('one endless list is linear too', () => {
  const [short, double] = [charactersLexed(ITEM.repeat(600)), charactersLexed(ITEM.repeat(1_200))];
  expect(double.lexed / short.lexed).toBeLessThan(2.6);
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
  for (const end of cuts.map((cut) => cut % (source.length + 1)).sort((a, b) => a - b))
    show(source.slice(0, end));
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
