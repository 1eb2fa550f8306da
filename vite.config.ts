/** How the app, the server and the tests are built. */
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

export default defineConfig(({ isSsrBuild }) => ({
  base: './',
  publicDir: isSsrBuild ? false : 'public',
  build: isSsrBuild
    ? { outDir: 'dist-server', target: 'node20', rolldownOptions: { output: { entryFileNames: '[name].js' } } }
    : { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  ssr: { noExternal: true },
  plugins: isSsrBuild
    ? []
    : [
        VitePWA({
          strategies: 'injectManifest',
          srcDir: 'src',
          filename: 'sw.ts',
          injectRegister: false,
          manifest: false,
          // First load only: what is fetched on demand is kept when it is first used (see src/sw.ts).
          injectManifest: { globPatterns: ['index.html', 'assets/index-*.{js,css}', 'icon.svg'] },
        }),
      ],
  test: {
    projects: [
      inChromium('isolated', ['test/contract/**/*.test.ts', 'test/browser/**/*.test.ts'], true),
      inChromium('one-thread', ['test/contract/**/*.test.ts'], false),
    ],
  },
}));

/** Tests that run inside a real Chromium, on a page that is cross-origin isolated or not. */
function inChromium(name: string, include: string[], isIsolated: boolean): TestProjectInlineConfiguration {
  const executablePath = findChromium();
  return {
    plugins: isIsolated ? [isolated()] : [],
    optimizeDeps: { exclude: ['@wllama/wllama', '@wllama/wllama-compat'] },
    test: {
      name,
      include,
      testTimeout: 60_000,
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
