/** The draft of an incident whose timeline has 500 entries: from the store on disk to Markdown, as `/postmortem` makes it. */
import { join } from 'node:path';
import { type Row, sampleOf, tellingProcess } from './measure.ts';

export const ENTRIES = 500;

/** `nextMs`: of the same text. */
export type Drafted = Readonly<{ firstMs: number; nextMs: number }>;

export async function postmortemRows(rounds: number, folder: string): Promise<Row[]> {
  const drafted: Drafted[] = [];
  for (let round = 0; round < rounds; round += 1) {
    drafted.push(await tellingProcess('./draft-postmortem.ts', [join(folder, `postmortem-${round}`)]));
  }
  const first = sampleOf(drafted.map(({ firstMs }) => firstMs));
  return [
    { what: `postmortem of ${ENTRIES} entries, first of a process`, sample: first, unit: 'ms', must: 3_000 },
    { what: '  the next one', sample: sampleOf(drafted.map(({ nextMs }) => nextMs)), unit: 'ms' },
  ];
}
