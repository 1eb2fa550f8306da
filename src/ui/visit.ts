/** What a tag asks of the app behind it, and what it is given. */
import type { App } from '../kernel/app-state';
import type { InferenceMode } from '../kernel/inference-mode';

/** What the site wants of the app behind a tag. */
export interface Visit {
  /** The `server` attribute; where there is none, whoever serves the script is asked. */
  readonly server: string | null;
  readonly mode: InferenceMode;
  readonly model: string | null;
}

/** The app behind a tag, shared with other tags of the page, until it is left. */
export interface Visited {
  readonly app: App;
  leave(): void;
}

export type OpenApp = (visit: Visit) => Promise<Visited>;
