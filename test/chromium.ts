/** Finds the Chromium that tests drive, or installs one, or says in one line what to do. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Flags every test browser starts with: a container has no user namespace for Chromium's sandbox, and a small /dev/shm. */
export const CHROMIUM_ARGS = ['--no-sandbox', '--disable-dev-shm-usage'];

/** The path of a Chromium on this machine: `CHROME_PATH`, the system's, else Playwright's own. */
export function findChromium(): string | undefined {
  const wanted = process.env['CHROME_PATH'];
  if (wanted) {
    if (!existsSync(wanted)) throw new Error(`CHROME_PATH is ${wanted}, but there is no file there.`);
    return wanted;
  }
  return [...SYSTEM_PATHS, chromium.executablePath()].find((path) => existsSync(path));
}

/** As {@link findChromium}; where there is none, tries Playwright's download and then Debian's package. */
export function installChromium(): string {
  const attempts: [string, string[]][] = [
    ['npx', ['playwright', 'install', 'chromium']],
    ['apt-get', ['update']],
    ['apt-get', ['install', '-y', '--no-install-recommends', 'chromium']],
  ];
  for (const [command, args] of attempts) {
    const found = findChromium();
    if (found) return found;
    console.log(`No Chromium found; trying: ${command} ${args.join(' ')}`);
    spawnSync(command, args, { stdio: 'inherit', timeout: 300_000 });
  }
  const found = findChromium();
  if (found) return found;
  throw new Error('No Chromium: install Chrome or Chromium, or set CHROME_PATH to one, and run this again.');
}

if (import.meta.filename === process.argv[1]) {
  try {
    console.log(`Chromium: ${installChromium()}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
