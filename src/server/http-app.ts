/** The server as a plain fetch handler: which path answers what, and under which headers. */
import { Hono, type Context } from 'hono';
import { cors } from 'hono/cors';
import { RETAINED_304_HEADERS, etag } from 'hono/etag';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import { CATALOG } from '../kernel/catalog';
import { GPU_CATALOG } from '../kernel/gpu-catalog';
import type { Config } from '../kernel/config';
import { withMirrors } from '../kernel/model-source';
import { contentSecurityPolicyOf } from './csp';
import type { EscalationServer } from './escalation';
import { LedgerError } from './ledger/ledger';
import type { Log } from './log';
import { sendProblem } from './problem';
import { createFolderHandler } from './serve-folder';

export interface AppOptions {
  /** The built page. */
  readonly distDir: string;
  /** Weights that the operator hosts himself; need not exist. */
  readonly modelsDir: string;
  readonly config: Config;
  readonly log: Log;
  /** Where the server holds a key. */
  readonly escalation?: EscalationServer;
}

/** Vite puts a hash of the content in the name of everything under assets/. */
const ONE_YEAR_IMMUTABLE = 'public, max-age=31536000, immutable';

/** What a page on another origin needs to read a file in parts, under its own isolation too. */
const FOR_ALL_ORIGINS = {
  origin: '*',
  allowMethods: ['GET', 'HEAD'],
  allowHeaders: ['Range', 'If-Range', 'If-None-Match'],
  exposeHeaders: ['Accept-Ranges', 'Content-Encoding', 'Content-Length', 'Content-Range', 'ETag'],
  maxAge: 86_400,
};
const KEPT_ON_304 = [
  ...RETAINED_304_HEADERS,
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
  'Cross-Origin-Resource-Policy',
];

/** Builds the app; nothing listens yet. `app.request(path)` asks it without a socket. */
export function createApp({ distDir, modelsDir, config, log, escalation }: AppOptions): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    const { method } = c.req;
    log.debug('request', { method, path: pathOf(c), status: c.res.status });
  });
  app.notFound((c) => sendProblem(c, 'not_found'));
  app.onError((error, c) => {
    if (error instanceof LedgerError) return sendProblem(c, 'ledger_unavailable');
    log.error(`${c.req.method} ${pathOf(c)} failed: ${error.stack ?? error.message}`);
    return sendProblem(c, 'internal_error');
  });

  // Programs read this: what isolates a page says nothing to them, and each header costs time.
  app.route(
    '/v1',
    endpoints((routes) => {
      routes.use(async (c, next) => {
        c.header('X-Content-Type-Options', 'nosniff');
        await next();
      });
      escalation?.addV1(routes);
    }),
  );
  app.use(isolatingHeaders(config));
  app.route(
    '/healthz',
    endpoints((routes) => routes.get('/', (c) => c.json({ status: 'ok' }))),
  );
  app.route(
    '/api',
    endpoints((routes) => {
      // A page of somebody else's that our widget is on reads it too; what it is offered depends on where it is.
      routes.get('/config', cors(FOR_ALL_ORIGINS), etag({ retainedHeaders: KEPT_ON_304 }), (c) =>
        c.json({ ...config, escalation: escalation?.offerTo(c) ?? false }, 200, {
          'Cache-Control': 'no-cache',
          Vary: 'Origin',
        }),
      );
      escalation?.addApi(routes);
    }),
  );
  app.route(
    '/metrics',
    endpoints((routes) => escalation?.addMetrics(routes)),
  );
  // The page itself, which shows the operator's side there.
  if (escalation?.hasAdmin)
    app.get('/admin', (c) => app.fetch(new Request(new URL('/', c.req.url), c.req.raw), c.env));
  app.route('/', files(distDir, modelsDir));
  return app;
}

/** COOP and COEP make the page cross-origin isolated: shared memory, and with it threads, needs that. */
function isolatingHeaders(config: Config): ReturnType<typeof secureHeaders> {
  return secureHeaders({
    contentSecurityPolicy: contentSecurityPolicyOf(
      [...config.models, ...CATALOG, ...GPU_CATALOG].map((card) => withMirrors(card, config.mirrors ?? [])),
    ),
    crossOriginEmbedderPolicy: 'require-corp',
    crossOriginOpenerPolicy: 'same-origin',
    referrerPolicy: 'no-referrer',
    xContentTypeOptions: 'nosniff',
    permissionsPolicy: {
      camera: [],
      geolocation: [],
      hid: [],
      microphone: [],
      midi: [],
      payment: [],
      serial: [],
      usb: [],
    },
    // Whoever terminates TLS decides on that; on plain http it means nothing.
    strictTransportSecurity: false,
    // What files for all origins say of themselves stays.
    overwrite: false,
  });
}

/** Routes that own every path under them: another path there is 404, another method 405. */
function endpoints(add: (routes: Hono) => void): Hono {
  const routes = new Hono();
  routes.use(withAllow(routes));
  add(routes);
  routes.all('*', (c) => c.notFound());
  return routes;
}

function files(distDir: string, modelsDir: string): Hono {
  const routes = new Hono();
  routes.use(withAllow(routes));
  for (const path of ['/assets/*', '/models/*', '/widget.js']) {
    routes.use(path, cors(FOR_ALL_ORIGINS), async (c, next) => {
      c.header('Cross-Origin-Resource-Policy', 'cross-origin');
      await next();
    });
  }
  const revalidated = etag({ retainedHeaders: KEPT_ON_304 });
  const models = createFolderHandler({
    folder: modelsDir,
    mountDepth: 1,
    isPrecompressed: false,
    cacheControlOf: () => 'no-cache',
  });
  const built = createFolderHandler({
    folder: distDir,
    mountDepth: 0,
    isPrecompressed: true,
    cacheControlOf: ([first]) => (first === 'assets' ? ONE_YEAR_IMMUTABLE : 'no-cache'),
  });
  // A model that the operator's folder lacks may have been built in.
  routes.get('/models/*', revalidated, models);
  routes.get('/*', revalidated, built);
  return routes;
}

/** For the log: whoever knows a question's id may have its answer. */
function pathOf(c: Context): string {
  return new URL(c.req.url).pathname.replace(/^(\/api\/later\/).+/, '$1…');
}

function withAllow(app: Hono): ReturnType<typeof methodNotAllowed> {
  return methodNotAllowed({
    app,
    onMethodNotAllowed: (c: Context, methods) => {
      c.header('Allow', methods.join(', '));
      return sendProblem(c, 'method_not_allowed');
    },
  });
}
