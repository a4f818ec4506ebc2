import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type WaterfallRow, waterfallOf } from '#present/waterfall/waterfall.ts';
import { analysisOf, spanAt } from '#test/analysis.ts';
import { largeAnalysis, nPlusOneAnalysis } from '#test/shown-traces.ts';
import { call, query, server, span, times, traceOf } from '#test/trace.ts';

function drawn(trace: Trace, causes: readonly string[] = [], maxRows?: number): readonly WaterfallRow[] {
  const spans = causes.map((id) => spanAt(trace, id));
  const { judgement } = analysisOf(trace, spans.length === 0 ? {} : { cause: { spans } });
  return waterfallOf(trace, judgement, maxRows === undefined ? {} : { maxRows }).rows;
}

const outline = (rows: readonly WaterfallRow[]) => rows.map(({ depth, label }) => `${'  '.repeat(depth)}${label}`);
const spansIn = (rows: readonly WaterfallRow[]) => rows.reduce((sum, row) => sum + row.spans, 0);

describe('a small trace', () => {
  const trace = traceOf(
    server('web', 'GET /', { ms: 100 }, [
      call('web', 'stock', 'GET /stock', { at: 10, ms: 40 }, [server('stock', 'GET /stock', { at: 12, ms: 36 })]),
      query('web', 'SELECT * FROM orders WHERE id = 1', { at: 60, ms: 30, failed: true }),
    ]),
  );

  it('has a row for each span, depth first in order of start', () => {
    expect(outline(drawn(trace))).toEqual(['GET /', '  GET /stock → stock', '    GET /stock', '  SELECT orders']);
  });

  it('marks the cause and the error, and shows each span only its own part of the critical path', () => {
    const rows = drawn(trace, ['0.1']);
    expect(rows.map(({ cause, failed }) => ({ cause, failed }))).toEqual([
      { cause: false, failed: false },
      { cause: false, failed: false },
      { cause: false, failed: false },
      { cause: true, failed: true },
    ]);
    expect(rows[2]?.path).toMatchObject([{ startUs: 12_000, endUs: 48_000 }]);
    expect(rows[1]?.path).toMatchObject([
      { startUs: 10_000, endUs: 12_000 },
      { startUs: 48_000, endUs: 50_000 },
    ]);
  });
});

describe('siblings of one kind', () => {
  const siblings = (count: number, failedOne = -1) =>
    traceOf(
      server('web', 'GET /', { ms: 200 }, [
        ...times(count, (i) =>
          query('web', `SELECT * FROM customers WHERE id = ${i}`, { at: i * 10, ms: 8, failed: i === failedOne }),
        ),
      ]),
    );

  it('are one kind for all ids in their names; an id that all share stays', () => {
    const calls = (path: (i: number) => string) =>
      traceOf(
        server('web', 'GET /', { ms: 200 }, [
          ...times(5, (i) => call('web', 'shop', `GET /products/${path(i)}`, { at: i * 10, ms: 8 })),
        ]),
      );
    const labelOf = (path: (i: number) => string) => drawn(calls(path)).map(({ label }) => label)[1];
    expect(labelOf((i) => `P${i}`)).toBe('5 × GET /products/{} → shop');
    expect(labelOf(() => 'P7')).toBe('5 × GET /products/P7 → shop');
    expect(labelOf((i) => ['a', 'b', 'c', 'd', 'e'][i] ?? '')).toBe('GET /products/a → shop');
  });

  it('are one row from four on, with their number and the time of all together', () => {
    const [, folded] = drawn(siblings(5));
    expect(folded).toMatchObject({ kind: 'siblings', label: '5 × SELECT customers', duration: '40 ms', spans: 5 });
    expect(folded?.bars).toHaveLength(5);
  });

  it('stay apart up to three', () => {
    expect(drawn(siblings(3))).toHaveLength(4);
  });

  it('let the one that failed stand by itself', () => {
    expect(outline(drawn(siblings(6, 2)))).toEqual(['GET /', '  5 × SELECT customers', '  SELECT customers']);
  });

  it('are all marked where they are the cause together', () => {
    const { trace, judgement } = nPlusOneAnalysis();
    const cause = waterfallOf(trace, judgement).rows.filter((row) => row.cause);
    expect(cause.map(({ label, spans }) => ({ label, spans }))).toEqual([
      { label: '50 × SELECT customers', spans: 50 },
    ]);
  });

  it('open the one that leads to the cause and keep the others together', () => {
    const trace = traceOf(
      server('web', 'GET /', { ms: 500 }, [
        ...times(6, (i) =>
          call('web', 'stock', 'GET /stock', { at: i * 50, ms: 40 }, [
            query('stock', `SELECT * FROM stock_${i === 4 ? 'locked' : 'free'}`, { at: i * 50 + 1, ms: 30 }),
          ]),
        ),
      ]),
    );
    expect(outline(drawn(trace, ['0.4.0']))).toEqual([
      'GET /',
      '  5 × GET /stock → stock',
      '    5 × SELECT stock_free',
      '  GET /stock → stock',
      '    SELECT stock_locked',
    ]);
  });
});

