/** The part of the server that holds the key: who may ask the large model, what that costs, and the books of it. */
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Escalation } from '../kernel/wire';
import { nanoUsdOf } from '../meter/price';
import { createAccess, createAdminGuard } from './access/access';
import { clientAddressOf } from './access/client-address';
import { createCompletions } from './completions/completions';
import { createModelsHandler, priceOf } from './completions/models-on-offer';
import { createUpstream } from './completions/upstream';
import type { Environment } from './environment';
import type { Log } from './log';
import { endpointOf } from './pairs/endpoints';
import type { FindModel } from './pairs/known-models';
import { createModelsWatch } from './pairs/models-watch';
import { readModels } from './pairs/read-models';
import { createRotation, WARN_DAYS, type Rotation } from './pairs/rotation';
import { sendProblem } from './problem';
import { createSpendHandlers } from './spend';
import type { ServerStore } from './store/store';

export interface EscalationServer {
  /** For `GET /api/config`; another one from the day that a model goes. */
  readonly offer: Escalation;
  /** Whether the operator has a token, and with it a page. */
  readonly hasAdmin: boolean;
  /** Adds `/session` and `/spend`. */
  addApi(routes: Hono): void;
  /** Adds `/models` and `/chat/completions`. */
  addV1(routes: Hono): void;
  /** Adds `/`; the operator's only. */
  addMetrics(routes: Hono): void;
  close(): Promise<void>;
}

export interface EscalationServerOptions {
  readonly environment: Environment;
  readonly apiKey: string;
  /** What is known of the models. */
  readonly findModel: FindModel;
  readonly store: ServerStore;
  readonly log: Log;
  readonly now: () => number;
}

const SESSION_BYTES = 1_000;

export function createEscalationServer(options: EscalationServerOptions): EscalationServer {
  const { environment, apiKey, findModel, store, log, now } = options;
  const { ledger, replays } = store;
  const { maxOutputTokens: maxTokens, adminToken } = environment;
  const upstream = createUpstream({ baseUrl: environment.upstreamUrl, key: apiKey });
  const { flagshipModel: flagship, smallModel: small, upstreamUrl: baseUrl } = environment;
  const { ignoresModel = false } = endpointOf(baseUrl);
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
  const access = createAccess({
    secret: environment.sessionSecret,
    isAllowedOrigin: (origin, c) =>
      environment.allowedOrigins.includes(origin) || isOwn(origin, c, environment),
    apiToken: environment.apiToken,
    limitsOf: (name) => store.limitsOf(name, environment.rateLimitPerMinute),
    addressOf: (c) => addressOf(c, environment.isProxyTrusted),
    now,
  });
  const completions = createCompletions({
    ledger,
    replays,
    upstream,
    rotation,
    maxTokens,
    now,
    newId: randomUUID,
    log,
  });
  const spend = createSpendHandlers({ ledger, now });
  return {
    get offer() {
      return offerOf(rotation, maxTokens);
    },
    hasAdmin: adminToken !== undefined,
    addApi(routes) {
      const isSmall = bodyLimit({ maxSize: SESSION_BYTES, onError: (c) => sendProblem(c, 'body_too_large') });
      routes.use('/session', access.crossOrigin);
      routes.post('/session', isSmall, access.session);
      routes.get('/spend', createAdminGuard(adminToken), spend.report);
    },
    addV1(routes) {
      routes.use('*', access.crossOrigin);
      routes.get('/models', createModelsHandler(rotation));
      routes.post('/chat/completions', access.guard, completions);
    },
    addMetrics: (routes) => void routes.get('/', createAdminGuard(adminToken), spend.metrics),
    async close() {
      watch.stop();
      await upstream.close();
      await store.close();
    },
  };
}

/** `false` where all that could answer has left the vendor's API. */
function offerOf(rotation: Rotation, maxTokens: number): Escalation {
  const { flagship, small } = rotation.pair();
  if (!flagship) return false;
  const retiring = rotation.status().flatMap(({ facts, shutdown, successor, daysLeft = Infinity }) => {
    if (!facts || !shutdown || daysLeft > WARN_DAYS) return [];
    return [{ model: facts.model, shutdown, ...(successor ? { successor: successor.model } : {}) }];
  });
  return {
    flagship: priceOf(flagship),
    ...(small ? { small: priceOf(small) } : {}),
    maxTokens,
    ...(retiring.length > 0 ? { retiring } : {}),
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
