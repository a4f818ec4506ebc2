/** Bytes to report against `JSON.parse` alone of the same bytes: separate processes, turn by turn. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateTrace } from './generate.ts';
import { milliseconds, type Row, sampleOf, spreadOf, type Told, tellingProcess, wholeProcess } from './measure.ts';

const CLI = new URL('../bin/spanhound.mjs', import.meta.url).pathname;

/** The budgets of the product for 100,000 spans. */
const RATIO_BUDGET = 1.3;
const RESIDENT_BUDGET_MB = 200;
/** What a verb of the command line may take beyond its work. */
const VERB_BUDGET = '200 ms beyond its work';

export async function analysisRows(sizes: readonly number[], rounds: number, folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    const file = join(folder, `${size}.json`);
    await writeFile(file, generateTrace(size));
    const parses: Told[] = [];
    const reports: Told[] = [];
    const verbs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      parses.push(await tellingProcess('./parse-alone.ts', [file]));
      reports.push(await tellingProcess('./bytes-to-report.ts', [file]));
      verbs.push((await wholeProcess(process.execPath, [CLI, 'analyze', file, '--json'])).ms);
    }
    rows.push(...rowsOf(size, parses, reports, verbs));
  }
  return rows;
}

function rowsOf(size: number, parses: readonly Told[], reports: readonly Told[], verbs: readonly number[]): Row[] {
  const spans = `${size.toLocaleString('en')} spans`;
  const parse = sampleOf(parses.map(({ ms }) => ms));
  const report = sampleOf(reports.map(({ ms }) => ms));
  const resident = sampleOf(reports.map(({ peakMb }) => peakMb));
  // Neighbours in time share what else the machine does, so the ratio is taken pair by pair.
  const ratio = sampleOf(reports.map(({ ms }, round) => ms / (parses[round]?.ms ?? Number.NaN)));
  const verb = sampleOf(verbs);
  const large = size >= 100_000;
  return [
    { what: `JSON.parse alone, ${spans}`, measured: milliseconds(parse), spread: spreadOf(parse), budget: '' },
    { what: `bytes to report, ${spans}`, measured: milliseconds(report), spread: spreadOf(report), budget: '' },
    {
      what: `ratio, ${spans}`,
      measured: ratio.median.toFixed(2),
      spread: `${ratio.lowest.toFixed(2)}–${ratio.highest.toFixed(2)}`,
      budget: large ? `≤ ${RATIO_BUDGET}` : '',
    },
    {
      what: `peak resident, ${spans}`,
      measured: `${resident.median.toFixed(0)} MB`,
      spread: spreadOf(resident),
      budget: large ? `≤ ${RESIDENT_BUDGET_MB} MB` : '',
    },
    {
      what: `analyze as a process, ${spans}`,
      measured: milliseconds(verb),
      spread: spreadOf(verb),
      budget: VERB_BUDGET,
    },
  ];
}
