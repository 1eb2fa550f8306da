/** Facts about the work that a new session costs while its site is under load. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { challengeOf } from '../../../src/kernel/wire';
import { createProofOfWork, type ProofOfWorkOptions } from '../../../src/server/access/proof-of-work';

const holder = { origin: 'https://chat.example', addressHash: 'somebody' };

function workWith(more: Partial<ProofOfWorkOptions> = {}) {
  const world = { now: 1_000_000 };
  const options = { secret: 'a-secret', now: () => world.now, sessionsPerMinute: 3, difficultyBits: 6 };
  return { world, work: createProofOfWork({ ...options, ...more }) };
}

test('the usual 16 bits are found by a plain search, and one bit less is not enough', () => {
  const { work } = createWorkAtFullDifficulty();
  const { challenge, difficulty } = work.challenge(holder);
  expect(difficulty).toBe(16);
  const nearly = solve(challenge, (bits) => bits === difficulty - 1);
  expect(work.accept(challenge, nearly, holder)).toBe(false);
  expect(
    work.accept(
      challenge,
      solve(challenge, (bits) => bits >= difficulty),
      holder,
    ),
  ).toBe(true);
});

test('a site is under load from the session on that is one too many, for that minute, by itself', () => {
  const { world, work } = workWith();
  const wanted = (site: string, times: number) => Array.from({ length: times }, () => work.isWanted(site));
  expect(wanted('https://busy.example', 5)).toEqual([false, false, false, true, true]);
  expect(wanted('https://calm.example', 1)).toEqual([false]);
  world.now += 59_999;
  expect(wanted('https://busy.example', 1)).toEqual([true]);
  world.now += 1;
  expect(wanted('https://busy.example', 1)).toEqual([false]);
});

test('a challenge pays once, and what is appended to it makes it no other', () => {
  const { work } = workWith();
  const { challenge } = work.challenge(holder);
  const pay = (text: string) =>
    work.accept(
      text,
      solve(text, (bits) => bits >= 6),
      holder,
    );
  expect(pay(challenge)).toBe(true);
  expect(pay(challenge)).toBe(false);
  expect(pay(`${challenge}.more`)).toBe(false);
});

test('a challenge that failed for its nonce can still be paid', () => {
  const { work } = workWith();
  const { challenge } = work.challenge(holder);
  expect(
    work.accept(
      challenge,
      solve(challenge, (bits) => bits < 6),
      holder,
    ),
  ).toBe(false);
  expect(
    work.accept(
      challenge,
      solve(challenge, (bits) => bits >= 6),
      holder,
    ),
  ).toBe(true);
});

test('only its own page, address, server and two minutes can use it', () => {
  const { world, work } = workWith();
  const { challenge } = work.challenge(holder);
  const nonce = solve(challenge, (bits) => bits >= 6);
  expect(work.accept(challenge, nonce, { ...holder, origin: 'https://other.example' })).toBe(false);
  expect(work.accept(challenge, nonce, { ...holder, addressHash: 'somebody else' })).toBe(false);
  expect(workWith({ secret: 'another' }).work.accept(challenge, nonce, holder)).toBe(false);
  world.now += 119_999;
  expect(work.accept(challenge, nonce, holder)).toBe(true);
  const late = work.challenge(holder).challenge;
  const lateNonce = solve(late, (bits) => bits >= 6);
  world.now += 120_000;
  expect(work.accept(late, lateNonce, holder)).toBe(false);
});

test('nobody can make the time of a challenge longer, or a challenge of his own', () => {
  const { work } = workWith();
  const [endsAt, salt, signature] = work.challenge(holder).challenge.split('.');
  for (const made of [
    `${Number(endsAt) + 1}.${salt}.${signature}`,
    `${endsAt}.x.${signature}`,
    '',
    '..',
    'x',
  ]) {
    const nonce = solve(made, (bits) => bits >= 6);
    expect(work.accept(made, nonce, holder), made).toBe(false);
  }
});

test('what is handed out can be read by the page', () => {
  const { work } = workWith();
  expect(challengeOf(work.challenge(holder))).toEqual({
    challenge: expect.any(String) as unknown,
    difficulty: 6,
  });
});

/** As `access` makes it where nothing else is asked for. */
function createWorkAtFullDifficulty() {
  return { work: createProofOfWork({ secret: 'a-secret', now: () => 0, sessionsPerMinute: 0 }) };
}

/** The first nonce whose hash begins with so many zero bits; counted otherwise than the server counts them. */
function solve(challenge: string, isEnough: (zeroBits: number) => boolean): string {
  for (let nonce = 0; ; nonce++) {
    const hex = createHash('sha256').update(`${challenge}:${nonce}`).digest('hex');
    const bits = BigInt(`0x${hex}`).toString(2).padStart(256, '0');
    if (isEnough(bits.indexOf('1'))) return String(nonce);
  }
}
