/** What a comparison with healthy traces says beside what the trace says by itself. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, times, traceOf } from '#test/trace.ts';

function compared(root: SpanNode, healthy: SpanNode) {
  return diagnosed(
    traceOf(root),
    undefined,
    times(12, () => traceOf(healthy)),
  );
}

const kinds = ({ findings }: ReturnType<typeof compared>) => findings.map(({ detector }) => detector);

/** By detector: what follows from what. */
function chainOf({ findings, diagnosis }: ReturnType<typeof compared>): string[] {
  const nameOf = (at: number) => findings[at]?.detector;
  return (diagnosis?.chain ?? []).map(({ finding, because }) => `${nameOf(finding)} < ${nameOf(because)}`);
}

describe('of what is slower than usual', () => {
  const reserve = (ms: number, options: SpanOptions = {}) =>
    server('stock', 'POST /reserve', { ms: ms + 20 }, [
      query('stock', 'UPDATE stock SET reserved = 1 WHERE sku = 1', { at: 10, ms, ...options }),
    ]);

  test('a lock on the same span is the reason', () => {
    const events = [
      { at: 20, name: 'waiting for lock' },
      { at: 2990, name: 'acquired lock' },
    ];
    const judgement = compared(reserve(3000, { events }), reserve(8));
    expect(judgement.diagnosis).toMatchObject({ kind: 'lock-contention', service: 'stock' });
    expect(chainOf(judgement)).toEqual(
      expect.arrayContaining(['slow-query < lock-contention', 'slower-than-baseline < lock-contention']),
    );
  });

  test('a query that is slow by itself says more', () => {
    const judgement = compared(reserve(3000), reserve(8));
    expect(judgement.diagnosis?.kind).toBe('slow-query');
    expect(chainOf(judgement)).toEqual(['slower-than-baseline < slow-query']);
    expect(judgement.symptom.text).toBe('POST /reserve on stock took 3 s, usually 28 ms');
  });

  test('a pool that ran out is the reason of the time before the query', () => {
    const waiting = (before: number) =>
      server('stock', 'GET /stock', { ms: before + 40 }, [
        span('stock', 'pg-pool.connect', { at: 5, ms: before }),
        query('stock', 'SELECT * FROM stock WHERE sku = 1', { at: before + 8, ms: 12 }),
      ]);
    const judgement = compared(waiting(1900), waiting(1));
    expect(judgement.diagnosis?.kind).toBe('pool-exhaustion');
    expect(chainOf(judgement)).toEqual(['slower-than-baseline < pool-exhaustion']);
  });

  test('the operation whose time grew is named where only its time was known, and the others are as ever', () => {
    const render = (ms: number) =>
      server('web', 'GET /page', { ms: ms + 720 }, [
        span('web', 'load', { at: 10, ms: 700 }),
        span('web', 'render', { at: 710, ms }),
      ]);
    const judgement = compared(render(2000), render(40));
    expect(judgement.diagnosis).toMatchObject({ kind: 'slower-than-baseline', operation: 'render' });
    expect(kinds(judgement)).toEqual(['slower-than-baseline']);
  });

  test('calls in a row that are always in a row are not the reason', () => {
    const row = (slowest: number) =>
      server('web', 'GET /page', { ms: 420 + slowest }, [
        ...times(4, (i) => call('web', `s${i}`, `GET /s${i}`, { at: 5 + i * 100, ms: 98 })),
        call('web', 'rates', 'GET /rates', { at: 405, ms: slowest }),
      ]);
    const judgement = compared(row(2000), row(98));
    expect(judgement.diagnosis).toMatchObject({ kind: 'slower-than-baseline', operation: 'GET /rates' });
  });

  test('a loop that healthy requests have as well follows from calls that became slower', () => {
    const loop = (each: number) =>
      server('web', 'GET /page', { ms: 30 + 30 * each }, [
        query('web', 'SELECT * FROM lists WHERE id = 1', { at: 1, ms: 5 }),
        ...times(30, (i) => query('web', `SELECT * FROM items WHERE id = ${i}`, { at: 10 + i * each, ms: each })),
      ]);
    const judgement = compared(loop(60), loop(6));
    expect(judgement.diagnosis?.kind).toBe('slower-than-baseline');
    expect(chainOf(judgement)).toContain('n-plus-one-queries < slower-than-baseline');
  });
});

