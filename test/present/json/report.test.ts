import { describe, expect, it } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { criticalPath } from '#model/trace/views/critical-path.ts';
import { type Report, reportOf } from '#present/json/report.ts';
import { longLists, reportJson } from '#present/json/report-json.ts';
import { analysisOf } from '#test/analysis.ts';
import { healthyAnalysis, nPlusOneAnalysis, slowQueryAnalysis } from '#test/shown-traces.ts';
import { call, server, traceOf } from '#test/trace.ts';

function written(...args: Parameters<typeof reportJson>): Report & { spans?: unknown } {
  return JSON.parse([...reportJson(...args)].join(''));
}

it('gives ids as the source has them, times in microseconds from the start, and instants in milliseconds', () => {
  const report = reportOf(slowQueryAnalysis());
  expect(report.subject).toEqual({
    kind: 'trace',
    traceId: 'drawn',
    service: 'api-gateway',
    from: '2026-01-06T14:30:00.000Z',
    to: '2026-01-06T14:30:02.340Z',
  });
  expect(report.trace).toEqual({
    spanCount: 7,
    serviceCount: 2,
    services: ['api-gateway', 'order-service'],
    rootService: 'api-gateway',
    rootOperation: 'GET /orders',
    startTime: '2026-01-06T14:30:00.000Z',
    durationUs: 2_340_000,
    errorCount: 0,
    orphanCount: 0,
    skewCorrectedCount: 0,
  });
  expect(report.findings[0]).toMatchObject({ detector: 'slow-query', spanIds: ['0.1.0.1'], wastedUs: 2_235_000 });
  expect(report.findings[0]?.reach).toEqual({ requests: 1, of: 1, healthy: 0, ofHealthy: 0 });
  expect(report.diagnosis).toMatchObject({ status: 'likely', kind: 'slow-query', change: null });
  expect(report).not.toHaveProperty('file');
  expect(report).not.toHaveProperty('spans');
});

