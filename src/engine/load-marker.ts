/** Remembers across visits which models are being started, so that a start which killed the page is known for one. */

const KEY = 'smallfirst-starts';

/** `starting`: now, or until the page died of it. `killed`: it died. `told`: and the person has read so. */
type Mark = 'starting' | 'killed' | 'told';

export interface Killed {
  readonly id: string;
  readonly isTold: boolean;
}

export interface LoadMarker {
  /** The models whose start a page did not outlive; asked before this page starts any. */
  killed(): readonly Killed[];
  begin(id: string): void;
  /** It is over, or the page is left in good order: nothing was killed. */
  end(id: string): void;
  /** The person has read of it. */
  tell(id: string): void;
}

/** The storage has to write at once: what is written later dies with the page. Even asking for it throws where it is blocked. */
export function createLoadMarker(storage: () => Pick<Storage, 'getItem' | 'setItem'>): LoadMarker {
  const read = (): Record<string, Mark> => {
    try {
      return JSON.parse(storage().getItem(KEY) ?? '{}') as Record<string, Mark>;
    } catch {
      return {};
    }
  };
  const change = (edit: (marks: Record<string, Mark>) => void) => {
    const marks = read();
    edit(marks);
    try {
      storage().setItem(KEY, JSON.stringify(marks));
    } catch {
      // A browser that keeps nothing: the next visit tries again.
    }
  };
  return {
    killed() {
      change((marks) => {
        for (const [id, mark] of Object.entries(marks)) if (mark === 'starting') marks[id] = 'killed';
      });
      return Object.entries(read()).map(([id, mark]) => ({ id, isTold: mark === 'told' }));
    },
    begin: (id) => change((marks) => void (marks[id] = 'starting')),
    end: (id) =>
      change((marks) => {
        if (marks[id] === 'starting') delete marks[id];
      }),
    tell: (id) =>
      change((marks) => {
        if (marks[id] === 'killed') marks[id] = 'told';
      }),
  };
}
