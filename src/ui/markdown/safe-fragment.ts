/** Lets through only the tags, attributes and addresses that a message may hold. */
import createPurifier, { type Config } from 'dompurify';

/** The only elements that rendered Markdown may bring. None of them fetches anything. */
const ALLOWED_TAGS =
  'p br hr h3 h4 h5 h6 blockquote pre code strong em del a ul ol li input table thead tbody tr th td';

const PLAIN_ATTRIBUTES = ['start', 'align', 'type', 'checked', 'disabled', 'data-language', 'data-image'];

/** Absolute addresses only: a relative one would lead into this app. */
const ALLOWED_ADDRESS = /^(?:https?:\/\/|mailto:)/i;

/**
 * Sanitises HTML into nodes of an inert document, so that nothing is fetched or run before they are inserted,
 * and nothing afterwards. An allow-list, because DOMPurify's defaults keep images, styles and forms.
 */
export function sanitize(html: string): DocumentFragment {
  return purifier.sanitize(html, MESSAGE);
}

/** Sanitises what the code highlighter made: spans with a class, and text. */
export function sanitizeColours(html: string): DocumentFragment {
  return purifier.sanitize(html, COLOURS);
}

const COMMON = {
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOW_UNKNOWN_PROTOCOLS: false,
  RETURN_DOM_FRAGMENT: true,
} as const;

const MESSAGE: Config & { RETURN_DOM_FRAGMENT: true } = {
  ...COMMON,
  ALLOWED_TAGS: ALLOWED_TAGS.split(' '),
  ALLOWED_ATTR: ['href', ...PLAIN_ATTRIBUTES],
  ALLOWED_URI_REGEXP: ALLOWED_ADDRESS,
  // DOMPurify holds every attribute against the address rule unless it is told that no address is in it.
  ADD_URI_SAFE_ATTR: PLAIN_ATTRIBUTES,
};

const COLOURS: Config & { RETURN_DOM_FRAGMENT: true } = {
  ...COMMON,
  ALLOWED_TAGS: ['span'],
  ALLOWED_ATTR: ['class'],
};

/** Our own instance: hooks or settings that other code gives DOMPurify's shared one do not reach it. */
const purifier = createPurifier(window);
