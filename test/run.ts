/** Runs every check and every test, one step after the other, and says at the very end how many passed and failed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Who writes a report with counts; without one the step passes or fails as a whole, and counts only as a failure. */
  readonly reporter?: 'vitest' | 'playwright';
  /** Where it breaks down, without any counts, the steps after it have nothing to stand on. */
  readonly isFoundation?: boolean;
}

/** Far beyond what any step takes: whatever runs longer hangs. */
const MAX_STEP_MS = 20 * 60_000;
/** What a process that was asked to end gets to clean up. */
const GRACE_MS = 5_000;

const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };
const ONE_FAILURE: Counts = { ...NONE, failed: 1 };
const IS_WINDOWS = process.platform === 'win32';

/** Options by which each runner writes its report to `path`, and still says on the console what it does. */
const REPORTER_ARGS = {
  vitest: (path: string) => ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`],
  playwright: () => ['--reporter=list,json'],
};

export const STEPS: readonly Step[] = [
  { name: 'browser', command: ['npx', 'tsx', 'test/chromium.ts'], isFoundation: true },
  // Without one the tests that need it are skipped.
  { name: 'redis', command: ['npx', 'tsx', 'test/redis.ts'] },
  { name: 'check', command: ['npm', 'run', 'check', '--'], reporter: 'vitest', isFoundation: true },
  { name: 'build', command: ['npm', 'run', 'build'], isFoundation: true },
  { name: 'build tests', command: ['npx', 'vitest', 'run', '--project', 'build'], reporter: 'vitest' },
  { name: 'server tests', command: ['npx', 'vitest', 'run', '--project', 'server'], reporter: 'vitest' },
  {
    name: 'e2e',
    command: ['npx', 'playwright', 'test', '-c', 'test/e2e/playwright.config.ts'],
    reporter: 'playwright',
  },
];

/** Runs the steps in order; stops early where a foundation breaks down or `signal` says so. */
export async function runSteps(steps: readonly Step[], signal: AbortSignal): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'smallfirst-test-'));
  let total = NONE;
  try {
    for (const [index, step] of steps.entries()) {
      console.log(`\n── ${step.name}: ${step.command.join(' ')}`);
      const reportPath = join(folder, `${index}.json`);
      const isSuccess = await runStep(step, reportPath, signal);
      const reported = step.reporter && reportedIn(reportPath, step.reporter);
      const counts = countsOf(step, isSuccess, reported);
      total = sumOf(total, counts);
      console.log(
        `── ${step.name}: ${isSuccess ? 'passed' : 'failed'}${reported ? `, ${lineOf(counts)}` : ''}`,
      );
      if (signal.aborted) {
        console.log('Stopped: interrupted.');
        break;
      }
      if (step.isFoundation && counts.failed > 0 && !reported) {
        console.log(`Stopped: without "${step.name}" the steps after it have nothing to stand on.`);
        break;
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return total;
}

/** What a step adds to the sum: its report's counts, and a failure of its own where it failed with none to show. */
export function countsOf(step: Step, isSuccess: boolean, reported: Counts | undefined): Counts {
  if (!step.reporter) return isSuccess ? NONE : ONE_FAILURE;
  if (!reported) return ONE_FAILURE;
  return isSuccess || reported.failed > 0 ? reported : sumOf(reported, ONE_FAILURE);
}

/** A file that could not even be loaded has no tests in vitest's count; it counts as one that failed. */
export function vitestCountsOf(report: {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}): Counts {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** A test that passed only when tried again counts as failed. */
export function playwrightCountsOf({
  stats,
}: {
  readonly stats: Readonly<Record<'expected' | 'unexpected' | 'flaky' | 'skipped', number>>;
}): Counts {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

/** The last line: `3 passed, 0 failed`, and `, 1 skipped` where some were. */
export function lineOf({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function sumOf(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Undefined where the step ended before it could report. */
function reportedIn(path: string, reporter: 'vitest' | 'playwright'): Counts | undefined {
  try {
    const report: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return reporter === 'vitest'
      ? vitestCountsOf(report as Parameters<typeof vitestCountsOf>[0])
      : playwrightCountsOf(report as Parameters<typeof playwrightCountsOf>[0]);
  } catch {
    return undefined;
  }
}

/** True where the step ended well; it takes everything it started with it. */
async function runStep(
  { command, reporter }: Step,
  reportPath: string,
  signal: AbortSignal,
): Promise<boolean> {
  const [program = '', ...args] = [...command, ...(reporter ? REPORTER_ARGS[reporter](reportPath) : [])];
  const child = spawn(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath },
    // A group of its own, so that it can be ended with everything it started.
    detached: !IS_WINDOWS,
    shell: IS_WINDOWS,
  });
  let forcing: NodeJS.Timeout | undefined;
  const end = () => {
    kill(child, 'SIGTERM');
    forcing ??= setTimeout(() => kill(child, 'SIGKILL'), GRACE_MS);
  };
  const hanging = setTimeout(() => {
    console.log(`Ended after ${MAX_STEP_MS / 60_000} minutes: it hangs.`);
    end();
  }, MAX_STEP_MS);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    return await new Promise<boolean>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code === 0));
    });
  } catch (error) {
    console.log(String(error));
    return false;
  } finally {
    clearTimeout(hanging);
    clearTimeout(forcing);
    signal.removeEventListener('abort', end);
    kill(child, 'SIGKILL');
  }
}

function kill(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (IS_WINDOWS) child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    // Nothing of it is left.
  }
}

if (import.meta.filename === process.argv[1]) {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
  const counts = await runSteps(STEPS, interrupt.signal);
  process.exitCode = counts.failed > 0 || counts.passed === 0 || interrupt.signal.aborted ? 1 : 0;
  console.log(lineOf(counts));
}
