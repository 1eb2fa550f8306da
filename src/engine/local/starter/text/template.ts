/** Writes one of the many sentences that a template with alternatives stands for. */
import type { Chance } from './chance';

/** What fills a template's `{names}`. */
export type Fillings = Readonly<Record<string, string>>;

/**
 * `[a|b|]` becomes one of its alternatives (the last one here is nothing), nested ones too; `{name}` becomes what fills it.
 * What was filled in is put between `⟦` and `⟧`, so that no typo is made there. Spaces are squeezed.
 * Throws where brackets do not match, or where nothing fills a name.
 */
export function writeTemplate(template: string, chance: Chance, fillings: Fillings = {}): string {
  const chosen = chooseAlternatives(template, chance);
  const filled = chosen.replace(/\{(\w+)\}/g, (_braces, name: string) => {
    const filling = fillings[name];
    if (filling === undefined) throw new Error(`Nothing fills {${name}} in: ${template}`);
    return `⟦${filling}⟧`;
  });
  return filled
    .replace(/\s+/g, ' ')
    .replace(/ (?=[,.?!])/g, '')
    .trim();
}

/** A line that stands for many sentences comes more often than one for a single sentence, but not as often as it has sentences. */
const MAX_WEIGHT = 12;
const runningWeights = new WeakMap<readonly string[], Float64Array>();

/** One of the templates; the more alternatives it has the likelier, as the square root of their number. */
export function pickTemplate(templates: readonly string[], chance: Chance): string {
  let running = runningWeights.get(templates);
  if (!running) {
    let sum = 0;
    running = Float64Array.from(templates, (template) => (sum += weightOf(template)));
    runningWeights.set(templates, running);
  }
  const drawn = chance.random() * (running.at(-1) ?? 0);
  return templates[running.findIndex((sum) => drawn < sum)] ?? chance.pick(templates);
}

/** Brackets in brackets count as if they stood side by side. */
function weightOf(template: string): number {
  const counts = template.match(/\[[^[\]]*\]/g)?.map((bracket) => bracket.split('|').length) ?? [];
  return Math.min(MAX_WEIGHT, Math.sqrt(counts.reduce((product, count) => product * count, 1)));
}

/** Innermost brackets first, until there are none. */
function chooseAlternatives(template: string, chance: Chance): string {
  let text = template;
  while (text.includes('[')) {
    const next = text.replace(/\[([^[\]]*)\]/g, (_brackets, body: string) => chance.pick(body.split('|')));
    if (next === text) throw new Error(`A bracket is not closed in: ${template}`);
    text = next;
  }
  if (text.includes(']') || text.includes('|')) throw new Error(`A bracket is not opened in: ${template}`);
  return text;
}
