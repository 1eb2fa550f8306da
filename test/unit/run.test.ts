/** What `npm test` says in its last line is what happened. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { countsOf, lineOf, playwrightCountsOf, runSteps, vitestCountsOf, type Step } from '../run';

const NEVER = new AbortController().signal;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smallfirst-run-'));
  vi.spyOn(console, 'log').mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

it('the last line names what was skipped only where something was', () => {
  expect(lineOf({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  expect(lineOf({ passed: 12, failed: 3, skipped: 1 })).toBe('12 passed, 3 failed, 1 skipped');
});

it('counts of all steps are added up', async () => {
  const counts = await runSteps([vitestStep(2, 0), vitestStep(3, 1), playwrightStep(4, 1, 1)], NEVER);
  expect(counts).toEqual({ passed: 9, failed: 3, skipped: 0 });
});

it('a flaky test counts as failed', () => {
  const stats = { expected: 5, unexpected: 1, flaky: 2, skipped: 3 };
  expect(playwrightCountsOf({ stats })).toEqual({ passed: 5, failed: 3, skipped: 3 });
});

it('a test file that does not load counts as one that failed', () => {
  const report = { numPassedTests: 4, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 };
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
  ];
  expect(vitestCountsOf({ ...report, testResults })).toEqual({ passed: 4, failed: 2, skipped: 2 });
});

it('a step that fails with nothing to show adds one failure', async () => {
  expect(await runSteps([nodeStep('process.exit(3)')], NEVER)).toMatchObject({ passed: 0, failed: 1 });
  const silent: Step = { name: 'silent', command: [process.execPath, scriptAt('')], reporter: 'vitest' };
  expect(await runSteps([silent], NEVER)).toMatchObject({ passed: 0, failed: 1 });
  expect(await runSteps([{ name: 'gone', command: ['/no/such/program'] }], NEVER)).toMatchObject({
    failed: 1,
  });
});

it('a run that fails although all its tests passed adds one failure', () => {
  const step: Step = { name: 'unit', command: [], reporter: 'vitest' };
  const reported = { passed: 7, failed: 0, skipped: 0 };
  expect(countsOf(step, false, reported)).toEqual({ passed: 7, failed: 1, skipped: 0 });
  expect(countsOf(step, true, reported)).toEqual(reported);
  expect(countsOf(step, false, { ...reported, failed: 2 })).toEqual({ ...reported, failed: 2 });
});

it('after a foundation that breaks down no step is run', async () => {
  const mark = join(folder, 'mark');
  const steps = [{ ...nodeStep('process.exit(1)'), isFoundation: true }, nodeStep(writing(mark))];
  expect(await runSteps(steps, NEVER)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(existsSync(mark)).toBe(false);
});

it('after failed tests the next step is run', async () => {
  const mark = join(folder, 'mark');
  await runSteps([{ ...vitestStep(1, 1), isFoundation: true }, nodeStep(writing(mark))], NEVER);
  expect(existsSync(mark)).toBe(true);
});

it('an interrupt ends the step and what it started', async () => {
  const pidFile = join(folder, 'pid');
  const grandchild = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1e6)`;
  const child = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}]); setInterval(() => {}, 1e6)`;
  const interrupt = new AbortController();
  const running = runSteps([nodeStep(child), nodeStep(writing(join(folder, 'mark')))], interrupt.signal);
  const pid = await vi.waitFor(
    () => Number(readFileSync(pidFile, 'utf8')) || Promise.reject(new Error('not yet')),
    4000,
  );
  interrupt.abort();
  expect(await running).toEqual({ passed: 0, failed: 1, skipped: 0 });
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
  expect(existsSync(join(folder, 'mark'))).toBe(false);
});

function nodeStep(script: string): Step {
  return { name: 'a step', command: [process.execPath, '-e', script] };
}

function writing(path: string): string {
  return `require('fs').writeFileSync(${JSON.stringify(path)}, 'was here')`;
}

/** Stands in for vitest: writes a report to where the option says, and ends as vitest would. */
function vitestStep(passed: number, failed: number): Step {
  const report = {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
  };
  const script = `const path = process.argv.find((arg) => arg.startsWith('--outputFile.json=')).slice(18);
    require('fs').writeFileSync(path, ${JSON.stringify(JSON.stringify(report))});
    process.exit(${failed > 0 ? 1 : 0})`;
  return { name: 'vitest', command: [process.execPath, scriptAt(script)], reporter: 'vitest' };
}

function playwrightStep(expected: number, unexpected: number, flaky: number): Step {
  const report = { stats: { expected, unexpected, flaky, skipped: 0 } };
  const script = `require('fs').writeFileSync(process.env.PLAYWRIGHT_JSON_OUTPUT_FILE, ${JSON.stringify(JSON.stringify(report))});
    process.exit(1)`;
  return { name: 'playwright', command: [process.execPath, scriptAt(script)], reporter: 'playwright' };
}

/** In a file: what `node -e` is given cannot be followed by options of the script's own. */
function scriptAt(script: string): string {
  const path = join(folder, `${crypto.randomUUID()}.cjs`);
  writeFileSync(path, script);
  return path;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that ended but was not waited for is still there; on Linux its state says so.
    return !existsSync('/proc/self/stat') || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
