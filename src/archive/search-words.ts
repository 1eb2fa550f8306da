/** Cuts a text into the words that are looked for: folded, with their places, and in pairs where a script has no spaces. */

export interface Word {
  /** Without case and accents. */
  readonly term: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}\p{M}_]+/gu;
/** Written without spaces between words: each two neighbours are a word, as is usual where no dictionary is at hand. */
const SPACELESS = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;
// eslint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\0-\x7f]*$/;

export function wordsIn(text: string): Word[] {
  const words: Word[] = [];
  for (const { 0: found, index } of text.matchAll(WORD)) {
    if (!ASCII.test(found) && SPACELESS.test(found)) words.push(...pairsIn(found, index));
    else words.push({ term: fold(found), start: index, end: index + found.length });
  }
  return words;
}

function pairsIn(run: string, start: number): Word[] {
  const characters = Array.from(run);
  if (characters.length === 1) return [{ term: fold(run), start, end: start + run.length }];
  let at = start;
  return characters.slice(1).map((second, index) => {
    const pair = characters[index]! + second;
    const word = { term: fold(pair), start: at, end: at + pair.length };
    at += characters[index]!.length;
    return word;
  });
}

function fold(word: string): string {
  return ASCII.test(word) ? word.toLowerCase() : word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
