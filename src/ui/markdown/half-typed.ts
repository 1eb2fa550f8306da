/** Keeps markup that is only half there from flashing while an answer streams. */

/**
 * What to show of an unfinished tail: half a marker waits, half a link shows its text, open emphasis and code are
 * closed. For the eye only; what is frozen, and the final rendering, come from the source as it is.
 */
export function withoutHalfTyped(tail: string): string {
  if (isInsideFence(tail)) return tail;
  const start = lastParagraphStart(tail);
  const before = tail.slice(0, start);
  return before + closeOpenSpans(withoutHalfLine(tail.slice(start)));
}

/** `-` under a line of text would be a heading until the list item's text comes, `2` a paragraph until its dot comes. */
const HALF_MARKER = /(?:^|\n)(?:[-=*+_~`#>|: \t]+|[ \t]*\d{1,9}[.)]?[ \t]*)$/;
/** The head of a table looks like pipes until the row of dashes is whole. */
const HALF_TABLE = /^ {0,3}\|[^\n]*(?:\n[|:\- \t]*)?$/;
/** From an opening bracket to an address that has no end. */
const HALF_LINK = /!?\[([^[\]\n]*)\]\([^()\n]*$/;

function withoutHalfLine(paragraph: string): string {
  if (HALF_TABLE.test(paragraph)) return '';
  return paragraph.replace(HALF_MARKER, '');
}

function closeOpenSpans(paragraph: string): string {
  if (count(paragraph, /`/g) % 2 === 1) return closeWith(paragraph, '`');
  const text = paragraph.replace(HALF_LINK, '$1');
  const outsideCode = text.replace(/`[^`]*`/g, '');
  if (count(outsideCode, /\*\*/g) % 2 === 1) {
    // A single trailing star is half of the closing pair.
    return closeWith(text.replace(/(?<!\*)\*$/, ''), '**');
  }
  return text;
}

/** An opening mark with nothing after it is not shown; one with text is closed. */
function closeWith(text: string, mark: string): string {
  const trimmed = text.trimEnd();
  return trimmed.endsWith(mark) ? trimmed.slice(0, -mark.length) : trimmed + mark;
}

function isInsideFence(tail: string): boolean {
  return count(tail, /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:`{3,}|~{3,})/gm) % 2 === 1;
}

function lastParagraphStart(tail: string): number {
  const blank = tail.lastIndexOf('\n\n');
  return blank === -1 ? 0 : blank + 2;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
