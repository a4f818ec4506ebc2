/** Traces that are too large to be read, in the shapes in which they come: what has to be seen is seen, nothing is lost. */
import { describe, expect, it } from 'vitest';
import type { TraceAnalysis } from '#model/finding/analysis.ts';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import { waterfallSvg } from '#present/waterfall/svg.ts';
import { NO_PAINT, waterfallText } from '#present/waterfall/text.ts';
import { coveredShare, type WaterfallRow, waterfallOf } from '#present/waterfall/waterfall.ts';
import { analysisOf, spanAt } from '#test/analysis.ts';
import { DRAWN_AT_US, times } from '#test/trace.ts';

const LARGE = 100_000;
const MAX_ROWS = 24;

type Given = Partial<SpanRow> & Pick<SpanRow, 'id' | 'durationUs'>;

function row({ startUs = 0, ...given }: Given): SpanRow {
  return {
    parentId: undefined,
    service: 'shop',
    operation: 'work',
    kind: 'internal',
    failed: undefined,
    attributes: {},
    ...given,
    startUs: DRAWN_AT_US + startUs,
  };
}

function analysed(rows: readonly SpanRow[], cause?: string): TraceAnalysis {
  const trace = traceFrom(rows);
  return analysisOf(trace, cause === undefined ? {} : { cause: { spans: [spanAt(trace, cause)] } });
}

/** The rows, once they are known to stand for every span, in no more than they may be. */
function rowsOf({ trace, judgement }: TraceAnalysis): readonly WaterfallRow[] {
  const { rows } = waterfallOf(trace, judgement, { maxRows: MAX_ROWS });
  expect(rows.length).toBeLessThanOrEqual(MAX_ROWS);
  expect(rows.reduce((sum, { spans }) => sum + spans, 0)).toBe(trace.spanCount);
  return rows;
}

const outline = (rows: readonly WaterfallRow[]) =>
  rows.map(({ depth, service, label }) => `${'  '.repeat(depth)}${service} ${label}`.trimEnd());

describe('wide', () => {
  it('a hundred thousand queries of one kind are one row with their number and their time', { tags: ['deep'] }, () => {
    const queries = times(LARGE - 1, (i) =>
      row({
        id: `q${i}`,
        parentId: 'root',
        operation: 'SELECT',
        kind: 'client',
        startUs: i * 400,
        durationUs: 300,
        attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT * FROM orders WHERE id = 1' },
      }),
    );
    const [, folded, ...more] = rowsOf(analysed([row({ id: 'root', durationUs: LARGE * 400 }), ...queries]));
    expect(folded).toMatchObject({ label: '99,999 × SELECT orders', duration: '30 s', spans: 99_999, hidden: 0 });
    expect(more).toEqual([]);
  });

  it('many short calls never look like one long one: their bar says how much of the time they took', () => {
    const calls = times(1_000, (i) => row({ id: `c${i}`, parentId: 'root', startUs: i * 1_000, durationUs: 250 }));
    const analysis = analysed([row({ id: 'root', durationUs: 1_000_000, operation: 'root' }), ...calls]);
    const [, folded] = rowsOf(analysis);
    expect(folded?.bars).toHaveLength(1);
    expect(folded?.bars.map(coveredShare)).toEqual([expect.closeTo(0.25, 2)]);
    expect(folded?.path.map(coveredShare)).toEqual([expect.closeTo(0.25, 2)]);
    expect(waterfallSvg(analysis)).toContain('part of the time');
    const lines = waterfallText(waterfallOf(analysis.trace, analysis.judgement), 100, NO_PAINT);
    expect(lines[1]).toMatch(/1,000 × work +▌{40,} +Σ 250 ms$/);
  });

  it('as many names as spans leave a row that counts the rest', { tags: ['deep'] }, () => {
    const steps = times(LARGE - 1, (i) =>
      row({
        id: `s${i}`,
        parentId: 'root',
        operation: `step ${i}`,
        startUs: i * 10,
        durationUs: i === 7 ? 900_000 : 5,
      }),
    );
    const rows = rowsOf(analysed([row({ id: 'root', durationUs: LARGE * 10 }), ...steps]));
    expect(rows.map(({ label }) => label)).toContain('step 7');
    expect(rows.at(-1)).toMatchObject({ kind: 'rest', label: expect.stringMatching(/^\+ 99,9\d\d spans \(shop\)$/) });
  });
});

