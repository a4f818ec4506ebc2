import { describe, expect, test } from 'vitest';
import { logLine } from '#test/log-line.ts';
import { methodsOfTrace } from '#test/methods-of-trace.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const failed = { failed: true };
const told = (...parameters: Parameters<typeof methodsOfTrace>) =>
  methodsOfTrace(...parameters).firstFailures.map(
    ({ atUs, afterUs, service, operation }) => `${atUs / 1000} +${afterUs / 1000} ${service} ${operation}`,
  );

describe('what failed first', () => {
  const trace = traceOf(
    server('gateway', 'POST /pay', { ms: 100, ...failed }, [
      call('gateway', 'bank', 'POST /charge', { at: 10, ms: 80, ...failed }, [
        server('bank', 'POST /charge', { at: 12, ms: 76, ...failed }, [
          span('bank', 'sign', {
            at: 20,
            ms: 60,
            ...failed,
            events: [{ at: 30, name: 'exception', attributes: { 'exception.message': 'no key' } }],
          }),
        ]),
      ]),
    ]),
  );

  test('is in order of time, from the exception where one was recorded', () => {
    expect(told(trace)).toEqual([
      '30 +0 bank sign',
      '88 +58 bank POST /charge',
      '90 +2 gateway POST /charge',
      '100 +10 gateway POST /pay',
    ]);
  });

  test('counts a line of the log that tells of a failure, once for each service', () => {
    const lines = [
      logLine('bank', 25, 'key store is empty', { level: 'error' }),
      logLine('bank', 26, 'again', { level: 'error' }),
    ];
    expect(told(trace, lines).slice(0, 2)).toEqual(['25 +0 bank ', '30 +5 bank sign']);
  });

  test('is told once for each operation', () => {
    const again = (at: number) => call('shop', 'stock', 'GET /stock', { at, ms: 10, ...failed });
    expect(told(traceOf(server('shop', 'GET /', { ms: 50 }, [again(5), again(20), again(35)])))).toEqual([
      '15 +0 shop GET /stock',
    ]);
  });

  test('at one instant names what lies below before what lies above', () => {
    const both = server('web', 'GET /', { ms: 20, ...failed }, [
      call('web', 'db', 'ask', { at: 0, ms: 20, ...failed }),
    ]);
    expect(told(traceOf(both))).toEqual(['20 +0 web ask', '20 +0 web GET /']);
  });

  test('is nothing where nothing failed', () => {
    expect(told(traceOf(server('web', 'GET /', { ms: 20 })))).toEqual([]);
  });
});
