/** Shows a growing Markdown answer: finished blocks are frozen, only the tail is parsed again. */
import { createBlockElement } from './block-element';
import { colourCode, listenForCopy, type CopyText, type LoadColours } from './code-block';
import { withoutHalfTyped } from './half-typed';
import { blockHtmlOf, isVisible, lexMarkdown, type BlockHtml, type Links, type Token } from './markdown-html';
import { codeSoFar, isStillOpen, openFenceAt, type OpenFence } from './open-fence';
import { patchElement, patchParts, patchText } from './patch-element';

export interface MarkdownView {
  /**
   * Shows the whole source so far. Call it once a frame, and once with `isFinal` when the answer has ended, however
   * it ended: half-typed markup is held back until then. The final result depends on the source alone, not on how
   * it came. A source that does not extend the one before is shown from scratch.
   */
  update(source: string, options: { readonly isFinal: boolean }): void;
}

export interface MarkdownViewOptions {
  /** Default: the system's clipboard. */
  readonly copyText?: CopyText;
  /** Default: imports the highlighter when the first code block of a known language is finished. */
  readonly loadColours?: LoadColours;
}

/** A tail up to this long is parsed every frame. */
const SHORT_TAIL_CHARACTERS = 4_096;
/** A longer tail (one endless list) waits until it grew by this part, so that the total stays linear in its length. */
const LONG_TAIL_GROWTH = 1 / 32;

/**
 * Fills the container, which the view owns from then on, and gives it the class `markdown` for `markdownStyles`.
 * Safe for any source: no markup from it reaches the page, and nothing is fetched.
 */
export function createMarkdownView(container: HTMLElement, options: MarkdownViewOptions = {}): MarkdownView {
  const blocks: Block[] = [];
  let progress = start();
  container.replaceChildren();
  container.classList.add('markdown');
  const loadColours = options.loadColours ?? (() => import('./code-colours'));
  listenForCopy(container, options.copyText ?? ((text) => navigator.clipboard.writeText(text)));

  return {
    update(source, { isFinal }) {
      if (source === progress.source && progress.isFinal === isFinal) return;
      if (progress.isFinal || !source.startsWith(progress.source)) progress = start();
      receive(progress, source, isFinal);
      if (isFinal) showAll();
      else showTail();
    },
  };

  /**
   * One pass of the lexer over the whole, so that the result depends on nothing but the source: a reference may be
   * defined after its use. A block whose HTML is the same is not touched.
   */
  function showAll(): void {
    const shown = place(lexMarkdown(progress.text).tokens, 0);
    removeFrom(shown);
    for (const block of blocks) void colourCode(block.element, loadColours);
  }

  function showTail(): void {
    for (let fence = nextFence(); fence; fence = nextFence()) {
      if (isStillOpen(fence, progress.text)) {
        showOpenCode(fence);
        return;
      }
      const end = progress.text.indexOf('\n', fence.checkedTo) + 1;
      freeze(lexMarkdown(progress.text.slice(progress.frozenEnd, end)).tokens, end);
    }
    const tail = progress.text.slice(progress.frozenEnd);
    const growth = tail.length - progress.parsedTailLength;
    if (tail.length > SHORT_TAIL_CHARACTERS && growth < tail.length * LONG_TAIL_GROWTH) return;
    const { tokens } = lexMarkdown(withoutHalfTyped(tail), progress.links);
    removeFrom(place(tokens, progress.frozenCount));
    progress.parsedTailLength = tail.length;
    if (tokens.length > 1) freezeAllButLast(tail);
  }

  /** Only complete lines count: `2` looks like a paragraph that ends the list before it, until its dot comes. */
  function freezeAllButLast(tail: string): void {
    const lines = tail.slice(0, tail.lastIndexOf('\n') + 1);
    if (progress.frozenEnd + lines.length <= progress.frozenTriedTo) return;
    progress.frozenTriedTo = progress.frozenEnd + lines.length;
    const { tokens, links } = lexMarkdown(lines, progress.links);
    progress.links = links;
    const finished = tokens.slice(0, Math.max(0, tokens.findLastIndex(isVisible)));
    const length = finished.reduce((sum, token) => sum + token.raw.length, 0);
    if (length > 0) freeze(finished, progress.frozenEnd + length);
  }

  /** From now on these blocks, which end at the offset `end`, are neither read nor touched. */
  function freeze(tokens: readonly Token[], end: number): void {
    const first = progress.frozenCount;
    progress.frozenCount = place(tokens, first);
    progress.frozenEnd = end;
    progress.parsedTailLength = 0;
    progress.fence = undefined;
    for (const block of blocks.slice(first, progress.frozenCount))
      void colourCode(block.element, loadColours);
  }

  function nextFence(): OpenFence | undefined {
    return (progress.fence ??= openFenceAt(progress.text, progress.frozenEnd));
  }

  function showOpenCode(fence: OpenFence): void {
    const text = codeSoFar(fence, progress.text);
    const block = blocks[progress.frozenCount];
    const shown = block?.openCode === fence ? block.element.querySelector('code')?.firstChild : undefined;
    if (shown instanceof Text) {
      patchText(shown, text);
      return;
    }
    removeFrom(place([{ type: 'code', raw: '', lang: fence.info, text }], progress.frozenCount));
    const placed = blocks[progress.frozenCount];
    // From here on the text grows without its HTML being known.
    if (placed) blocks[progress.frozenCount] = { element: placed.element, html: undefined, openCode: fence };
  }

  /** Shows the tokens from block `from` on, and returns the number of the first block after them. */
  function place(tokens: readonly Token[], from: number): number {
    let index = from;
    for (const token of tokens) {
      if (!isVisible(token)) continue;
      const html = blockHtmlOf(token);
      const shown = blocks[index];
      if (!shown) {
        const element = createBlockElement(joined(html));
        container.append(element);
        blocks.push({ html, element });
      } else if (!shown.html || joined(shown.html) !== joined(html)) {
        blocks[index] = { html, element: changed(shown, html) };
      }
      index += 1;
    }
    return index;
  }

  function removeFrom(index: number): void {
    for (const block of blocks.splice(index)) block.element.remove();
  }
}

