
import fc from 'fast-check';
import { Lexer } from 'marked';
import { expect, test, vi } from 'vitest';
import { createMarkdownView } from '../../src/ui/markdown/markdown-view.ts';
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


test('misfreeze', () => {
  let bad = 0; const ex: string[] = []; let n=0;
  fc.assert(fc.property(fc.array(fc.constantFrom(...PIECES.filter(p=>!p.includes('[r]:'))), { minLength: 1, maxLength: 14 }), (pieces) => {
    const source = pieces.join(''); n++;
    const c = document.createElement('div'); const v = createMarkdownView(c);
    let frozenHtml: string[] = [];
    for (let e=1;e<=source.length;e++) { v.update(source.slice(0,e),{isFinal:false}); }
    const before=[...c.children].slice(0,-1).map(x=>x.outerHTML);
    v.update(source,{isFinal:true});
    const after=[...c.children].map(x=>x.outerHTML);
    if (before.some((h,i)=>h!==after[i])) { bad++; ex.push(JSON.stringify(source)); }
  }), {numRuns: 2000});
  console.log('misfrozen', bad, 'of', n); ex.sort((a,b)=>a.length-b.length).slice(0,8).forEach(x=>console.log(x));
});
test('cost', () => {
  const spy = vi.spyOn(Lexer.prototype, 'lex');
  for (const [name, src] of Object.entries({answer: ANSWER.repeat(10), list: '- an item of the list\n'.repeat(600), code: '```js\n'+'let answer = 42;\n'.repeat(600)+'```\n', table: '| a | b |\n|---|---|\n'+'| one | two |\n'.repeat(300)})) {
    spy.mockClear();
    const c = document.createElement('div'); document.body.append(c); const v = createMarkdownView(c);
    const t=performance.now(); let worst=0;
    for (let e=4;e<src.length;e+=4) { const t0=performance.now(); v.update(src.slice(0,e),{isFinal:false}); worst=Math.max(worst,performance.now()-t0);}
    const t1=performance.now(); v.update(src,{isFinal:true});
    console.log(name, src.length, 'lexed x', (spy.mock.calls.reduce((s,[x])=>s+x.length,0)/src.length).toFixed(1), 'total ms', Math.round(performance.now()-t), 'worst frame', worst.toFixed(1), 'final', (performance.now()-t1).toFixed(1));
  }
});
