/** Finds keys, tokens and passwords: by the prefixes of those who give them out, by what stands before them, or by looking random. */
import type { Span } from './span';

/** Prefixes as their issuers document them. */
const ISSUED: readonly RegExp[] = [
  // OpenAI, Anthropic, Stripe, and others that begin alike.
  /\b(?:sk|pk|rk)[-_][\w-]{16,}/g,
  // GitHub, GitLab, npm, PyPI, Hugging Face, Docker.
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{20,}|pypi-[\w-]{20,}|hf_\w{20,}|dckr_pat_[\w-]{20,})/g,
  // AWS, Google, Slack, Twilio, SendGrid, Mailgun, DigitalOcean, Shopify, Telegram.
  /\b(?:(?:AKIA|ASIA|AROA|AIDA)[A-Z\d]{16}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,}|[AS]K[\da-f]{32}|SG\.[\w-]{16,}\.[\w-]{16,}|key-[\da-f]{32}|do[opr]_v1_\w{20,}|shp(?:at|ca|pa|ss)_[\da-f]{20,}|\d{8,10}:[\w-]{35})/g,
  // JSON Web Tokens.
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  // Private keys, whole.
  /-----BEGIN [A-Z\d ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z\d ]*PRIVATE KEY-----|$)/g,
  // Slack's and Discord's addresses that anybody who knows them may post to.
  /https:\/\/(?:hooks\.slack\.com\/services|discord(?:app)?\.com\/api\/webhooks)\/[\w/-]+/g,
];
/** `password: x`, `API_KEY=x`, `Bearer x`, `https://user:x@host`; the secret itself is the last group. */
const NAMED: readonly RegExp[] = [
  /\b[\w-]*(?:passwor[dt]|passwd|passphrase|passcode|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|client[_-]?secret|kennwort|mot de passe|contrase[ñn]a|senha|has[łl]o)["']?(?: is| ist| est| es|\s?[:=])+\s*(["'`]?)([^\s"'`,;]{4,})\1/giu,
  /\b(?:bearer|basic|token)[ :=]+()([\w+/=.~-]{16,})/gi,
  /:\/\/[^\s:/@]{1,64}()():([^\s/@]{3,})@/g,
];
const TOKEN_LIKE = /(?<![\w/.@-])[\w+/=-]{24,}(?![\w@])/g;
/** Bits a character: English words have about 3.5 over so few letters, and one case. */
const RANDOM_BITS = 3.6;

export function findSecrets(text: string): Span[] {
  const spans: Span[] = [];
  const add = (start: number, length: number) => spans.push({ kind: 'secret', start, end: start + length });
  for (const pattern of ISSUED) {
    for (const { 0: found, index } of text.matchAll(pattern)) add(index, found.length);
  }
  for (const pattern of NAMED) {
    for (const match of text.matchAll(pattern)) {
      const secret = match.at(-1) ?? '';
      add(match.index + match[0].lastIndexOf(secret), secret.length);
    }
  }
  for (const { 0: found, index } of text.matchAll(TOKEN_LIKE)) {
    if (looksRandom(found)) add(index, found.length);
  }
  return spans;
}

/** Long, of letters and digits mixed, no two words that somebody joined. */
function looksRandom(text: string): boolean {
  if (/^[\da-f]{32,}$/i.test(text) && /\d/.test(text) && /[a-f]/i.test(text)) return true;
  const digits = text.replace(/\D/g, '').length;
  return digits >= 3 && /[a-z]/.test(text) && /[A-Z]/.test(text) && bitsOf(text) > RANDOM_BITS;
}

/** Shannon entropy a character. */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}
