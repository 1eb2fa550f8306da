/** Keeps what is needed to fetch answers that come later. */
import type { KeyValue } from '../kernel/key-value';
import type { LaterTicket } from '../kernel/later-ticket';

const PREFIX = 'later:';

export interface LaterTicketStore {
  put(ticket: LaterTicket): Promise<void>;
  list(): Promise<LaterTicket[]>;
  remove(key: string): Promise<void>;
}

export function createLaterTicketStore(keyValue: KeyValue): LaterTicketStore {
  return {
    put: (ticket) => keyValue.set(PREFIX + ticket.key, ticket),
    list: () => keyValue.list<LaterTicket>(PREFIX),
    remove: (key) => keyValue.remove([PREFIX + key]),
  };
}
