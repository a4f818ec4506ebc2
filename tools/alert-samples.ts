/**
 * The table of samples in `docs/alerts.md`, which `npm run generate` writes.
 *
 *   node tools/alert-samples.ts --accept   writes the expected results, `test/fixtures/alert-samples.json`: read the
 *                                          difference before you commit it
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  EXPECTED,
  noted,
  problemWithSamples,
  type SampleRead,
  sampleNames,
  sampleReader,
} from '../test/support/alert-samples.ts';
import type { Generated } from './generated.ts';

const PAGE = 'docs/alerts.md';
const TABLE = /(?<=<!-- Written by tools\/alert-samples\.ts -->\n)[\s\S]*?(?=<!-- end -->)/;

/** Empty without the samples as they were pinned: they do not belong to this repository. */
export async function alertTable(): Promise<Generated> {
  const problem = problemWithSamples();
  if (problem !== undefined) return skipped(problem);
  const page = readFileSync(fileURLToPath(new URL(`../${PAGE}`, import.meta.url)), 'utf8');
  const rows = await samplesRead();
  return new Map([[PAGE, page.replace(TABLE, () => table(rows))]]);
}

function skipped(problem: string): Generated {
  const line = `skipped: docs/alerts.md stays as it is (check: ${problem})`;
  console.log(line);
  // `.ci/run` repeats it in its last lines.
  if (process.env.GATE_NOTES) appendFileSync(process.env.GATE_NOTES, `${line}\n`);
  return new Map();
}

type Row = Readonly<{ name: string; said: SampleRead }>;

async function samplesRead(): Promise<readonly Row[]> {
  const read = await sampleReader();
  return sampleNames().map((name) => ({ name, said: read(name) }));
}

function table(rows: readonly Row[]): string {
  const groups = [...Map.groupBy(rows, ({ name }) => name.split('/')[0] ?? '')];
  const count = (list: readonly Row[], ...results: SampleRead['result'][]) =>
    list.filter(({ said }) => results.includes(said.result)).length;
  const numbers = (list: readonly Row[]) =>
    `${list.length} | ${count(list, 'alert')} | ${count(list, 'note')} | ${count(list, 'refused')} | ${count(list, 'silent')}`;
  const lines = groups.map(([sender, list]) => `| \`${sender}\` | ${numbers(list)} |`);
  const reasons = [
    ...Map.groupBy(
      rows.flatMap(({ said }) => (said.result === 'refused' ? [said.why] : [])).map(firstLine),
      (why) => why,
    ),
  ].map(([why, all]) => `| ${why.replaceAll('|', '\\|')} | ${all.length} |`);
  return [
    '| samples of | all | read as an alert | read as a note | refused with a reason | silent |',
    '|---|---|---|---|---|---|',
    ...lines,
    `| all | ${numbers(rows)} |`,
    '',
    '| reason of a refusal | samples |',
    '|---|---|',
    ...reasons.sort(),
    '',
  ].join('\n');
}

function firstLine(why: string): string {
  return (
    why
      .replace(/^✖ /, '')
      .replaceAll(/\n\s*→ /g, ', ')
      .split('\n', 1)[0] ?? why
  );
}

if (import.meta.main && process.argv.includes('--accept')) {
  const expected = Object.fromEntries((await samplesRead()).map(({ name, said }) => [name, noted(said)]));
  writeFileSync(EXPECTED, `${JSON.stringify(expected, null, 2)}\n`);
}
