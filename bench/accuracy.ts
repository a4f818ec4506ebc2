/**
 * `npm run accuracy`: how often the detectors of one trace are right, on traces that are drawn with their answers; and how
 * often the verdict on a window of many requests is. What draws them knows of the detectors only what their documentation
 * promises, and they know nothing of it.
 *   detectors        what is judged: these, and windows
 *   windows          or windows alone
 *   changes          or which change did it, in stories that are told with many harmless changes around
 *   calibrate        or how far evidence carries: fits the curve and writes `src/diagnose/calibration-data.ts`, then the page
 *   calibrate-first  what a verdict is worth at first contact, in `src/diagnose/first-contact-data.ts`, then the page
 *   calibrate-windows  the same for windows, in `src/diagnose/window/window-calibration-data.ts`
 *   calibrate-logs   the same for verdicts that rest on log lines alone, in `src/diagnose/log-calibration-data.ts`
 *   page             or only writes docs/accuracy.md, with the curve as it is
 *   logs             or only its part about verdicts that rest on log lines alone
 *   --seed TEXT      other traces (default 1)
 *   --per-kind N     positives and near misses of each detector (default 40)
 *   --windows N      windows of each kind of fault and share (default 3)
 *   --healthy N      windows in which nothing is wrong (default: seven for each of these)
 *   --json           for machines
 *   --show ID N      instead of the tables, N failing traces of that detector, or of `pair` or `any`
 *   --show TEXT N    of windows: N that failed and have that text in their id
 *   --scenarios      also which scenarios fail
 *   --write DIR      also the drawn traces and logs, as files for `spanhound analyze FILE --logs LINES`
 * The exit code says whether it ran, not how it came out.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FITTED } from '#diagnose/calibration-data.ts';
import { fittedCurve } from './accuracy/calibrate.ts';
import { logDataModule } from './accuracy/calibrate-logs.ts';
import { accuracyPage, dataModule, firstContactPicture } from './accuracy/calibration-page.ts';
import { drawChanges } from './accuracy/changes/draw.ts';
import { changeTable, type JudgedChanges, judgedChanges } from './accuracy/changes/score.ts';
import { bytesOf, diagnosed, logBytesOf } from './accuracy/diagnose.ts';
import { type DrawnTrace, drawTraces } from './accuracy/draw.ts';
import { type Judged, judged } from './accuracy/judged.ts';
import { logSection, withLogSection } from './accuracy/log-windows.ts';
import { recordedVerdicts } from './accuracy/recorded.ts';
import { scoresOf, toldVerdicts } from './accuracy/scores.ts';
import { failureText, hasFailed, scenarioTable, scoreTables } from './accuracy/tables.ts';
import { thinned } from './accuracy/thinned.ts';
import { fittedWindowCurve, windowDataModule } from './accuracy/windows/calibrate.ts';
import { drawWindows } from './accuracy/windows/draw.ts';
import { bodiesOf, reportOf } from './accuracy/windows/report.ts';
import { type JudgedWindow, judgedWindow, windowTables } from './accuracy/windows/score.ts';
import { firstContactModule } from './strangers/first-verdicts.ts';

const PER_KIND = 40;
const WINDOWS_PER_KIND = 3;
/** Of each story of changes as many. */
const TOLD = 10;
const SUBJECTS = [
  'detectors',
  'windows',
  'changes',
  'calibrate',
  'calibrate-first',
  'calibrate-windows',
  'calibrate-logs',
  'page',
  'logs',
];

/** What the curve is fitted on is never what it is checked on, and neither is what people look at while they work. */
const FIT_SEEDS = ['fit a', 'fit b'];
const WINDOW_FIT_SEEDS = ['fit a', 'fit b', 'fit c'];
/** As many as are not: whoever asks about a time may be wrong that anything is. */
const HEALTHY_OF_FIT = 112;
const UNSEEN_SEEDS = ['unseen a', 'unseen b'];

/** Another seed than that of test/detect/log-corpus.property.test.ts, which vouches for the numbers of `log-calibration-data.ts`. */
const LOG_SEED = 2;
const LOG_REQUESTS = 240;

