/** Where a model's file may be fetched from, as sources of a Content-Security-Policy. */
import type { ModelCard } from './config';

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

export type ModelAddresses = Pick<ModelCard, 'url' | 'mirrors' | 'lib' | 'f32'>;

/** Every address that a model's files may come from. */
export function modelUrlsOf({ url, mirrors = [], lib, f32 }: ModelAddresses): string[] {
  return [url, lib, f32?.url, f32?.lib, ...mirrors].filter((address) => address !== undefined);
}

/** Of a model that is not on the page's own origin; none for one that is, or that no browser could fetch. */
export function modelSourcesOf(modelUrl: string): string[] {
  const page = 'http://page.invalid';
  if (!URL.canParse(modelUrl, page)) return [];
  const { origin, host, hostname, protocol } = new URL(modelUrl, page);
  if (origin === page || !/^https?:$/.test(protocol)) return [];
  // `//host/file` has the page's scheme; so has a source without one.
  const own = modelUrl.startsWith('//') ? host : origin;
  return SOURCE.test(own) ? [own, ...(REDIRECT_SOURCES[hostname] ?? [])] : [];
}
