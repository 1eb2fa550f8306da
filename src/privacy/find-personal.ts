/** Finds personal data in what is about to leave; loaded when first needed, since the libraries that know the forms are large. */
import { PERSONAL_KINDS, type PersonalKind, type Redaction } from '../kernel/departure';
import { findBankData } from './bank-data';
import { findNames } from './names';
import { findAddresses } from './net-addresses';
import { findPhones } from './phones';
import { findSecrets } from './secrets';
import type { Span } from './span';

export interface Found {
  readonly redactions: readonly Redaction[];
  /** What may be a name: nobody can be sure. */
  readonly names: readonly Redaction[];
}

/** What overlaps an earlier one is part of it: a key may hold digits that look like a telephone number. */
const FINDERS = [findSecrets, findAddresses, findBankData, findPhones];

/** `regions` (`DE`, `US`) are those whose telephone numbers are known without a country code. The same text has one placeholder. */
export function findPersonal(texts: readonly string[], regions: readonly string[]): Found {
  const redactions = new Map<string, Redaction>();
  const names = new Map<string, Redaction>();
  const numbers = new Map<PersonalKind, number>();
  const next = (kind: PersonalKind) => {
    const number = (numbers.get(kind) ?? highestIn(texts, kind)) + 1;
    numbers.set(kind, number);
    return `[${PERSONAL_KINDS[kind]}_${number}]`;
  };
  for (const text of texts) {
    const spans: Span[] = [];
    for (const find of FINDERS) {
      for (const span of find(text, regions)) {
        if (!spans.some(({ start, end }) => span.start < end && start < span.end)) spans.push(span);
      }
    }
    for (const { kind, start, end } of spans.toSorted((a, b) => a.start - b.start)) {
      const found = text.slice(start, end);
      if (!redactions.has(found)) redactions.set(found, { kind, text: found, placeholder: next(kind) });
    }
    for (const name of findNames(blank(text, spans))) {
      if (!names.has(name)) names.set(name, { kind: 'name', text: name, placeholder: next('name') });
    }
  }
  return { redactions: [...redactions.values()], names: [...names.values()] };
}

/** A text that holds `[EMAIL_1]` of its own must not get it back as an address. */
function highestIn(texts: readonly string[], kind: PersonalKind): number {
  const pattern = new RegExp(`${PERSONAL_KINDS[kind]}\\\\?_(\\d{1,6})`, 'g');
  return Math.max(
    0,
    ...texts.flatMap((text) => [...text.matchAll(pattern)].map(([, digits]) => Number(digits))),
  );
}

/** What was found already is no name. */
function blank(text: string, spans: readonly Span[]): string {
  let blanked = text;
  for (const { start, end } of spans) {
    blanked = `${blanked.slice(0, start)}${'.'.repeat(end - start)}${blanked.slice(end)}`;
  }
  return blanked;
}
