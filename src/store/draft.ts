/** Keeps what was typed and not yet sent, for this tab, across a reload. */

export interface DraftStore {
  read(): string;
  write(text: string): void;
}

/** Where the browser forbids storage, a draft lasts as long as the page. */
export function createDraftStore(storageName: string): DraftStore {
  const key = `${storageName}:draft`;
  let draft = '';
  return {
    read() {
      try {
        return sessionStorage.getItem(key) ?? draft;
      } catch {
        return draft;
      }
    },
    write(text) {
      draft = text;
      try {
        sessionStorage.setItem(key, text);
      } catch {
        // Storage is off or full: the variable has it.
      }
    },
  };
}
