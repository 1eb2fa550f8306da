/** The service worker fetches little on its first visit: just what opens the page again without a network. */
import { parseSync, Visitor } from 'vite';
import { expect, it } from 'vitest';
import { filesOf, firstLoadOf, readFolder, textOf, type Files } from './built-files';

const MAX_BYTES = 300_000;

const ICON = /^[\w/-]*icon[\w-]*\.(svg|png|ico)$/;

const files = readFolder('dist');

it('the page and all of its first load are kept', () => {
  const kept = new Set(precachedBy(textOf(files, 'sw.js')));
  const needed = ['index.html', ...firstLoadOf(files)];
  expect(needed.filter((path) => !kept.has(path))).toEqual([]);
});

it('nothing else is, icons aside', () => {
  expect(tooMuchIn(files)).toEqual([]);
});

it(`what is kept is there, and below ${MAX_BYTES} bytes in all`, () => {
  const kept = precachedBy(textOf(files, 'sw.js'));
  expect(kept.filter((path) => !files.has(path))).toEqual([]);
  const total = kept.reduce((sum, path) => sum + (files.get(path)?.length ?? 0), 0);
  console.log(`Precache: ${total} bytes in ${kept.length} files`);
  expect(total).toBeLessThan(MAX_BYTES);
});

it('a kept file that is not of the first load is found', () => {
  const built = filesOf({
    'index.html': '<script type="module" src="./assets/index-Ab3dE_9x.js"></script>',
    'assets/index-Ab3dE_9x.js': "import('./lazy-Ab3dE_9x.js');",
    'sw.js': `keep([{revision:null,url:"assets/index-Ab3dE_9x.js"},{revision:"1",url:"index.html"},
      {"revision":"2","url":"icon.svg"},{revision:null,url:\`assets/lazy-Ab3dE_9x.js\`}])`,
  });
  expect(tooMuchIn(built)).toEqual(['assets/lazy-Ab3dE_9x.js']);
});

function tooMuchIn(built: Files): string[] {
  const allowed = new Set(['index.html', ...firstLoadOf(built)]);
  return precachedBy(textOf(built, 'sw.js')).filter((path) => !allowed.has(path) && !ICON.test(path));
}

/** The manifest that Workbox puts in: objects `{ revision, url }`. */
function precachedBy(text: string): string[] {
  const urls: string[] = [];
  new Visitor({
    ObjectExpression: ({ properties }) => {
      const entry = Object.fromEntries(properties.flatMap((property) => entryOf(property)));
      if (entry['revision'] !== undefined && typeof entry['url'] === 'string') urls.push(entry['url']);
    },
  }).visit(parseSync('sw.js', text).program);
  return urls;
}

/** A property whose value is written out, as name and value. */
function entryOf(property: object): [string, unknown][] {
  const { key, value } = property as Record<'key' | 'value', Record<string, unknown> | undefined>;
  const name = key?.['name'] ?? key?.['value'];
  if (typeof name !== 'string' || !value) return [];
  if (value['type'] === 'Literal') return [[name, value['value']]];
  if (value['type'] !== 'TemplateLiteral') return [];
  return [[name, (value['quasis'] as { value: { cooked: string } }[])[0]?.value.cooked]];
}