describe('deep', { tags: ['deep'] }, () => {
  const chain = times(LARGE, (i) =>
    row({
      id: `${i}`,
      ...(i > 0 && { parentId: `${i - 1}` }),
      operation: `level ${i}`,
      startUs: i,
      durationUs: 3 * LARGE - 2 * i,
    }),
  );

  it('a chain of a hundred thousand shows both its ends, and how many levels lie between', () => {
    const labels = rowsOf(analysed(chain)).map(({ label }) => label);
    expect(labels[0]).toBe('level 0');
    expect(labels.at(-1)).toBe('level 99999');
    expect(labels).toContain('… 99,990 levels between (99,990 spans)');
  });

  it('a cause in the middle of it is seen, too', () => {
    const rows = rowsOf(analysed(chain, '50000'));
    expect(rows.filter(({ cause }) => cause).map(({ label }) => label)).toEqual(['level 50000']);
    expect(rows.filter(({ kind }) => kind === 'between')).toHaveLength(2);
    expect(rows.at(-1)?.label).toBe('level 99999');
  });
});

/** Jobs of eleven spans each. */
const SIZES = [
  [900, {}],
  [9_000, { tags: 'deep' }],
] as const;

describe.each(SIZES)('one failed leaf among the healthy spans of %d jobs', (JOBS, options) => {
  const FAILED = (JOBS * 2) / 3;
  const failedAt = (failing: readonly number[]) => [
    row({ id: 'root', operation: 'POST /batch', durationUs: JOBS * 1_000 }),
    ...times(JOBS, (job) => [
      row({ id: `${job}`, parentId: 'root', operation: 'run job', startUs: job * 1_000, durationUs: 950 }),
      ...times(5, (call) => [
        row({
          id: `${job}.${call}`,
          parentId: `${job}`,
          operation: `POST /entries`,
          startUs: job * 1_000 + call * 190,
          durationUs: 180,
        }),
        row({
          id: `${job}.${call}.0`,
          parentId: `${job}.${call}`,
          service: 'ledger',
          operation: 'insert',
          startUs: job * 1_000 + call * 190 + 10,
          durationUs: 160,
          failed: call === 3 && failing.includes(job),
        }),
      ]).flat(),
    ]).flat(),
  ];

  it('is seen with the way up to the root', options, () => {
    const rows = rowsOf(analysed(failedAt([FAILED])));
    const at = rows.findIndex(({ failed }) => failed);
    expect(rows[at]).toMatchObject({
      kind: 'span',
      service: 'ledger',
      label: 'insert',
      depth: 3,
      startUs: FAILED * 1_000 + 580,
    });
    expect(outline(rows.slice(at - 4, at + 1))).toEqual([
      '  shop run job',
      '    shop 4 × POST /entries',
      '      ledger 4 × insert',
      '    shop POST /entries',
      '      ledger insert',
    ]);
    expect(outline(rows)).toContain(`  shop ${(JOBS - 1).toLocaleString('en')} × run job`);
  });

  it('where it is not one but many, they are one row below all of their kind', options, () => {
    const failing = times(50, (i) => i * Math.floor(JOBS / 53));
    const rows = rowsOf(analysed(failedAt(failing)));
    expect(rows.filter(({ failed }) => failed)).toMatchObject([
      { kind: 'siblings', label: '50 × insert', service: 'ledger', depth: 3 },
    ]);
    expect(rows.find(({ failed }) => failed)?.bars).toHaveLength(50);
  });

  it('is mentioned at the folded row where there is no room', options, () => {
    const { trace, judgement } = analysed(failedAt([FAILED]));
    const { rows } = waterfallOf(trace, judgement, { maxRows: 3 });
    expect(rows.reduce((sum, { errors }) => sum + errors, 0)).toBe(1);
    expect(rows.find(({ errors }) => errors > 0)).toMatchObject({ failed: true });
  });
});

