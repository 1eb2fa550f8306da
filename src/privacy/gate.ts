/** Nothing leaves this device before this says so: it shows what would be sent, without personal data, asks the person, and keeps a list. */
import {
  PRIVACY_CHOICES,
  type Departure,
  type DepartureAnswer,
  type DepartureRecord,
  type PersonalKind,
  type PrivacyChoice,
  type Redaction,
} from '../kernel/departure';
import type { Message } from '../kernel/message';
import type { StayReason } from '../kernel/route';
import type { Found } from './find-personal';
import { firstNeeded } from './needed-turns';
import { hideIn } from './placeholder';

export interface GateOptions {
  readonly isOnline: () => boolean;
  /** What the person chose before, and the names that were ticked; read when the first departure asks. */
  readonly settings: Promise<GateSettings>;
  /** Loads what finds personal data. */
  readonly finder: () => Promise<(texts: readonly string[]) => Found>;
  /** Keeps a line on what leaves, before it does. */
  readonly record: (record: Omit<DepartureRecord, 'id' | 'at' | 'host'>) => Promise<void>;
  readonly onChange: () => void;
}

export interface GateSettings {
  privacy(): Promise<PrivacyChoice | undefined>;
  setPrivacy(choice: PrivacyChoice): Promise<void>;
  hiddenNames(): Promise<readonly string[]>;
  hideNames(names: readonly string[]): Promise<void>;
}

/** What the turn wants to send: the messages as they were written, system prompt first. */
export interface Leaving {
  readonly conversationId: string;
  readonly modelName: string;
  readonly reason: Departure['reason'];
  readonly messages: readonly Message[];
  readonly worstNanoUsd: number;
  readonly device?: Departure['device'];
  /** Whether the answer may come within a day instead. */
  readonly canLater: boolean;
  /** What was let go in this turn already, for another model: this one gets the same, and nobody is asked twice. */
  readonly agreed?: Left | undefined;
}

/** What may be sent, and what has to be put back into the answer. */
export interface Left {
  readonly messages: readonly Message[];
  readonly redactions: readonly Redaction[];
  /** The person is content with an answer within a day. */
  readonly isLater?: true;
}

/** It has to stay, or this is what may be sent. */
export type Leave = { readonly stayed: StayReason } | Left;

export interface Gate {
  /** What waits for the person's word. */
  readonly departure: Departure | undefined;
  /** The stricter of what the person and what the site chose. */
  readonly choice: PrivacyChoice;
  /** The loosest that the site allows. */
  readonly limit: PrivacyChoice;
  /** Once what the person chose is known. */
  readonly ready: Promise<void>;
  /** An agreement holds for its conversation. Ends with `declined` when aborted. */
  leave(leaving: Leaving, signal: AbortSignal): Promise<Leave>;
  answer(answer: DepartureAnswer): void;
  /** Ends once it is kept. */
  choose(choice: PrivacyChoice): Promise<void>;
  setLimit(limit: PrivacyChoice): void;
}

interface Waiting {
  readonly departure: Departure;
  readonly decide: (answer: DepartureAnswer) => void;
}

