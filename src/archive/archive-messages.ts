/**
 * What the page and the archive's worker say to each other.
 *
 * | from the page                    | the worker answers                          |
 * |----------------------------------|---------------------------------------------|
 * | `{ id, method, args }`           | `{ id, value }` or `{ id, fault }`          |
 */
import type { FaultRecord } from '../kernel/fault';
import type { ArchiveDesk } from './archive-desk';

export interface ToArchive {
  readonly id: number;
  readonly method: keyof ArchiveDesk;
  readonly args: readonly unknown[];
}

export interface FromArchive {
  readonly id: number;
  readonly value?: unknown;
  readonly fault?: FaultRecord;
}
