/**
 * `npm run bench`: how fast and how large, as ratios and medians of one run. Numbers of different machines, or of one
 * machine on different days, are not comparable; the ratios nearly are.
 *   --quick     fewer rounds, no trace of a million spans and no million log lines, for CI
 *   --record    appends the table to bench/results.md
 */
import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { analysisRows, hugeRows } from './analysis.ts';
import { botRows } from './bot.ts';
import { logRows } from './logs.ts';
import { loopRows } from './loop.ts';
import type { Row, Sample } from './measure.ts';
import { otlpRows } from './otlp.ts';
import { pictureRows } from './picture.ts';
import { postmortemRows } from './postmortem.ts';
import { redactionRows } from './redaction.ts';
import { sessionRows } from './session.ts';
import { smallTraceRows } from './small-traces.ts';
import { windowRows } from './window.ts';

const QUIET_LOAD = 0.5;

const RESULTS = new URL('./results.md', import.meta.url);

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, record: { type: 'boolean' } } });
const effort = values.quick
  ? { rounds: 3, hugeRounds: 0, starts: 2, warmMs: 300 }
  : { rounds: 7, hugeRounds: 3, starts: 5, warmMs: 2_000 };

/** Processes that ran in the last minute: others lengthen every time, and do not do it evenly. */
const [busy = 0] = loadavg();
if (busy > QUIET_LOAD) console.error(`the machine is busy (load ${busy.toFixed(1)}): times are too long`);

const folder = await mkdtemp(join(tmpdir(), 'spanhound-bench-'));
const rows: Row[] = [];
try {
  rows.push(...(await analysisRows(effort.rounds, folder)));
  rows.push(...(await smallTraceRows(effort.rounds, folder)));
  if (effort.hugeRounds > 0) rows.push(...(await hugeRows(effort.hugeRounds, folder)));
  if (effort.hugeRounds > 0) rows.push(...(await logRows(effort.hugeRounds, folder)));
  rows.push(...(await otlpRows(effort.rounds, folder)));
  rows.push(...(await loopRows(effort.rounds, folder)));
  rows.push(...(await pictureRows(effort.rounds, folder)));
  rows.push(...redactionRows(effort.rounds));
  rows.push(...(await sessionRows(effort.warmMs)));
  rows.push(...(await windowRows(effort.rounds)));
  rows.push(...(await postmortemRows(effort.rounds, folder)));
  rows.push(...(await botRows(effort.starts, folder)));
} finally {
  await rm(folder, { recursive: true, force: true });
}

console.log(table(rows));
if (values.record) await appendFile(RESULTS, `\n## ${heading()}\n\n${table(rows)}\n`);

/** Markdown whose columns are also readable as they are. */
function table(body: readonly Row[]): string {
  const cells = [['what', 'median', 'lowest–highest', 'must', 'aim', 'met'], ...body.map(cellsOf)];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return [lines[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...lines.slice(1)].join('\n');
}

/** What belongs to the line above is indented, in Markdown too. */
function cellsOf({ what, sample, unit, must, aim }: Row): string[] {
  const digits = sample.highest < 10 ? (unit === '×' ? 2 : 1) : 0;
  const limit = (value: number | undefined) => (value === undefined ? '' : `≤ ${value.toLocaleString('en')}`);
  return [
    what.replace('  ', '– '),
    `${sample.median.toFixed(unit === 'rows' ? 0 : digits)} ${unit}`,
    `${sample.lowest.toFixed(digits)}–${sample.highest.toFixed(digits)}`,
    limit(must),
    limit(aim),
    verdictOf(sample, must, aim),
  ];
}

/** Of the median. */
function verdictOf({ median }: Sample, must = Number.NaN, aim = Number.NaN): string {
  if (median <= aim) return 'aim';
  if (median <= must) return 'yes';
  return median > must ? 'no' : '';
}

function heading(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${new Date().toISOString().slice(0, 10)}, ${commit}, Node ${process.versions.node}, ${machine}, load ${busy.toFixed(1)} before it`;
}
