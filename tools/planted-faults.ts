/**
 * Proves that the gate still finds faults: plants one after the other in a copy of the checkout and runs the step that
 * must turn red, with only the test file that must fail.
 *
 *   node tools/planted-faults.ts          all
 *   node tools/planted-faults.ts WORD…    those whose step or fault holds one of the words
 *
 * First, the same files must pass without a fault. Ends with 1 if a fault is not found.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from '../bench/accuracy/tables.ts';
import { FAULTS, type Fault, type Step, withFault } from './deep/faults.ts';
import { type Ran, runCommands } from './deep/run-commands.ts';

/** `failed`: the tests that failed, of the files that the step ran. */
type Outcome = Ran & Readonly<{ failed: readonly Readonly<{ file: string; test: string }>[] }>;

/** A fault may make a step hang. */
const STEP_LIMIT_MS = 300_000;

const words = process.argv.slice(2);
const faults = FAULTS.filter(
  ({ step, what }) => words.length === 0 || words.some((word) => `${step} ${what}`.includes(word)),
);
const copy = mkdtempSync(join(tmpdir(), 'spanhound-planted-'));
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

const rows: string[][] = [];
let found = 0;
copyCheckout();
for (const [step, own] of Map.groupBy(faults, (fault) => fault.step)) {
  const clean = await timed(() => outcomeOf(step, own));
  const isGreen = clean.end === 'passed';
  note(step, 'none', isGreen ? 'green' : clean.end, clean.seconds);
  if (!isGreen) console.log(`${clean.output}\nNOT FOUND: ${step} is not green without a fault`);
  for (const fault of isGreen ? own : []) await plant(fault);
}
console.log(table([['step', 'fault', 'found by', 'seconds'], ...rows]));
console.log(`${found} of ${faults.length} planted faults found`);
process.exit(found === faults.length ? 0 : 1);

async function plant(fault: Fault): Promise<void> {
  const place = join(copy, fault.file);
  const before = readFileSync(place, 'utf8');
  writeFileSync(place, withFault(before, fault));
  const planted = await timed(() => outcomeOf(fault.step, [fault]));
  writeFileSync(place, before);
  const by = planted.end === 'failed' ? finderOf(fault, planted) : undefined;
  note(fault.step, fault.what, by ?? 'NOTHING', planted.seconds);
  if (by === undefined) console.log(`${planted.output}\nNOT FOUND: ${fault.step}: ${fault.what}`);
  else found += 1;
}

/** Also at once: the table comes after minutes. */
function note(step: Step, what: string, by: string, seconds: number): void {
  rows.push([step, what, by, `${seconds}`]);
  console.log(`${step}, ${what}: ${by}, ${seconds} s`);
}

/** The test that failed in the file that must fail; of a check, the message that names the file with the fault. */
function finderOf({ step, file, foundBy }: Fault, { output, failed }: Outcome): string | undefined {
  if (step === 'check') return output.includes(file) && output.includes(foundBy) ? foundBy : undefined;
  const own = failed.find((each) => each.file === foundBy);
  return own && `${own.file}: ${own.test}`;
}

/** The step's own command, over the files that must find these faults. */
async function outcomeOf(step: Step, own: readonly Fault[]): Promise<Outcome> {
  if (step === 'check') return { ...(await npmRun(step)), failed: [] };
  const report = join(copy, 'outcome.json');
  rmSync(report, { force: true });
  const files = new Set(own.map(({ foundBy }) => foundBy));
  // One failed test is enough; those behind it might wait for what the fault has broken.
  const options = ['--bail=1', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ran = await npmRun(step, ...files, ...options);
  return { ...ran, failed: existsSync(report) ? failedIn(report) : [] };
}

function failedIn(report: string): Outcome['failed'] {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { name: string; assertionResults: { status: string; fullName: string }[] }[];
  };
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => ({ file: relative(copy, name), test: fullName })),
  );
}

async function npmRun(step: Step, ...args: readonly string[]): Promise<Ran> {
  const command = ['npm', 'run', '--silent', step, '--', ...args] as const;
  const ran = await runCommands([{ command, cwd: copy }], {
    limitMs: STEP_LIMIT_MS,
    stop: stop.signal,
    show: () => undefined,
  });
  if (ran.end === 'stopped') process.exit(1);
  return ran;
}

async function timed(work: () => Promise<Outcome>): Promise<Outcome & { seconds: number }> {
  const begun = performance.now();
  const outcome = await work();
  return { ...outcome, seconds: Math.round((performance.now() - begun) / 1_000) };
}

/** The files as they are here, with changes that are not committed. Packages are linked. */
function copyCheckout(): void {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const deleted = execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: root });
  const gone = new Set(namesIn(deleted));
  for (const name of namesIn(listed)) {
    if (name === 'node_modules' || gone.has(name)) continue;
    cpSync(join(root, name), join(copy, name), { verbatimSymlinks: true });
  }
  symlinkSync(realpathSync(join(root, 'node_modules')), join(copy, 'node_modules'));
}

function namesIn(listed: Buffer): readonly string[] {
  return listed
    .toString()
    .split('\0')
    .filter((name) => name !== '');
}