it('many services: the one with the time comes first, the others are counted', () => {
  const rows = rowsOf(
    analysed([
      row({ id: 'root', operation: 'GET /feed', durationUs: 1_000_000 }),
      ...times(300, (i) =>
        row({
          id: `${i}`,
          parentId: 'root',
          service: `service-${i}`,
          operation: 'rpc',
          startUs: i * 1_000,
          durationUs: i === 299 ? 500_000 : 900,
        }),
      ),
    ]),
  );
  expect(outline(rows)).toContain('  service-299 rpc');
  expect(rows.at(-1)?.label).toMatch(/^\+ 2\d\d spans \(service-\d+, service-\d+, service-\d+ and 2\d\d more\)$/);
});

it('several roots: each that matters has a row of its own at the left edge', () => {
  const rows = rowsOf(
    analysed([
      ...times(3, (i) =>
        row({ id: `r${i}`, operation: `tick ${i}`, startUs: i * 1_000_000, durationUs: 900_000, failed: i === 2 }),
      ),
      ...times(9_000, (i) =>
        row({ id: `c${i}`, parentId: `r${i % 3}`, startUs: (i % 3) * 1_000_000 + i * 90, durationUs: 80 }),
      ),
    ]),
  );
  expect(outline(rows)).toEqual([
    'shop tick 0',
    '  shop 3,000 × work',
    'shop tick 1',
    '  shop 3,000 × work',
    'shop tick 2',
    '  shop 3,000 × work',
  ]);
});

it('consumers after the end of the root are named, although no span waited for them', () => {
  const rows = rowsOf(
    analysed([
      row({ id: 'root', operation: 'POST /orders', kind: 'server', durationUs: 500_000 }),
      row({ id: 'publish', parentId: 'root', kind: 'producer', operation: 'publish', startUs: 1_000, durationUs: 500 }),
      ...times(5_000, (i) =>
        row({
          id: `${i}`,
          parentId: 'publish',
          service: 'mailer',
          operation: 'process',
          kind: 'consumer',
          startUs: 1_000_000 + i * 600,
          durationUs: 500,
        }),
      ),
    ]),
  );
  expect(rows.find(({ service }) => service === 'mailer')).toMatchObject({
    label: '5,000 × process',
    startUs: 1_000_000,
    endUs: 1_000_000 + 4_999 * 600 + 500,
  });
});

it('a trace that took no time at all is drawn', () => {
  const analysis = analysed(
    times(5_000, (i) => row({ id: `${i}`, ...(i > 0 && { parentId: `${Math.floor((i - 1) / 10)}` }), durationUs: 0 })),
  );
  expect(rowsOf(analysis).length).toBeGreaterThan(1);
  expect(waterfallSvg(analysis)).not.toMatch(/NaN|Infinity/);
});

it('names of one operation that go to different callees are not one row', () => {
  const calls = times(20, (i) =>
    row({
      id: `${i}`,
      parentId: 'root',
      kind: 'client',
      operation: 'GET',
      startUs: i * 10_000,
      durationUs: 9_000,
      attributes: { 'server.address': i % 2 === 0 ? 'stock' : 'prices' },
    }),
  );
  const rows = rowsOf(analysed([row({ id: 'root', durationUs: 200_000 }), ...calls]));
  expect(outline(rows).slice(1)).toEqual(['  shop 10 × GET → stock', '  shop 10 × GET → prices']);
});

it('all calls are the cause, also where a finding lists only the first', () => {
  const trace = traceFrom([
    row({ id: 'root', operation: 'root', durationUs: 1_000_000 }),
    ...times(1_000, (i) => row({ id: `${i}`, parentId: 'root', startUs: i * 1_000, durationUs: 900 })),
  ]);
  const listed = times(500, (i) => spanAt(trace, `${i}`));
  expect(rowsOf(analysisOf(trace, { cause: { spans: listed } })).slice(1)).toMatchObject([
    { label: '1,000 × work', cause: true },
  ]);
});

it('long service names leave half of a narrow line to the operation', () => {
  const service = 'inventory-reservation-service-of-the-north';
  const analysis = analysed([
    row({ id: 'root', service, operation: 'POST /reservations', durationUs: 400_000 }),
    ...times(400, (i) => row({ id: `${i}`, parentId: 'root', service, startUs: i * 1_000, durationUs: 900 })),
  ]);
  const lines = waterfallText(waterfallOf(analysis.trace, analysis.judgement), 60, NO_PAINT);
  expect(lines[0]).toMatch(/^inventory-r\S*… POST \/res\S*…/);
  expect(lines[1]).toMatch(/^ {2}inventory-\S*… 400 × work/);
});
