/** Door: starts the server from its environment and its config file, and stops it when the system asks. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { EscalationServer } from './escalation';
import { createApp } from './http-app';
import { readConfigFile, type ReadConfig } from './config-file';
import { readEnvironment, type Environment } from './environment';
import type { Later, LaterOptions } from './later/later';
import { listen, listenProblemOf, type Listening } from './listen';
import { createLog, type Log } from './log';
import { createFindModel } from './pairs/known-models';
import type { ServerStore } from './store/store';

/** The build puts this file into dist-server/, beside dist/. */
const DIST_DIR = join(import.meta.dirname, '..', 'dist');
/** Most answers end within it; Docker kills after ten seconds. */
const STOP_GRACE_MS = 8_000;

const reading = readEnvironment();
if (reading.ok) await start(reading.environment);
else refuse(reading.problems);

async function start(environment: Environment): Promise<void> {
  const configFile = resolve(environment.configFile);
  const config = await readConfigFile(configFile, environment.isConfigFileNamed);
  if (!config.ok) return refuse(config.problems);
  if (!existsSync(join(DIST_DIR, 'index.html'))) {
    return refuse([`The page is not built yet: there is no ${DIST_DIR}. Run \`npm run build\` first.`]);
  }
  const log = createLog(environment.logLevel, (line) => console.error(line));
  const escalation = await openEscalation(environment, config, log);
  if (!escalation.ok) return refuse([escalation.problem]);
  const app = createApp({
    distDir: DIST_DIR,
    modelsDir: join(dirname(configFile), 'models'),
    config: config.config,
    log,
    ...(escalation.server ? { escalation: escalation.server } : {}),
  });
  const { port, host } = environment;
  let listening: Listening;
  try {
    listening = await listen({ fetch: app.fetch, port, host });
  } catch (error) {
    return refuse([listenProblemOf(error as NodeJS.ErrnoException, port, host)]);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Once: a second signal ends the process at once, as it would any other.
    process.once(signal, () => void stop(listening, escalation.server).then(() => process.exit(0)));
  }
  console.log(readyLineOf(environment, listening.port));
  console.log(
    escalation.server
      ? `Hard questions may go to ${environment.flagshipModel}, for at most $${environment.budgetUsdPerDay} a day.`
      : 'No API key is set: every answer is made in the browser.',
  );
}

async function stop(listening: Listening, escalation: EscalationServer | undefined): Promise<void> {
  await listening.stop(STOP_GRACE_MS, () => escalation?.endStreams());
  await escalation?.close();
}

type Opening =
  | { readonly ok: true; readonly server: EscalationServer | undefined }
  | { readonly ok: false; readonly problem: string };

/** Without a key nothing of it is loaded. */
async function openEscalation(
  environment: Environment,
  { config, prices }: ReadConfig,
  log: Log,
): Promise<Opening> {
  const { apiKey, flagshipModel, smallModel, store: place } = environment;
  if (apiKey === undefined) return { ok: true, server: undefined };
  const findModel = createFindModel(prices);
  if (!findModel(flagshipModel)) return { ok: false, problem: noPrice('FLAGSHIP_MODEL', flagshipModel) };
  if (smallModel !== undefined && !findModel(smallModel))
    return { ok: false, problem: noPrice('SMALL_MODEL', smallModel) };
  const [{ openStore }, { capsOf, createEscalationServer }, { openOperatorBook }, keepings] =
    await Promise.all([
      import('./store/open-store'),
      import('./escalation'),
      import('./operator/operator-book'),
      import('./operator/keeping'),
    ]);
  const caps = capsOf(environment);
  let store: ServerStore;
  try {
    store = await openStore({ place, caps, now: Date.now, log });
  } catch (error) {
    const url = JSON.stringify(place.kind === 'file' ? place.path : withoutPassword(place.url));
    return { ok: false, problem: `STORE_URL is ${url}; the ledger cannot be opened: ${reasonOf(error)}` };
  }
  let later: Later | undefined;
  try {
    later = environment.isLaterOn
      ? await openLater(environment, { apiKey, ledger: store.ledger, log })
      : undefined;
  } catch (error) {
    await store.close();
    return { ok: false, problem: `ANSWER_LATER is "on"; its file cannot be used: ${reasonOf(error)}` };
  }
  // What is spent is checked against these caps from the first call on.
  const bookPath = place.kind === 'file' ? join(dirname(resolve(place.path)), 'operator.json') : '';
  const keeping = bookPath ? keepings.fileKeeping(bookPath) : keepings.sharedKeeping(store.state);
  try {
    const book = await openOperatorBook({ keeping, caps, now: Date.now, log });
    return {
      ok: true,
      server: createEscalationServer({
        environment,
        apiKey,
        findModel,
        store,
        book,
        later,
        reportsAnswers: config.reportAnswers === true,
        log,
        now: Date.now,
      }),
    };
  } catch (error) {
    await store.close();
    return { ok: false, problem: `${bookPath} cannot be read: ${reasonOf(error)}` };
  }
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  url.username = url.password = '';
  return url.href;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The questions lie beside the ledger, of one server alone. */
async function openLater(
  { store: place, upstreamUrl, maxOutputTokens, laterGatherMs, laterPollMs }: Environment,
  given: Pick<LaterOptions, 'apiKey' | 'ledger' | 'log'>,
): Promise<Later> {
  if (place.kind !== 'file') throw new Error('it takes a ledger in a file');
  const later = await import('./later/later');
  return later.openLater({
    ...given,
    path: resolve(place.path.replace(/(\.db)?$/, '-later.db')),
    baseUrl: upstreamUrl,
    maxTokens: maxOutputTokens,
    gatherMs: laterGatherMs,
    pollMs: laterPollMs,
    now: Date.now,
  });
}

function noPrice(variable: string, model: string): string {
  return `${variable} is ${JSON.stringify(model)}, whose price is not known; give it under "prices" in the config file.`;
}

function readyLineOf({ host, publicOrigin }: Environment, port: number): string {
  // Browsers count http://localhost as secure, but not http://0.0.0.0.
  const reachable = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  const url = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}/`;
  return `Smallfirst is at ${url}${publicOrigin ? ` (for visitors: ${publicOrigin}/)` : ''}`;
}

function refuse(problems: readonly string[]): void {
  for (const problem of problems) console.error(problem);
  process.exitCode = 1;
}
