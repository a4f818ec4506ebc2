import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { criticalPath, pathUs } from '#model/trace/views/critical-path.ts';
import { dragUs, savingUs, slackUs } from '#model/trace/views/drag.ts';
import { callTree, spanSoup } from '#test/span-soup.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const MS = 1000;
const at = (trace: Trace, operation: string) => {
  for (let each = 0; each < trace.spanCount; each += 1) if (trace.operation(each) === operation) return each;
  throw new Error(`no ${operation}`);
};

describe('drag', () => {
  test('of calls one after another is all of each', () => {
    const trace = traceOf(
      server('web', 'root', { ms: 100 }, [span('web', 'a', { at: 10, ms: 30 }), span('web', 'b', { at: 50, ms: 40 })]),
    );
    expect(['root', 'a', 'b'].map((name) => dragUs(trace, at(trace, name)))).toEqual([100 * MS, 30 * MS, 40 * MS]);
  });

  test('of the slowest of calls at the same time ends where the next one becomes the slowest', () => {
    const trace = traceOf(
      server('web', 'root', { ms: 100 }, [
        span('web', 'slow', { at: 5, ms: 80 }),
        span('web', 'next', { at: 5, ms: 50 }),
        span('web', 'quick', { at: 5, ms: 20 }),
      ]),
    );
    expect(['slow', 'next', 'quick'].map((name) => dragUs(trace, at(trace, name)))).toEqual([30 * MS, 0, 0]);
    expect(['slow', 'next', 'quick'].map((name) => slackUs(trace, at(trace, name)))).toEqual([0, 30 * MS, 60 * MS]);
  });

  test('of a call below one that has a rival is its own, but it saves no more than the one above', () => {
    const trace = traceOf(
      server('web', 'root', { ms: 100 }, [
        span('web', 'above', { at: 0, ms: 90 }, [span('web', 'query', { at: 10, ms: 70 })]),
        span('web', 'rival', { at: 0, ms: 85 }),
      ]),
    );
    expect(dragUs(trace, at(trace, 'query'))).toBe(70 * MS);
    expect(savingUs(trace, at(trace, 'query'))).toBe(5 * MS);
  });
});

describe('slack', () => {
  test('of a call beside two that follow one another ends before the second', () => {
    const trace = traceOf(
      server('web', 'root', { ms: 100 }, [
        span('web', 'first', { at: 0, ms: 40 }),
        span('web', 'beside', { at: 0, ms: 10 }),
        span('web', 'second', { at: 50, ms: 50 }),
      ]),
    );
    expect(slackUs(trace, at(trace, 'beside'))).toBe(30 * MS);
  });

  test('is unknown without a waiting caller: a consumer, and a call outside its caller', () => {
    const trace = traceOf(
      server('web', 'root', { ms: 100 }, [
        span('web', 'consumer', { at: 10, ms: 10, kind: 'consumer' }),
        span('web', 'late', { at: 100, ms: 10 }, [span('web', 'below', { at: 101, ms: 5 })]),
      ]),
    );
    expect(['consumer', 'late', 'below'].map((name) => slackUs(trace, at(trace, name)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(dragUs(trace, at(trace, 'late'))).toBe(0);
  });
});

test('a root without duration has no drag, and a hundred thousand siblings are no trouble', () => {
  expect(dragUs(traceOf(server('web', 'root', { ms: 0 })), 0)).toBe(0);
  const root: SpanRow = { ...rowOf('root', undefined, 0), durationUs: 100_000 };
  const trace = traceFrom([root, ...Array.from({ length: 100_000 }, (_, i) => rowOf(`${i}`, 'root', i))]);
  expect(dragUs(trace, at(trace, '99999'))).toBe(1);
});

describe('of any spans', () => {
  test('drag and saving are the root’s at most and the span’s own at most, and only on the path', () => {
    fc.assert(
      fc.property(spanSoup, (spans) => {
        const trace = traceFrom(spans);
        for (let each = 0; each < trace.spanCount; each += 1) {
          const drag = dragUs(trace, each);
          expect(drag).toBeGreaterThanOrEqual(0);
          expect(drag).toBeLessThanOrEqual(trace.durationOfUs(each));
          expect(savingUs(trace, each)).toBeLessThanOrEqual(drag);
          if (drag > 0) expect(pathUs(trace, [each])).toBeGreaterThan(0);
          expect(slackUs(trace, each) ?? 0).toBeGreaterThanOrEqual(0);
        }
        expect(savingUs(trace, trace.root)).toBe(trace.durationOfUs(trace.root));
      }),
    );
  });

  test('spans on the path have no slack', () => {
    fc.assert(
      fc.property(callTree, (spans) => {
        const trace = traceFrom(spans);
        for (const { span: each } of criticalPath(trace)) expect(slackUs(trace, each)).toBe(0);
      }),
    );
  });

  test('a last call that takes no time shortens its caller’s wait by its drag', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 50 })), { minLength: 1 }), (calls) => {
        const kids = calls.map(([from, length], i) => ({ ...rowOf(`${i}`, 'root', from), durationUs: length }));
        const trace = traceFrom([{ ...rowOf('root', undefined, 0), durationUs: 100 }, ...kids]);
        const last = criticalPath(trace).findLast(({ span: each }) => each !== trace.root)?.span ?? -1;
        const ends = kids.map(({ id, startUs, durationUs }) =>
          id === trace.spanId(last) ? startUs : startUs + durationUs,
        );
        expect(dragUs(trace, last)).toBe(trace.endUs(last) - Math.max(...ends));
      }),
    );
  });
});

test('a client and its server have the same drag, because nothing runs in parallel', () => {
  const trace = traceOf(
    server('web', 'root', { ms: 100 }, [
      call('web', 'stock', 'client', { at: 10, ms: 80 }, [server('stock', 'server', { at: 15, ms: 70 })]),
    ]),
  );
  expect([dragUs(trace, at(trace, 'client')), dragUs(trace, at(trace, 'server'))]).toEqual([80 * MS, 70 * MS]);
});

function rowOf(id: string, parentId: string | undefined, startUs: number): SpanRow {
  return {
    id,
    parentId,
    service: 'web',
    operation: id,
    kind: 'internal',
    startUs,
    durationUs: 1,
    failed: undefined,
    attributes: {},
  };
}
