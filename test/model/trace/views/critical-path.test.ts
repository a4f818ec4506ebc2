import { describe, expect, test } from 'vitest';
import type { Trace } from '#model/trace/trace.ts';
import { criticalPath, pathSelfUs } from '#model/trace/views/critical-path.ts';
import { call, server, traceOf } from '#test/trace.ts';

/** What each service has of the path, in milliseconds. */
function held(trace: Trace): Record<string, number> {
  const ms: Record<string, number> = {};
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (pathSelfUs(trace, span) === 0) continue;
    ms[trace.service(span)] = (ms[trace.service(span)] ?? 0) + pathSelfUs(trace, span) / 1000;
  }
  return ms;
}

describe('two callees in a row whose hosts disagree about the time', () => {
  const inARow = (overlapMs: number, firstMs = 100) =>
    traceOf(
      server('web', 'GET /', { ms: 200 }, [
        server('auth', 'POST /check', { at: 100 - firstMs, ms: firstMs + overlapMs }),
        server('stock', 'GET /stock', { at: 100, ms: 100 }),
      ]),
    );

  test('both are waited for, and together no longer than the caller took', () => {
    expect(held(inARow(1))).toEqual({ auth: 100, stock: 100 });
    expect(held(inARow(2))).toEqual({ auth: 100, stock: 100 });
  });

  test('the descendants of the shortened span stay on the path', () => {
    const trace = traceOf(
      server('web', 'GET /', { ms: 200 }, [
        server('auth', 'POST /check', { ms: 101 }, [call('auth', 'ldap', 'bind', { at: 10, ms: 91 })]),
        server('stock', 'GET /stock', { at: 100, ms: 100 }),
      ]),
    );
    expect(criticalPath(trace).map(({ span, startUs, endUs }) => [trace.operation(span), startUs, endUs])).toEqual([
      ['POST /check', 0, 10_000],
      ['bind', 10_000, 100_000],
      ['GET /stock', 100_000, 200_000],
    ]);
  });

  test('an overlap that no clocks explain is work side by side', () => {
    expect(held(inARow(2.001))).toEqual({ web: 100, stock: 100 });
  });

  test('so is one that is a good part of the callee', () => {
    expect(held(inARow(1, 10))).toEqual({ web: 90, auth: 10, stock: 100 });
    expect(held(inARow(1, 9.9))).toEqual({ web: 100, stock: 100 });
  });

  test('so is the own work before a callee whose clock is behind', () => {
    const row = (overlapMs: number) =>
      traceOf(
        server('web', 'GET /', { ms: 200 }, [
          call('web', 'db', 'UPDATE', { ms: 100 + overlapMs }),
          server('stock', 'GET /stock', { at: 100, ms: 100 }),
        ]),
      );
    const path = (trace: Trace) => criticalPath(trace).map(({ span }) => trace.operation(span));
    expect(path(row(2))).toEqual(['UPDATE', 'GET /stock']);
    expect(path(row(2.001))).toEqual(['GET /', 'GET /stock']);
  });

  test('on one clock an overlap of a hundredth is a span that ends late, and more is work side by side', () => {
    const row = (overlapMs: number, firstMs = 100) => {
      const trace = traceOf(
        server('web', 'GET /', { ms: 2000 + firstMs }, [
          call('web', 'auth', 'POST /check', { ms: firstMs + overlapMs }),
          call('web', 'stock', 'GET /stock', { at: firstMs, ms: 2000 }),
        ]),
      );
      return criticalPath(trace).map(({ span }) => trace.operation(span));
    };
    expect(row(1)).toEqual(['POST /check', 'GET /stock']);
    expect(row(1.001)).toEqual(['GET /', 'GET /stock']);
    expect(row(5, 2000)).toEqual(['POST /check', 'GET /stock']);
    expect(row(5.001, 2000)).toEqual(['GET /', 'GET /stock']);
  });
});
