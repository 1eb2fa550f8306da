/** A file's name says what is in it: kebab-case, unique, an element's own tag, and none of the words that say nothing. */
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { filesIn, nameOf, sourceOf, sourcesIn, stringOf, type Source } from './source';

/** Names that tools, or the people who read a repository, expect to the letter. */
const FIXED_NAMES = new Set(['README.md', 'Dockerfile', 'Caddyfile', 'tsconfig.json']);

/** Each program starts in its own `main.ts`: the page's and the server's. */
const UNIQUE_BUT_FOR = new Set([...FIXED_NAMES, 'main.ts']);

const KEBAB_CASE = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

/** Before the tags of elements that also live on pages of other people's, so that they meet no namesake there. */
const PREFIX = 'smallfirst-';

const WORDS_THAT_SAY_NOTHING = /^(utils?|helpers?|managers?|services?)$/;

const paths = filesIn('src');
const testPaths = filesIn('test');
const sources = sourcesIn('src');

it('names in src and test are in kebab-case', () => {
  expect([...paths, ...testPaths].flatMap(notKebabCase)).toEqual([]);
});

it('no two files in src have the same base name', () => {
  expect(sharedNamesIn(paths)).toEqual([]);
});

it('no name in src or test holds a word that says nothing', () => {
  expect([...paths, ...testPaths].flatMap(emptyWordsIn)).toEqual([]);
});

it('an element is in the file that is named after its tag', () => {
  expect(sources.flatMap(misplacedElementsIn)).toEqual([]);
  expect(sources.flatMap(elementsIn)).toContain('chat-page');
});

it.each(['ui/ChatPage.ts', 'ui/chat_page.ts', 'ui/chatPage.ts', 'Kernel/fault.ts', 'ui/chat--page.ts'])(
  '%s is found not to be kebab-case',
  (path) => {
    expect(notKebabCase(path)).toEqual([path]);
  },
);

it.each(['ui/chat-page.ts', 'tsconfig.sw.json', 'README.md', 'deploy/Dockerfile', 'ui/chat-page.test.ts'])(
  '%s is fine as a name',
  (path) => {
    expect(notKebabCase(path)).toEqual([]);
  },
);

it('a base name used twice is found, a fixed one is not', () => {
  expect(sharedNamesIn(['main.ts', 'server/main.ts', 'server/tsconfig.json', 'tsconfig.json'])).toEqual([]);
  expect(sharedNamesIn(['app.ts', 'server/app.ts'])).toEqual(['app.ts, server/app.ts']);
});

it.each([
  'ui/utils.ts',
  'ui/date-utils.ts',
  'helpers/date.ts',
  'turn/turn-manager.ts',
  'service/a.ts',
  'ui/util.ts',
])('a word that says nothing is found in %s', (path) => {
  expect(emptyWordsIn(path)).toEqual([path]);
});

it('a service worker may be called one', () => {
  expect(emptyWordsIn('offline/service-worker.ts')).toEqual([]);
});

it.each(["@customElement('chat-list') class A {}", "customElements.define('chat-list', A);"])(
  'an element in another file is found: %s',
  (text) => {
    expect(misplacedElementsIn(sourceOf('ui/sidebar.ts', text))).toEqual(['chat-list is in ui/sidebar.ts']);
    expect(misplacedElementsIn(sourceOf('ui/chat-list.ts', text))).toEqual([]);
  },
);

it('an element may have the prefix, which its file need not', () => {
  const source = sourceOf('ui/chat-list.ts', "customElements.define('smallfirst-chat-list', A);");
  expect(misplacedElementsIn(source)).toEqual([]);
  expect(misplacedElementsIn({ ...source, path: 'ui/list.ts' })).toHaveLength(1);
});

function notKebabCase(path: string): string[] {
  const isFine = path.split('/').every((name) => FIXED_NAMES.has(name) || KEBAB_CASE.test(name));
  return isFine ? [] : [path];
}

function sharedNamesIn(all: readonly string[]): string[] {
  const names = new Set(all.map((path) => basename(path)).filter((name) => !UNIQUE_BUT_FOR.has(name)));
  return [...names]
    .map((name) => all.filter((path) => basename(path) === name))
    .filter((sharing) => sharing.length > 1)
    .map((sharing) => sharing.join(', '));
}

function emptyWordsIn(path: string): string[] {
  const words = path.replace('service-worker', '').split(/[-./]/);
  return words.some((word) => WORDS_THAT_SAY_NOTHING.test(word)) ? [path] : [];
}

function misplacedElementsIn(source: Source): string[] {
  return elementsIn(source)
    .filter((tag) => ![tag, tag.replace(PREFIX, '')].includes(basename(source.path, '.ts')))
    .map((tag) => `${tag} is in ${source.path}`);
}

function elementsIn({ nodes }: Source): string[] {
  return nodes.flatMap(({ type, fields }) => {
    if (type !== 'CallExpression' || !/^(customElement|define)$/.test(nameOf(fields['callee']) ?? ''))
      return [];
    const tag = stringOf((fields['arguments'] as unknown[])[0]);
    return tag?.includes('-') ? [tag] : [];
  });
}
