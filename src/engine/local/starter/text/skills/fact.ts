/** Facts from the tables: places, elements, nature, culture and computing, and the facts that are not in them. */
import type { Chance } from '../chance';
import { groupRows, readLines, readTable } from '../data-file';
import { dialogueOf, type Dialogue, type Exchange, type Skill } from '../dialogue';
import { type Relation, RELATIONS } from '../fact-relation';
import { pickTemplate, writeTemplate } from '../template';
import { writeUnknownName, writeUnknownNoun } from '../unknown-word';
import { writeAsked } from './arithmetic';

const MISS_SHARE = 0.33;
const FOLLOW_UP_SHARE = 0.12;
const asks = groupRows(readTable('fact-asks.txt', 2));
const unknownAsks = readTable('fact-unknown.txt', 2);
const frames = readLines('fact-frames.txt');
const aliases = [
  ...readTable('place-aliases.txt', 2),
  ...readTable('place-capital-aliases.txt', 2),
  ...readTable('element-aliases.txt', 2),
];
const superlatives = readTable('nature-superlatives.txt', 2);
const planetFacts = readTable('planet-asks.txt', 2);
const planetAnswers = new Map(
  readTable('nature-planet-facts.txt', 2).map(([key = '', answer = '']) => [key, answer]),
);

export const capitals = createSkill('capitals', 10);
export const countries = createSkill('countries', 8);
export const planets = createSkill(
  'planets',
  2,
  planetFacts.map(([question = '', key = '']) => [question, planetAnswers.get(key) ?? '']),
);
export const elements = createSkill('elements', 5);
export const nature = createSkill('nature', 5, superlatives);
export const culture = createSkill('culture', 3);
export const computing = createSkill('computing', 13);

/** `fixed`: questions with one answer each. */
function createSkill(name: string, weight: number, fixed: readonly (readonly string[])[] = []): Skill {
  const relations = RELATIONS[name] ?? [];
  return {
    name,
    weight,
    write(chance): Dialogue {
      if (chance.is(MISS_SHARE)) return dialogueOf(writeMiss(chance.pick(relations), chance));
      if (fixed.length > 0 && chance.is(0.45)) {
        const [question = '', answer = ''] = chance.pick(fixed);
        return dialogueOf({ user: frame(`[${question}]`, chance, {}), answer });
      }
      const relation = chance.pick(relations);
      const first = writeHit(relation, chance);
      return chance.is(FOLLOW_UP_SHARE)
        ? { exchanges: [first, writeFollowUp(relation, chance)] }
        : dialogueOf(first);
    },
  };
}

function writeHit(relation: Relation, chance: Chance): Exchange {
  const row = chance.pick(relation.rows);
  const fillings = { x: spokenOf(row.x, chance), y: row.y };
  return { user: frame(askOf(relation, chance), chance, fillings), answer: relation.answer(row) };
}

/** Most people add nothing to their question; the others add a great many things. */
function frame(question: string, chance: Chance, fillings: Readonly<Record<string, string>>): string {
  if (chance.is(0.5)) return writeTemplate(question, chance, fillings);
  if (chance.is(0.5)) return writeAsked(question, chance, fillings);
  return writeTemplate(
    chance.pick(frames).replace('{q}', () => question),
    chance,
    fillings,
  );
}

function writeFollowUp(relation: Relation, chance: Chance): Exchange {
  const template = chance.pick([
    'and {x}?',
    'and [of|for|in] {x}[?|]',
    'what about {x}[?|]',
    '[ok, |]{x}?',
    'how about {x}',
    'same for {x}',
    '[now|then] {x}',
  ]);
  if (chance.is(0.25)) {
    const user = writeTemplate(template, chance, { x: relation.unknown(chance) });
    return { user, answer: '', isHandOver: true };
  }
  const row = chance.pick(relation.rows);
  return {
    user: writeTemplate(template, chance, { x: spokenOf(row.x, chance) }),
    answer: relation.answer(row),
  };
}

/** A known relation of an unknown thing, or an unknown relation of a known one. */
function writeMiss(relation: Relation, chance: Chance): Exchange {
  const row = chance.pick(relation.rows);
  const own = unknownAsks.filter(([kind]) => kind === relation.kind || kind === 'any');
  const isUnknownThing = chance.is(0.4);
  const template = isUnknownThing ? askOf(relation, chance) : (chance.pick(own)[1] ?? '');
  const x = isUnknownThing ? relation.unknown(chance) : spokenOf(row.x, chance);
  const other = chance.pick(relation.rows).x;
  const user = frame(template, chance, {
    x,
    y: row.y || other,
    other,
    name: writeUnknownName(chance),
    word: writeUnknownNoun(chance),
  });
  return { user, answer: '', isHandOver: true };
}

function askOf({ name }: Relation, chance: Chance): string {
  return pickTemplate(asks.get(name) ?? [], chance);
}

/** By another name, if there is one. */
function spokenOf(name: string, chance: Chance): string {
  const others = aliases.filter(([, of]) => of === name);
  return others.length > 0 && chance.is(0.5) ? (chance.pick(others)[0] ?? name) : name;
}
