/**
 * One step of tests in `.ci/run`: runs an npm script with Vitest and ends it after 20 failures. Files of
 * `test/unsteady.json` that failed are run once more, each alone; if they are green then, so is the step.
 *
 *   node tools/test-step.ts test:processes
 *
 * The lines that `.ci/run` repeats in its table are appended to the file that `GATE_NOTES` names.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RUN_FILE, type Skip, type TestRun } from './test-run.ts';
import { UNSTEADY, unsteadyFiles } from './unsteady.ts';

/** A broken bot fails hundreds of tests, many of them after minutes. */
const MOST_FAILURES = 20;

/** Where `.ci/run` looks for lines of its table. */
const notes = process.env.GATE_NOTES;

const REPORTER = fileURLToPath(new URL('test-step-reporter.ts', import.meta.url));

/** A folder in memory. `.ci/run` removes it also when this program is killed. */
const memory = process.env.GATE_MEMORY || undefined;
/** The files of a step take a part of it, its programs the rest. */
const LEAST_MEMORY_BYTES = 6 * 2 ** 30;

type Ended = Readonly<{
  code: number;
  /** Undefined if Vitest ended without having written it. */
  run: TestRun | undefined;
}>;

/** The files that may be tried again: all that failed, or none. Nothing else may have gone wrong. */
export function filesToRepeat({ run }: Ended, unsteady: readonly string[]): readonly string[] {
  if (run?.reason !== 'failed' || run.errors.length > 0) return [];
  return run.failed.every((file) => unsteady.includes(file)) ? run.failed : [];
}

/** `skipped: conformance, 464 tests (test: ../shared/conformance is missing)`, a line for each reason. */
export function skippedLines(step: string, skipped: readonly Skip[]): readonly string[] {
  const groups = Map.groupBy(skipped, ({ file, why }) => why || `${file}: it gives no reason`);
  return [...groups].sort().map(([reason, { length }]) => {
    const end = reason.indexOf(': ');
    const [what, why] = [reason.slice(0, end), reason.slice(end + 2)];
    return `skipped: ${what}, ${length} ${length === 1 ? 'test' : 'tests'} (${step}: ${why})`;
  });
}

/** What failed, for the end of the log: the rest of it may be cut off. */
export function failedLines(step: string, { failures, errors }: TestRun): readonly string[] {
  return [...failures, ...errors.map((error) => `outside of any test: ${error}`)].map(
    (failure) => `failed: ${step}: ${failure}`,
  );
}

async function testStep(script: string): Promise<number> {
  const unsteady = unsteadyFiles(readFileSync(UNSTEADY, 'utf8'));
  const first = await runTests(script, [`--bail=${MOST_FAILURES}`]);
  for (const line of skippedLines(script, first.run?.skipped ?? [])) note(line);
  if (first.code === 0) return 0;
  for (const line of first.run ? failedLines(script, first.run) : []) note(line);
  if (first.run?.reason === 'interrupted') note(`ended after ${MOST_FAILURES} failures`);

  const again = filesToRepeat(first, unsteady);
  for (const file of again) {
    console.log(`━━ ${file} is unsteady: once more, alone`);
    const { code, run } = await runTests(script, [file]);
    if (code !== 0 || !run?.passed.includes(file)) return first.code;
  }
  if (again.length === 0) return first.code;
  note(`unsteady, green the second time: ${again.join(', ')}`);
  return 0;
}

async function runTests(script: string, options: readonly string[]): Promise<Ended> {
  // `.ci/run` removes its folder also when this program is killed.
  const folder = mkdtempSync(join(notes === undefined ? tmpdir() : dirname(notes), 'spanhound-step-'));
  const file = join(folder, 'run.json');
  const inMemory = memoryFolder();
  const npm = ['run', script, '--', '--reporter=default', `--reporter=${REPORTER}`, ...options];
  const child = spawn('npm', npm, {
    stdio: 'inherit',
    env: { ...process.env, [RUN_FILE]: file, ...(inMemory && { TMPDIR: inMemory }) },
  });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (ended) => resolve(ended ?? 1));
    });
    return { code, run: readRun(file) };
  } finally {
    rmSync(folder, { recursive: true });
    if (inMemory !== undefined) rmSync(inMemory, { recursive: true, force: true });
  }
}

/** A folder in memory, where there is plenty: the tests open hundreds of stores, and each waits for its disk. */
function memoryFolder(): string | undefined {
  if (memory === undefined) return undefined;
  const { bavail, bsize } = statfsSync(memory);
  if (Math.min(bavail * bsize, freemem()) < LEAST_MEMORY_BYTES) return undefined;
  return mkdtempSync(join(memory, 'step-'));
}

function readRun(file: string): TestRun | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function note(line: string): void {
  console.log(line);
  if (notes !== undefined) appendFileSync(notes, `${line}\n`);
}

if (import.meta.main) {
  const [script] = process.argv.slice(2);
  if (script === undefined) throw new Error('node tools/test-step.ts SCRIPT');
  process.exitCode = await testStep(script);
}
