/** Finds telephone numbers: by their form anywhere, and without one where the words before say so. */
import { isValidPhoneNumber, type CountryCode } from 'libphonenumber-js/min';
import type { Span } from './span';

/** Digits in groups; a comma ends a number. */
const CANDIDATE =
  /(?<![\p{L}\p{N}.,_$€£#/-])(?:\+|\(\+?)?\d(?:[ \u00A0.\-/]{0,2}\(?\d\)?|\) ?\d){5,18}(?![\p{L}\p{N}%€$£]|[.,]\d)/gu;
const DATE =
  /^(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|\d{4}[./-]\d{1,2}[./-]\d{1,2}|(?:19|20)\d{2}\s?[-/]\s?(?:19|20)\d{2})$/;
const CUE =
  /(phone|mobile|cell|call|text|sms|whatsapp|signal|telegram|fax|reach|ring|dial|contact|tel|handy|nummer|anruf|portable|appel|joindre|móvil|teléfono|llam|celular|telefone|ligue|cellulare|chiam|telefono|komórk|zadzwo|bel me|電話|手机|电话|फोन)[^\n]{0,30}$/iu;
/** Countries whose national numbers are known by form: the largest, and most of Europe. */
const COUNTRIES: readonly CountryCode[] = [
  'US',
  'GB',
  'DE',
  'FR',
  'ES',
  'IT',
  'IN',
  'BR',
  'JP',
  'MX',
  'PL',
  'NL',
  'AU',
  'CN',
  'KR',
  'TR',
  'RU',
  'SE',
  'CH',
  'AT',
  'BE',
  'PT',
  'ZA',
  'NG',
  'ID',
  'CA',
  'IE',
  'NZ',
  'NO',
  'DK',
  'FI',
  'CZ',
  'GR',
  'AR',
  'PK',
  'BD',
  'EG',
  'VN',
  'PH',
  'UA',
];

/** `regions`: where the reader is likely to be; there nine digits in a row are enough. */
export function findPhones(text: string, regions: readonly string[]): Span[] {
  return [...text.matchAll(CANDIDATE)]
    .filter(({ 0: found, index }) => isPhone(found, text.slice(Math.max(0, index - 40), index), regions))
    .map(({ 0: found, index }) => ({ kind: 'phone', start: index, end: index + found.length }));
}

function isPhone(found: string, before: string, regions: readonly string[]): boolean {
  const digits = found.replace(/\D/g, '');
  if (digits.length < 7 || digits.length > 16 || DATE.test(found)) return false;
  if (/^(\(?\+|00[1-9])/.test(found)) return digits.length >= 8;
  if (/^\d+\.\d+$/.test(found)) return false;
  if (CUE.test(before)) return true;
  if (/^\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}$/.test(found)) return true;
  if (digits.length < 9) return false;
  const isBare = /^\d+$/.test(found);
  if (!isBare && !isInGroups(found)) return false;
  // In other countries nine digits in a row are rather a sum.
  return isValidIn(found, isBare && digits.length < 10 ? regions : [...regions, ...COUNTRIES]);
}

/** As a number is read out, not a list: no group of a single digit but the first. */
function isInGroups(found: string): boolean {
  const groups = found.split(/\D+/).filter(Boolean);
  return groups.slice(1).every((group) => group.length >= 2);
}

function isValidIn(found: string, regions: readonly string[]): boolean {
  return regions.some((region) => isValidPhoneNumber(found, region as CountryCode));
}
