/** A body of 1 MB may hold many small traces: what each costs by itself counts then, and not its spans. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLI, type Row, sampleOf, timeOfProcess } from './measure.ts';

const BODY_CHARS = 1_000_000;
/** A body of that size never takes longer, whatever is in it. */
const MUST_MS = 2_000;

type Kind = Readonly<{ what: string; spansOf: (traceId: string) => readonly object[] }>;

/** Nothing is said that can be left out: no smaller trace has a finding. */
const KINDS: readonly Kind[] = [
  {
    what: 'one failing span each',
    spansOf: (traceID) => [{ traceID, spanID: '1', tags: [{ key: 'error', value: true }] }],
  },
  {
    what: 'two roots each',
    spansOf: (traceID) => [
      { traceID, spanID: '1' },
      { traceID, spanID: '2' },
    ],
  },
];

export async function smallTraceRows(rounds: number, folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [number, kind] of KINDS.entries()) {
    const file = join(folder, `small-traces-${number}.json`);
    await writeFile(file, bodyOf(kind));
    for (const form of ['text', 'json']) {
      const ms: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        ms.push(await timeOfProcess([...CLI, 'analyze', '--format', form, file]));
      }
      rows.push({ what: `1 MB of traces as ${form}, ${kind.what}`, sample: sampleOf(ms), unit: 'ms', must: MUST_MS });
    }
  }
  return rows;
}

function bodyOf({ spansOf }: Kind): string {
  const traces: string[] = [];
  let chars = 0;
  while (chars < BODY_CHARS) {
    const trace = JSON.stringify({ spans: spansOf(traces.length.toString(16)) });
    traces.push(trace);
    chars += trace.length + 1;
  }
  return `{"data":[${traces.join(',')}]}`;
}
