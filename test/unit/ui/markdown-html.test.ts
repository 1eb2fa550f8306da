/** The first wall, without a browser: HTML made from Markdown holds no markup from the source. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockHtmlOf, lexMarkdown } from '../../../src/ui/markdown/markdown-html';

/** Every tag that our renderer may write, attributes included. */
const OURS =
  /<(?:\/?(?:p|br|hr|h[3-6]|pre|code|strong|em|del|a|blockquote|ul|ol|li|table|thead|tbody|tr|th|td)|ol start="\d+"|code data-language="[^"<>]*"|t[hd] align="(?:left|right|center)"|a (?:data-image )?href="[^"<>]*"|input (?:checked="" )?disabled="" type="checkbox")>/g;

test('no angle bracket of the source survives as one', () => {
  const pieces = fc.constantFrom(
    '<img src=x onerror=pwn()>',
    '<code>',
    '</code>',
    '<pre>',
    '<script>',
    '</script>',
    '<!--',
    '-->',
    '<a href="',
    '">',
    '<br>',
    '[x](',
    '![',
    '](http://a.test/"',
    ')',
    ' "t',
    '`',
    '```',
    '\n',
    '\n\n',
    '|a|\n|-|\n|',
    '- ',
    '> ',
    '&lt;b&gt;',
    '&#60;b&#62;',
    '<http://a.test/?"x>',
    'text',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (some) => {
      expect(htmlOf(some.join('')).replace(OURS, '')).not.toMatch(/[<>]/);
    }),
    { numRuns: 3_000 },
  );
});

test('headings go two levels down, and no deeper than six', () => {
  expect(htmlOf('# a\n## b\n##### c')).toBe('<h3>a</h3><h4>b</h4><h6>c</h6>');
});

test('text after an inline code tag is escaped like any other', () => {
  expect(htmlOf('a <code> 1 < 2 & "b"')).toBe('<p>a &#60;code&#62; 1 &#60; 2 &#38; &#34;b&#34;</p>');
});

test('the parts of a list are its items and those of a table its rows', () => {
  expect(lexMarkdown('3. a\n4. b').tokens.map(blockHtmlOf)).toEqual([
    { open: '<ol start="3">', parts: ['<li>a</li>', '<li>b</li>'], close: '</ol>' },
  ]);
  expect(lexMarkdown('|a|\n|-|\n|b|\n|c|').tokens.map((token) => blockHtmlOf(token).parts)).toEqual([
    ['<tr><td>b</td></tr>', '<tr><td>c</td></tr>'],
  ]);
});

function htmlOf(source: string): string {
  return lexMarkdown(source)
    .tokens.map(blockHtmlOf)
    .map(({ open, parts, close }) => open + parts.join('') + close)
    .join('');
}
