/** The scanner of the architecture tests sees every way in which one module can name another. */
import { expect, it } from 'vitest';
import { sourceOf, stringOf } from './source';

it.each([
  ["import { a } from '../kernel/fault';", 'kernel/fault', 'static'],
  ["import '../kernel/fault.ts';", 'kernel/fault', 'static'],
  ["import { type A } from '../kernel/fault';", 'kernel/fault', 'static'],
  ["import type { A } from '../kernel/fault';", 'kernel/fault', 'type'],
  ["export { a } from '../kernel/fault';", 'kernel/fault', 'static'],
  ["export * from '../kernel/fault';", 'kernel/fault', 'static'],
  ["export type * from '../kernel/fault';", 'kernel/fault', 'type'],
  ["import a = require('../kernel/fault');", 'kernel/fault', 'static'],
  ["const a = require('../kernel/fault');", 'kernel/fault', 'static'],
  ["const a = import('../kernel/fault');", 'kernel/fault', 'lazy'],
  ['const a = import(`../kernel/fault`);', 'kernel/fault', 'lazy'],
  ["let a: import('../kernel/fault').A;", 'kernel/fault', 'type'],
  ["type A = typeof import('../kernel/fault');", 'kernel/fault', 'type'],
  ["declare module '../kernel/fault' {}", 'kernel/fault', 'type'],
  ["new Worker(new URL('../kernel/fault.ts', import.meta.url));", 'kernel/fault', 'lazy'],
  ["import.meta.glob('../kernel/*.ts');", 'kernel/*', 'lazy'],
  ["import url from '../kernel/fault?url';", 'kernel/fault', 'static'],
  ["import a from '/src/kernel/fault.ts';", 'kernel/fault', 'static'],
  ["import a from '../../test/fakes/hub';", '../test/fakes/hub', 'static'],
])('%s is an import', (text, target, kind) => {
  expect(sourceOf('ui/bad.ts', text).imports).toEqual([{ target, isPackage: false, kind }]);
});

it('an import whose target is computed is seen, its target unknown', () => {
  const { imports } = sourceOf('ui/bad.ts', "const a = (name: string) => import('./' + name);");
  expect(imports).toEqual([{ target: undefined, isPackage: false, kind: 'lazy' }]);
});

it('what only looks like an import in a comment or a string is none', () => {
  const text =
    "// import '../store/draft';\n/* import('../store/draft') */ const a = \"import '../store/draft'\";";
  expect(sourceOf('ui/good.ts', text).imports).toEqual([]);
});

it('a template with a hole has no text of its own', () => {
  const templates = sourceOf('a.ts', 'x(`a${b}`); x(`a`);').nodes.filter(
    ({ type }) => type === 'TemplateLiteral',
  );
  expect(templates.map(({ fields }) => stringOf(fields))).toEqual([undefined, 'a']);
});

it('a file that is not TypeScript is refused', () => {
  expect(() => sourceOf('bad.ts', 'class {')).toThrow(/^bad\.ts: /);
});
