/** Facts about the visitor's token: fetched once, renewed in time, worked for where the server asks for it. */
import { expect, test } from 'vitest';
import { createSession } from '../../../src/engine/cloud/session';
import { isFault } from '../../../src/kernel/fault';
import { createProofOfWork } from '../../../src/server/access/proof-of-work';

const signal = () => new AbortController().signal;

function sessionOn(answer: (body: string) => Response) {
  const world = { now: 1_000_000, requests: 0 };
  const session = createSession({
    baseUrl: new URL('https://chat.example/'),
    request: async (url, init) => {
      expect(String(url)).toBe('https://chat.example/api/session');
      world.requests++;
      return answer(init?.body as string);
    },
    now: () => world.now,
  });
  return { world, session };
}

test('one token serves all who ask, until shortly before it ends', async () => {
  let issued = 0;
  const { world, session } = sessionOn(() =>
    Response.json({ token: `token-${++issued}`, expires_at: 1_060 }),
  );
  expect(await Promise.all([session.token(signal()), session.token(signal())])).toEqual([
    'token-1',
    'token-1',
  ]);
  world.now = 1_029_000;
  expect(await session.token(signal())).toBe('token-1');
  world.now = 1_031_000;
  expect(await session.token(signal())).toBe('token-2');
  session.forget();
  expect(await session.token(signal())).toBe('token-3');
  expect(world.requests).toBe(3);
});

test('the server’s challenge is solved as the server itself checks it', async () => {
  const holder = { origin: 'https://chat.example', addressHash: 'somebody' };
  const work = createProofOfWork({ secret: 's', now: () => 0, sessionsPerMinute: 0, difficultyBits: 8 });
  const { world, session } = sessionOn((body) => {
    const { challenge, nonce } = JSON.parse(body) as { challenge?: string; nonce?: string };
    const isPaid = challenge !== undefined && nonce !== undefined && work.accept(challenge, nonce, holder);
    if (!isPaid) return Response.json(work.challenge(holder), { status: 428 });
    return Response.json({ token: 'paid', expires_at: 9_999_999_999 });
  });
  expect(await session.token(signal())).toBe('paid');
  expect(world.requests).toBe(2);
});

test.for([
  [429, 'rate_limited'],
  [403, 'cloud_refused'],
  [500, 'cloud_refused'],
] as const)('a refusal with %i is the fault %s, and the next try asks anew', async ([status, code]) => {
  let count = 0;
  const { session } = sessionOn(() =>
    count++ === 0 ? Response.json({}, { status }) : Response.json({ token: 't', expires_at: 9_999_999_999 }),
  );
  const error: unknown = await session.token(signal()).catch((thrown: unknown) => thrown);
  expect(isFault(error) && error.code).toBe(code);
  expect(await session.token(signal())).toBe('t');
});

test('who stops waits no longer, and takes nothing from the others', async () => {
  let answer: (response: Response) => void = () => undefined;
  const session = createSession({
    baseUrl: new URL('https://chat.example/'),
    request: () => new Promise((resolve) => (answer = resolve)),
    now: () => 0,
  });
  const abort = new AbortController();
  const one = session.token(abort.signal).catch((error: unknown) => isFault(error) && error.code);
  const other = session.token(signal());
  abort.abort();
  expect(await one).toBe('cancelled');
  answer(Response.json({ token: 't', expires_at: 9_999_999_999 }));
  expect(await other).toBe('t');
});
