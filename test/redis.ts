/** Finds the Redis that tests start, or installs Debian's, or says in one line what to do. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['redis-server', 'valkey-server'];

/** The path of a server program on this machine: `REDIS_PATH`, or what is on the `PATH`. */
export function findRedis(): string | undefined {
  const wanted = process.env['REDIS_PATH'];
  if (wanted) {
    if (!isProgram(wanted)) throw new Error(`REDIS_PATH is ${wanted}, but there is no program there.`);
    return wanted;
  }
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

/** As {@link findRedis}; where there is none and we may, installs Debian's package, whose own server is not needed and not started. */
function installRedis(): string | undefined {
  const attempts: [string, string[]][] = [
    ['apt-get', ['update']],
    ['apt-get', ['install', '-y', '--no-install-recommends', 'redis-server']],
  ];
  for (const [command, args] of attempts) {
    const found = findRedis();
    if (found || process.getuid?.() !== 0) return found;
    console.log(`No Redis found; trying: ${command} ${args.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    spawnSync(command, args, { stdio: 'inherit', timeout: 300_000, env });
  }
  return findRedis();
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.filename === process.argv[1]) {
  const missing =
    'No Redis: tests of many servers are skipped. Install redis-server (Debian, Ubuntu: apt-get install redis-server; ' +
    'macOS: brew install redis), or set REDIS_PATH to one, and run this again.';
  const path = installRedis();
  console.log(path ? `Redis: ${path}` : missing);
}
