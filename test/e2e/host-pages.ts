/** The pages of other people's that the widget is tried on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { startHostSite, type HostPage, type HostSite } from '../fakes/host-site';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'host');

export const HOST_PAGES = ['plain', 'csp', 'iframe', 'rtl', 'hostile', 'react'] as const;
export type HostPageName = (typeof HOST_PAGES)[number];

/** What a page whose policy is strict has to let through, as the README says it. */
function policyFor(widgetOrigin: string): string {
  return `default-src 'none'; style-src 'self'; script-src 'self' ${widgetOrigin} 'wasm-unsafe-eval'; worker-src blob:; connect-src ${widgetOrigin} blob:`;
}

/**
 * Each under its name, with the tag in its HTML; with `?bare` the same page without the tag and the script, `tag` gives the tag other
 * attributes, `csp` another policy. `widgetUrl`: of the folder that the script lies in.
 * `second`: the script once more, under another address. `/recipe?html=…` is a page of that HTML.
 */
export async function startHostPages(widgetUrl: () => string): Promise<HostSite> {
  const react = await bundle(join(FIXTURES, 'react-page.js'));
  return startHostSite((url) => {
    const name = url.pathname.slice(1);
    if (name.endsWith('.css')) return { body: readFileSync(join(FIXTURES, name), 'utf8'), type: 'text/css' };
    if (name === 'react-page.js') return { body: react, type: 'text/javascript' };
    if (name === 'recipe') return { body: url.searchParams.get('html') ?? '' };
    if (!(HOST_PAGES as readonly string[]).includes(name)) return undefined;
    return pageOf(name as HostPageName, url.searchParams, widgetUrl());
  });
}

function pageOf(name: HostPageName, asked: URLSearchParams, widgetUrl: string): HostPage {
  const isBare = asked.has('bare');
  const tag = isBare ? '' : `<smallfirst-chat ${asked.get('tag') ?? ''}></smallfirst-chat>`;
  const script = isBare ? '' : `<script type="module" src="${widgetUrl}widget.js"></script>`;
  if (name === 'iframe') {
    const query = isBare ? 'bare' : `tag=${encodeURIComponent(asked.get('tag') ?? '')}`;
    const frame = `<iframe title="Shop" src="/plain?${query}" width="100%" height="700"></iframe>`;
    return { body: html('ltr', '', `<h1>Around the shop</h1>${frame}`) };
  }
  if (name === 'react') {
    const page = '<script type="module" src="/react-page.js"></script>';
    return { body: html('ltr', script, `<div id="root"></div>${page}`) };
  }
  const again = asked.has('second') ? script.replace('widget.js', 'widget.js?again') : '';
  const style = name === 'hostile' ? '<link rel="stylesheet" href="/hostile.css">' : '';
  const { origin } = new URL(widgetUrl);
  const policy = asked.get('csp') ?? (name === 'csp' ? policyFor(origin) : undefined);
  return {
    body: html(name === 'rtl' ? 'rtl' : 'ltr', style + script + again, SHOP + tag),
    ...(policy === undefined ? {} : { headers: { 'Content-Security-Policy': policy } }),
  };
}

const SHOP = `<header><strong>Alder &amp; Finch</strong><span>Teas</span><span>Pots</span><span>About</span></header>
<main><h1>Tea that takes its time</h1><p>Small gardens, whole leaves, and a kettle that can wait. We send parcels on Tuesdays and Fridays.</p>
<button>To the teas</button>
<ul class="cards"><li>Spring oolong<li>Smoked black<li>White peony<li>Roasted barley</ul></main><footer>Alder &amp; Finch, since 1998</footer>`;

function html(dir: string, head: string, body: string): string {
  return `<!doctype html><html lang="en" dir="${dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Alder &amp; Finch</title><link rel="stylesheet" href="/shop.css">${head}</head><body>${body}</body></html>`;
}

/** React comes as CommonJS, which no browser reads. */
async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, rolldownOptions: { input: entry } },
  });
  const output = Array.isArray(built) ? built[0] : built;
  if (!output || !('output' in output)) throw new Error('nothing was built');
  return output.output[0].code;
}
