/** Keeps what was typed and not yet sent, for this tab, across a reload. */

const KEY = 'smallfirst:draft';

export interface DraftStore {
  read(): string;
  write(text: string): void;
}

/** Where the browser forbids storage, a draft lasts as long as the page. */
export function createDraftStore(): DraftStore {
  let draft = '';
  return {
    read() {
      try {
        return sessionStorage.getItem(KEY) ?? draft;
      } catch {
        return draft;
      }
    },
    write(text) {
      draft = text;
      try {
        sessionStorage.setItem(KEY, text);
      } catch {
        // Storage is off or full: the variable has it.
      }
    },
  };
}
