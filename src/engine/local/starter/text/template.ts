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
