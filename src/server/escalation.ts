/** The part of the server that holds the key: who may ask the large model, what that costs, and the books of it. */
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Escalation } from '../kernel/wire';
import { nanoUsdOf } from '../meter/price';
import { createAccess, createAdminGuard } from './access/access';
import { clientAddressOf } from './access/client-address';
import { createCompletions } from './completions/completions';
import { createCircuit } from './completions/circuit';
import { createModelsHandler } from './completions/models-on-offer';
import { createUpstream } from './completions/upstream';
import type { Environment } from './environment';
import type { Later } from './later/later';
import type { Log } from './log';
import { createMetrics } from './metrics';
import { observerOf, type Observer } from './observer';
import type { OperatorBook } from './operator/operator-book';
import { createOperatorRoutes } from './operator/operator-routes';
import { endpointOf } from './pairs/endpoints';
import type { FindModel } from './pairs/known-models';
import { createModelsWatch } from './pairs/models-watch';
import { offerOf } from './pairs/offer';
import { readModels } from './pairs/read-models';
import { createRotation } from './pairs/rotation';
import { sendProblem } from './problem';
import { createSpendHandler } from './spend';
import type { ServerStore } from './store/store';

export interface EscalationServer {
  /** For `GET /api/config`: `false` to pages of origins that may not ask; another one from the day that a model goes. */
  offerTo(c: Context): Escalation;
  /** Whether the operator has a token, and with it a page. */
  readonly hasAdmin: boolean;
  /** Adds `/session`, `/later` where it is on offer, and the operator's `/spend`, `/admin`, `/caps` and `/counts`. */
  addApi(routes: Hono): void;
  /** Adds `/models` and `/chat/completions`. */
  addV1(routes: Hono): void;
  /** Adds `/`; the operator's only. */
  addMetrics(routes: Hono): void;
  /** Tells who still waits for an answer that the server ends, and settles what they have so far. */
  endStreams(): void;
  close(): Promise<void>;
}

export interface EscalationServerOptions {
  readonly environment: Environment;
  readonly apiKey: string;
  /** What is known of the models. */
  readonly findModel: FindModel;
  readonly store: ServerStore;
  /** Holds the caps by which the store's ledger checks. */
  readonly book: OperatorBook;
  /** Whether pages may report how many answers were made where. */
  readonly reportsAnswers: boolean;
  /** Where answers may come within a day. */
  readonly later?: Later | undefined;
  readonly log: Log;
  readonly now: () => number;
}

const SESSION_BYTES = 1_000;

