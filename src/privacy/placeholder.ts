/** Puts placeholders where personal data stands, and the originals back into what is answered; pure. */
import type { Redaction } from '../kernel/departure';
import type { Message } from '../kernel/message';

/** Goes with the system prompt of whatever holds a placeholder. */
const NOTE = 'Words in brackets such as [EMAIL_1] stand for private data: use them as they are.';

/** `messages` with a placeholder wherever a redaction's text stands, and a word to the model on what those are. */
export function hideIn(messages: readonly Message[], redactions: readonly Redaction[]): Message[] {
  return withNote(
    messages.map((message) => ({ ...message, content: hide(message.content, redactions) })),
    redactions,
  );
}

/** With a word to the model, where a placeholder is in them. */
export function withNote(messages: readonly Message[], redactions: readonly Redaction[]): Message[] {
  const isIn = (text: string) => messages.some(({ content }) => content.includes(text));
  if (!redactions.some(({ placeholder }) => isIn(placeholder))) return [...messages];
  const [first, ...others] = messages;
  return first?.role === 'system'
    ? [{ role: 'system', content: `${first.content} ${NOTE}` }, ...others]
    : [{ role: 'system', content: NOTE }, ...messages];
}

/** The longest first, so that a piece of another one does not break it. */
export function hide(text: string, redactions: readonly Redaction[]): string {
  if (redactions.length === 0) return text;
  const longestFirst = redactions.toSorted((a, b) => b.text.length - a.text.length);
  const pattern = new RegExp(longestFirst.map(patternOf).join('|'), 'gu');
  const placeholders = new Map(redactions.map((redaction) => [redaction.text, redaction.placeholder]));
  return text.replace(pattern, (found) => placeholders.get(found) ?? found);
}

/** A name only as a whole word: “Mark” is no part of “Markdown”. */
function patternOf({ kind, text }: Redaction): string {
  const escaped = text.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
  return kind === 'name' ? String.raw`(?<![\p{L}\p{N}])${escaped}(?![\p{L}\p{N}])` : escaped;
}

export interface Restorer {
  /** What of the text so far is sure to be whole; the rest waits for more. */
  push(text: string): string;
  /** What waited. */
  end(): string;
}

/** Puts the originals back into a text that comes in pieces, wherever a placeholder is cut. */
export function createRestorer(redactions: readonly Redaction[]): Restorer {
  const originals = new Map(
    redactions.flatMap(({ placeholder, text }) => formsOf(placeholder).map((form) => [form, text] as const)),
  );
  const forms = [...originals.keys()].toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(
    forms.map((form) => `${form.replace(/[\\[\]]/g, String.raw`\$&`)}(?!\\d)`).join('|'),
    'g',
  );
  let waiting = '';
  const restore = (text: string) => text.replace(pattern, (found) => originals.get(found) ?? found);
  return {
    push(text) {
      waiting += text;
      if (forms.length === 0) return take(waiting.length);
      // A whole form at the end waits too: `NAME_1` may become `NAME_12`.
      const longest = Math.min(waiting.length, forms[0]?.length ?? 0);
      for (let length = longest; length > 0; length--) {
        const tail = waiting.slice(-length);
        if (forms.some((form) => form.startsWith(tail))) return take(waiting.length - length);
      }
      return take(waiting.length);
    },
    end: () => take(waiting.length),
  };

  function take(length: number): string {
    const ready = waiting.slice(0, length);
    waiting = waiting.slice(length);
    return forms.length === 0 ? ready : restore(ready);
  }
}

/** As models write it: with its brackets, escaped for Markdown, in a link, or bare. */
function formsOf(placeholder: string): string[] {
  const bare = placeholder.slice(1, -1);
  const escaped = bare.replace('_', String.raw`\_`);
  return [`[${bare}]`, `[${escaped}]`, `\\[${bare}\\]`, `\\[${escaped}\\]`, `%5B${bare}%5D`, bare, escaped];
}
