/** The part of docs/accuracy.md about metrics alone. `node bench/metrics-alone.ts --write` measures and writes it anew. */
import { readFileSync } from 'node:fs';
import { table } from './tables.ts';

/** By set: how many windows, and in how many the guilty service comes first. */
export type Counts = Readonly<Record<string, Readonly<{ windows: number; ours: number; prism: number }>>>;

/** What the last `--write` of each set measured. */
export const COUNTS_FILE = new URL('metrics-alone.json', import.meta.url);

export function countsNow(): Counts {
  return JSON.parse(readFileSync(COUNTS_FILE, 'utf8')) as Counts;
}

export function metricsAloneTable(counts: Counts): string {
  const share = (part: number, of: number) => `${part} (${(part / of).toFixed(2)})`;
  return table([
    ['set', 'windows', 'Spanhound', 'PRISM'],
    ...Object.entries(counts).map(([set, { windows, ours, prism }]) => [
      set,
      `${windows}`,
      share(ours, windows),
      share(prism, windows),
    ]),
  ]);
}

export const metricsAloneText = (counts: Counts = countsNow()): string => `## Metrics alone
How often the guilty service comes first if a window keeps nothing but its metrics: no traces, no lines, no changes. PRISM is a score that anyone can compute: the largest z of what happens inside a service, plus the largest z of what its callers see. It always names a service; Spanhound may name none. \`cases-changes\` are recorded releases, the other sets are windows by people who had not read the code. In most windows of \`windows-11\` and \`windows-13\` no metric shows the fault: their traces and lines do. \`node bench/metrics-alone.ts\` repeats the measurement.

${metricsAloneTable(counts)}`;
