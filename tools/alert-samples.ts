/**
 * The table of samples in `docs/alerts.md`, and `test/fixtures/alert-samples.json`. `--check` writes nothing and says
 * whether the page is out of date; `--accept` also writes what is expected of each sample: read the difference before
 * you commit it.
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

const PAGE = fileURLToPath(new URL('../docs/alerts.md', import.meta.url));
const TABLE = /(?<=<!-- Written by tools\/alert-samples\.ts -->\n)[\s\S]*?(?=<!-- end -->)/;

const problem = problemWithSamples();
if (problem !== undefined) {
  const line = `skipped: docs/alerts.md stays as it is (check: ${problem})`;
  console.log(line);
  // `.ci/run` repeats it in its last lines.
  if (process.env.GATE_NOTES) appendFileSync(process.env.GATE_NOTES, `${line}\n`);
  process.exit();
}
const read = await sampleReader();
const rows = sampleNames().map((name) => ({ name, said: read(name) }));

if (process.argv.includes('--accept')) {
  const expected = Object.fromEntries(rows.map(({ name, said }) => [name, noted(said)]));
  writeFileSync(EXPECTED, `${JSON.stringify(expected, null, 2)}\n`);
}

const page = readFileSync(PAGE, 'utf8');
const current = page.replace(TABLE, () => table());
if (process.argv.includes('--check')) {
  if (current !== page) {
    console.error('docs/alerts.md is out of date: node tools/alert-samples.ts');
    process.exitCode = 1;
  }
} else writeFileSync(PAGE, current);

function table(): string {
  const groups = [...Map.groupBy(rows, ({ name }) => name.split('/')[0] ?? '')];
  const count = (list: typeof rows, ...results: SampleRead['result'][]) =>
    list.filter(({ said }) => results.includes(said.result)).length;
  const numbers = (list: typeof rows) =>
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
