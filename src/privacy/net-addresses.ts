/** Finds e-mail and IP addresses. */
import isIP from 'validator/es/lib/isIP';
import type { Span } from './span';

/** Wider than any standard: letters of all scripts, and spelt-out forms such as `anna (at) example (dot) org`. */
const EMAIL =
  /(?<![\p{L}\p{N}._%+-])(?:"[^"\n]{1,64}"|[\p{L}\p{N}._%+'-]{1,64})(?:@|\s?[([{]at[)\]}]\s?)(?:[\p{L}\p{N}-]{1,63}(?:\.|\s?[([{](?:dot|punkt|point|punto)[)\]}]\s?)){1,8}[\p{L}]{2,24}(?![\p{L}\p{N}])/giu;
const IP_LIKE =
  /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?:\.\d{1,3}){0,3})(?![\w:])/gi;

export function findAddresses(text: string): Span[] {
  const emails = [...text.matchAll(EMAIL)].map((match) => spanOf('email', match));
  const ips = [...text.matchAll(IP_LIKE)]
    .filter(([found]) => /[1-9a-f]/i.test(found) && isIP(found))
    .map((match) => spanOf('ip', match));
  return [...emails, ...ips];
}

function spanOf(kind: Span['kind'], { 0: found, index }: RegExpExecArray): Span {
  return { kind, start: index, end: index + found.length };
}
