/** Nothing leaves this device before this says so: it asks the person, and remembers what was said. */
import type { Departure, DepartureChoice, StayReason } from '../kernel/route';

export interface GateOptions {
  readonly isOnline: () => boolean;
  /** Whether somebody agreed once and for all; read when the first departure asks. */
  readonly isAlways: () => Promise<boolean>;
  readonly keepAlways: (isAlways: boolean) => Promise<void>;
  readonly onChange: () => void;
}

export interface Gate {
  /** What waits for the person's word. */
  readonly departure: Departure | undefined;
  readonly consent: 'ask' | 'always';
  /** Why it has to stay; undefined: it may leave. An agreement holds for its conversation. Ends with `declined` when aborted. */
  mayLeave(
    conversationId: string,
    departure: Departure,
    signal: AbortSignal,
  ): Promise<StayReason | undefined>;
  answer(choice: DepartureChoice): void;
  /** From now on each conversation asks again. */
  withdraw(): void;
}

interface Waiting {
  readonly departure: Departure;
  readonly decide: (choice: DepartureChoice) => void;
}

export function createGate({ isOnline, isAlways, keepAlways, onChange }: GateOptions): Gate {
  const agreed = new Set<string>();
  /** One dialog at a time; the others wait behind it. */
  const waiting: Waiting[] = [];
  let consent: Gate['consent'] = 'ask';
  const reading = isAlways().then(
    (always) => {
      if (always) consent = 'always';
      onChange();
    },
    () => undefined,
  );

  const ask = (departure: Departure, signal: AbortSignal) =>
    new Promise<DepartureChoice>((resolve) => {
      const decide = (choice: DepartureChoice) => {
        signal.removeEventListener('abort', keep);
        const at = waiting.findIndex((one) => one.decide === decide);
        if (at >= 0) waiting.splice(at, 1);
        onChange();
        resolve(choice);
      };
      const keep = () => decide('keep');
      signal.addEventListener('abort', keep);
      waiting.push({ departure, decide });
      onChange();
    });

  const setConsent = (value: Gate['consent']) => {
    consent = value;
    // Where it cannot be kept, it holds while the page lives.
    keepAlways(value === 'always').catch(() => undefined);
    onChange();
  };

  return {
    get departure() {
      return waiting[0]?.departure;
    },
    get consent() {
      return consent;
    },
    async mayLeave(conversationId, departure, signal) {
      if (!isOnline()) return 'offline';
      await reading;
      if (signal.aborted) return 'declined';
      if (consent === 'always' || agreed.has(conversationId)) return undefined;
      const choice = await ask(departure, signal);
      if (choice === 'keep') return 'declined';
      agreed.add(conversationId);
      if (choice === 'always') setConsent('always');
      return undefined;
    },
    answer: (choice) => waiting[0]?.decide(choice),
    withdraw() {
      agreed.clear();
      setConsent('ask');
    },
  };
}
