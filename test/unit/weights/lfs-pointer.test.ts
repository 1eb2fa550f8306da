/** Facts about the digest that a hub's own pointer names, where no catalogue does. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createMemoryKeyValue } from '../../../src/store/memory';
import { CHUNK_BYTES } from '../../../src/weights/chunk-store';
import { ggufOf, type HostBehaviour } from '../../fakes/file-host';
import { host } from '../../fakes/kept-weights';

const url = 'https://hub.example/owner/model/resolve/0123abc/model.gguf';
const pointerUrl = 'https://hub.example/owner/model/raw/0123abc/model.gguf';
const bytes = ggufOf(CHUNK_BYTES + 1_000);
const hex = createHash('sha256').update(bytes).digest('hex');
const pointerOf = (oid: string, size = bytes.length) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`;
const visit = (behaviour: Partial<HostBehaviour>, keyValue = createMemoryKeyValue()) => {
  const { open, network, weights } = host({ bytes, ...behaviour }, keyValue);
  return {
    open: () => open({}, { url }),
    network,
    isVerified: async () => (await weights.stateOf(url))?.isVerified,
  };
};

test('a file is held to the pointer of its hub, which is asked when something is fetched, and then no more', async () => {
  const keyValue = createMemoryKeyValue();
  const first = visit({ pointer: pointerOf(hex) }, keyValue);
  await first.open();
  expect(first.network.requests.filter((asked) => asked === pointerUrl)).toHaveLength(1);
  expect(await first.isVerified()).toBe(true);
  const second = visit({ pointer: pointerOf(hex) }, keyValue);
  await second.open();
  expect(second.network.requests).toEqual([]);
});

test('one that is not what the pointer says is fetched once more, and then refused', async () => {
  const { open, network, isVerified } = visit({ pointer: pointerOf('0'.repeat(64)) });
  await expect(open()).rejects.toMatchObject({ code: 'integrity' });
  expect(network.sentBytes).toBe(2 * bytes.length);
  expect(await isVerified()).toBeUndefined();
});

test.each([
  ['there is none', undefined],
  ['it is of a file of another length', pointerOf('0'.repeat(64), 5)],
  ['the file itself is in its place', `GGUF${'x'.repeat(2_000)}`],
  ['it is none', '<!doctype html>'],
])('where %s the file is held to what came at first', async (_name, pointer) => {
  const { open, isVerified } = visit(pointer === undefined ? {} : { pointer });
  expect((await open()).size).toBe(bytes.length);
  expect(await isVerified()).toBe(false);
});
