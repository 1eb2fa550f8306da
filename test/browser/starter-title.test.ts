/** Titles by the starter, as the app asks for them: whatever it thinks, they are words that stand together in the message, or “small talk”. */
import { beforeAll, expect, test } from 'vitest';
import { askEngine, openEngine } from '../starter/ask-engine';

const MESSAGES = [
  'My kangaroo fence keeps falling over in the wind, any ideas?',
  'How do I knit qzxvwj socks for a penguin?',
  'Please explain the Ångström unit — papier-mâché style!',
  'compare "C++" and C# for 50% faster code',
];

beforeAll(() => openEngine('/models/starter/starter.gguf'));

test.each(MESSAGES)('of “%s”', async (message) => {
  const { text } = await askEngine({ task: 'title', turns: [message], isTitle: true });
  expect(text.trim()).not.toBe('small talk');
  expect(message.toLowerCase()).toContain(text.trim());
  expect(text.trim().split(' ').length).toBeLessThanOrEqual(6);
});

test.each(['is it', 'Good morning!'])('of “%s” there is none', async (message) => {
  const { text } = await askEngine({ task: 'title', turns: [message], isTitle: true });
  expect(text.trim()).toBe('small talk');
});
