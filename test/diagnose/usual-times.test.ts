/** A line that names the usual time decides whether a long query, or long work, is one to look at. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, span, traceOf } from '#test/trace.ts';

const said = (service: string, at: number, line: string) => ({
  ...logLine(service, at, line),
  rung: 'trace-id' as const,
});

describe('a query that somebody waits for', () => {
  const verdictOf = (line: string) =>
    diagnosed(
      traceOf(
        server('atlas', 'POST /maps', { ms: 2300 }, [
          query('atlas', 'SELECT region, SUM(area) FROM parcels GROUP BY region', { at: 20, ms: 2200 }),
        ]),
      ),
      [said('atlas', 2290, line)],
    ).diagnosis?.kind;

  test('is none to look at where its service says that it always takes so long', () => {
    expect(verdictOf('parcels summed in 2.2 s, as ever (median 2.1 s)')).toBeUndefined();
  });

  test('is one where it says otherwise, or of other work', () => {
    expect(verdictOf('parcels summed in 2.2 s')).toBe('slow-query');
    expect(verdictOf('parcels summed in 2.2 s (median 90 ms)')).toBe('slow-query');
    expect(verdictOf('cache filled in 410 ms, as ever (median 400 ms)')).toBe('slow-query');
  });
});

test('three runs of one query are none to look at where they fill the time of earlier runs', () => {
  const verdictOf = (line: string) =>
    diagnosed(
      traceOf(
        server('orders', 'POST /invoices/month', { ms: 48_100 }, [
          query('orders', 'SELECT * FROM line WHERE month = ? AND region = ?', { at: 20, ms: 15_300 }),
          query('orders', 'SELECT * FROM line WHERE month = ? AND region = ?', { at: 15_400, ms: 15_300 }),
          query('orders', 'SELECT * FROM line WHERE month = ? AND region = ?', { at: 30_800, ms: 15_300 }),
        ]),
      ),
      [said('orders', 48_090, line)],
    ).diagnosis?.kind;
  expect(verdictOf('invoices written in 48 s (April: 47 s, March: 45 s)')).toBeUndefined();
  expect(verdictOf('invoices written in 48 s (April: 9 s, March: 8 s)')).toBe('slow-query');
});

describe('a statement that builds a table in a job', () => {
  const answered = (line: string) =>
    diagnosed(
      traceOf(
        span('reporter', 'rebuild', { ms: 700_000 }, [
          query('reporter', 'REFRESH MATERIALIZED VIEW sales_by_day', { at: 20, ms: 699_000 }),
        ]),
      ),
      [said('reporter', 699_900, line)],
    ).diagnosis;

  test('is slow where a line says how quick it was before', () => {
    const diagnosis = answered('view built in 699 s (yesterday 40 s)');
    expect(diagnosis?.kind).toBe('slow-query');
    expect(diagnosis?.verdict).toContain('it usually takes 40 s');
  });

  test('takes as long as its rows otherwise', () => {
    expect(answered('view built in 699 s')).toBeUndefined();
    expect(answered('view built in 699 s (yesterday 702 s)')).toBeUndefined();
  });
});

test('work of a callee that fills the time which its caller calls usual is no bottleneck', () => {
  const verdictOf = (line: string) =>
    diagnosed(
      traceOf(
        server('scans', 'POST /scans', { ms: 3100 }, [
          call('scans', 'bridge', 'GET', { at: 10, ms: 3050 }, [
            server('bridge', 'GET /scan', { at: 15, ms: 3040 }, [span('bridge', 'device.scan', { at: 20, ms: 3020 })]),
          ]),
        ]),
      ),
      [said('scans', 3090, line)],
    ).diagnosis?.kind;
  expect(verdictOf('scan done in 3.1 s (device scans take 2-4 s)')).toBeUndefined();
  expect(verdictOf('scan done in 3.1 s (device scans take 1 s)')).toBe('bottleneck');
});
