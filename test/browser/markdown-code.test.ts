/** Code in an answer can be copied exactly, is coloured when it is finished, and scrolls in its own box. */
import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { createMarkdownView } from '../../src/ui/markdown/markdown-view';
import { markdownStyles } from '../../src/ui/markdown/markdown-styles';

const CODE = 'const a = "<b>";\n\n\tif (a) { /* \u{1F680} */ }\n  // end  ';

afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.style.colorScheme = '';
  vi.useRealTimers();
});

test('the button copies exactly the code, also after it was coloured', async () => {
  const { container, copied, show } = newView();
  show(`\`\`\`ts\n${CODE}\n\`\`\`\n`, true);
  container.querySelector('button')?.click();
  await vi.waitUntil(() => container.querySelector('code > span'));
  container.querySelector('button')?.click();
  expect(copied).toEqual([CODE, CODE]);
  expect(container.querySelector('code')?.textContent).toBe(CODE);
});

test('a keyboard reaches the button, which says Copied for two seconds and announces it politely', async () => {
  const { copied, container, show } = newView();
  show('```\nx\n```\n', true);
  await userEvent.tab();
  expect(document.activeElement).toBe(page.getByRole('button', { name: 'Copy code' }).element());
  const button = container.querySelector('button');
  vi.useFakeTimers();
  button?.click();
  await vi.advanceTimersByTimeAsync(0);
  expect(copied).toEqual(['x']);
  expect(button?.textContent).toBe('Copied');
  expect(container.querySelector('[role=status]')?.textContent).toBe('Copied');
  await vi.advanceTimersByTimeAsync(1_900);
  expect(button?.textContent).toBe('Copied');
  await vi.advanceTimersByTimeAsync(200);
  expect(button?.textContent).toBe('Copy code');
  expect(container.querySelector('[role=status]')?.textContent).toBe('');
});

test('a refused clipboard is said, not hidden', async () => {
  const { container, show } = newView(() => Promise.reject(new Error('denied')));
  show('```\nx\n```\n', true);
  container.querySelector('button')?.click();
  await expect.poll(() => container.querySelector('button')?.textContent).toBe('Could not copy');
});

test('code that is still growing can be copied, and keeps saying so', async () => {
  const { container, copied, show } = newView();
  show('- item\n  ```js\n  let a');
  container.querySelector('button')?.click();
  await expect.poll(() => container.querySelector('button')?.textContent).toBe('Copied');
  show('- item\n  ```js\n  let a = 1;\n  let b');
  expect(copied).toEqual(['let a']);
  expect(container.querySelector('button')?.textContent).toBe('Copied');
});

test('a button in the source is text, not a copy button', () => {
  const { container, show } = newView();
  show('<button class="code-copy">Copy code</button>', true);
  expect(container.querySelector('button')).toBeNull();
});

test('finished code of a known language is coloured without changing its text or its element', async () => {
  const { container, show } = newView();
  show('```py\nprint("a")');
  const code = container.querySelector('code');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(code?.childElementCount).toBe(0);
  show('```py\nprint("a")\n```\nAfter');
  await vi.waitUntil(() => code?.querySelector('.hljs-string'));
  expect(container.querySelector('code')).toBe(code);
  expect(code?.textContent).toBe('print("a")');
  const span = code?.querySelector('.hljs-string');
  show('```py\nprint("a")\n```\nAfter', true);
  expect(code?.querySelector('.hljs-string')).toBe(span);
});

test('code without a language, or with one we do not know, stays plain', async () => {
  const { container, show } = newView();
  show('```\nlet a = 1;\n```\n\n```brainfuck\n+[-]\n```\n\n```js\nlet a = 1;\n```', true);
  await vi.waitUntil(() => container.querySelector('code > span'));
  const [none, unknown] = container.querySelectorAll('code');
  expect([none?.childElementCount, unknown?.childElementCount]).toEqual([0, 0]);
});

