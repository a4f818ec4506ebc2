/** A million log lines to their templates in a worker: a process of its own for each round, its peak as a whole. */
import { join } from 'node:path';
import { writeLogs } from './generate-logs.ts';
import { peakOfProcess, type Row, sampleOf, tellingProcess } from './measure.ts';

const LINES = 1_000_000;
const MINE = new URL('./mine-logs.ts', import.meta.url).pathname;

export async function logRows(rounds: number, folder: string): Promise<Row[]> {
  const file = join(folder, 'lines.log');
  await writeLogs(file, LINES);
  const ms: number[] = [];
  const peak: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ms.push((await tellingProcess<{ ms: number }>(MINE, [file])).ms);
    peak.push(await peakOfProcess([MINE, file]));
  }
  const what = `bytes to log templates in a worker, ${LINES.toLocaleString('en')} lines`;
  return [
    { what, sample: sampleOf(ms), unit: 'ms', must: 10_000, aim: 5_000 },
    { what: '  peak', sample: sampleOf(peak), unit: 'MB', must: 300 },
  ];
}
