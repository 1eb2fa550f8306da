/** The words for what leaves this device: what is about to, what stands for personal data in it, and what has. */
import type { Message } from './message';
import type { DeviceFacts } from './passport';
import type { EscalationReason } from './route';

/** What may leave: nothing; what the person has seen, once a chat; whatever the router wants, unseen. The strictest first. */
export const PRIVACY_CHOICES = ['never', 'ask', 'when_needed'] as const;
export type PrivacyChoice = (typeof PRIVACY_CHOICES)[number];

/** Kinds of personal data, with the word that stands in a placeholder. */
export const PERSONAL_KINDS = {
  email: 'EMAIL',
  phone: 'PHONE',
  card: 'CARD',
  iban: 'IBAN',
  ip: 'IP',
  secret: 'SECRET',
  name: 'NAME',
} as const;
export type PersonalKind = keyof typeof PERSONAL_KINDS;

/** A piece of personal data, and what stands for it in what is sent: `[EMAIL_1]`. */
export interface Redaction {
  readonly kind: PersonalKind;
  readonly text: string;
  readonly placeholder: string;
}

/** What is about to leave this device, for the person to see before it does. */
export interface Departure {
  readonly modelName: string;
  readonly reason: EscalationReason;
  /** As they were written, system prompt included; only the turns that the question needs. */
  readonly messages: readonly Message[];
  /** The turns before those, which stay here unless the person adds them. */
  readonly earlier: readonly Message[];
  /** Replaced unless the person says otherwise. */
  readonly redactions: readonly Redaction[];
  /** What may be a person's name, for the person to tick. `isTicked`: it was ticked before. */
  readonly names: readonly (Redaction & { readonly isTicked: boolean })[];
  /** How long it would take here, and there. */
  readonly device?: DeviceFacts | undefined;
  /** The most that the answer can cost the site, `earlier` included. */
  readonly worstNanoUsd: number;
  /** Whether the answer may come within a day instead, at half the price. */
  readonly canLater: boolean;
}

/** What a person says to it. `always`: and for all that follows on this device. `messages` are sent as they are here. */
export type DepartureAnswer =
  | { readonly choice: 'keep' }
  | {
      /** `later`: for an answer within a day, at half the price. */
      readonly choice: 'send' | 'always' | 'later';
      readonly messages: readonly Message[];
      /** Those that were replaced, so that the answer can have the originals back. */
      readonly redactions: readonly Redaction[];
    };

/** One line of the list of departures: what was handed to the network, when, and to whom. */
export interface DepartureRecord {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly conversationId: string;
  readonly modelName: string;
  /** The server that it was sent to. */
  readonly host: string;
  readonly messages: readonly Message[];
  /** Of the messages’ text, in UTF-8. */
  readonly bytes: number;
  /** How many pieces of each kind were replaced. */
  readonly redacted: Readonly<Partial<Record<PersonalKind, number>>>;
  /** For an answer within a day: the server kept it until it was sent on. */
  readonly isLater?: true;
}
