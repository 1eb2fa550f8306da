/** Turns Markdown into tokens, and a token into HTML that holds no markup from the source. */
import { Lexer, Marked, Parser, type Links, type Token, type Tokens } from 'marked';

export type { Links, Token };

/** What one call of the lexer found. */
export interface Lexed {
  readonly tokens: readonly Token[];
  /** Every link reference definition known after this source, by normalised label. */
  readonly links: Links;
}

/**
 * Splits Markdown (CommonMark with GFM) into top-level tokens.
 * @param known definitions found earlier, so that `[text][label]` resolves although its definition was not passed again
 */
export function lexMarkdown(source: string, known: Links = {}): Lexed {
  try {
    const lexer = new Lexer(flavour.defaults);
    Object.assign(lexer.tokens.links, known);
    const tokens = lexer.lex(source);
    return { tokens, links: tokens.links };
  } catch {
    // Thousands of nested quotes or lists overflow marked's stack: such a source is shown as it was written.
    return {
      tokens: [{ type: 'paragraph', raw: source, text: source, tokens: [plainText(source)] }],
      links: known,
    };
  }
}

/** Does this token put anything on the page? Blank lines and link definitions do not. */
export function isVisible(token: Token): boolean {
  return token.type !== 'space' && token.type !== 'def';
}

/** A block's HTML, `open + parts + close`. A list's items and a table's rows are parts, any other block is one. */
export interface BlockHtml {
  readonly open: string;
  readonly parts: readonly string[];
  readonly close: string;
}

/** One top-level token as HTML. It still goes through `sanitize`, the second wall. */
export function blockHtmlOf(token: Token): BlockHtml {
  isInsideLink = false;
  const parser = new Parser(flavour.defaults);
  try {
    if (token.type === 'list') return listHtmlOf(token as Tokens.List, parser);
    if (token.type === 'table') return tableHtmlOf(token as Tokens.Table, parser);
    return { open: '', parts: [parser.parse([token]).trim()], close: '' };
  } catch {
    return { open: '', parts: [`<p>${escapeAll(token.raw)}</p>`], close: '' };
  }
}

/** Headings of an answer sit below those of the page: `#` becomes h3. */
const HEADING_SHIFT = 2;

/** Links cannot nest, so an image inside a link is shown by its words alone. Rendering is synchronous. */
let isInsideLink = false;

const flavour = new Marked({
  gfm: true,
  renderer: {
    html({ text, block }) {
      if (/^<br\s*\/?>$/i.test(text.trim())) return '<br>';
      const shown = escapeAll(block ? text.trim() : text);
      return block ? `<p>${shown.replaceAll('\n', '<br>')}</p>` : shown;
    },
    // Marked leaves text after an inline <code> or <pre> tag unescaped (`escaped`); here tags are text, so it never may.
    text(token) {
      return 'tokens' in token && token.tokens
        ? this.parser.parseInline(token.tokens)
        : escapeText(token.text);
    },
    heading({ tokens, depth }) {
      const level = Math.min(6, depth + HEADING_SHIFT);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
    code({ text, lang }) {
      const language = /^\S+/.exec(lang ?? '')?.[0];
      const attribute = language ? ` data-language="${escapeAll(language)}"` : '';
      return `<pre><code${attribute}>${escapeAll(text)}</code></pre>`;
    },
    link({ href, text, tokens, autolink }) {
      const wasInside = isInsideLink;
      isInsideLink = true;
      const label = autolink ? escapeAll(text) : this.parser.parseInline(tokens);
      isInsideLink = wasInside;
      return `<a href="${autolink ? escapeAll(href) : escapeText(href)}">${label}</a>`;
    },
    image({ href, text, tokens }) {
      const words = tokens ? this.parser.parseInline(tokens, this.parser.textRenderer) : text;
      const label = escapeText(words) || 'image';
      return isInsideLink ? label : `<a data-image href="${escapeText(href)}">${label}</a>`;
    },
  },
});

function listHtmlOf({ ordered, start, items }: Tokens.List, { renderer }: Parser): BlockHtml {
  const tag = ordered ? 'ol' : 'ul';
  const open = ordered && start !== 1 ? `<ol start="${start}">` : `<${tag}>`;
  return { open, parts: items.map((item) => renderer.listitem(item).trim()), close: `</${tag}>` };
}

function tableHtmlOf({ header, rows }: Tokens.Table, { renderer }: Parser): BlockHtml {
  const rowOf = (cells: readonly Tokens.TableCell[]) =>
    `<tr>${cells.map((cell) => renderer.tablecell(cell).trim()).join('')}</tr>`;
  return {
    open: `<table><thead>${rowOf(header)}</thead><tbody>`,
    parts: rows.map(rowOf),
    close: '</tbody></table>',
  };
}

function plainText(text: string): Token {
  return { type: 'text', raw: text, text };
}

/** Escapes text in which `&amp;` and its like are references, as Markdown has it. */
function escapeText(text: string): string {
  return text.replace(/&(?!(?:#\d{1,7}|#[Xx][a-fA-F0-9]{1,6}|\w+);)|[<>"']/g, entityOf);
}

/** Escapes text in which every character is meant. */
function escapeAll(text: string): string {
  return text.replace(/[&<>"']/g, entityOf);
}

function entityOf(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
