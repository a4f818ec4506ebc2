/** A part that a service takes for the whole, and the twins in which the answer or a line says so. */
import { describe, expect, test } from 'vitest';
import { partialResult } from '#detect/signs/failures/partial-results.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const SHARDS = '{"took":180,"timed_out":false,"_shards":{"total":4,"successful":1,"skipped":0,"failed":3}}';

function searched({ said = SHARDS, atMs = 212, status = 200, also = '', who = 'finder' } = {}) {
  const attributes = { 'http.response.status_code': status };
  const trace = traceOf(
    server('finder', 'GET /find', { ms: 240, attributes }, [
      call('finder', 'index', 'POST', { at: 10, ms: 200, attributes: { 'http.response.status_code': 200 } }),
    ]),
  );
  const unsure = { ...logLine(who, atMs, said, { level: 'info', traceId: '', spanId: '' }), rung: 'time' } as const;
  const own = { ...logLine('finder', 215, also, { level: 'info' }), rung: 'trace-id' } as const;
  return { trace, lines: also === '' ? [unsure] : [unsure, own] };
}

describe('an answer of a store that lacks shards', () => {
  test('the service is named, modestly', () => {
    const { trace, lines } = searched();
    const { diagnosis } = diagnosed(trace, lines);
    expect(diagnosis).toMatchObject({ kind: 'swallowed-error', service: 'finder', status: 'inconclusive' });
    expect(diagnosis?.verdict).toBe('finder: GET /find answered 200 without 3 of 4 shards');
  });

  test.each([
    ['all shards answered', { said: SHARDS.replace('"failed":3', '"failed":0') }],
    ['the line came at another time', { atMs: 120 }],
    ['the store took another time', { said: SHARDS.replace('180', '20') }],
    ['the line is of another service', { who: 'mail' }],
    ['the answer says that it is a part', { status: 206 }],
    ['the service tells its reader', { also: 'partial hits, banner shown' }],
  ])('nothing is found where %s', (_, more) => {
    const { trace, lines } = searched(more);
    expect(partialResult(trace, lines)).toBeUndefined();
  });
});

describe('a load that refuses more than it takes', () => {
  const loaded = (attributes: Readonly<Record<string, number>>, line = '') => {
    const trace = traceOf(
      span('cron', 'eggs.load', { ms: 900 }, [
        span('loader', 'load eggs', { at: 10, ms: 800 }, [
          call('loader', 'warehouse', 'load', { at: 20, ms: 700, attributes }),
        ]),
      ]),
    );
    const own = { ...logLine('loader', 850, line, { level: 'warn' }), rung: 'trace-id' } as const;
    return partialResult(trace, line === '' ? [] : [own]);
  };

  test('the counts of its span show it', () => {
    const found = loaded({ 'load.bad_records': 700, 'load.output_rows': 12 });
    expect(found).toMatchObject({ service: 'loader', operation: 'load eggs', facts: { part: '700 of 712 rows' } });
  });

  test('a line shows it', () => {
    expect(loaded({}, 'load job done: 12 rows, 700 bad records skipped')).toMatchObject({ service: 'loader' });
  });

  test('a few bad rows are no loss', () => {
    expect(loaded({ 'load.bad_records': 3, 'load.output_rows': 9000 }, '9000 rows, 3 bad records')).toBeUndefined();
  });
});

describe('A batch that a store wrote only in part', () => {
  const written = (said: string) => {
    const trace = traceOf(span('crates', 'batch', { ms: 900, kind: 'consumer' }));
    return partialResult(trace, [{ ...logLine('crates', 880, said, { level: 'warn' }), rung: 'trace-id' }]);
  };

  test.each([
    ["UnprocessedItems: {'crates': 17} ignored", '17 items'],
    ['FailedRecordCount=4, dropped', '4 items'],
  ])('It counts where the program lets it go: %s', (said, part) => {
    expect(written(said)?.facts).toMatchObject({ part });
  });

  test.each([
    "UnprocessedItems: {'crates': 17} sent again",
    "UnprocessedItems: {'crates': 17} ignored, retrying",
    'UnprocessedItems: {} ignored',
    'FailedRecordCount: 0',
  ])('It does not count otherwise: %s', (said) => {
    expect(written(said)).toBeUndefined();
  });
});
