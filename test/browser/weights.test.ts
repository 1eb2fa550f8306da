/** Facts about fetching and keeping model files, on a real IndexedDB. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault, isFault } from '../../src/kernel/fault';
import type { KeyValue } from '../../src/kernel/key-value';
import { openDatabase } from '../../src/store/database';
import { ggufOf, type HostBehaviour } from '../fakes/file-host';
import { host as hostOn, URL_OF_FILE } from '../fakes/kept-weights';

const MIB = 1024 * 1024;
let keyValue: KeyValue;
let name = '';
let count = 0;

beforeEach(async () => {
  name = `weights-${Date.now()}-${count++}`;
  const options = { name, version: 1, storeNames: ['weights'], onBlocked: () => {}, onOutdated: () => {} };
  keyValue = (await openDatabase(options))['weights']!;
});
afterEach(() => void indexedDB.deleteDatabase(name));

function host(behaviour: HostBehaviour, store: KeyValue = keyValue) {
  return hostOn(behaviour, store);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return isFault(error) ? error.code : `not a fault: ${String(error)}`;
  }
  return 'no error';
}

async function isSame(file: Blob, bytes: Uint8Array): Promise<boolean> {
  const got = new Uint8Array(await file.arrayBuffer());
  return got.length === bytes.length && got.every((byte, at) => byte === bytes[at]);
}

const keptKeys = () => keyValue.keys('');
const chunkSizes = async () => (await keyValue.list<Blob>('chunk:')).map(({ size }) => size);

describe('a file', () => {
  test('is fetched once: the second time makes no request, and brings the same bytes', async () => {
    const bytes = ggufOf(3 * MIB + 17);
    const { network, weights, open } = host({ bytes });
    expect(await weights.has(URL_OF_FILE)).toBe(false);
    expect(await isSame(await open(), bytes)).toBe(true);
    expect(await weights.has(URL_OF_FILE)).toBe(true);
    expect(await isSame(await open(), bytes)).toBe(true);
    expect(new Set(network.requests)).toEqual(new Set([URL_OF_FILE]));
    expect(network.sentBytes).toBe(bytes.length);
  });

  test('is there for the next visit', async () => {
    const bytes = ggufOf(MIB);
    await host({ bytes }).open();
    const next = host({ bytes });
    expect(await isSame(await next.open(), bytes)).toBe(true);
    expect(next.network.requests).toEqual([]);
  });

  test('is kept in chunks of 8 MiB, the last one shorter', async () => {
    const { open } = host({ bytes: ggufOf(20 * MIB), partBytes: [100_003] });
    await open();
    expect(await chunkSizes()).toEqual([8 * MIB, 8 * MIB, 4 * MIB]);
  });

  test('is kept in chunks of at most 8 MiB even where the network brings it in one part', async () => {
    const bytes = ggufOf(40 * MIB);
    const { open } = host({ bytes, partBytes: [bytes.length] });
    expect(await isSame(await open(), bytes)).toBe(true);
    expect(Math.max(...(await chunkSizes()))).toBeLessThanOrEqual(8 * MIB);
  });

  test('of a whole number of chunks has no empty one', async () => {
    const { open } = host({ bytes: ggufOf(16 * MIB), partBytes: [MIB] });
    await open();
    expect(await chunkSizes()).toEqual([8 * MIB, 8 * MIB]);
  });

  test('reports progress that only grows, and ends at its size', async () => {
    const bytes = ggufOf(20 * MIB + 5);
    const seen: (readonly [number, number])[] = [];
    await host({ bytes }).open({ onProgress: (done, total) => seen.push([done, total]) });
    const done = seen.map(([doneBytes]) => doneBytes);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(bytes.length);
    expect(seen.every(([, total]) => total === bytes.length)).toBe(true);
  });

  test('of which the browser took a part away has that part alone fetched again', async () => {
    const bytes = ggufOf(20 * MIB);
    await host({ bytes, partBytes: [MIB] }).open();
    const [, second] = await keyValue.keys('chunk:');
    await keyValue.remove([second!]);
    const { network, open } = host({ bytes, partBytes: [MIB] });
    expect(await isSame(await open(), bytes)).toBe(true);
    expect(network.spans).toEqual([[8 * MIB, 16 * MIB - 1]]);
  });

  test('that is removed leaves nothing, and is fetched again when it is wanted', async () => {
    const { network, weights, open } = host({ bytes: ggufOf(6 * MIB), partBytes: [MIB] });
    await open();
    await weights.remove(URL_OF_FILE);
    expect(await keptKeys()).toEqual([]);
    expect(await weights.has(URL_OF_FILE)).toBe(false);
    const before = network.sentBytes;
    await open();
    expect(network.sentBytes).toBe(2 * before);
  });

  test('is removed without touching another', async () => {
    const { weights, open } = host({ bytes: ggufOf(MIB) });
    await open();
    const other = `${URL_OF_FILE}2`;
    await open({}, { url: other });
    await weights.remove(URL_OF_FILE);
    expect(await weights.has(other)).toBe(true);
    expect(await keyValue.keys(`chunk:${other}`)).toHaveLength(1);
  });
});

describe('what is not the file', () => {
  const html = new TextEncoder().encode(`<!doctype html><title>Log in</title>${' '.repeat(5_000)}`);

  test.for([
    ['a shorter file', { bytes: ggufOf(MIB - 1) }, MIB, 'model_file'],
    ['a longer file', { bytes: ggufOf(MIB + 1) }, MIB, 'model_file'],
    ['no bytes at all', { bytes: ggufOf(0) }, MIB, 'model_file'],
    ['a page of HTML', { bytes: html }, MIB, 'model_file'],
    ['a page of HTML of the right length', { bytes: html }, html.length, 'model_file'],
  ] as const)('%s is refused, and nothing of it is kept', async ([, behaviour, sizeBytes, code]) => {
    const { weights, open } = host(behaviour);
    expect(await codeOf(open({}, { sizeBytes }))).toBe(code);
    expect(await keptKeys()).toEqual([]);
    expect(await weights.has(URL_OF_FILE)).toBe(false);
  });

  test('a body without end is let go of once it is too long, and progress stays within the size', async () => {
    let doneBytes = 0;
    const { network, open } = host({ bytes: ggufOf(30 * MIB), partBytes: [MIB], isRanged: false });
    const onProgress = (done: number) => (doneBytes = done);
    expect(await codeOf(open({ onProgress }, { sizeBytes: 2 * MIB }))).toBe('model_file');
    expect(network.cancelled).toBe(1);
    expect(doneBytes).toBeLessThanOrEqual(2 * MIB);
  });
});

describe('a fetch that does not get to its end', () => {
  test('because it was cancelled is the fault cancelled; what came is kept and taken up', async () => {
    const stop = new AbortController();
    const bytes = ggufOf(40 * MIB);
    let isFirst = true;
    const { network, weights, open } = host({
      bytes,
      partBytes: [MIB],
      beforePart: (sent) => (isFirst && sent >= 30 * MIB ? stop.abort() : undefined),
    });
    expect(await codeOf(open({ signal: stop.signal }))).toBe('cancelled');
    const kept = (await weights.stateOf(URL_OF_FILE))!.doneBytes;
    expect(kept).toBeGreaterThanOrEqual(8 * MIB);
    isFirst = false;
    const before = network.sentBytes;
    expect(await isSame(await open(), bytes)).toBe(true);
    expect(network.sentBytes - before).toBe(bytes.length - kept);
  });

  test('because it was cancelled before it began makes no body and keeps nothing of it', async () => {
    const { network, weights, open } = host({ bytes: ggufOf(MIB) });
    expect(await codeOf(open({ signal: AbortSignal.abort() }))).toBe('cancelled');
    expect(network.sentBytes).toBe(0);
    expect((await weights.stateOf(URL_OF_FILE))?.doneBytes ?? 0).toBe(0);
  });

  test('because the device is full is the fault quota, and the part that was kept is removed', async () => {
    let puts = 0;
    const full: KeyValue = {
      ...keyValue,
      update: async (keys, change) => {
        if (++puts === 2) throw new Fault('quota');
        await keyValue.update(keys, change);
      },
    };
    const { weights, open } = host({ bytes: ggufOf(40 * MIB), partBytes: [MIB] }, full);
    expect(await codeOf(open())).toBe('quota');
    expect(await keptKeys()).toEqual([]);
    expect(await weights.has(URL_OF_FILE)).toBe(false);
  });
});

test('of two that open the same file one fetches it, and the other is told how far it is', async () => {
  const bytes = ggufOf(20 * MIB);
  const name2 = `${name}-channel`;
  const tabs = [0, 1].map(() =>
    hostOn(
      { bytes, partBytes: [MIB], beforePart: () => new Promise((resolve) => setTimeout(resolve, 5)) },
      keyValue,
      {
        locks: navigator.locks,
        channel: new BroadcastChannel(name2),
      },
    ),
  );
  const told: number[][] = [[], []];
  const files = await Promise.all(
    tabs.map(({ open }, tab) => open({ onProgress: (done) => told[tab]!.push(done) })),
  );
  for (const file of files) expect(await isSame(file, bytes)).toBe(true);
  expect(tabs.map(({ network }) => network.sentBytes).toSorted((a, b) => a - b)).toEqual([0, bytes.length]);
  expect(told.every((steps) => steps.length > 3)).toBe(true);
});

test('a file of 200 MB, larger than any one value that IndexedDB takes, comes back as it was', async () => {
  const bytes = ggufOf(200 * 1_000_000);
  await host({ bytes, partBytes: [4 * MIB] }).open();
  expect(await isSame(await host({ bytes }).open(), bytes)).toBe(true);
});
