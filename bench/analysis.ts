/** Bytes to report against `JSON.parse` alone of the same bytes: processes of their own, turn by turn. */
import { join } from 'node:path';
import { writeTrace } from './generate.ts';
import { CLI, peakOfProcess, type Row, ratioOf, sampleOf, spansText, tellingProcess, wholeProcess } from './measure.ts';

/** What a process takes that parses the file and does nothing else. */
export const PARSE_FILE = "JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))";

const SMALL = 10_000;
const LARGE = 100_000;
const HUGE = 1_000_000;

/** What a measured process says of itself. */
type Told = Readonly<{ ms: number; peakMb: number }>;

type Budget = Readonly<{ must?: number; aim?: number }>;
type Budgets = Readonly<Record<'report' | 'model' | 'process' | 'verb' | 'peak', Budget>>;

const BUDGETS: Readonly<Record<number, Partial<Budgets>>> = {
  [SMALL]: { verb: { must: 200, aim: 120 } },
  [LARGE]: {
    report: { must: 1.3, aim: 0.8 },
    model: { must: 0.9, aim: 0.7 },
    process: { must: 1.5 },
    peak: { must: 200, aim: 130 },
  },
};

export async function analysisRows(rounds: number, folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of [SMALL, LARGE]) rows.push(...(await sizeRows(size, rounds, folder)));
  return rows;
}

async function sizeRows(size: number, rounds: number, folder: string): Promise<Row[]> {
  const file = join(folder, `${size}.json`);
  await writeTrace(file, size);
  const parse: Told[] = [];
  const report: Told[] = [];
  const model: Told[] = [];
  const process: number[] = [];
  const verb: number[] = [];
  const peak: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    parse.push(await tellingProcess('./parse-alone.ts', [file]));
    report.push(await tellingProcess('./bytes-to-report.ts', [file]));
    model.push(await tellingProcess('./bytes-to-model.ts', [file]));
    process.push((await wholeProcess(['-e', PARSE_FILE, file])).ms);
    verb.push((await wholeProcess([...CLI, 'analyze', file])).ms);
    peak.push(await peakOfProcess([...CLI, 'analyze', file]));
  }
  const budget = BUDGETS[size] ?? {};
  const spans = spansText(size);
  const ms = (told: readonly Told[]) => told.map((one) => one.ms);
  const held = (told: readonly Told[]) => sampleOf(told.map((one) => one.peakMb));
  return [
    { what: `JSON.parse alone, ${spans}`, sample: sampleOf(ms(parse)), unit: 'ms' },
    { what: `bytes to report, ${spans}`, sample: sampleOf(ms(report)), unit: 'ms' },
    { what: '  of JSON.parse', sample: ratioOf(ms(report), ms(parse)), unit: '×', ...budget.report },
    { what: `bytes to critical path, ${spans}`, sample: sampleOf(ms(model)), unit: 'ms' },
    { what: '  of JSON.parse', sample: ratioOf(ms(model), ms(parse)), unit: '×', ...budget.model },
    { what: '  peak, the whole file included', sample: held(model), unit: 'MB' },
    { what: `process that only parses, ${spans}`, sample: sampleOf(process), unit: 'ms' },
    { what: `analyze as a process, ${spans}`, sample: sampleOf(verb), unit: 'ms', ...budget.verb },
    { what: '  of the one that only parses', sample: ratioOf(verb, process), unit: '×', ...budget.process },
    { what: '  peak', sample: sampleOf(peak), unit: 'MB', ...budget.peak },
  ];
}

/** A trace that no string can hold, by the way of the command line. */
export async function hugeRows(rounds: number, folder: string): Promise<Row[]> {
  const large = join(folder, `${LARGE}.json`);
  const huge = join(folder, `${HUGE}.json`);
  await writeTrace(huge, HUGE);
  const largeMs: number[] = [];
  const hugeMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    largeMs.push((await wholeProcess([...CLI, 'analyze', large])).ms);
    hugeMs.push((await wholeProcess([...CLI, 'analyze', huge])).ms);
  }
  const peak = [await peakOfProcess([...CLI, 'analyze', huge])];
  const what = `analyze as a process, ${spansText(HUGE)}`;
  return [
    { what, sample: sampleOf(hugeMs), unit: 'ms', must: 5_000, aim: 2_500 },
    { what: `  of ${spansText(LARGE)}`, sample: ratioOf(hugeMs, largeMs), unit: '×', must: 11 },
    { what: '  peak', sample: sampleOf(peak), unit: 'MB', must: 450, aim: 300 },
  ];
}