it('has a critical path in order of time without overlap, and shares that sum to one with the largest first', () => {
  const { criticalPath, attribution } = reportOf(nPlusOneAnalysis());
  for (const [at, step] of criticalPath.entries()) expect(step.startUs).toBe(criticalPath[at - 1]?.endUs ?? 0);
  expect(criticalPath.at(-1)?.endUs).toBe(540_000);
  expect(attribution[0]).toMatchObject({ service: 'order-service', operation: 'SELECT', selfUs: 428_000 });
  expect(attribution.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  const selfs = attribution.map(({ selfUs }) => selfUs);
  expect(selfs).toEqual([...selfs].sort((a, b) => b - a));
});

it('has no diagnosis where nothing is wrong, and still lists the examined evidence and the gaps', () => {
  const report = reportOf(healthyAnalysis());
  expect(report.diagnosis).toBeNull();
  expect(report.findings).toEqual([]);
  expect(report.checked.skipped).toEqual([{ detector: 'error-burst', missing: ['logs'] }]);
  expect(report.gaps).toEqual([
    { source: 'loki', problem: 'is not configured', consequence: 'log lines were not read' },
  ]);
});

it('adds the spans and the file if they are requested and known', () => {
  const analysis = { ...healthyAnalysis(), file: 'trace.json' };
  const report = written(reportOf(analysis), longLists(analysis.trace, { full: false, spans: true }));
  expect(report.file).toBe('trace.json');
  expect(report.spans).toEqual([
    { spanId: '0', service: 'web', startUs: 0, durationUs: 12_000, selfUs: 10_500 },
    { spanId: '0.0', service: 'web', startUs: 2_000, durationUs: 1_500, selfUs: 1_500 },
  ]);
});

it('is the same JSON in pieces and at once, in full and not, where no list had to be cut', () => {
  for (const analysis of [nPlusOneAnalysis(), slowQueryAnalysis(), healthyAnalysis()]) {
    const report = reportOf(analysis);
    expect(written(report)).toEqual(report);
    for (const full of [true, false]) {
      expect([...reportJson(report, longLists(analysis.trace, { full, spans: false }))].join('')).toBe(
        JSON.stringify(report),
      );
    }
    expect(report).not.toHaveProperty('criticalPathTotal');
    expect(report).not.toHaveProperty('criticalPathShownUs');
  }
});

it('has neither list for a window, in full or not, although a trace was examined', () => {
  const { trace } = nPlusOneAnalysis();
  const window = { ...reportOf(nPlusOneAnalysis()), trace: null, criticalPath: [], attribution: [] };
  expect(written(window, longLists(trace, { full: true, spans: false }))).toEqual(window);
});

describe('of a path of 8,000 steps', () => {
  const spans = Array.from({ length: 4_000 }, (_, i) =>
    call('web', 'db', `step ${i}`, { at: i * 10 + 1, ms: i % 7 === 0 ? 8 : 1 + (i % 3) }),
  );
  const analysis = analysisOf(traceOf(server('web', 'GET /"criticalPath":[],"attribution":[]', { ms: 40_001 }, spans)));
  const report = reportOf(analysis);
  const full = written(report, longLists(analysis.trace, { full: true, spans: true }));
  const us = ({ startUs, endUs }: Report['criticalPath'][number]) => endUs - startUs;

  it('has the longest 1,000 steps in order of time, their total number, and their share of the path', () => {
    expect(report.criticalPath).toHaveLength(1_000);
    const starts = report.criticalPath.map(({ startUs }) => startUs);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    const longest = full.criticalPath.map(us).toSorted((a, b) => b - a);
    expect(report.criticalPath.map(us).toSorted((a, b) => b - a)).toEqual(longest.slice(0, 1_000));
    expect(report.criticalPathTotal).toBe(8_001);
    expect(report.criticalPathShownUs).toBe(longest.slice(0, 1_000).reduce((sum, one) => sum + one, 0));
  });

  it('takes the first ones where not all of one length fit', () => {
    const leastUs = Math.min(...report.criticalPath.map(us));
    const allOfIt = full.criticalPath.filter((step) => us(step) === leastUs);
    const taken = report.criticalPath.filter((step) => us(step) === leastUs);
    expect(taken.length).toBeLessThan(allOfIt.length);
    expect(taken).toEqual(allOfIt.slice(0, taken.length));
  });

  it('sums up the small operations in a last entry, with their number', () => {
    expect(report.attribution).toHaveLength(500);
    const last = report.attribution.at(-1);
    expect(last).toMatchObject({ service: '', operation: '3,502 other operations', others: 3_502 });
    expect(report.attribution.slice(0, 499)).toEqual(full.attribution.slice(0, 499));
    const sum = (entries: Report['attribution']) => entries.reduce((total, { selfUs }) => total + selfUs, 0);
    expect(last?.selfUs).toBe(sum(full.attribution.slice(499)));
    expect(report.attribution.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 9);
  });

  it('has everything in the full JSON, without counts', () => {
    expect(full.criticalPath).toEqual(
      criticalPath(analysis.trace).map(({ span, startUs, endUs }) =>
        expect.objectContaining({ spanId: analysis.trace.spanId(span), startUs, endUs }),
      ),
    );
    expect(full.attribution).toHaveLength(4_001);
    expect(full).not.toHaveProperty('criticalPathTotal');
    expect(full).not.toHaveProperty('criticalPathShownUs');
    expect(full.spans).toHaveLength(4_001);
    expect(written(report, longLists(analysis.trace, { full: false, spans: false }))).toEqual(report);
  });
});

it('has every step of a path of 1,000 steps and every operation of 500, without counts', () => {
  const calls = Array.from({ length: 499 }, (_, i) => call('web', 'db', `step ${i}`, { at: i * 10 + 1, ms: 5 }));
  const { criticalPath, attribution, ...rest } = reportOf(
    analysisOf(traceOf(server('web', 'GET /', { ms: 5_000 }, calls))),
  );
  expect(criticalPath).toHaveLength(999);
  expect(attribution).toHaveLength(500);
  expect(attribution.some(({ others }) => others !== undefined)).toBe(false);
  expect(rest).not.toHaveProperty('criticalPathTotal');
});

it('takes credentials out of names and texts', () => {
  const trace = traceOf(server('web', 'GET /pay?api_key=abc', { ms: 5 }));
  const report = reportOf(analysisOf(trace, { cause: { spans: [0], title: 'failed with password=hunter2' } }));
  expect(JSON.stringify(report)).not.toMatch(/hunter2|api_key=abc/);
  expect(report.trace?.rootOperation).toBe('GET /pay?api_key=[redacted:secret]');
});

it('survives a clock that shows no possible date, and a trace without spans', () => {
  const row = {
    id: 'a',
    parentId: undefined,
    service: 's',
    operation: 'o',
    kind: 'server',
    failed: undefined,
    attributes: {},
  } as const;
  const late = traceFrom([{ ...row, startUs: 9e18, durationUs: 1 }]);
  expect(reportOf(analysisOf(late)).trace?.startTime).toBe('9999-12-31T23:59:59.999Z');
  expect(reportOf(analysisOf(traceFrom([]))).attribution).toEqual([]);
});