export function createGate({ isOnline, settings, finder, record, onChange }: GateOptions): Gate {
  const agreed = new Set<string>();
  /** One dialog at a time; the others wait behind it. */
  const waiting: Waiting[] = [];
  let chosen: PrivacyChoice = 'ask';
  let limit: PrivacyChoice = 'when_needed';
  let hiddenNames: readonly string[] = [];
  const choice = () => stricterOf(chosen, limit);
  const ready = settings
    .then(async (kept) => {
      chosen = (await kept.privacy()) ?? chosen;
      hiddenNames = await kept.hiddenNames();
      onChange();
    })
    .catch(() => undefined);

  const ask = (departure: Departure, signal: AbortSignal) =>
    new Promise<DepartureAnswer>((resolve) => {
      const decide = (answer: DepartureAnswer) => {
        signal.removeEventListener('abort', keep);
        const at = waiting.findIndex((one) => one.decide === decide);
        if (at >= 0) waiting.splice(at, 1);
        onChange();
        resolve(answer);
      };
      const keep = () => decide({ choice: 'keep' });
      signal.addEventListener('abort', keep);
      waiting.push({ departure, decide });
      onChange();
    });

  const choose = (value: PrivacyChoice) => {
    chosen = value;
    // An agreement that was given before is taken back.
    if (value !== 'when_needed') agreed.clear();
    onChange();
    // Where it cannot be kept, it holds while the page lives.
    return settings.then((kept) => kept.setPrivacy(value)).catch(() => undefined);
  };

  const rememberNames = (redactions: readonly Redaction[], names: readonly Redaction[]) => {
    const isHidden = (name: Redaction) => redactions.some(({ text }) => text === name.text);
    const seen = new Set(names.map(({ text }) => text));
    const kept = hiddenNames.filter((name) => !seen.has(name));
    hiddenNames = [...kept, ...names.filter(isHidden).map(({ text }) => text)];
    void settings.then((store) => store.hideNames(hiddenNames)).catch(() => undefined);
  };

  return {
    get departure() {
      return waiting[0]?.departure;
    },
    get choice() {
      return choice();
    },
    get limit() {
      return limit;
    },
    ready,
    async leave(leaving, signal) {
      await ready;
      if (choice() === 'never') return { stayed: 'never' };
      if (!isOnline()) return { stayed: 'offline' };
      const find = await finder().catch(() => undefined);
      if (!find) return { stayed: 'unchecked' };
      if (signal.aborted) return { stayed: 'declined' };
      const departure = departureOf(leaving, find, hiddenNames);
      let sent: Left = leaving.agreed ?? unseen(departure);
      let isLater = false;
      if (!leaving.agreed && choice() === 'ask' && !agreed.has(leaving.conversationId)) {
        const answer = await ask(departure, signal);
        if (answer.choice === 'keep') return { stayed: 'declined' };
        // Who can wait is asked again: the next question may be for now.
        if (answer.choice !== 'later') agreed.add(leaving.conversationId);
        if (answer.choice === 'always') void choose('when_needed');
        rememberNames(answer.redactions, departure.names);
        sent = answer;
        isLater = answer.choice === 'later';
      }
      const { conversationId, modelName } = leaving;
      const { messages, redactions } = sent;
      const bytes = bytesOf(messages);
      // A list that cannot be written is no reason to leave a question without its answer.
      await record({
        conversationId,
        modelName,
        messages,
        bytes,
        redacted: countsOf(messages, redactions),
        ...(isLater ? { isLater } : {}),
      }).catch(() => undefined);
      return { messages, redactions, ...(isLater ? { isLater } : {}) };
    },
    answer: (answer) => waiting[0]?.decide(answer),
    choose,
    setLimit(value) {
      limit = value;
      onChange();
    },
  };
}

function stricterOf(a: PrivacyChoice, b: PrivacyChoice): PrivacyChoice {
  return PRIVACY_CHOICES.indexOf(a) < PRIVACY_CHOICES.indexOf(b) ? a : b;
}

/** Without the turns that the question does not need; what is personal is found in those too, since a person may add them. */
function departureOf(
  { modelName, reason, messages, worstNanoUsd, canLater, device }: Leaving,
  find: (texts: readonly string[]) => Found,
  hiddenNames: readonly string[],
): Departure {
  const at = firstNeeded(messages);
  const isSystem = (message: Message) => message.role === 'system';
  const needed = messages.slice(at).filter((message) => !isSystem(message));
  const texts = [...messages.slice(at), ...messages.slice(0, at)].filter((message) => !isSystem(message));
  const { redactions, names } = find(texts.map(({ content }) => content));
  return {
    modelName,
    reason,
    messages: [...messages.filter(isSystem), ...needed],
    earlier: messages.slice(0, at).filter((message) => !isSystem(message)),
    redactions,
    names: names.map((name) => ({ ...name, isTicked: hiddenNames.includes(name.text) })),
    worstNanoUsd,
    canLater,
    device,
  };
}

/** As it goes where nobody is asked. */
function unseen({ messages, redactions, names }: Departure) {
  const all = [...redactions, ...names.filter(({ isTicked }) => isTicked)];
  return { messages: hideIn(messages, all), redactions: all };
}

function bytesOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => sum + new TextEncoder().encode(content).length, 0);
}

function countsOf(messages: readonly Message[], redactions: readonly Redaction[]) {
  const counts: Partial<Record<PersonalKind, number>> = {};
  for (const { kind, placeholder } of redactions) {
    if (messages.some(({ role, content }) => role !== 'system' && content.includes(placeholder))) {
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  return counts;
}
