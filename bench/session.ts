/** In one warm process, as the bot runs: an ordinary trace from bytes to report, and the picture of a waterfall. */
import { Bench } from 'tinybench';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace, Forms } from '#analyse/session.ts';
import { generateTrace } from './generate.ts';
import type { Row } from './measure.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

/** An ordinary trace has no more; a picture folds what a large one has more than rows fit. */
const ORDINARY_SPANS = 500;
const LARGE_SPANS = 5_000;

const ORDINARY_BUDGET = '≤ 5 ms';
const PICTURE_BUDGET = '≤ 150 ms';
const PICTURE_BYTES_BUDGET = '≤ 200 KB';

export async function sessionRows(timeMs: number): Promise<Row[]> {
  const ordinary = generateTrace(ORDINARY_SPANS);
  const large = generateTrace(LARGE_SPANS);
  const bench = new Bench({ time: timeMs, iterations: 5, warmupIterations: 2 });
  bench.add(`bytes to report, warm, ${ORDINARY_SPANS} spans`, () => analysed(ordinary, {}));

  for (const [spans, bytes] of [
    [ORDINARY_SPANS, ordinary],
    [LARGE_SPANS, large],
  ] as const) {
    const session = await opened(bytes);
    bench.add(`picture, ${spans} spans`, () => session.reports({ png: true }));
  }
  await bench.run();

  const rows = bench.tasks.map(({ name, result }): Row => {
    if (result.state !== 'completed') throw new Error(`${name} did not complete: ${result.state}`);
    const { p50, min, max } = result.latency;
    const budget = name.startsWith('picture') ? PICTURE_BUDGET : ORDINARY_BUDGET;
    return { what: name, measured: `${p50.toFixed(1)} ms`, spread: `${min.toFixed(1)}–${max.toFixed(1)}`, budget };
  });
  const [picture] = await analysed(large, { png: true });
  const kilobytes = (picture?.png?.length ?? Number.NaN) / 1000;
  rows.push({
    what: `size of the picture, ${LARGE_SPANS} spans`,
    measured: `${kilobytes.toFixed(0)} KB`,
    spread: '',
    budget: PICTURE_BYTES_BUDGET,
  });
  return rows;
}

async function analysed(bytes: Uint8Array, forms: Forms): Promise<readonly AnalysedTrace[]> {
  const session = await opened(bytes);
  const reports = await session.reports(forms);
  await session.close();
  return reports;
}

async function opened(bytes: Uint8Array) {
  const session = openSession(DEFAULT_SETTINGS);
  session.body('trace', {
    kind: 'trace',
    format: 'jaeger-json',
    source: 'jaeger',
    file: '',
    query: { text: '', url: '' },
  });
  await session.bytes('trace', bytes);
  await session.end('trace');
  return session;
}
