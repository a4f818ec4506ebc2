/** The picture of a large trace in a process of its own, where nothing is warm: what it takes after the analysis. */
import { join } from 'node:path';
import { type Row, sampleOf, spansText, tellingProcess } from './measure.ts';

/** `analysisRows` has written the file. */
const SPANS = 100_000;

export type Drawn = Readonly<{ svgMs: number; pngMs: number; rows: number; bytes: number }>;

export async function pictureRows(rounds: number, folder: string): Promise<Row[]> {
  const drawn: Drawn[] = [];
  for (let round = 0; round < rounds; round += 1) {
    drawn.push(await tellingProcess('./draw-picture.ts', [join(folder, `${SPANS}.json`)]));
  }
  const total = sampleOf(drawn.map(({ svgMs, pngMs }) => svgMs + pngMs));
  return [
    { what: `picture after analysis, ${spansText(SPANS)}`, sample: total, unit: 'ms', must: 150 },
    { what: '  choosing rows and SVG', sample: sampleOf(drawn.map(({ svgMs }) => svgMs)), unit: 'ms' },
    { what: '  PNG', sample: sampleOf(drawn.map(({ pngMs }) => pngMs)), unit: 'ms' },
    { what: '  rows', sample: sampleOf(drawn.map(({ rows }) => rows)), unit: 'rows', must: 60 },
    { what: '  size', sample: sampleOf(drawn.map(({ bytes }) => bytes / 1000)), unit: 'KB', must: 200 },
  ];
}
