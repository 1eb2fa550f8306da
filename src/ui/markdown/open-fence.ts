/** Follows a code fence that is still open, so that long code is read once and not once a frame. */

/** A top-level fence whose closing line has not come. */
export interface OpenFence {
  /** The info string after the fence. */
  readonly info: string;
  readonly contentStart: number;
  readonly closing: RegExp;
  /** Every line before this offset is known not to close the fence. */
  checkedTo: number;
}

/** The fence that opens exactly at `offset`, once its first line is complete. Indented fences are left to the lexer. */
export function openFenceAt(text: string, offset: number): OpenFence | undefined {
  OPENING.lastIndex = offset;
  const match = OPENING.exec(text);
  const marker = match?.[1];
  if (!match || !marker) return undefined;
  const closing = new RegExp(`^ {0,3}${marker}${marker[0]}* *$`);
  return {
    info: (match[2] ?? '').trim(),
    contentStart: OPENING.lastIndex,
    closing,
    checkedTo: OPENING.lastIndex,
  };
}

/** Looks at the complete lines that came since the last call. */
export function isStillOpen(fence: OpenFence, text: string): boolean {
  for (let end = text.indexOf('\n', fence.checkedTo); end !== -1; end = text.indexOf('\n', fence.checkedTo)) {
    if (fence.closing.test(text.slice(fence.checkedTo, end))) return false;
    fence.checkedTo = end + 1;
  }
  return true;
}

/** The code so far, without a last line that may be turning into the closing fence. */
export function codeSoFar(fence: OpenFence, text: string): string {
  const lastLine = text.slice(fence.checkedTo);
  const isMaybeClosing = /^ {0,3}(?:`*|~*) *$/.test(lastLine);
  return text.slice(fence.contentStart, isMaybeClosing ? fence.checkedTo : text.length).replace(/\n$/, '');
}

const OPENING = /(`{3,}(?=[^`\n]*\n)|~{3,})([^\n]*)\n/y;