test.each([
  'bash',
  'c',
  'cpp',
  'css',
  'diff',
  'go',
  'java',
  'javascript',
  'json',
  'markdown',
  'python',
  'rust',
  'sql',
  'typescript',
  'html',
  'yaml',
])('%s is a language that is coloured', async (language) => {
  const { container, show } = newView();
  const sample =
    '# 1 "a"\n- if (return) { "b": 1 } // c\n+ <a href="x">SELECT 1 FROM t</a>\n.a { color: red; }\n[1]: x\nfi\n';
  show(`\`\`\`${language}\n${sample}\`\`\``, true);
  await vi.waitUntil(() => container.querySelector('code > span'));
  expect(container.querySelector('code')?.textContent).toBe(sample.trimEnd());
});

test('wide code, wide tables and long words never make the message scroll sideways', () => {
  const { container, show } = newView();
  withStyles();
  container.style.width = '200px';
  const wide = 'x'.repeat(400);
  show(
    `${wide}\n\n\`${wide}\`\n\n\`\`\`\n${wide}\n\`\`\`\n\n| ${'wide | '.repeat(60)}\n|${'---|'.repeat(60)}\n\n- > \`\`\`\n  > ${wide}\n  > \`\`\``,
    true,
  );
  expect(container.scrollWidth).toBe(200);
  const boxes = [...container.querySelectorAll<HTMLElement>('.code-box, .table-box')];
  expect(boxes).toHaveLength(3);
  for (const box of boxes) {
    expect(box.scrollWidth).toBeGreaterThan(box.clientWidth);
    expect([box.tabIndex, box.getAttribute('role')]).toEqual([0, 'group']);
    expect(box.getAttribute('aria-label')).toMatch(/^(?:Code|Table)/);
  }
});

test.each(['light', 'dark'])('every colour of text and code has AA contrast in %s', (scheme) => {
  withStyles();
  document.documentElement.style.colorScheme = scheme;
  const { container, show } = newView();
  show('```\nx\n```\n\n[a](https://a.test) and `b`\n\n> c\n\n|d|\n|-|\n|e|', true);
  const code = container.querySelector('.code-box code');
  const background = colourOf(container.querySelector('.code-block'), 'backgroundColor');
  const tokens = [...new Set(markdownStyles.cssText.match(/hljs-[a-z_-]+/g))].filter(
    (name) => !/emphasis|strong/.test(name),
  );
  expect(tokens.length).toBeGreaterThan(25);
  for (const name of tokens) {
    const span = document.createElement('span');
    span.className = name;
    code?.append(span);
    expect(contrast(colourOf(span, 'color'), background), name).toBeGreaterThanOrEqual(4.5);
  }
  const page = scheme === 'light' ? [255, 255, 255] : [13, 17, 23];
  for (const selector of ['p', 'a', 'blockquote', 'td']) {
    expect(
      contrast(colourOf(container.querySelector(selector), 'color'), page),
      selector,
    ).toBeGreaterThanOrEqual(4.5);
  }
  expect(
    contrast(colourOf(container.querySelector('.code-copy'), 'color'), background),
  ).toBeGreaterThanOrEqual(4.5);
});

function newView(copyText?: (text: string) => Promise<void>) {
  const container = document.body.appendChild(document.createElement('div'));
  const copied: string[] = [];
  const copy = async (text: string) => void copied.push(text);
  const view = createMarkdownView(container, { copyText: copyText ?? copy });
  return { container, copied, show: (source: string, isFinal = false) => view.update(source, { isFinal }) };
}

function withStyles(): void {
  const style = document.body.appendChild(document.createElement('style'));
  style.textContent = markdownStyles.cssText;
}

function colourOf(element: Element | null | undefined, property: 'color' | 'backgroundColor'): number[] {
  if (!element) throw new Error('no such element');
  return (getComputedStyle(element)[property].match(/[\d.]+/g) ?? []).map(Number);
}

/** Contrast ratio of two sRGB colours, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: readonly number[], other: readonly number[]): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
