/** Finds numbers of payment cards and of bank accounts (IBAN), by their check digits. */
import isIBAN from 'validator/es/lib/isIBAN';
import isLuhnNumber from 'validator/es/lib/isLuhnNumber';
import type { Span } from './span';

const CARD_LIKE = /(?<![\w.])\d(?:[ .-]?\d){12,18}(?![\w-])/g;
const IBAN_LIKE = /(?<![\p{L}\p{N}])[a-z]{2}\d{2}(?:[ -]?[a-z\d]){11,30}(?![\p{L}\p{N}])/giu;
/** Said to be one: a typing error in it does not make it public. */
const IBAN_CUE = /\biban\b[^\n]{0,12}$/i;
const CARD_CUE = /\b(card|credit|visa|mastercard|amex|karte|carte|tarjeta|carta)\b[^\n]{0,20}$/i;

export function findBankData(text: string): Span[] {
  const spans: Span[] = [];
  for (const { 0: found, index } of text.matchAll(IBAN_LIKE)) {
    const end = endOfIban(found, IBAN_CUE.test(text.slice(0, index)));
    if (end > 0) spans.push({ kind: 'iban', start: index, end: index + end });
  }
  for (const { 0: found, index } of text.matchAll(CARD_LIKE)) {
    const digits = found.replace(/\D/g, '');
    const isCard = (isLuhnNumber(digits) && /^[2-6]/.test(digits)) || CARD_CUE.test(text.slice(0, index));
    if (isCard) spans.push({ kind: 'card', start: index, end: index + found.length });
  }
  return spans;
}

/** How long the IBAN at the beginning of `found` is: words behind it look like its next groups. 0: none. */
function endOfIban(found: string, isSaid: boolean): number {
  const ends = [...found.matchAll(/[ -]|$/g)].map(({ index }) => index).toReversed();
  const end = ends.find((at) => isIBAN(found.slice(0, at).replaceAll('-', '')));
  return end ?? (isSaid ? found.length : 0);
}
