/** What a title may be, as a grammar for llama.cpp: words of the message that stand beside each other there. */

const MAX_WORDS = 6;
/** What the starter calls a message that is about nothing. */
const NO_TITLE = '"small talk"';
/** A title neither begins nor ends with one of these. */
const GLUE = new Set(
  'a an the my your his her our their its this that these those some any and or but of in on at to for from with without by about into over than as'.split(
    ' ',
  ),
);
/** Of sentences, which a title is none of: it ends before them and begins after them. */
const PARTING = new Set(
  'i me you he him she we us they them it who what which why when where how do does did could should would am is are was were be been has have had not if because please'.split(
    ' ',
  ),
);
const CONTRACTED = /n't$|^(?:i|you|he|she|it|we|they|who|what|that|there|here)'/;

/**
 * GBNF, https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md: up to six words in a row, in lower case, without the signs around
 * them; or "small talk". A model may begin with a mark like `<|answer|>`.
 */
export function titleGrammarOf(message: string): string {
  const words = message.toLowerCase().split(/\s+/);
  const runs = words.flatMap((word, at) => (mayBeIn(word) && !isGlue(word) ? [runFrom(words, at)] : []));
  return `root ::= ("<|" [a-z]+ "|>")? " "? (${[...runs, NO_TITLE].join(' | ')})`;
}

/** A word, then perhaps the next, and so on; no title goes on where a sign stands between two words. */
function runFrom(words: readonly string[], first: number): string {
  let run = '';
  let last = first;
  while (last + 1 < words.length && last + 1 < first + MAX_WORDS && !areParted(words, last)) last++;
  while (isGlue(words[last] as string)) last--;
  for (let at = last; at >= first; at--) {
    const word = JSON.stringify((at === first ? '' : ' ') + coreOf(words[at] as string));
    if (run === '') run = word;
    else run = isGlue(words[at] as string) ? `${word} ${run}` : `${word} (${run})?`;
  }
  return run;
}

function areParted(words: readonly string[], at: number): boolean {
  const [one, next] = [words[at] as string, words[at + 1] as string];
  return /[^a-z0-9]$/.test(one) || /^[^a-z0-9]/.test(next) || !mayBeIn(next);
}

function isGlue(word: string): boolean {
  return GLUE.has(coreOf(word));
}

/** The starter writes letters beyond ASCII byte by byte, which a grammar of letters does not see. */
function mayBeIn(word: string): boolean {
  const core = coreOf(word.replace('’', "'"));
  return /^[!-~]*[a-z0-9][!-~]*$/.test(word) && !PARTING.has(core) && !CONTRACTED.test(core);
}

/** `c++`, `c#` and `50%` keep their sign. */
function coreOf(word: string): string {
  return word.replace(/^[^a-z0-9]+/, '').replace(/[^a-z0-9+#%]+$/, '');
}