/** One top-level block on the page, and the HTML it was made of. */
interface Block {
  readonly html: BlockHtml | undefined;
  readonly element: HTMLElement;
  /** Set while the text of this block is appended to directly. */
  readonly openCode?: OpenFence;
}

/** Makes and sanitises only the items or rows from the first that differs. */
function changed(shown: Block, html: BlockHtml): HTMLElement {
  const before = shown.html;
  if (before?.open && before.open === html.open) {
    const differing = html.parts.findIndex((part, index) => part !== before.parts[index]);
    const same = differing === -1 ? html.parts.length : differing;
    const rest = createBlockElement(joined({ ...html, parts: html.parts.slice(same) }));
    return patchParts(shown.element, rest, same);
  }
  return patchElement(shown.element, createBlockElement(joined(html)));
}

function joined({ open, parts, close }: BlockHtml): string {
  return open + parts.join('') + close;
}

/** How far one source has been read. */
interface Progress {
  source: string;
  isFinal: boolean;
  /** How much of `source` is in `text`. */
  takenEnd: number;
  /** The source with `\n` as its only line end. */
  text: string;
  /** Everything in `text` before this offset is frozen, */
  frozenEnd: number;
  /** as the first so many blocks. */
  frozenCount: number;
  frozenTriedTo: number;
  parsedTailLength: number;
  links: Links;
  fence: OpenFence | undefined;
}

function start(): Progress {
  return {
    source: '',
    isFinal: false,
    takenEnd: 0,
    text: '',
    frozenEnd: 0,
    frozenCount: 0,
    frozenTriedTo: 0,
    parsedTailLength: 0,
    links: {},
    fence: undefined,
  };
}

function receive(progress: Progress, source: string, isFinal: boolean): void {
  // Half a line end and half a character wait for their other half.
  const end = isFinal || !/[\r\uD800-\uDBFF]/.test(source.slice(-1)) ? source.length : source.length - 1;
  progress.text += source.slice(progress.takenEnd, end).replace(/\r\n?/g, '\n').replaceAll('\0', '\uFFFD');
  Object.assign(progress, { source, isFinal, takenEnd: end });
}
