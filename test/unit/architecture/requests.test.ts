/** Page code makes its requests in one place only. */
import { expect, it } from 'vitest';
import { nameOf, sourceOf, sourcesIn, type Source, type SyntaxNode } from './source';

const THE_ONE_PLACE = 'privacy/request.ts';

/** Not the page: a service worker, a server, and programs that made something once. */
const ELSEWHERE = ['sw.ts', 'server/', 'engine/local/starter/', 'route/fit/'];

const REQUESTERS = new Set([
  'fetch',
  'fetchLater',
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'WebTransport',
  'EventSource',
  'RTCPeerConnection',
  'sendBeacon',
  'importScripts',
]);

const GLOBAL_OBJECTS = new Set([
  'globalThis',
  'window',
  'self',
  'frames',
  'parent',
  'top',
  'defaultView',
  'navigator',
]);

/** Wrap an expression; all other nodes of TypeScript's own are types or declarations. */
const EXPRESSION_WRAPPERS =
  /^TS(AsExpression|SatisfiesExpression|NonNullExpression|TypeAssertion|InstantiationExpression)$/;

const sources = sourcesIn('src');

it('only the one place makes requests', () => {
  const pageSources = sources.filter(({ path }) => path !== THE_ONE_PLACE && !isElsewhere(path));
  expect(pageSources.flatMap(requestsIn)).toEqual([]);
});

it('the one place does make them', () => {
  const place = sources.find(({ path }) => path === THE_ONE_PLACE);
  expect(place && requestsIn(place)).toHaveLength(1);
});

it.each([
  "const a = await fetch('/x');",
  'const go = fetch;',
  "globalThis.fetch('/x');",
  "window['fetch']('/x');",
  "globalThis.window.fetch('/x');",
  'const { fetch } = globalThis;',
  'const { fetch: go } = globalThis;',
  'const hub = createHub({ fetch });',
  'const go = (fetch as Request).bind(null);',
  'new XMLHttpRequest();',
  "new WebSocket('wss://x');",
  "new EventSource('/x');",
  "navigator.sendBeacon('/x');",
  "self.importScripts('/x');",
  'new RTCPeerConnection();',
])('%s is found to be a request', (text) => {
  expect(requestsIn(sourceOf('weights/bad.ts', text))).toHaveLength(1);
});

it.each([
  '// fetch(url)',
  '/** As `fetch`. */',
  "const a = 'fetch(url)';",
  'const a = `new WebSocket(x)`;',
  'await weights.fetch(card);',
  'const weights = { async fetch() {}, b: 1 };',
  'class Hub { fetch() {} }',
  'interface Weights { fetch(): void }',
  'let socket: WebSocket;',
  'type Request = typeof fetch;',
])('%s is not taken for one', (text) => {
  expect(requestsIn(sourceOf('weights/good.ts', text))).toEqual([]);
});

function isElsewhere(path: string): boolean {
  return ELSEWHERE.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));
}

function requestsIn({ path, nodes }: Source): string[] {
  return nodes
    .filter(isRequester)
    .map(({ line, fields }) => `${path}:${line} ${String(fields['name'] ?? fields['value'])}`);
}

/** Whether a node names one of the browser's ways to make a request, other than as a type or as a thing's own member. */
function isRequester({ type, fields, parent, key }: SyntaxNode): boolean {
  const parentFields = parent?.fields ?? {};
  const isComputed = parentFields['computed'] === true;
  if (type === 'Literal') {
    const isProperty = parent?.type === 'MemberExpression' && key === 'property';
    return isProperty && REQUESTERS.has(String(fields['value'])) && isOfGlobal(parentFields['object']);
  }
  if (type !== 'Identifier' || !REQUESTERS.has(String(fields['name']))) return false;
  if (parent?.type === 'MemberExpression' && key === 'property' && !isComputed) {
    return fields['name'] === 'sendBeacon' || isOfGlobal(parentFields['object']);
  }
  if (key === 'key' && !isComputed)
    return parent?.parent?.type === 'ObjectPattern' && !parentFields['shorthand'];
  return !parent?.type.startsWith('TS') || EXPRESSION_WRAPPERS.test(parent.type);
}

function isOfGlobal(object: unknown): boolean {
  return GLOBAL_OBJECTS.has(nameOf(object) ?? '');
}
