/** One attempt failed and the next one gave the answer: no headline up to 2 s. The guilty twins keep theirs. */
import { describe, expect, test } from 'vitest';
import type { CorrelatedLine } from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, server, span, traceOf } from '#test/trace.ts';

const verdictOf = (root: SpanNode, logs?: readonly LogLine[]) => diagnosed(traceOf(root), logs).diagnosis?.kind;
const GET = (at: number, ms: number, status: number, url = 'http://shelves:8080/s/4') =>
  call('shop', 'shelves', 'GET', {
    at,
    ms,
    failed: status >= 400,
    attributes: { 'http.response.status_code': status, 'url.full': url },
  });
const OK = { attributes: { 'http.response.status_code': 200 } };

describe('the time of a request whose call was repeated', () => {
  const repeated = (ms: number, ...calls: readonly SpanNode[]) =>
    verdictOf(server('shop', 'GET /s', { ms, ...OK }, calls));

  test('is no headline up to two seconds', () => {
    expect(repeated(1900, GET(10, 600, 503), GET(700, 1150, 200))).toBeUndefined();
  });

  test('is a headline where it takes longer, or where the last attempt failed', () => {
    expect(repeated(4900, GET(10, 600, 503), GET(700, 4150, 200))).toBe('bottleneck');
    expect(repeated(1900, GET(10, 600, 503), GET(700, 1150, 503))).toBeDefined();
  });

  test('is a headline where another thing was asked for, or nothing failed', () => {
    expect(repeated(1900, GET(10, 600, 503), GET(700, 1150, 200, 'http://shelves:8080/s/5'))).toBeDefined();
    expect(repeated(1900, GET(700, 1150, 200))).toBeDefined();
  });

  test('is a headline where many attempts failed', () => {
    expect(repeated(1990, GET(10, 90, 503), GET(110, 90, 503), GET(210, 90, 503), GET(310, 1650, 200))).toBeDefined();
  });
});

test('a query that the store throttled once is no slow query', () => {
  const write = (at: number, ms: number, failed: boolean) =>
    query('shop', 'INSERT INTO orders VALUES ($1)', { at, ms, failed });
  const order = (...writes: readonly SpanNode[]) =>
    verdictOf(server('shop', 'POST /orders', { ms: 700, ...OK }, writes));
  expect(order(write(10, 180, true), write(320, 300, false))).toBeUndefined();
  expect(order(write(10, 180, false), write(320, 300, false))).toBe('slow-query');
});

test('a query whose SDK counts a repeat of its own is none either, up to a second', () => {
  const create = (ms: number, retries: number) =>
    verdictOf(
      server('shop', 'POST /orders', { ms: ms + 60, ...OK }, [
        query('shop', 'INSERT INTO orders VALUES ($1)', {
          at: 20,
          ms,
          attributes: { 'db.cosmosdb.retry_count': retries },
        }),
      ]),
    );
  expect(create(360, 1)).toBeUndefined();
  expect(create(360, 0)).toBe('slow-query');
  expect(create(360, 9)).toBe('slow-query');
  expect(create(1900, 1)).toBe('slow-query');
});

describe('an error line about a failed attempt', () => {
  const says = (at: number): readonly CorrelatedLine[] => [
    { ...logLine('shop', at, 'Error: read ECONNRESET', { spanId: '0', level: 'error' }), rung: 'trace-id' },
  ];
  const request = server('shop', 'GET /s', { ms: 190, ...OK }, [GET(5, 10, 503), GET(60, 90, 200)]);

  test('is no loss before the attempt that repaired it', () => {
    expect(verdictOf(request, says(16))).toBeUndefined();
  });

  test('is one after it', () => {
    expect(verdictOf(request, says(180))).toBe('swallowed-error');
  });
});