test('a loop of a statement that healthy requests do not have is the reason', () => {
  const page = (each: readonly SpanNode[]) =>
    server('web', 'GET /page', { ms: 40 + 25 * each.length }, [
      query('web', 'SELECT * FROM lists WHERE id = 1', { at: 1, ms: 5 }),
      ...each,
    ]);
  const items = times(30, (i) => query('web', `SELECT * FROM items WHERE id = ${i}`, { at: 10 + i * 25, ms: 25 }));
  const judgement = compared(page(items), page([]));
  expect(judgement.diagnosis?.kind).toBe('n-plus-one-queries');
  expect(chainOf(judgement)).toContain('slower-than-baseline < n-plus-one-queries');
});

describe('of what runs more often than usual', () => {
  test('a loop is the reason', () => {
    const loop = (count: number) =>
      server('web', 'GET /page', { ms: 30 + 6 * count }, [
        query('web', 'SELECT * FROM lists WHERE id = 1', { at: 1, ms: 5 }),
        ...times(count, (i) => query('web', `SELECT * FROM items WHERE id = ${i}`, { at: 10 + i * 6, ms: 6 })),
      ]);
    const judgement = compared(loop(200), loop(2));
    expect(judgement.diagnosis?.kind).toBe('n-plus-one-queries');
    expect(chainOf(judgement)).toContain('span-count-anomaly < n-plus-one-queries');
  });

  test('failed attempts are the reason', () => {
    const attempts = (count: number, failed: boolean) =>
      server('web', 'GET /page', { ms: 30 + 60 * count, failed }, [
        ...times(count, (i) => call('web', 'stock', 'GET /stock', { at: 10 + i * 60, ms: 50, failed })),
      ]);
    const judgement = compared(attempts(20, true), attempts(1, false));
    expect(judgement.diagnosis?.kind).toBe('retry-storm');
    expect(chainOf(judgement)).toContain('span-count-anomaly < retry-storm');
  });
});

describe('of what is missing', () => {
  const asks = (service: string, at: number) =>
    call('web', service, `GET /${service}`, { at, ms: 30 }, [
      server(service, `GET /${service}`, { at: at + 1, ms: 28 }),
    ]);
  const page = (options: SpanOptions, ...children: SpanNode[]) =>
    server('web', 'GET /page', { ms: 120, ...options }, children);
  const refused = call('web', 'cart', 'GET /cart', {
    at: 5,
    ms: 20,
    failed: true,
    statusText: 'connect ECONNREFUSED 10.0.0.7:8080',
  });
  const size = (bytes: number): SpanOptions => ({ attributes: { 'http.response.body.size': bytes } });

  test('a service after the failure was not reached for that reason', () => {
    const judgement = compared(page({ failed: true }, refused), page({}, asks('cart', 5), asks('offers', 50)));
    expect(judgement.diagnosis?.kind).toBe('error-origin');
    expect(judgement.findings.map(({ detector, service }) => `${detector} ${service}`)).toEqual(
      expect.arrayContaining(['missing-service cart', 'missing-service offers']),
    );
    expect(chainOf(judgement)).toEqual(['missing-service < error-origin', 'missing-service < error-origin']);
  });

  test('a service that was left out is the reason of a small answer', () => {
    const judgement = compared(page(size(600), asks('cart', 5)), page(size(9000), asks('cart', 5), asks('offers', 50)));
    expect(judgement.diagnosis).toMatchObject({ kind: 'missing-service', service: 'offers' });
    expect(chainOf(judgement)).toEqual(['shrunk-response < missing-service']);
    expect(judgement.symptom.kind).toBe('degraded');
  });

  test('an answer without its content is what is wrong, where nothing else is', () => {
    const judgement = compared(page(size(60), asks('cart', 5)), page(size(9000), asks('cart', 5)));
    expect(judgement.diagnosis).toMatchObject({ kind: 'shrunk-response', service: 'web' });
    expect(judgement.findings[0]).toMatchObject({ severity: 'medium' });
    expect(judgement.symptom).toEqual({
      kind: 'degraded',
      text: 'GET /page on web answered after 120 ms, with a far smaller response than usual',
    });
  });

  test('spans that were not sent are missing to nobody else', () => {
    const judgement = compared(
      page({}, asks('cart', 5), call('web', 'offers', 'GET /offers', { at: 50, ms: 30 })),
      page({}, asks('cart', 5), asks('offers', 50)),
    );
    expect(judgement.findings).toMatchObject([{ detector: 'missing-service', severity: 'low' }]);
    expect(judgement.diagnosis?.status).toBe('inconclusive');
  });
});
