/** An ordinary trace in one warm process, as the bot runs: bytes to report, and its picture. */
import { Bench } from 'tinybench';
import { openSession } from '#analyse/open-session.ts';
import type { Forms } from '#analyse/session.ts';
import { generateTrace } from './generate.ts';
import { type Row, spansText } from './measure.ts';
import { DEFAULT_SETTINGS, TRACE_BODY } from './settings.ts';

/** An ordinary trace has no more. */
const SPANS = 500;

export async function sessionRows(timeMs: number): Promise<Row[]> {
  const bytes = generateTrace(SPANS);
  const bench = new Bench({ time: timeMs, iterations: 5, warmupIterations: 2 });
  bench.add('bytes to report', () => analysed(bytes, {}));
  bench.add('with its picture', () => analysed(bytes, { png: true }));
  await bench.run();
  const [report, pictured] = bench.tasks.map(({ name, result }) => {
    if (result.state !== 'completed') throw new Error(`${name} did not complete: ${result.state}`);
    const { p50, min, max } = result.latency;
    return { median: p50, lowest: min, highest: max };
  });
  if (report === undefined || pictured === undefined) throw new Error('a task is missing');
  return [
    { what: `bytes to report, warm, ${spansText(SPANS)}`, sample: report, unit: 'ms', must: 5 },
    { what: '  with its picture', sample: pictured, unit: 'ms', must: 150 },
  ];
}

async function analysed(bytes: Uint8Array, forms: Forms): Promise<void> {
  const session = openSession(DEFAULT_SETTINGS);
  session.body('trace', TRACE_BODY);
  await session.bytes('trace', bytes);
  await session.end('trace');
  await session.reports(forms);
  await session.close();
}
