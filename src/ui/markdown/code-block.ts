/** Frames a block of code: its language, a button that copies it, and colours once it is finished. */
import { sanitizeColours } from './safe-fragment';

/** Puts the text on the clipboard; rejects where the browser refuses. */
export type CopyText = (text: string) => Promise<void>;
/** Brings the highlighter, a chunk of its own. */
export type LoadColours = () => Promise<Pick<typeof import('./code-colours'), 'highlight'>>;

/** How long the button says that it copied. */
const COPIED_MS = 2_000;
/** Longer code stays plain: colouring it would hold up a frame. */
const LONGEST_COLOURED_CHARACTERS = 30_000;

const LABEL = 'Copy code';

/** A sanitised `<pre><code data-language>` as a framed block. The source gives the language's name and the text, nothing else. */
export function createCodeBlock(pre: HTMLPreElement): HTMLElement {
  const code = pre.querySelector('code') ?? pre;
  const language = code.getAttribute('data-language') ?? '';
  const name = element('span', 'code-language');
  name.textContent = language;
  const button = element('button', 'code-copy');
  button.setAttribute('type', 'button');
  button.textContent = LABEL;
  const status = element('span', 'code-status');
  status.setAttribute('role', 'status');
  const header = element('div', 'code-header');
  // The conversation is a live region: without this the button's new label would be read as well as the status.
  header.setAttribute('aria-live', 'off');
  header.append(name, button, status);
  const box = element('pre', 'code-box');
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', language ? `Code, ${language}` : 'Code');
  box.tabIndex = 0;
  const text = element('code', '');
  if (language) text.setAttribute('data-language', language);
  text.append(document.createTextNode(code.textContent));
  box.append(text);
  const block = element('div', 'code-block');
  block.append(header, box);
  return block;
}

/** Makes every copy button inside the container work, those that are not there yet too. */
export function listenForCopy(container: HTMLElement, copyText: CopyText): void {
  container.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button.code-copy') : null;
    const text = button?.closest('.code-block')?.querySelector('code')?.textContent;
    if (!button || text === undefined) return;
    copyText(text).then(
      () => announce(button, 'Copied'),
      () => announce(button, 'Could not copy'),
    );
  });
}

/** Colours the finished code inside a block, if its language is known. Never changes its text; fails silently. */
export async function colourCode(block: Element, loadColours: LoadColours): Promise<void> {
  const codes = [...block.querySelectorAll('.code-box > code')].filter(
    (code) => code.childElementCount === 0 && code.textContent.length <= LONGEST_COLOURED_CHARACTERS,
  );
  for (const code of codes) {
    const language = languageOf(code.getAttribute('data-language'));
    if (!language) continue;
    try {
      const { highlight } = await loadColours();
      const text = code.textContent;
      const coloured = sanitizeColours(highlight(text, language));
      if (coloured.textContent === text) code.replaceChildren(coloured);
    } catch {
      // Offline, or a grammar that failed: plain code is good code.
    }
  }
}

/** What people write after the fence, by the name of the grammar that colours it. */
const LANGUAGES: Readonly<Record<string, string>> = {
  bash: 'bash sh shell zsh console',
  c: 'c h',
  cpp: 'cpp c++ cc cxx hpp',
  css: 'css',
  diff: 'diff patch',
  go: 'go golang',
  java: 'java',
  javascript: 'javascript js jsx mjs cjs',
  json: 'json jsonc json5',
  markdown: 'markdown md',
  python: 'python py python3',
  rust: 'rust rs',
  sql: 'sql',
  typescript: 'typescript ts tsx mts cts',
  xml: 'xml html htm xhtml svg',
  yaml: 'yaml yml',
};

const LANGUAGE_OF = new Map(
  Object.entries(LANGUAGES).flatMap(([grammar, names]) => names.split(' ').map((name) => [name, grammar])),
);

function languageOf(written: string | null): string | undefined {
  return LANGUAGE_OF.get((written ?? '').toLowerCase());
}

function announce(button: Element, words: string): void {
  const status = button.parentElement?.querySelector('.code-status');
  button.textContent = words;
  if (status) status.textContent = words;
  const token = String(Number(button.getAttribute('data-copies') ?? 0) + 1);
  button.setAttribute('data-copies', token);
  setTimeout(() => {
    // A later copy shows its own two seconds.
    if (button.getAttribute('data-copies') !== token) return;
    button.textContent = LABEL;
    if (status) status.textContent = '';
  }, COPIED_MS);
}

function element(tag: string, className: string): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  return made;
}