describe('a line about a limit', () => {
  const gateway = (...statuses: readonly string[]) =>
    server(
      'shop',
      'POST /orders',
      { ms: 130, ...OK },
      statuses.map((code, i) =>
        call('shop', 'broker', 'Gateway/Create', {
          at: 10 + i * 50,
          ms: 15,
          failed: code !== '0',
          attributes: { 'rpc.system': 'grpc', 'rpc.grpc.status_code': code },
        }),
      ),
    );
  const says = [
    logLine('shop', 30, 'RESOURCE_EXHAUSTED from partition 2, backing off 30 ms', { spanId: '0', level: 'warn' }),
  ];

  test('is no headline where the next attempt was taken', () => {
    expect(verdictOf(gateway('8', '0'), says)).toBeUndefined();
  });

  test('is one where no attempt was taken', () => {
    expect(verdictOf(gateway('8', '8'), says)).toBeDefined();
  });
});

describe('a message whose sender left no span', () => {
  const delivery = (at: number, failed: boolean) =>
    span('planner', 'plans process', {
      at,
      ms: 80,
      kind: 'consumer',
      failed,
      statusText: failed ? 'plan is locked' : '',
    });
  const verdict = (...roots: readonly SpanNode[]) => diagnosed(traceOf(...roots)).diagnosis?.kind;

  test('is handled where its next delivery went well', () => {
    expect(verdict(delivery(0, true), delivery(2100, false))).toBeUndefined();
  });

  test('failed where the next delivery failed, or none came', () => {
    expect(verdict(delivery(0, true), delivery(2100, true))).toBeDefined();
    expect(verdict(delivery(0, true))).toBe('error-origin');
  });
});

test('a task of Spark that ran again elsewhere hides no failure', () => {
  const job = (second: string, failed: boolean) =>
    verdictOf(
      span('tiles', 'job 4', { ms: 70_000 }, [
        span('tiles', 'task 180.0', { at: 10, ms: 31_000, failed: true, statusText: 'executor 17 decommissioned' }),
        span('tiles', second, { at: 32_000, ms: 31_000, failed }),
      ]),
    );
  expect(job('task 180.1', false)).toBeUndefined();
  expect(job('task 181.1', false)).toBeDefined();
  expect(job('task 180.1', true)).toBeDefined();
});

describe('a call in another form', () => {
  const ask = (operation: string, at: number, status: number, path = '/sheets/oak.pdf') =>
    call('floors', 'archive', operation, {
      at,
      ms: 30,
      failed: status >= 400,
      attributes: { 'http.response.status_code': status, 'url.full': `http://archive${path}` },
    });
  const sheet = (...calls: readonly SpanNode[]) => verdictOf(server('floors', 'GET /sheet', { ms: 180, ...OK }, calls));

  test('gets what a method got not that the callee does not know', () => {
    expect(sheet(ask('HEAD', 10, 405), ask('GET', 50, 200))).toBeUndefined();
  });

  test('does not where the callee failed, or another thing was asked for', () => {
    expect(sheet(ask('HEAD', 10, 500), ask('GET', 50, 200))).toBeDefined();
    expect(sheet(ask('HEAD', 10, 405), ask('GET', 50, 200, '/sheets/elm.pdf'))).toBeDefined();
    expect(sheet(ask('HEAD', 10, 405))).toBeDefined();
  });
});

describe('a call that was sent to two hosts', () => {
  const search = (host: string, at: number, ms: number, error = '') =>
    call('web', host, 'POST', {
      at,
      ms,
      failed: error !== '',
      attributes: { 'url.full': `http://${host}:9200/parts/_search`, ...(error && { 'error.type': error }) },
    });
  const parts = (...calls: readonly SpanNode[]) => verdictOf(server('web', 'GET /parts', { ms: 160, ...OK }, calls));

  test('loses nothing where the slower one was cancelled', () => {
    expect(parts(search('find-a', 20, 123, 'TaskCanceledException'), search('find-b', 75, 70))).toBeUndefined();
  });

  test('lost something where the slower one failed by itself', () => {
    expect(parts(search('find-a', 20, 123, 'IOException'), search('find-b', 75, 70))).toBeDefined();
  });
});
