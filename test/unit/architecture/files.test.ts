/** A file is short, says in its first sentence what it is for, exports by name, and holds something of its own. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { filesIn, ROOT, sourceOf, sourcesIn, type Source } from './source';

const MAX_LINES = 300;

/** Data, not code: nobody reads it from top to bottom. */
const DATA = /^(test\/fixtures|test\/starter|src\/engine\/local\/starter\/text\/data)\/.*(?<!\.ts)$/;

/** After its sentence, the header of an element goes on with what the element takes and gives. */
const ELEMENT_CONTRACT = /(?<=\.) (Property|Properties|Attributes?|Events?|Slots?|Methods?|Parts?): .*$/;

const sources = sourcesIn('src');
const testSources = sourcesIn('test');

it(`no file in src or test has more than ${MAX_LINES} lines`, () => {
  const paths = ['src', 'test'].flatMap((folder) => filesIn(folder).map((path) => `${folder}/${path}`));
  const texts = paths.filter((path) => !DATA.test(path)).map((path) => [path, readText(path)] as const);
  expect(texts.flatMap(([path, text]) => tooLong(path, text))).toEqual([]);
});

it('every file in src and test opens with one sentence that says what it is for', () => {
  expect({ src: sources.flatMap(withoutHeader), test: testSources.flatMap(withoutHeader) }).toEqual({
    src: [],
    test: [],
  });
});

it('nothing in src is exported as default', () => {
  expect(sources.flatMap(defaultExportsIn)).toEqual([]);
});

it('no file in src is there only to pass on what others export', () => {
  expect(sources.flatMap(barrel)).toEqual([]);
});

it('nothing in src is cast to any, and no type error is silenced', () => {
  expect(sources.flatMap(silencedTypesIn)).toEqual([]);
});

it('a file that is too long is found, and one line fewer is not', () => {
  expect(tooLong('a.ts', 'a;\n'.repeat(MAX_LINES))).toEqual([]);
  expect(tooLong('a.ts', 'a;\n'.repeat(MAX_LINES + 1))).toEqual(['a.ts has 301 lines']);
  expect(tooLong('a.ts', `${'a;\n'.repeat(MAX_LINES)}a;`)).toEqual(['a.ts has 301 lines']);
});

it.each([
  ['nothing', ''],
  ['code first', 'const a = 1;\n/** Says what it is for. */'],
  ['an empty line first', '\n/** Says what it is for. */'],
  ['a line comment', '// Says what it is for.'],
  ['a plain block', '/* Says what it is for. */'],
  ['an empty header', '/** */'],
  ['a tag only', '/** @file */'],
  ['no full stop', '/** Says what it is for */'],
  ['two sentences', '/** Says what it is for. Says more. */'],
])('a file that opens with %s is found', (_what, text) => {
  expect(withoutHeader(sourceOf('a.ts', text))).toEqual(['a.ts']);
});

it.each([
  '/** Says what it is for. */',
  '/** Says, over two\n * lines, what `a.ts` is for. */',
  '/**\n * Says what it is for.\n *\n * Then says more. And more.\n */',
  '/** Says what it is for, e.g. this. */',
  '/** `<a-b>`: says what it is for. Property: `app`. Events: `send`. */',
])('a file that opens with %j is fine', (text) => {
  expect(withoutHeader(sourceOf('a.ts', text))).toEqual([]);
});

it.each(['export default 1;', 'const a = 1; export { a as default };', "export { default } from './b';"])(
  'a default export is found: %s',
  (text) => {
    expect(defaultExportsIn(sourceOf('a.ts', text))).toEqual(['a.ts']);
  },
);

it.each([
  ['kernel/all.ts', "export * from './fault';"],
  ['kernel/all.ts', "export { a } from './fault';\nexport type { B } from './engine';"],
  ['kernel/all.ts', "import { a } from './fault';\nexport { a };"],
  ['kernel/index.ts', 'export const a = 1;'],
])('a barrel is found: %s, %s', (path, text) => {
  expect(barrel(sourceOf(path, text))).toEqual([path]);
});

