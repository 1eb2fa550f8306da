/** What every store must do beside the books: limits, answers to repeats, and facts that all servers see. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Claim } from '../../src/server/completions/idempotency';
import type { ServerStore } from '../../src/server/store/store';

/** `servers`: each a process of its own that shares the store with the others; one for a store that is for one server. */
export interface StoreUnderTest {
  readonly servers: readonly [ServerStore, ...ServerStore[]];
  remove(): Promise<void>;
}

type First = Extract<Claim, { kind: 'first' }>;

const ACCOUNT = { visitor: 'v1', site: 'https://a.example' };
const BODY = Buffer.from('{"model":"flagship"}');
/** No text in any encoding. */
const ANSWER = Uint8Array.from({ length: 70_000 }, (_, at) => at % 256);
const REPLY = {
  price: '{}',
  requestId: 'call-1',
  status: 200,
  contentType: 'text/event-stream',
  body: ANSWER,
};
const MINUTE_MS = 60_000;

export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: what every store must do`, () => {
    let opened: StoreUnderTest | undefined;
    afterEach(async () => {
      for (const server of opened?.servers ?? []) await server.close();
      await opened?.remove();
    });
    /** The first and the last of the servers: one and the same where there is one. */
    async function start(): Promise<{ one: ServerStore; other: ServerStore }> {
      opened = await open();
      const [one] = opened.servers;
      return { one, other: opened.servers.at(-1) ?? one };
    }

    describeLimits(start);
    describeReplays(start);
    describeState(start);
  });
}

type Start = () => Promise<{ one: ServerStore; other: ServerStore }>;

function describeLimits(start: Start): void {
  test.each(['token', 'address', 'site'] as const)(
    'of 100 at once by one %s as many are let through as the limit says, whichever server they ask',
    async (kind) => {
      const { one, other } = await start();
      // Made once, as a server does.
      const limits = [one, other].map((store) => store.limitsOf('asking', 2));
      const own = one === other ? [limits[0]] : limits;
      const most = kind === 'site' ? 60 : 2;
      const waits = await Promise.all(
        Array.from({ length: 100 }, (_, at) => own[at % own.length]!.take({ [kind]: 'same' })),
      );
      expect(waits.filter((wait) => wait === undefined)).toHaveLength(most);
      for (const wait of waits.filter((one) => one !== undefined)) {
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(60);
      }
    },
  );

  test('limits of another name, and of another key, are others', async () => {
    const { one } = await start();
    const [asking, session] = [one.limitsOf('asking', 1), one.limitsOf('session', 1)];
    expect(await asking.take({ token: 't1', address: 'a1' })).toBeUndefined();
    expect(await asking.take({ token: 't2', address: 'a2' })).toBeUndefined();
    expect(await session.take({ token: 't1', address: 'a1' })).toBeUndefined();
    expect(await session.take({ token: 't1' })).toBeDefined();
  });
}

function describeReplays(start: Start): void {
  const claim = async (store: ServerStore, key = 'k1', body = BODY): Promise<Claim> =>
    store.replays.claim(key, ACCOUNT, body);

  test('a repeat gets the answer to the byte, whichever server it asks', async () => {
    const { one, other } = await start();
    const first = (await claim(one)) as First;
    await first.keep(REPLY);
    const again = await claim(other);
    expect(again.kind).toBe('replay');
    const { body, ...rest } = (again as Extract<Claim, { kind: 'replay' }>).reply;
    expect(rest).toEqual({ price: '{}', requestId: 'call-1', status: 200, contentType: 'text/event-stream' });
    expect(Buffer.compare(body, ANSWER)).toBe(0);
  });

  test('of twenty at once one is the first, and the others hear that it is under way', async () => {
    const { one, other } = await start();
    const claims = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) => claim(at % 2 === 0 ? one : other)),
    );
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of claims.filter(({ status }) => status === 'rejected')) {
      expect(result).toMatchObject({ reason: { problem: { status: 409, code: 'idempotency_in_flight' } } });
    }
  });

  test('the same key with another body is a mismatch', async () => {
    const { one, other } = await start();
    await claim(one);
    const mismatch = claim(other, 'k1', Buffer.from('{}'));
    await expect(mismatch).rejects.toMatchObject({ problem: { code: 'idempotency_mismatch' } });
  });

  test('a key belongs to its account', async () => {
    const { one, other } = await start();
    const mine = (await claim(one)) as First;
    const theirs = await other.replays.claim('k1', { ...ACCOUNT, visitor: 'v2' }, BODY);
    expect(theirs.kind).toBe('first');
    expect((theirs as First).hash).not.toBe(mine.hash);
  });

  test('a claim that was dropped frees the key, and whatever follows it does nothing', async () => {
    const { one, other } = await start();
    const first = (await claim(one)) as First;
    await first.drop();
    const second = (await claim(other)) as First;
    await first.keep(REPLY);
    await first.drop();
    await expect(claim(one)).rejects.toMatchObject({ problem: { code: 'idempotency_in_flight' } });
    await second.keep(REPLY);
    await second.drop();
    expect((await claim(one)).kind).toBe('replay');
  });

  test('without a key every request is the first', async () => {
    const { one } = await start();
    for (let count = 0; count < 2; count++) {
      expect(await one.replays.claim(undefined, ACCOUNT, BODY)).toMatchObject({
        kind: 'first',
        hash: undefined,
      });
    }
  });

  test('an answer that is too large is not kept, and its key is free', async () => {
    const { one, other } = await start();
    await ((await claim(one)) as First).keep({ ...REPLY, body: new Uint8Array(4_194_305) });
    expect((await claim(other)).kind).toBe('first');
  });
}

function describeState(start: Start): void {
  test('a fact that one server writes is what the others read, until it is removed', async () => {
    const { one, other } = await start();
    expect(await other.state.read('circuit')).toBeUndefined();
    expect(await one.state.update('circuit', () => 'open', MINUTE_MS)).toBe('open');
    expect(await other.state.read('circuit')).toBe('open');
    expect(await other.state.read('another')).toBeUndefined();
    expect(await other.state.update('circuit', () => undefined, MINUTE_MS)).toBeUndefined();
    expect(await one.state.read('circuit')).toBeUndefined();
  });

  test('of 100 changes at once none is lost', async () => {
    const { one, other } = await start();
    const plusOne = (value = '0') => String(Number(value) + 1);
    await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        (at % 2 === 0 ? one : other).state.update('count', plusOne, MINUTE_MS),
      ),
    );
    expect(await one.state.read('count')).toBe('100');
  });

  test('a fact is forgotten when its time is over', async () => {
    const { one, other } = await start();
    await one.state.update('circuit', () => 'open', 30);
    await expect.poll(() => other.state.read('circuit')).toBeUndefined();
  });
}
