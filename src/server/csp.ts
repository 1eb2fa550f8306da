/** Builds the Content-Security-Policy under which the page runs, from where its models come from. */
import { modelSourcesOf, modelUrlsOf, type ModelAddresses } from '../kernel/model-source';

/** Directives by their camelCase names, as hono's `secureHeaders` takes them. */
export type ContentSecurityPolicy = Readonly<Record<string, string[]>>;

/** The policy for a page that offers `models`. A relative model URL is on the page's own origin. */
export function contentSecurityPolicyOf(models: readonly ModelAddresses[]): ContentSecurityPolicy {
  const sources = new Set(models.flatMap(modelUrlsOf).flatMap(modelSourcesOf));
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
