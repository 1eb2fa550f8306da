/** Reads a TypeScript source as the architecture tests see it: its nodes, its comments, and what it imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { parseSync } from 'vite';

/** A node of the syntax tree (https://github.com/estree/estree, with `TS…` nodes) and where it hangs. */
export interface SyntaxNode {
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly parent: SyntaxNode | undefined;
  /** The field of `parent` that holds it. */
  readonly key: string;
  readonly line: number;
}

/** `type` leaves nothing behind when compiled; `lazy` runs later, if ever: `import()`, or a URL beside the module. */
export type ImportKind = 'static' | 'type' | 'lazy';

export interface Import {
  /** A path below src without `.ts` or query, a package's specifier, or undefined where it is computed. */
  readonly target: string | undefined;
  readonly isPackage: boolean;
  readonly kind: ImportKind;
}

export interface Source {
  /** Below its root, with `/`: `kernel/fault.ts`. */
  readonly path: string;
  readonly text: string;
  readonly nodes: readonly SyntaxNode[];
  readonly comments: readonly { readonly text: string; readonly start: number; readonly isBlock: boolean }[];
  readonly imports: readonly Import[];
}

export const ROOT = join(import.meta.dirname, '../../..');

/** Every file below a folder of the repository, as paths below that folder. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(({ parentPath }) => !parentPath.includes('node_modules'))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(ROOT, folder).length + 1))
    .map((path) => path.replaceAll(sep, '/'))
    .sort();
}

/** Every TypeScript source below a folder of the repository. */
export function sourcesIn(folder: string): Source[] {
  return filesIn(folder)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => sourceOf(path, readFileSync(join(ROOT, folder, path), 'utf8')));
}

/** Parses one file; throws where it is not TypeScript. */
export function sourceOf(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const nodes = [...nodesOf(program, undefined, '', text)];
  return {
    path,
    text,
    nodes,
    comments: comments.map(({ value, start, type }) => ({ text: value, start, isBlock: type === 'Block' })),
    imports: nodes.flatMap((node) => importsOf(node, path)),
  };
}

/** The text of a string literal, or of a template without holes. */
export function stringOf(node: unknown): string | undefined {
  const fields = node as Record<string, unknown> | null | undefined;
  if (fields?.['type'] === 'Literal' && typeof fields['value'] === 'string') return fields['value'];
  if (fields?.['type'] !== 'TemplateLiteral') return undefined;
  const quasis = fields['quasis'] as { value: { cooked: string } }[];
  return quasis.length === 1 ? quasis[0]?.value.cooked : undefined;
}

/** The last name of `a` and of `x.y.a`. */
export function nameOf(node: unknown): string | undefined {
  const fields = node as Record<string, unknown> | null | undefined;
  if (fields?.['type'] === 'Identifier') return fields['name'] as string;
  return fields?.['type'] === 'MemberExpression' ? nameOf(fields['property']) : undefined;
}

function* nodesOf(
  value: unknown,
  parent: SyntaxNode | undefined,
  key: string,
  text: string,
): Generator<SyntaxNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item, parent, key, text);
  } else if (isNode(value)) {
    const line = text.slice(0, value.start).split('\n').length;
    const node = { type: value.type, fields: value, parent, key, line };
    yield node;
    for (const [name, child] of Object.entries(value)) yield* nodesOf(child, node, name, text);
  }
}

function isNode(value: unknown): value is Record<string, unknown> & { type: string; start: number } {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function importsOf({ type, fields }: SyntaxNode, from: string): Import[] {
  const ofKind = (specifier: unknown, kind: ImportKind) => [importOf(stringOf(specifier), from, kind)];
  switch (type) {
    case 'ImportDeclaration':
      return ofKind(fields['source'], fields['importKind'] === 'type' ? 'type' : 'static');
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (!fields['source']) return [];
      return ofKind(fields['source'], fields['exportKind'] === 'type' ? 'type' : 'static');
    case 'ImportExpression':
      return ofKind(fields['source'], 'lazy');
    case 'TSImportType':
      return ofKind(fields['source'], 'type');
    case 'TSExternalModuleReference':
      return ofKind(fields['expression'], 'static');
    case 'TSModuleDeclaration':
      return stringOf(fields['id']) === undefined ? [] : ofKind(fields['id'], 'type');
    case 'CallExpression':
    case 'NewExpression':
      return importsOfCall(fields['callee'], fields['arguments'] as unknown[], from);
    default:
      return [];
  }
}

/** `require('x')`, `import.meta.glob('x')`, and `new URL('./x.ts', import.meta.url)`, with which workers start. */
function importsOfCall(callee: unknown, [first, second]: unknown[], from: string): Import[] {
  const { type, object, name } = callee as Record<string, unknown>;
  if (type === 'Identifier' && name === 'require') return [importOf(stringOf(first), from, 'static')];
  if (isImportMeta(object)) return [importOf(stringOf(first), from, 'lazy')];
  if (type !== 'Identifier' || name !== 'URL' || nameOf(second) !== 'url') return [];
  if (!isImportMeta((second as Record<string, unknown>)['object'])) return [];
  return [importOf(stringOf(first), from, 'lazy')];
}

function isImportMeta(node: unknown): boolean {
  return isNode(node) && node.type === 'MetaProperty';
}

function importOf(specifier: string | undefined, from: string, kind: ImportKind): Import {
  if (specifier === undefined) return { target: undefined, isPackage: false, kind };
  const isPackage = !/^[./]/.test(specifier);
  if (isPackage) return { target: specifier, isPackage, kind };
  const path = specifier.replace(/\?.*$/, '').replace(/\.ts$/, '');
  const target = path.startsWith('/') ? posix.relative('/src', path) : posix.join(dirname(from), path);
  return { target, isPackage, kind };
}
