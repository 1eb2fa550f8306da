/** Titles that someone asks for in a chat: those are for a larger model. */
import type { Chance } from '../chance';
import { dialogueOf, type Dialogue } from '../dialogue';
import { writeTemplate } from '../template';

const asks = [
  '[what|which] title would [fit|suit|you give|work for] this[?|:] {text}',
  'give me a title for [this|my text|my essay|this story|this chat|the following][?|:] {text}',
  '[suggest|find|write|make up|propose] [a|a good|a catchy|a short] title [for this|for my blog post|for it]: {text}',
  'what would be a good [title|headline|heading|caption|name] for: {text}',
  '[can|could] you [title|name|give a title to] this[?|:] {text}',
  'title for this: {text}',
  'i need a [title|headline|subject line] for this: {text}',
  '[headline|subject line|title] [please|ideas|suggestions]: {text}',
  'how would you title this[?|:] {text}',
  '{text} - what title would fit[?|]',
];

export function askForTitleInChat(chance: Chance, text: string): Dialogue {
  const user = writeTemplate(chance.pick(asks), chance, { text: text.replace(/[⟦⟧]/g, '') });
  return dialogueOf({ user, answer: '', isHandOver: true });
}
