/** Where a model's file may be fetched from, as sources of a Content-Security-Policy. */
import type { Mirror, ModelCard } from './config';

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

type FormAddresses = Pick<ModelCard, 'url' | 'mirrors' | 'lib' | 'libMirrors'>;
export type ModelAddresses = FormAddresses & { readonly f32?: FormAddresses | undefined };

/** Every address that a model's files may come from. */
export function modelUrlsOf({ f32, ...form }: ModelAddresses): string[] {
  return [form, ...(f32 ? [f32] : [])].flatMap(({ url, lib, mirrors = [], libMirrors = [] }) => [
    url,
    ...(lib === undefined ? [] : [lib]),
    ...mirrors,
    ...libMirrors,
  ]);
}

/** The card with what the site's mirrors have of its files; the card's own mirrors come first. */
export function withMirrors(card: ModelCard, mirrors: readonly Mirror[]): ModelCard {
  if (mirrors.length === 0) return card;
  const more = (form: FormAddresses): Pick<ModelCard, 'mirrors' | 'libMirrors'> => ({
    mirrors: [...(form.mirrors ?? []), ...mirrored(form.url, mirrors)],
    libMirrors: [...(form.libMirrors ?? []), ...(form.lib ? mirrored(form.lib, mirrors) : [])],
  });
  return { ...card, ...more(card), ...(card.f32 ? { f32: { ...card.f32, ...more(card.f32) } } : {}) };
}

function mirrored(url: string, mirrors: readonly Mirror[]): string[] {
  return mirrors.flatMap(({ of, url: base }) => (url.startsWith(of) ? [base + url.slice(of.length)] : []));
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
