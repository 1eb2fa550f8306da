/** Builds the Content-Security-Policy under which the page runs, from where its models come from. */
import type { ModelCard } from '../kernel/config';

/** Directives by their camelCase names, as hono's `secureHeaders` takes them. */
export type ContentSecurityPolicy = Readonly<Record<string, string[]>>;

/**
 * Where a hub's files really come from: a browser checks a redirect's target too, and a download that it blocks
 * there looks cancelled. Source: `lfsDomains`, `cdnDomains` and `hubDomains` in
 * https://huggingface.co/.well-known/meta.json (a stored copy, read 2026-11-23): every download host is under hf.co,
 * and which one answers depends on the visitor's region, so they are not named one by one.
 */
const REDIRECT_SOURCES: Readonly<Record<string, readonly string[]>> = {
  'huggingface.co': ['https://*.hf.co'],
  'hf.co': ['https://huggingface.co', 'https://*.hf.co'],
};

/** What a CSP source may look like; a URL's host may hold `;` and `,`, which would start a directive of its own. */
const SOURCE = /^(https?:\/\/)?[a-z\d.-]+(:\d+)?$/;

/** The policy for a page that offers `models`. A relative model URL is on the page's own origin. */
export function contentSecurityPolicyOf(models: readonly Pick<ModelCard, 'url'>[]): ContentSecurityPolicy {
  const sources = new Set(models.flatMap((model) => sourcesOf(model.url)));
  return {
    defaultSrc: ["'none'"],
    // wasm-unsafe-eval compiles WebAssembly and nothing else; inline and evaluated script stay refused.
    scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
    // wllama starts its worker, and that worker its threads, from blob: URLs. They inherit this policy.
    workerSrc: ["'self'", 'blob:'],
    // No 'unsafe-inline': Lit's styles are constructed sheets, which this directive does not govern.
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'", 'blob:', ...[...sources].sort()],
    manifestSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'self'"],
  };
}

function sourcesOf(modelUrl: string): string[] {
  const page = 'http://page.invalid';
  if (!URL.canParse(modelUrl, page)) return [];
  const { origin, host, hostname, protocol } = new URL(modelUrl, page);
  if (origin === page || !/^https?:$/.test(protocol)) return [];
  // `//host/file` has the page's scheme; so has a source without one.
  const own = modelUrl.startsWith('//') ? host : origin;
  return SOURCE.test(own) ? [own, ...(REDIRECT_SOURCES[hostname] ?? [])] : [];
}