const DATA = fileURLToPath(new URL('../src/diagnose/calibration-data.ts', import.meta.url));
const FIRST_DATA = fileURLToPath(new URL('../src/diagnose/first-contact-data.ts', import.meta.url));
const WINDOW_DATA = fileURLToPath(new URL('../src/diagnose/window/window-calibration-data.ts', import.meta.url));
const LOG_DATA = fileURLToPath(new URL('../src/diagnose/log-calibration-data.ts', import.meta.url));
const PAGE = fileURLToPath(new URL('../docs/accuracy.md', import.meta.url));
const PICTURE = fileURLToPath(new URL('../docs/images/confidence.svg', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    'per-kind': { type: 'string', default: `${PER_KIND}` },
    windows: { type: 'string', default: `${WINDOWS_PER_KIND}` },
    healthy: { type: 'string' },
    json: { type: 'boolean', default: false },
    show: { type: 'string' },
    scenarios: { type: 'boolean', default: false },
    write: { type: 'string' },
  },
});
const [subject, many = '5'] = positionals;
const perKind = Number(values['per-kind']);
const windowsPerKind = Number(values.windows);
const healthyWindows = values.healthy === undefined ? undefined : Number(values.healthy);
if (!SUBJECTS.includes(subject ?? '') || !(perKind > 0) || !(windowsPerKind > 0) || Number.isNaN(healthyWindows)) {
  console.error(
    `usage: node bench/accuracy.ts ${SUBJECTS.join('|')} [--json] [--seed TEXT] [--per-kind N] [--windows N] [--healthy N] [--scenarios] [--show ID N] [--write DIR]`,
  );
  process.exit(2);
}

if (subject === 'calibrate') await calibrate();
else if (subject === 'calibrate-first') await calibrateFirst();
else if (subject === 'calibrate-windows') await calibrateWindows();
else if (subject === 'calibrate-logs') await writeFile(LOG_DATA, await logDataModule());
else if (subject === 'page') await writePage();
else if (subject === 'logs') await writeLogs();
else if (subject === 'changes') console.log(changeTable(await toldChanges(values.seed)));
else if (subject === 'windows') {
  const windows = await judgedWindows(values.seed);
  if (values.show !== undefined) console.log(shownWindows(windows, values.show, Number(many)));
  else console.log(values.json ? JSON.stringify(windows) : windowTables(windows));
} else {
  if (values.write !== undefined) await mkdir(values.write, { recursive: true });
  const all = await judgedTraces(values.seed, values.write);
  if (values.show !== undefined) console.log(shownFailures(all, values.show, Number(many)));
  else {
    const windows = await judgedWindows(values.seed);
    if (values.json) console.log(JSON.stringify({ ...scoresOf(all), failures: all.filter(hasFailed), windows }));
    else {
      const scenarios = values.scenarios ? [scenarioTable(all)] : [];
      console.log([scoreTables(scoresOf(all)), ...scenarios, windowTables(windows)].join('\n\n'));
    }
  }
}

async function toldChanges(seed: string): Promise<JudgedChanges[]> {
  const all: JudgedChanges[] = [];
  for (const drawn of drawChanges(seed, TOLD)) all.push(await judgedChanges(drawn));
  return all;
}

async function judgedWindows(seed: string, healthy = healthyWindows): Promise<JudgedWindow[]> {
  const all: JudgedWindow[] = [];
  for (const window of drawWindows(seed, windowsPerKind, healthy)) {
    const time = { fromUs: window.fromMs * 1000, toUs: window.toMs * 1000 };
    all.push(judgedWindow(window, await reportOf(bodiesOf(window), time)));
  }
  return all;
}

function shownWindows(all: readonly JudgedWindow[], text: string, count: number): string {
  const failed = all.filter((one) => one.id.includes(text) && (one.isHealthy ? one.confidence >= 0.5 : one.rank > 1));
  const shown = failed
    .slice(0, count)
    .map(({ id, faults, verdict }) => `${id}: ${faults || 'healthy'}, and it says ${verdict}`);
  return shown.join('\n') || `nothing failed in windows of ${text}`;
}

