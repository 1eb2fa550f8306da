/** Facts about grouped writes: one commit for a turn's writes, a failure is its own, and nothing counts before the commit. */
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWriteGroup } from '../../../src/server/ledger/write-group';

let database: Database.Database;
beforeEach(() => {
  database = new Database(':memory:');
  database.exec('CREATE TABLE names (name TEXT PRIMARY KEY)');
});
afterEach(() => void database.close());

const namesIn = () =>
  (database.prepare('SELECT name FROM names ORDER BY name').all() as { name: string }[]).map(
    ({ name }) => name,
  );
const insert = (name: string) => () =>
  database.prepare<[string]>('INSERT INTO names VALUES (?)').run(name).changes;

test('writes of one turn are one transaction, and each gets what it gave', async () => {
  const group = createWriteGroup(database);
  const seen: boolean[] = [];
  const watched = (name: string) => () => {
    seen.push(database.inTransaction);
    return insert(name)();
  };
  const both = [group.write(watched('a')), group.write(watched('b'))];
  expect(namesIn()).toEqual([]);
  expect(await Promise.all(both)).toEqual([1, 1]);
  expect(seen).toEqual([true, true]);
  expect(namesIn()).toEqual(['a', 'b']);
});

test('one that fails leaves the others as they are', async () => {
  const group = createWriteGroup(database);
  const outcomes = await Promise.allSettled(['a', 'a', 'b'].map((name) => group.write(insert(name))));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(namesIn()).toEqual(['a', 'b']);
  await expect(group.write(insert('a'))).rejects.toThrow('UNIQUE');
});

test('where the commit fails nothing is written, and everyone is told', async () => {
  const group = createWriteGroup(database);
  const outcomes = await Promise.allSettled([
    group.write(insert('a')),
    // What SQLite does by itself when the disk is full.
    group.write(() => database.exec('ROLLBACK')),
    group.write(insert('c')),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(namesIn()).toEqual([]);
  expect(await group.write(insert('b'))).toBe(1);
});

test('flush commits what waits', async () => {
  const group = createWriteGroup(database);
  const writes = [group.write(insert('a')), group.write(insert('b'))];
  group.flush();
  expect(namesIn()).toEqual(['a', 'b']);
  await Promise.all(writes);
});
