/** Tells the browser itself that nothing may leave: from then on it fetches static files and models only. */
import { modelSourcesOf } from '../kernel/model-source';

/** Where the page's own files are; not `/api/` and `/v1/`. */
const OWN_PATHS = ['assets/', 'models/', 'config.json'];

/**
 * Adds a Content-Security-Policy to the one that the page came with: both hold. It cannot be taken back but by loading the page anew.
 * `modelUrls` are absolute or relative to `baseUrl`.
 */
export function lockPage(head: HTMLElement, baseUrl: URL, modelUrls: readonly string[]): void {
  const own = [...OWN_PATHS, ...modelUrls].map((url) => new URL(url, baseUrl));
  const paths = own
    .filter(({ origin }) => origin === baseUrl.origin)
    .map(({ origin, pathname }) => origin + pathname);
  const sources = new Set([...paths, ...modelUrls.flatMap(modelSourcesOf), 'blob:', 'data:']);
  const meta = head.ownerDocument.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = `connect-src ${[...sources].join(' ')}; form-action 'none'`;
  head.append(meta);
}
