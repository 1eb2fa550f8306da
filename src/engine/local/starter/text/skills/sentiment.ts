/** How a message sounds: positive, neutral or negative. */
import type { Chance } from '../chance';
import { readLines } from '../data-file';
import type { Exchange, Skill } from '../dialogue';
import { writeTemplate } from '../template';
import { pickSubject, writeMessage, type Sentiment } from './sentiment-message';

const asks = readLines('sentiment-asks.txt');
const nextAsks = readLines('sentiment-next-asks.txt');
const nearAsks = readLines('sentiment-near-asks.txt');
const sentiments: readonly Sentiment[] = ['positive', 'neutral', 'negative'];

export const sentimentSkill: Skill = {
  name: 'sentiment',
  weight: 30,
  write: (chance) => {
    if (chance.is(0.82)) {
      const sentiment = chance.pick(sentiments);
      const user = protect(chance, writeMessage(chance, sentiment));
      return { task: 'sentiment', exchanges: [{ user, answer: sentiment }] };
    }
    const kind = chance.random();
    if (kind < 0.28) return { exchanges: [writeNear(chance)] };
    const first = ask(chance, asks);
    if (kind < 0.88) return { exchanges: [first] };
    return { exchanges: [first, chance.is(0.85) ? ask(chance, nextAsks) : writeNear(chance)] };
  },
};

function ask(chance: Chance, templates: readonly string[]): Exchange {
  const sentiment = chance.pick(sentiments);
  const template = chance.pick(templates);
  const user = writeQuoting(chance, template, writeMessage(chance, sentiment));
  return { user, answer: `That sounds ${sentiment}.` };
}

function writeNear(chance: Chance): Exchange {
  const user = writeQuoting(chance, chance.pick(nearAsks), writeMessage(chance, chance.pick(sentiments)));
  return { user, answer: '', isHandOver: true };
}

/** In quotes where the sentence goes on after the message, elsewhere mostly without. */
function writeQuoting(chance: Chance, template: string, message: string): string {
  const isLast = template.endsWith('{m}');
  const bare = isLast ? message : message.replace(/[.?!]+$/, '');
  const isQuoted = chance.is(isLast ? 0.45 : 0.7);
  const quoted = isQuoted ? chance.pick([`"${message}"`, `"${message}"`, `'${message}'`]) : bare;
  const text = writeTemplate(template, chance, { m: quoted, s: pickSubject(chance) });
  return chance.is(0.5) ? text : text.replace(/[⟦⟧]/g, '');
}

function protect(chance: Chance, text: string): string {
  return chance.is(0.3) ? `⟦${text}⟧` : text;
}
