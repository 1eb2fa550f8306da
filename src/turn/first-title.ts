/** A conversation's title until a model makes a better one: what the question is about, in its own first words. */

const TITLE_CHARACTERS = 60;
/** A first sentence shorter than this says too little. */
const SENTENCE_CHARACTERS = 16;

/** What people say before they come to the point, in English; of another language nothing is taken off. */
const PREAMBLES = [
  /^(hi|hello|hey|good (morning|afternoon|evening))( there)?[,!. ]+/i,
  /^(please|kindly)[, ]+/i,
  /^(can|could|would|will) you (please |kindly )?(?=\w+ \w)/i,
  /^i (want|need|would like|['’]d like) you to (?=\w+ \w)/i,
  /^i['’]d like you to (?=\w+ \w)/i,
];

/** One line of at most 60 characters and an ellipsis; never empty where the question is not. */
export function titleOf(question: string): string {
  const line = oneLine(proseOf(question)) || oneLine(question);
  const point = withoutPreamble(line);
  return shortened(point === line ? line : capitalised(point));
}

/** Without blocks of code, and without the marks with which Markdown begins a line. */
function proseOf(text: string): string {
  return text.replace(/```.*?(?:```|$)/gs, ' ').replace(/^\s*(?:[#>*+-]+|\d+[.)])\s+/gm, '');
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/https?:\/\/(?:www\.)?([^\s/]+)\S*/g, '$1')
    .trim();
}

function withoutPreamble(line: string): string {
  let rest = line;
  for (const preamble of PREAMBLES) {
    const shorter = rest.replace(preamble, '');
    // A greeting alone is what it is about.
    if (/\p{L}.*\p{L}/u.test(shorter)) rest = shorter;
  }
  return rest;
}

/** "iPhone" and "npm run x" stay as they are. */
function capitalised(line: string): string {
  const word = /^\p{Ll}[\p{Ll}'’]*(?=[\s,.?!]|$)/u.exec(line)?.[0];
  return word ? word.charAt(0).toUpperCase() + line.slice(1) : line;
}

function shortened(line: string): string {
  if (line.length <= TITLE_CHARACTERS) return line;
  const sentence = /^.*?[.?!。？！](?=\s|$)/u.exec(line.slice(0, TITLE_CHARACTERS))?.[0];
  if (sentence && sentence.length >= SENTENCE_CHARACTERS) return sentence.replace(/\.$/, '');
  const cut = line.slice(0, TITLE_CHARACTERS);
  const words = cut.slice(0, Math.max(cut.lastIndexOf(' '), TITLE_CHARACTERS / 2));
  // Not within an emoji, which takes two units.
  return `${words.replace(/[\ud800-\udbff]$/, '').replace(/[\s,;:–-]+$/, '')}…`;
}
