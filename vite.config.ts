/** How the app, the server and the tests are built. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { CHROMIUM_ARGS, findChromium } from './test/chromium.ts';

/** Headers under which a page may use shared memory, and with it threads. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** `vite build --mode widget`: the door of other people's pages and what it loads, into the same folder as the page's build. */
const WIDGET = 'widget';

export default defineConfig(({ isSsrBuild, mode }) => ({
  base: './',
  publicDir: isSsrBuild || mode === WIDGET ? false : 'public',
  build: isSsrBuild
    ? {
        outDir: 'dist-server',
        target: 'node20',
        rolldownOptions: { output: { entryFileNames: '[name].js' } },
      }
    : {
        target: 'es2023',
        assetsInlineLimit: 0,
        ...(mode === WIDGET
          ? {
              emptyOutDir: false,
              modulePreload: false,
              rolldownOptions: { input: 'src/widget.ts', output: { entryFileNames: '[name].js' } },
            }
          : { modulePreload: { polyfill: false } }),
      },
  // A native module, which no bundle can hold.
  ssr: { noExternal: true, external: ['libsql'] },
  // web-llm's worker is a module; another version of web-llm fits older model libraries: see `test:webgpu`.
  worker: { format: 'es' as const },
  resolve: {
    alias: process.env['WEBLLM_PACKAGE'] ? { '@mlc-ai/web-llm': process.env['WEBLLM_PACKAGE'] } : {},
  },
  plugins: isSsrBuild
    ? []
    : mode === WIDGET
      ? [plainImports(), noGlobals(), fixedLengths(), precompressed()]
      : [
          VitePWA({
            strategies: 'injectManifest',
            srcDir: 'src',
            filename: 'sw.ts',
            injectRegister: false,
            manifest: false,
            // The core alone: one 404 among these and there is no service worker. The rest is kept when it is first used.
            injectManifest: {
              globPatterns: ['index.html', 'assets/*.{js,css}'],
              manifestTransforms: [(entries) => ({ manifest: entries.filter(isFirstLoad()), warnings: [] })],
              // The filter above decides; this would end the build.
              maximumFileSizeToCacheInBytes: 20_000_000,
            },
          }),
          precompressed(),
        ],
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          environment: 'node',
          // For what hangs: on a machine that is busy with something else a search of seconds takes many.
          testTimeout: 30_000,
        },
      },
      { test: { name: 'build', include: ['test/build/**/*.test.ts'], environment: 'node' } },
      {
        test: {
          name: 'server',
          include: ['test/server/**/*.test.ts'],
          environment: 'node',
          // Each starts the built server, and some measure it.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      inChromium('isolated', ['test/contract/**/*.test.ts', 'test/browser/**/*.test.ts'], true),
      inChromium('one-thread', ['test/contract/**/*.test.ts'], false),
    ],
  },
}));

/** The built page, and what it names itself: its scripts, and those they import. */
function isFirstLoad(): (entry: { url: string }) => boolean {
  const html = readFileSync('dist/index.html', 'utf8');
  return ({ url }) => url === 'index.html' || html.includes(`"./${url}"`);
}

/** Tests that run inside a real Chromium, on a page that is cross-origin isolated or not. */
function inChromium(name: string, include: string[], isIsolated: boolean): TestProjectInlineConfiguration {
  const executablePath = findChromium();
  return {
    plugins: isIsolated ? [isolated()] : [],
    optimizeDeps: {
      exclude: ['@wllama/wllama', '@wllama/wllama-compat'],
      // Named ahead: one that is found only when a test imports it makes Vite reload the page under the tests.
      include: [
        'dompurify',
        '@mlc-ai/web-llm',
        'fast-check',
        'hash-wasm',
        'highlight.js/lib/core',
        'highlight.js/lib/languages/*',
        'idb-keyval',
        'lit',
        'lit/decorators.js',
        'marked',
        'valibot',
      ],
    },
    test: {
      name,
      include,
      testTimeout: 60_000,
      // One page at a time per project: the machine may have two cores.
      fileParallelism: false,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: { args: CHROMIUM_ARGS, ...(executablePath ? { executablePath } : {}) },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
  };
}

/**
 * `import()` as it is: Vite's wrapper puts links into the head of a page that is not ours and tells its window of failures. One for each
 * importer, since a shared one would lie in the door, and other chunks would import that.
 */
function plainImports(): Plugin {
  const wrapper = '\0plain-import:';
  return {
    name: 'plain-imports',
    enforce: 'pre',
    resolveId: (id, importer) => (id === '\0vite/preload-helper.js' ? wrapper + String(importer) : undefined),
    load: (id) => (id.startsWith(wrapper) ? 'export const __vitePreload = (load) => load();' : undefined),
  };
}

/** Lit writes on the page's `globalThis`, and on `Symbol`; here each of its modules has an object of its own for that. */
function noGlobals(): Plugin {
  const kept =
    /(?:\b\w+\.)?\b(litElementVersions|litHtmlVersions|reactiveElementVersions|litPropertyMetadata|(?<=Symbol\.)metadata)\b/g;
  return {
    name: 'no-globals',
    transform: {
      filter: { id: /node_modules\/(@lit|lit|lit-html|lit-element)\// },
      handler: (code) => `const litsOwn = {};\n${code.replace(kept, 'litsOwn.$1')}`,
    },
  };
}

/** A page decides how large its `rem` is, and would decide it for the widget too: there it is 16 pixels. */
function fixedLengths(): Plugin {
  return {
    name: 'fixed-lengths',
    transform: {
      filter: { id: /\/src\/ui\/.*\.ts$/ },
      handler: (code) =>
        code.replace(/(?<![\w.])(\d*\.?\d+)rem\b/g, (_, rem: string) => `${Number(rem) * 16}px`),
    },
  };
}

/** Writes `.br` and `.gz` beside what is worth it: the WebAssembly is 8.8 MB as it is, 2.4 MB compressed. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    // After the service worker, which another plugin writes in this hook too.
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const files = readdirSync('dist', { recursive: true, encoding: 'utf8' });
        for (const name of files.filter((name) => /\.(js|css|html|svg|wasm)$/.test(name))) {
          if (files.includes(`${name}.br`)) continue;
          const bytes = readFileSync(join('dist', name));
          if (bytes.length < 1_024) continue;
          // Above quality 5 Brotli takes minutes for the WebAssembly, and wins a few per cent.
          const params = { [constants.BROTLI_PARAM_QUALITY]: bytes.length > 1e6 ? 5 : 11 };
          writeFileSync(join('dist', `${name}.br`), brotliCompressSync(bytes, { params }));
          writeFileSync(join('dist', `${name}.gz`), gzipSync(bytes));
        }
      },
    },
  };
}

function isolated(): Plugin {
  return {
    name: 'isolated',
    enforce: 'pre',
    configureServer(server) {
      server.middlewares.use((_request, response, next) => {
        for (const [name, value] of Object.entries(ISOLATION)) response.setHeader(name, value);
        next();
      });
    },
  };
}