it.each(["export * from './fault';\nexport const a = 1;", "import './ui/chat-page';", '/** Later. */'])(
  'what is no barrel is not taken for one: %s',
  (text) => {
    expect(barrel(sourceOf('kernel/fault.ts', text))).toEqual([]);
  },
);

it.each([
  'const a = b as any;',
  'const a = <any>b;',
  'const a = b as unknown as any[];',
  'const a = b as Map<string, any>;',
  '// @ts-ignore\na();',
  '// @ts-expect-error: later\na();',
  '/* @ts-nocheck */',
])('a silenced type is found: %j', (text) => {
  expect(silencedTypesIn(sourceOf('a.ts', text))).toHaveLength(1);
});

it('the word any is not taken for the type', () => {
  expect(
    silencedTypesIn(sourceOf('a.ts', "const a = 'as any'; // as any @ts\nconst b = c as many;")),
  ).toEqual([]);
});

function tooLong(path: string, text: string): string[] {
  const lineCount = text.replace(/\n$/, '').split('\n').length;
  return lineCount > MAX_LINES ? [`${path} has ${lineCount} lines`] : [];
}

function withoutHeader({ path, comments }: Source): string[] {
  const first = comments[0];
  if (first?.start !== 0 || !first.isBlock || !first.text.startsWith('*')) return [path];
  const lines = first.text
    .slice(1)
    .split('\n')
    .map((line) => line.replace(/^\s*\*/, '').trim());
  const paragraph = lines.join('\n').trim().split('\n\n')[0]?.replaceAll('\n', ' ') ?? '';
  const sentence = paragraph.replace(ELEMENT_CONTRACT, '');
  const isOneSentence = /^[^@\s].*\.$/.test(sentence) && !/[.!?] [A-Z]/.test(sentence);
  return isOneSentence ? [] : [path];
}

function defaultExportsIn({ path, nodes }: Source): string[] {
  return nodes
    .filter(
      ({ type, fields }) =>
        type === 'ExportDefaultDeclaration' ||
        (type === 'ExportSpecifier' && isNamedDefault(fields['exported'])),
    )
    .map(() => path);
}

function isNamedDefault(node: unknown): boolean {
  return (node as Record<string, unknown>)['name'] === 'default';
}

/** https://basarat.gitbook.io/typescript/main-1/barrel: a file whose statements all come from, and go to, elsewhere. */
function barrel({ path, nodes }: Source): string[] {
  if (basename(path) === 'index.ts') return [path];
  const statements = nodes.filter(({ key, parent }) => key === 'body' && parent?.type === 'Program');
  const exported = statements.filter(({ type }) => type.startsWith('Export'));
  const passesOn = statements.every(
    ({ type, fields }) =>
      type === 'ImportDeclaration' ||
      (exported.length > 0 && type.startsWith('Export') && !fields['declaration']),
  );
  return passesOn && exported.length > 0 ? [path] : [];
}

function silencedTypesIn({ path, nodes, comments }: Source): string[] {
  const casts = nodes
    .filter(({ type, key }) => type === 'TSAnyKeyword' && key !== '')
    .filter((node) => isWithinCast(node.parent))
    .map(({ line }) => `${path}:${line} any`);
  const silencers = comments
    .filter(({ text }) => /^\W*@ts-(ignore|expect-error|nocheck)/.test(text))
    .map(({ text }) => `${path} ${text.trim()}`);
  return [...casts, ...silencers];
}

function isWithinCast(node: Source['nodes'][number] | undefined): boolean {
  if (!node?.type.startsWith('TS')) return false;
  return /^TS(AsExpression|TypeAssertion)$/.test(node.type) || isWithinCast(node.parent);
}

function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
