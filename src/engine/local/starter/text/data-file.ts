/** Reads the hand-written lists under `data/`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The lines of a data file, trimmed; empty ones and those that begin with `#` are left out. */
export function readLines(name: string): string[] {
  return readFileSync(join(import.meta.dirname, 'data', name), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The rows of a data file whose columns are separated by ` = `, for instance `France = Paris`. Throws at a ragged row. */
export function readTable(name: string, columnCount: number): string[][] {
  return readLines(name).map((line) => {
    const columns = line.split(' = ').map((column) => column.trim());
    if (columns.length !== columnCount) throw new Error(`${name}: "${line}" has ${columns.length} columns`);
    return columns;
  });
}

/** By the first column, all that its rows have in the second. */
export function groupRows(rows: readonly string[][]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name = '', text = ''] of rows) groups.set(name, [...(groups.get(name) ?? []), text]);
  return groups;
}
