/** What the page shows and what a person can do there: all that ui knows of the app. */
import type { Archive } from './archive';
import type { ModelCard } from './config';
import type { ConversationRecord, ConversationSummary } from './history';
import type { FaultCode, FaultRecord } from './fault';
import type { Gpu } from './gpu';
import type { Healing } from './healing';
import type { Departure, DepartureAnswer, DepartureRecord, PrivacyChoice } from './departure';
import type { InferenceMode } from './inference-mode';
import type { Forecast, Passport } from './passport';
import type { Totals } from './route';
import type { Escalation } from './wire';

export interface AppState {
  /** `opening` until storage answered. */
  readonly phase: 'opening' | 'ready';
  /** Newest first. */
  readonly conversations: readonly ConversationSummary[];
  readonly current: ConversationRecord;
  readonly isAnswering: boolean;
  /** Conversations that are being answered now, the current one or others. */
  readonly answeringIds: readonly string[];
  readonly models: ModelsState;
  readonly notices: readonly FaultCode[];
  readonly isOnline: boolean;
  /** The connection costs by the byte, or is set to save data. */
  readonly isMetered: boolean;
  /** A new version of the page: waiting, or one whose files this page cannot do without. */
  readonly update: 'none' | 'ready' | 'needed';
  /** The conversation that was deleted last, while that can be undone. */
  readonly undoable: ConversationRecord | undefined;
  readonly cloud: CloudState;
  readonly totals: Totals;
  /** The browser would install the page as an app. */
  readonly canInstall: boolean;
  /** A long answer came while nobody looked: whether to tell of the next one. */
  readonly isAskingNotices: boolean;
  /** What the page was opened for, until it was done. */
  readonly launch: Launch | undefined;
}

/** A shortcut, something that was shared with the app, a notification, or a file: one of these. */
export interface Launch {
  readonly isNewChat?: true;
  readonly isSearch?: true;
  /** For a new chat; nobody has sent it yet. */
  readonly text?: string;
  readonly chatId?: string;
  readonly file?: File;
}

/** The large model behind this site, and what the person decided about it. */
export interface CloudState {
  /** Who answers, as the site wants it. */
  readonly mode: InferenceMode;
  /** `false` where this site has none. */
  readonly escalation: Escalation;
  /** From 0, save all that can be saved, to 1, the best answer. */
  readonly dial: number;
  /** What may leave this device: the stricter of what the person and what the site chose. */
  readonly privacy: PrivacyChoice;
  /** The loosest that the site allows. */
  readonly privacyLimit: PrivacyChoice;
  /** The site is told how many answers were made here, and how many in the cloud. */
  readonly isCounted: boolean;
  /** Waits for the person’s word. */
  readonly departure: Departure | undefined;
}

export interface ModelsState {
  /** Of this device; `undefined` until it was looked at. */
  readonly gpu?: Gpu;
  /** False where what is fetched goes with the tab: a private window, or storage that is off. */
  readonly isPersistent: boolean;
  readonly offers: readonly ModelOffer[];
  readonly chosenId: string | undefined;
  /** Why another model answers than the one that was chosen, or answers otherwise; until somebody has read it. */
  readonly healing?: Healing;
  /** What was measured of this device; `isMeasuring`: it is being measured now. */
  readonly device?: { readonly isMeasuring: boolean; readonly passport?: Passport };
  /** The one that the site suggests, where this is a guest on it. */
  readonly suggestedId?: string | undefined;
}

export interface ModelOffer {
  readonly card: ModelCard;
  readonly state: ModelState;
  /** Small and from the page's own site: fetched without asking. */
  readonly isBundled: boolean;
  /** What is here of its files; `usedAt` in milliseconds since 1970, 0 where it was never loaded. */
  readonly kept: {
    readonly doneBytes: number;
    readonly isVerified: boolean;
    readonly usedAt: number;
    /** Here without having been asked for: no ladder steps down to it. */
    readonly isUnasked?: true;
  };
  /** Why this device cannot run it. */
  readonly refusal?: FaultRecord;
  /** What may be expected of it here. */
  readonly forecast?: Forecast;
}

export type ModelState =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'fetching';
      readonly doneBytes: number;
      /** 1 where only the share is known: of the browser's own model. */
      readonly totalBytes: number;
      /** Over the last seconds; absent until known. */
      readonly bytesPerSecond?: number;
    }
  /** A part is here; without a network it goes on by itself once there is one. */
  | {
      readonly kind: 'paused';
      readonly doneBytes: number;
      readonly totalBytes: number;
      readonly isOffline?: true;
    }
  | { readonly kind: 'kept' }
  /** `share`: of the shaders that are compiled, from 0 to 1. */
  | { readonly kind: 'starting'; readonly share?: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly fault: FaultRecord };

export interface AppActions {
  send(text: string): void;
  stop(): void;
  retry(): void;
  newChat(): void;
  openChat(id: string): void;
  rename(id: string, title: string): void;
  /** Lists it above the others, or no longer. */
  pin(id: string, isPinned: boolean): void;
  remove(id: string): void;
  undoRemove(): void;
  /** Makes a model the one that answers; fetches and starts it where it is not here. */
  chooseModel(id: string): void;
  /** Stops a fetch; what came is kept. */
  cancelModel(id: string): void;
  removeModel(id: string): void;
  /** Takes a model's file from the person's own. */
  importModel(id: string, content: Blob): void;
  /** Takes a model of the person's own, a GGUF file that no list names, and makes it the one that answers. */
  addModel(name: string, content: Blob): void;
  /** A model that is here, as one file. */
  exportModel(id: string): Promise<Blob | undefined>;
  dismissNotice(code: FaultCode): void;
  dismissHealing(): void;
  /** Reloads into the new version. */
  applyUpdate(): void;
  keepDraft(text: string): void;
  install(): void;
  /** Has the browser ask whether it may tell of answers; call it from a click. */
  allowNotices(): void;
  declineNotices(): void;
  /** What the page was opened for is being done. */
  takeLaunch(): void;
  /** Keeps what of the page was fetched so far for when there is no network. */
  keepOffline(): void;
  /** Has the large model answer the question that this message answers, or is. */
  askCloud(messageId: string): void;
  /** Nobody waits any more for the answer that was to come later. */
  cancelLater(messageId: string): void;
  /** Leaves this exchange out of whatever goes to the cloud, or takes that back. */
  keepHere(messageId: string, isKept: boolean): void;
  answerDeparture(answer: DepartureAnswer): void;
  setDial(dial: number): void;
  /** From `never` to another the page has to be loaded anew. */
  setPrivacy(choice: PrivacyChoice): void;
  /** What left this device, the newest first. */
  departures(): Promise<readonly DepartureRecord[]>;
  clearDepartures(): void;
  /** Sees to it that it is known which models are on offer; a guest does so only when somebody writes. */
  readModels(): void;
  /** Takes the device's passport where there is none, or `isAnew`. */
  measureDevice(isAnew: boolean): void;
  /** Who answers from now on, as the site wants it. */
  setMode(mode: InferenceMode): void;
  /** Stops what is under way, keeps it, and lets go of engines, storage and listeners. */
  close(): Promise<void>;
}

export interface App extends AppActions {
  readonly state: AppState;
  /** What was typed and not sent before a reload. */
  readonly draft: string;
  readonly archive: Archive;
  /** Calls `listener` after every change; returns what ends that. */
  subscribe(listener: () => void): () => void;
}
