/** Bytes on a socket, for fuzzing: requests in pieces, several at once, damaged ones, half ones, and none at all. */
import { connect, type Socket } from 'node:net';
import * as fc from 'fast-check';
import { API_TOKEN } from './site';

/** How the client goes away: it waits for the server to close, closes its own side first, or is gone at once. */
type Leaving = 'waits' | 'half-closes' | 'vanishes';

export interface RawCase {
  readonly parts: readonly Buffer[];
  readonly leaving: Leaving;
}

/** Without an answer, a waiting client leaves then. */
const PATIENCE_MS = 150;
/** The server may be busy; a test of what it answers waits this long. */
const LONG_PATIENCE_MS = 20_000;

/** Parts of the bytes, cut at random places. */
function inParts(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<readonly Buffer[]> {
  return fc.tuple(bytes, fc.array(fc.nat(), { maxLength: 6 })).map(([whole, cuts]) => {
    const places = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])];
    places.sort((a, b) => a - b);
    return places.slice(1).map((end, at) => whole.subarray(places[at], end));
  });
}

const RIGHT_BODY = JSON.stringify({
  model: 'flagship',
  messages: [{ role: 'user', content: 'Hi ✓' }],
  max_tokens: 3,
});
const TARGET = '/v1/chat/completions';

function requestOf(
  body: string,
  headers: readonly string[],
  { method = 'POST', target = TARGET, host = 'Host: 127.0.0.1' } = {},
): string {
  return [`${method} ${target} HTTP/1.1`, host, ...headers, '', body].join('\r\n');
}