async function judgedTraces(seed: string, folder?: string): Promise<Judged[]> {
  const all: Judged[] = [];
  for (const trace of drawTraces(seed, perKind)) {
    if (folder !== undefined) await write(folder, trace);
    all.push(judged(trace, await diagnosed(trace)));
  }
  return all;
}

async function thinnedTraces(seed: string): Promise<Judged[]> {
  const all: Judged[] = [];
  for (const whole of drawTraces(seed, perKind)) {
    const trace = thinned(whole, seed);
    all.push(judged(trace, await diagnosed(trace)));
  }
  return all;
}

/** To each two whole traces a thinned one: most of what people ask about is recorded well, and not all of it. */
async function calibrate(): Promise<void> {
  const fitted: Judged[] = [];
  for (const seed of FIT_SEEDS) {
    const thin = await thinnedTraces(seed);
    fitted.push(...(await judgedTraces(seed)), ...thin.filter((_, at) => at % 2 === 0));
  }
  const told = toldVerdicts(fitted);
  const date = new Date().toISOString().slice(0, 10);
  const curve = fittedCurve(told);
  await writeFile(DATA, dataModule({ date, seeds: FIT_SEEDS, traces: fitted.length, verdicts: told.length, curve }));
  writePageAnew();
}

async function calibrateFirst(): Promise<void> {
  await writeFile(FIRST_DATA, firstContactModule(new Date().toISOString().slice(0, 10)));
  writePageAnew();
}

/** In a process of its own: this one has the numbers that were there when it began. */
function writePageAnew(): void {
  execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'page', '--per-kind', `${perKind}`], {
    stdio: 'inherit',
  });
}

async function calibrateWindows(): Promise<void> {
  const windows: JudgedWindow[] = [];
  for (const seed of WINDOW_FIT_SEEDS) windows.push(...(await judgedWindows(seed, HEALTHY_OF_FIT)));
  const told = windows.flatMap(({ told }) => told ?? []);
  await writeFile(WINDOW_DATA, windowDataModule(fittedWindowCurve(told), WINDOW_FIT_SEEDS, told.length));
}

async function writePage(): Promise<void> {
  const whole: Judged[] = [];
  const thin: Judged[] = [];
  for (const seed of UNSEEN_SEEDS) {
    whole.push(...(await judgedTraces(seed)));
    thin.push(...(await thinnedTraces(seed)));
  }
  const page = {
    fit: FITTED,
    scores: scoresOf(whole),
    seeds: UNSEEN_SEEDS,
    whole: toldVerdicts(whole),
    thin: toldVerdicts(thin),
  };
  await writeFile(PAGE, accuracyPage({ ...page, recorded: await recordedVerdicts() }));
  await writeFile(PICTURE, firstContactPicture());
  await writeLogs();
  console.log(
    `surer than right by ${page.scores.tooSure.toFixed(3)}, of ${page.whole.length} verdicts that were not fitted`,
  );
}

async function writeLogs(): Promise<void> {
  const section = await logSection(LOG_SEED, perKind, LOG_REQUESTS);
  await writeFile(PAGE, withLogSection(await readFile(PAGE, 'utf8'), section));
}

/** Its own traces in which something is wrong, and those of others in which it fired wrongly. */
function shownFailures(all: readonly Judged[], id: string, count: number): string {
  const mine = all.filter((one) => hasFailed(one) && (one.id.startsWith(`${id}/`) || one.falseAlarms.includes(id)));
  return mine.slice(0, count).map(failureText).join('\n\n') || `nothing failed for ${id}`;
}

async function write(folder: string, trace: DrawnTrace): Promise<void> {
  const name = trace.id.replaceAll(/[^a-zA-Z0-9]+/g, '-');
  await writeFile(join(folder, `${name}.json`), bytesOf(trace));
  if (trace.logs.length > 0) await writeFile(join(folder, `${name}.logs.jsonl`), logBytesOf(trace));
  await writeFile(join(folder, `${name}.label.json`), `${JSON.stringify(trace.label, null, 2)}\n`);
}
