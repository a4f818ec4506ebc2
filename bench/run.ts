/**
 * `npm run bench`: how fast and how large, as ratios and medians of one run. Numbers of different machines, or of one
 * machine on different days, are not comparable; the ratios nearly are.
 *   --quick     fewer rounds, for CI
 *   --record    appends the table to bench/results.md
 */
import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { analysisRows } from './analysis.ts';
import { botRows } from './bot.ts';
import type { Row } from './measure.ts';
import { sessionRows } from './session.ts';

const RESULTS = new URL('./results.md', import.meta.url);

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, record: { type: 'boolean' } } });
const effort = values.quick
  ? { sizes: [500, 10_000, 100_000], rounds: 3, starts: 2, warmMs: 300 }
  : { sizes: [500, 10_000, 100_000], rounds: 7, starts: 5, warmMs: 2_000 };

const folder = await mkdtemp(join(tmpdir(), 'spanhound-bench-'));
const rows: Row[] = [];
try {
  rows.push(...(await analysisRows(effort.sizes, effort.rounds, folder)));
  rows.push(...(await sessionRows(effort.warmMs)));
  rows.push(...(await botRows(effort.starts, folder)));
} finally {
  await rm(folder, { recursive: true, force: true });
}

console.log(table(rows));
if (values.record) await appendFile(RESULTS, `\n## ${heading()}\n\n${table(rows)}\n`);

/** Markdown whose columns are also readable as they are. */
function table(body: readonly Row[]): string {
  const cells = [
    ['what', 'median', 'lowest–highest', 'budget'],
    ...body.map(({ what, measured, spread, budget }) => [what, measured, spread, budget]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return [lines[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...lines.slice(1)].join('\n');
}

function heading(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${new Date().toISOString().slice(0, 10)}, ${commit}, Node ${process.versions.node}, ${machine}`;
}