function right(isLast: boolean, isChunked: boolean): string {
  const end = isLast ? ['Connection: close'] : [];
  const token = `Authorization: Bearer ${API_TOKEN}`;
  if (!isChunked)
    return requestOf(RIGHT_BODY, [token, `Content-Length: ${Buffer.byteLength(RIGHT_BODY)}`, ...end]);
  const half = Math.floor(RIGHT_BODY.length / 3);
  const chunks = [RIGHT_BODY.slice(0, half), RIGHT_BODY.slice(half), ''].map(
    (chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`,
  );
  return requestOf(chunks.join(''), [token, 'Transfer-Encoding: chunked', ...end]);
}

/** Right requests, one behind the other, in any pieces; `count` of them. */
export const rightRaw: fc.Arbitrary<RawCase & { readonly count: number }> = fc
  .array(fc.boolean(), { minLength: 1, maxLength: 3 })
  .chain((chunked) => {
    const text = chunked.map((isChunked, at) => right(at === chunked.length - 1, isChunked)).join('');
    return inParts(fc.constant(Buffer.from(text))).map((parts) => ({
      parts,
      leaving: 'waits' as const,
      count: chunked.length,
    }));
  });

const TARGETS = [
  TARGET,
  '/',
  '*',
  '/%',
  '/%00',
  '/%ff%fe',
  '//evil.example/',
  'http://evil.example/v1/models',
  'http://[',
  '/v1/models?a=%&b',
  '/v1//chat/completions/',
  '/api/session',
  '/api/config',
  '/api/spend?day=x',
  '/metrics',
  '/healthz',
  '/models/..%2f..%2fdata%2fledger.db',
  '/assets/../../main.js',
];
/** The second `Host` of a request would count for nothing. */
const HOSTS = [
  'Host: 127.0.0.1',
  'Host: [::1',
  'Host: a b',
  'Host: evil.example:99999',
  'Host: user:word@host/path?query#part',
  'Host:',
  'Host: %',
  'Host: \u00e9',
  'X-No-Host: at all',
];
/** Nothing in them that HTTP forbids. */
const GOOD_HEADERS = [
  `Authorization: Bearer ${API_TOKEN}`,
  'Authorization: Bearer',
  'Authorization: Bearer v1.1.1.1',
  'Expect: 100-continue',
  'Connection: Upgrade, HTTP2-Settings',
  'Upgrade: websocket',
  'Content-Encoding: gzip',
  'Content-Type: application/x-www-form-urlencoded',
  'Origin: null',
  'Origin: http://[',
  'X-Forwarded-For: 1, ::, %',
  'If-None-Match: *',
  'Range: bytes=5-1,-0',
  'Accept-Encoding: br;q=x, *;q=-1',
];

/** Never a whole JSON object: whatever happens to the rest, there is nothing to be forwarded. */
const halfBody = fc.nat({ max: RIGHT_BODY.length - 1 }).map((length) => RIGHT_BODY.slice(0, length));
const headerText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ maxLength: 20, unit: 'binary' }),
  fc.constantFrom('x'.repeat(20_000), '\u0000', '\r\n folded', 'a\nb: c'),
);
const header = fc.oneof(
  fc.constantFrom(
    ...GOOD_HEADERS,
    'Content-Length: 1',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Content-Length: 2e3',
    'Content-Length : 5',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip',
    'Transfer-Encoding: chunked, identity',
    'Expect: the worst',
    'Idempotency-Key: \u0001',
  ),
  fc.tuple(headerText, headerText).map(([name, value]) => `${name}: ${value}`),
  headerText.map((value) => `Idempotency-Key: ${value}`),
);
const METHODS = ['POST', 'GET', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE'];
const method = fc.oneof(fc.constant('POST'), fc.constantFrom(...METHODS, 'CONNECT', 'BREW', 'post'));
const host = fc.oneof({ weight: 3, arbitrary: fc.constant('Host: 127.0.0.1') }, fc.constantFrom(...HOSTS));
const target = fc.oneof(
  { weight: 4, arbitrary: fc.constant(TARGET) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...TARGETS),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 60, unit: 'binary' }) },
  { weight: 1, arbitrary: fc.constant(`/${'a/'.repeat(9_000)}`) },
);

const strange = fc
  .tuple(halfBody, fc.array(header, { maxLength: 6 }), fc.record({ method, target, host }))
  .map(([body, headers, line]) => Buffer.from(requestOf(body, headers, line)));

/** HTTP as it should be: these reach the routes, whatever they say. */
const wellFormed = fc
  .tuple(
    halfBody,
    fc.subarray(GOOD_HEADERS, { maxLength: 5 }),
    fc.record({ method: fc.constantFrom(...METHODS), target: fc.constantFrom(...TARGETS), host }),
  )
  .map(([body, headers, line]) => {
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    return Buffer.from(requestOf(body, [length, ...headers], line));
  });

const half = fc
  .tuple(halfBody, fc.nat({ max: 400 }))
  .map(([body, more]) =>
    Buffer.from(
      requestOf(body, [
        `Authorization: Bearer ${API_TOKEN}`,
        `Content-Length: ${Buffer.byteLength(body) + more}`,
      ]),
    ),
  );

const badChunks = fc
  .tuple(halfBody, fc.constantFrom('zz', '-1', '', 'ffffffffffffffffff', '5;x=\u0000', '0x5', '3'))
  .map(([body, size]) =>
    Buffer.from(
      requestOf(`${size}\r\n${body}\r\n`, [
        `Authorization: Bearer ${API_TOKEN}`,
        'Transfer-Encoding: chunked',
      ]),
    ),
  );

/** With some bytes that are others now. */
const flipped = fc
  .tuple(
    fc.oneof(wellFormed, strange, half, badChunks),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
  )
  .map(([bytes, flips]) => {
    const copy = Buffer.from(bytes);
    for (const [at, byte] of flips) copy[at % copy.length] = byte;
    return copy;
  });

const noise = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const http2 = fc.constant(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
const tls = fc.constant(Buffer.from('160301020001000001fc0303', 'hex'));

const pipelined = fc
  .array(fc.oneof(wellFormed, strange, half, badChunks), { minLength: 2, maxLength: 4 })
  .map((requests) => Buffer.concat(requests));

/** Nothing in it that could be forwarded. */
export const wrongRaw: fc.Arbitrary<RawCase> = fc.record({
  parts: inParts(
    fc.oneof(
      { weight: 4, arbitrary: wellFormed },
      strange,
      half,
      badChunks,
      flipped,
      noise,
      pipelined,
      http2,
      tls,
    ),
  ),
  leaving: fc.constantFrom<Leaving>('waits', 'half-closes', 'vanishes'),
});

/** The status of every response that came, in order. `isPatient`: until the server closes. */
export function exchange(port: number, { parts, leaving }: RawCase, isPatient = false): Promise<number[]> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const timer = setTimeout(() => socket.destroy(), isPatient ? LONG_PATIENCE_MS : PATIENCE_MS);
    // A server that has closed already refuses what is still written.
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (part: string) => (text += part));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve([...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)));
    });
    socket.on('connect', () => void send(socket, parts, leaving));
  });
}

async function send(socket: Socket, parts: readonly Buffer[], leaving: Leaving): Promise<void> {
  for (const part of parts) {
    if (socket.destroyed) return;
    socket.write(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (leaving === 'vanishes') socket.destroy();
  if (leaving === 'half-closes') socket.end();
}