describe('a large trace', () => {
  it('of five thousand spans folds to the way to its cause, and no span is lost', () => {
    const { trace, judgement } = largeAnalysis();
    const { rows } = waterfallOf(trace, judgement);
    expect(rows.length).toBeLessThanOrEqual(40);
    expect(rows.filter(({ cause }) => cause).map(({ label }) => label)).toEqual(['SELECT shards_120']);
    expect(spansIn(rows)).toBe(trace.spanCount);
  });

  it('shows both ends of a way to the cause that is longer than the picture', () => {
    let chain = span('deep', 'the cause', { at: 0, ms: 1000 });
    for (let i = 0; i < 300; i += 1) chain = span('deep', `level ${300 - i}`, { at: 0, ms: 1000 }, [chain]);
    const trace = traceOf(server('web', 'GET /', { ms: 1000 }, [chain]));
    const rows = drawn(trace, [`0${'.0'.repeat(301)}`], 24);
    expect(rows.some(({ cause }) => cause)).toBe(true);
    expect(rows[0]?.label).toBe('GET /');
    expect(rows.filter(({ kind }) => kind === 'between').map(({ label }) => label)).toEqual([
      '… 292 levels between (292 spans)',
    ]);
    expect(spansIn(rows)).toBe(trace.spanCount);
  });

  it('marks the folded row in which something failed', () => {
    const trace = traceOf(
      server('web', 'GET /', { ms: 1000 }, [
        span('web', 'work', { ms: 990 }),
        ...times(60, (i) =>
          span('web', `step ${i}`, { at: 1, ms: 2 }, [span('web', `inner ${i}`, { at: 1, ms: 1, failed: i === 30 })]),
        ),
      ]),
    );
    const rows = drawn(trace, [], 3);
    expect(rows.at(-1)).toMatchObject({ kind: 'rest', failed: true, label: '+ 120 spans (web)' });
  });
});

it('counts every span once within its rows, whatever the shape of the trace and the number of rows', () => {
  const shape = fc.record({
    parents: fc.array(fc.nat(), { minLength: 1, maxLength: 120 }),
    kinds: fc.array(fc.nat(3), { minLength: 1 }),
    maxRows: fc.integer({ min: 1, max: 50 }),
    cause: fc.nat(),
  });
  fc.assert(
    fc.property(shape, ({ parents, kinds, maxRows, cause }) => {
      const trace = traceFrom(
        parents.map((parent, i) => ({
          id: `${i}`,
          parentId: i === 0 || parent % 9 === 0 ? undefined : `${parent % i}`,
          service: `service ${kinds[i % kinds.length]}`,
          operation: `operation ${(kinds[(i * 7) % kinds.length] ?? 0) % 2}`,
          kind: 'internal' as const,
          startUs: i * 10,
          durationUs: 1000 - i,
          failed: i % 17 === 3,
          attributes: {},
        })),
      );
      const { judgement } = analysisOf(trace, { cause: { spans: [cause % trace.spanCount] } });
      const { rows } = waterfallOf(trace, judgement, { maxRows });
      expect(spansIn(rows)).toBe(trace.spanCount);
      expect(rows.length).toBeLessThanOrEqual(Math.max(2, maxRows));
    }),
  );
});

it('has no rows for a trace without spans', () => {
  expect(drawn(traceFrom([]))).toEqual([]);
});
