/** In Node: a page in Chromium whose sources Vite serves, for programs that run parts of the app in a browser. */
import { chromium, type BrowserContext, type Page } from 'playwright';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, findChromium } from './chromium';

export interface VitePage {
  readonly page: Page;
  close(): Promise<void>;
}

export interface VitePageOptions {
  /** Below the repository, of an HTML file. */
  readonly path: string;
  /** Shared memory, and with it threads. */
  readonly isIsolated?: boolean;
  /** A folder in which the browser keeps what the page stores; the page then has the same address every time. */
  readonly profile?: string | undefined;
  readonly isHeaded?: boolean | undefined;
  /** Outside the repository, whose files the page may read as `/@fs/…`. */
  readonly folder?: string;
  readonly browserArgs?: readonly string[];
}

const PROFILE_PORT = 8797;

export async function openVitePage(options: VitePageOptions): Promise<VitePage> {
  const { path, isIsolated = false, profile, isHeaded = false, folder, browserArgs = [] } = options;
  const server = await createServer({
    configFile: false,
    root: process.cwd(),
    logLevel: 'error',
    server: {
      port: profile === undefined ? 0 : PROFILE_PORT,
      strictPort: profile !== undefined,
      host: '127.0.0.1',
      ...(folder === undefined ? {} : { fs: { allow: [process.cwd(), folder] } }),
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        ...(isIsolated ? { 'Cross-Origin-Embedder-Policy': 'require-corp' } : {}),
      },
    },
    worker: { format: 'es' },
    optimizeDeps: { exclude: ['@wllama/wllama', '@wllama/wllama-compat'], include: [] },
  });
  await server.listen();
  const { port } = new URL(server.resolvedUrls?.local[0] ?? '');
  const executablePath = findChromium();
  const launch = {
    headless: !isHeaded,
    args: [...CHROMIUM_ARGS, ...browserArgs],
    ...(executablePath ? { executablePath } : {}),
  };
  const { context, close } = await open(profile, launch);
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`In the page: ${error.message}`));
  await page.goto(`http://127.0.0.1:${port}/${path}`);
  return {
    page,
    close: async () => {
      await close();
      await server.close();
    },
  };
}

async function open(
  profile: string | undefined,
  launch: NonNullable<Parameters<typeof chromium.launch>[0]>,
): Promise<{ readonly context: BrowserContext; close(): Promise<void> }> {
  if (profile !== undefined) {
    const context = await chromium.launchPersistentContext(profile, launch);
    return { context, close: () => context.close() };
  }
  const browser = await chromium.launch(launch);
  return { context: await browser.newContext(), close: () => browser.close() };
}
