/** Plurals, past tenses and opposites of words, and the many other questions about words that are handed over. */
import type { Chance } from '../chance';
import { readLines, readTable } from '../data-file';
import type { Dialogue, Exchange, Skill } from '../dialogue';
import { writeTemplate } from '../template';
import { writeUnknownNoun } from '../unknown-word';
import { chooseArticle } from './indefinite-article';

interface Relation {
  /** As in `The <label> of "child" is "children".` */
  readonly label: string;
  readonly rows: readonly (readonly string[])[];
  readonly asks: readonly string[];
  /** Words of the right kind that are not in the table. */
  readonly others: readonly string[];
  /** What someone could wrongly take for the answer. */
  readonly suffixes: readonly string[];
  /** How a question goes on to the next word after one of this relation. */
  readonly turns: readonly string[];
}

const openers = readLines('word-openers.txt');
const closers = readLines('word-closers.txt');
const nearAsks = readLines('word-near-asks.txt');
const nextAsks = [
  '[and|and what about|what about|how about|ok, and|and now|now|next:|then] {w}[?|]',
  '[and|and what about|what about|how about] [for|of|the one of|with] {w}[?|]',
  '[same|the same|same question|same thing] [for|with] {w}[?|]',
  '{w}[?|]',
  '[thanks|great|nice|ok|cool], [and|what about|now] {w}[?|]',
  "and if [it is|it's|the word is] {w}[?|]",
  'i also [need|want] {w}',
  'do {w} [too|as well|next|now]',
];

const plural: Relation = {
  label: 'plural',
  rows: readTable('word-plurals.txt', 2),
  asks: readLines('word-plural-asks.txt'),
  others: readLines('word-other-nouns.txt'),
  suffixes: ['s', 's', 'es', 'ies', 'en'],
  turns: ['and two of {w}[?|]', 'and the plural of {w}[?|]', 'and more than one {w}[?|]'],
};
const past: Relation = {
  label: 'past tense',
  rows: readTable('word-pasts.txt', 2),
  asks: readLines('word-past-asks.txt'),
  others: readLines('word-other-verbs.txt'),
  suffixes: ['ed', 'ed', 'd', 't'],
  turns: ['and {w} in the past[?|]', 'and the past tense of {w}[?|]', 'and yesterday i ({w})[?|]'],
};
const opposite: Relation = {
  label: 'opposite',
  rows: readTable('word-antonyms.txt', 2),
  asks: readLines('word-antonym-asks.txt'),
  others: readLines('word-other-adjectives.txt'),
  suffixes: ['less', 'ish'],
  turns: ['and the opposite of {w}[?|]', 'and the antonym of {w}[?|]', 'and the contrary of {w}[?|]'],
};
const relations = [plural, past, opposite];
const allWords = relations.flatMap(({ rows, others }) => [...rows.map(([word = '']) => word), ...others]);

export const pluralSkill = skillOf('plural', plural);
export const pastTenseSkill = skillOf('past tense', past);
export const antonymSkill = skillOf('antonym', opposite);

function skillOf(name: string, relation: Relation): Skill {
  const known = new Set(relation.rows.map(([word]) => word));
  const strangers = [...new Set([...relation.others, ...allWords])].filter((word) => !known.has(word));
  const rest = relation.others;
  const pickUnknown = (chance: Chance): string => {
    const kind = chance.random();
    if (kind < 0.3) return writeUnknownNoun(chance);
    return kind < 0.8 ? chance.pick(rest) : chance.pick(strangers);
  };
  return {
    name,
    weight: 2.5,
    write: (chance) => {
      const kind = chance.random();
      if (kind < 0.12) return { exchanges: [writeNear(chance, relation)] };
      if (kind < 0.25) return { exchanges: [ask(chance, relation, pickUnknown(chance), undefined)] };
      const [word = '', answer] = chance.pick(relation.rows);
      const first = ask(chance, relation, word, answer);
      return kind < 0.88 ? { exchanges: [first] } : goOn(chance, relation, first, pickUnknown);
    },
  };
}

/** A second question, which may only make sense after the first. */
function goOn(
  chance: Chance,
  relation: Relation,
  first: Exchange,
  pickUnknown: (chance: Chance) => string,
): Dialogue {
  const kind = chance.random();
  if (kind < 0.12) {
    const other = chance.pick(relations);
    const [word = '', answer] = chance.pick(other.rows);
    return { exchanges: [first, ask(chance, other, word, answer)] };
  }
  if (kind < 0.2) return { exchanges: [first, writeNear(chance, relation)] };
  const asks = chance.is(0.3) ? relation.turns : nextAsks;
  const [word = '', answer] = kind < 0.36 ? [pickUnknown(chance)] : chance.pick(relation.rows);
  const second = answerOf(
    relation,
    word,
    answer,
    writeTemplate(chance.pick(asks), chance, { w: quote(chance, word) }),
  );
  if (chance.is(0.75)) return { exchanges: [first, second] };
  const [last = '', lastAnswer] = chance.pick(relation.rows);
  const user = writeTemplate(chance.pick(nextAsks), chance, { w: quote(chance, last) });
  return { exchanges: [first, second, answerOf(relation, last, lastAnswer, user)] };
}

/** A question for `word`; it is handed over where there is no `answer`. */
function ask(chance: Chance, relation: Relation, word: string, answer: string | undefined): Exchange {
  const quoted = quote(chance, word);
  const right = answer ?? `${word}${relation.suffixes[0]}`;
  const slips = relation.suffixes.map((suffix) => word + suffix).filter((slip) => slip !== right);
  const wrong = relation === opposite ? `un${word}` : chance.pick(slips);
  const pair = chance.is(0.5) ? `${right} or ${wrong}` : `${wrong} or ${right}`;
  const core = writeTemplate(chance.pick(relation.asks), chance, {
    w: quoted,
    a: `${chooseArticle(word)} ${quoted}`,
    to: relation === past && chance.is(0.3) ? quote(chance, `to ${word}`) : quoted,
    right,
    wrong,
    pair,
  });
  return answerOf(relation, word, answer, frame(chance, core));
}

function answerOf(relation: Relation, word: string, answer: string | undefined, user: string): Exchange {
  if (answer === undefined) return { user, answer: '', isHandOver: true };
  return { user, answer: `The ${relation.label} of "${word}" is "${answer}".` };
}

/** Another question about a word that this relation knows, or about any other. */
function writeNear(chance: Chance, relation: Relation): Exchange {
  const [known = ''] = chance.pick(relation.rows);
  const kind = chance.random();
  const word = kind < 0.6 ? known : kind < 0.9 ? chance.pick(allWords) : writeUnknownNoun(chance);
  const fillings = { w: quote(chance, word), v: quote(chance, chance.pick(allWords)) };
  const user = frame(chance, writeTemplate(chance.pick(nearAsks), chance, fillings));
  return { user, answer: '', isHandOver: true };
}

function frame(chance: Chance, core: string): string {
  const opener = chance.is(0.3) ? `${writeTemplate(chance.pick(openers), chance)} ` : '';
  if (!chance.is(0.2)) return opener + core;
  const joint = /[.?!]$/.test(core) ? '' : chance.pick([',', '.', '', ' -']);
  return `${opener}${core}${joint} ${writeTemplate(chance.pick(closers), chance)}`;
}

/** As people set a word apart, or do not. */
function quote(chance: Chance, word: string): string {
  return chance.is(0.55)
    ? word
    : chance.pick([`"${word}"`, `"${word}"`, `'${word}'`, `*${word}*`, `\`${word}\``, `(${word})`]);
}
