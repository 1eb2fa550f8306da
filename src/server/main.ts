/** Door: starts the server from its environment and its config file, and stops it when the system asks. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createApp } from './http-app';
import { readConfigFile } from './config-file';
import { readEnvironment, type Environment } from './environment';
import { listen, listenProblemOf, type Listening } from './listen';
import { createLog } from './log';

/** The build puts this file into dist-server/, beside dist/. */
const DIST_DIR = join(import.meta.dirname, '..', 'dist');
const STOP_GRACE_MS = 5000;

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
  const app = createApp({
    distDir: DIST_DIR,
    modelsDir: join(dirname(configFile), 'models'),
    config: config.config,
    log: createLog(environment.logLevel, (line) => console.error(line)),
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
    process.once(signal, () => void listening.stop(STOP_GRACE_MS).then(() => process.exit(0)));
  }
  console.log(readyLineOf(environment, listening.port));
  console.log('No API key is set: every answer is made in the browser.');
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