export function createEscalationServer(options: EscalationServerOptions): EscalationServer {
  const { environment, apiKey, findModel, store, book, later, log, now } = options;
  const { ledger, replays } = store;
  const { maxOutputTokens: maxTokens, adminToken } = environment;
  const { flagshipModel: flagship, smallModel: small, upstreamUrl: baseUrl } = environment;
  const { ignoresModel = false, name: vendorName } = endpointOf(baseUrl);
  const circuit = createCircuit({ now, log, shared: store.state });
  const upstream = circuit.guard(createUpstream({ baseUrl, key: apiKey }));
  const rotation = createRotation({
    flagship,
    small,
    findModel,
    now,
    log,
    ignoresModel,
    onGone: () => void watch.look(true),
  });
  const watch = createModelsWatch({
    rotation,
    read: (signal) => readModels({ baseUrl, key: apiKey, signal }),
    now,
    log,
  });
  void watch.look();
  const isAllowedOrigin = (origin: string, c: Context) =>
    environment.allowedOrigins.includes(origin) || isOwn(origin, c, environment);
  const access = createAccess({
    secret: environment.sessionSecret,
    isAllowedOrigin,
    apiToken: environment.apiToken,
    limitsOf: (name) => store.limitsOf(name, environment.rateLimitPerMinute),
    addressOf: (c) => addressOf(c, environment.isProxyTrusted),
    now,
  });
  const metrics = createMetrics({ ledger, rotation, circuit, provider: vendorName.toLowerCase(), now });
  const observer = observerOf(metrics.observer, bookkeeperOf(book));
  const stopping = new AbortController();
  const completions = createCompletions({
    ledger,
    replays,
    upstream,
    rotation,
    maxTokens,
    stopping: stopping.signal,
    observer,
    now,
    newId: randomUUID,
    log,
  });
  const operator = createOperatorRoutes({
    ledger,
    book,
    usualCaps: capsOf(environment),
    rotation,
    watch,
    circuit,
    openReservations: metrics.openReservations,
    vendorName,
    reportsAnswers: options.reportsAnswers,
    now,
    log,
  });
  const isOperator = createAdminGuard(adminToken);
  const countRefusals: MiddlewareHandler = async (c, next) => {
    await next();
    const code = c.get('refusal') as string | undefined;
    if (code !== undefined) observer.refused(code);
  };
  return {
    offerTo(c) {
      const origin = c.req.header('origin');
      if (origin !== undefined && !isAllowedOrigin(origin, c)) return false;
      const offer = offerOf(rotation, maxTokens);
      return offer && later ? { ...offer, later: true } : offer;
    },
    hasAdmin: adminToken !== undefined,
    addApi(routes) {
      const isSmall = bodyLimit({ maxSize: SESSION_BYTES, onError: (c) => sendProblem(c, 'body_too_large') });
      routes.use('/session', access.crossOrigin);
      routes.post('/session', countRefusals, isSmall, access.session);
      routes.use('/later', countRefusals);
      later?.addApi(routes, { access, rotation });
      routes.use('/counts', access.crossOrigin);
      routes.post('/counts', access.page, isSmall, operator.counts);
      routes.get('/spend', isOperator, createSpendHandler({ ledger, now }));
      routes.get('/admin', isOperator, operator.report);
      routes.put('/caps', isOperator, isSmall, operator.caps);
    },
    addV1(routes) {
      routes.use('*', access.crossOrigin);
      routes.get('/models', createModelsHandler(rotation));
      routes.post('/chat/completions', countRefusals, access.guard, completions);
    },
    addMetrics: (routes) => void routes.get('/', isOperator, metrics.handler),
    endStreams: () => stopping.abort(),
    async close() {
      watch.stop();
      circuit.close();
      await later?.close();
      await upstream.close();
      await book.close();
      await store.close();
    },
  };
}

/** What of it the operator sees by the day. */
function bookkeeperOf(book: OperatorBook): Observer {
  return {
    held: () => undefined,
    called: () => undefined,
    refused: (code) => book.countRefusal(code),
  };
}

/** Caps of the ledger, from dollars to nano-dollars. */
export function capsOf(environment: Environment) {
  return {
    dayNanoUsd: nanoUsdOf(environment.budgetUsdPerDay),
    siteNanoUsd: nanoUsdOf(environment.budgetUsdPerSitePerDay),
    visitorNanoUsd: nanoUsdOf(environment.budgetUsdPerVisitorPerDay),
  };
}

/**
 * The page that this server sends. Without a public origin only names that no foreign page can have: another's domain may point at
 * this machine as well (DNS rebinding), and its pages would then ask with a Host and an Origin that agree.
 */
function isOwn(origin: string, c: Context, { publicOrigin, host }: Environment): boolean {
  if (publicOrigin !== undefined) return origin === publicOrigin;
  const { hostname } = new URL(c.req.url);
  const isSafe =
    hostname === 'localhost' || hostname === host || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  return isSafe && origin === new URL(c.req.url).origin;
}

function addressOf(c: Context, isProxyTrusted: boolean): string {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return clientAddressOf(
    { socketAddress: incoming?.socket?.remoteAddress, forwardedFor: c.req.header('x-forwarded-for') },
    isProxyTrusted,
  );
}
