import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { timeWon } from '#model/trace/views/time-won.ts';
import { callTree } from '#test/span-soup.ts';
import { type SpanNode, server, span, traceOf } from '#test/trace.ts';

const MS = 1000;

/** What goes without the spans of these names; and of the root's own time. */
function won(root: SpanNode, names: readonly string[], own: readonly [number, number][] = []) {
  const trace = traceOf(root);
  const { us, rival } = timeWon(
    trace,
    spansNamed(trace, names),
    own.map(([startMs, endMs]) => ({ span: trace.root, startUs: startMs * MS, endUs: endMs * MS })),
  );
  return { ms: us / MS, rival: rival === undefined ? '' : trace.operation(rival) };
}

function spansNamed(trace: Trace, names: readonly string[]): number[] {
  return Array.from({ length: trace.spanCount }, (_, each) => each).filter((each) =>
    names.includes(trace.operation(each)),
  );
}

const web = (name: string, at: number, ms: number, children: readonly SpanNode[] = []) =>
  span('web', name, { at, ms }, children);
const root = (...children: SpanNode[]) => server('web', 'root', { ms: 1000 }, children);

describe('the saving without a call', () => {
  test('is all of it where it runs alone', () => {
    expect(won(root(web('a', 100, 300), web('b', 500, 400)), ['a'])).toEqual({ ms: 300, rival: '' });
    expect(won(root(web('a', 100, 300), web('b', 500, 400)), ['a', 'b'])).toEqual({ ms: 700, rival: '' });
  });

  test('is not held up by one that takes no time, by a clock of whole milliseconds', () => {
    const inARow = root(web('slow', 0, 400), web('quick', 400, 0), web('next', 400, 300));
    // All but the two milliseconds that clocks may be apart.
    expect(won(inARow, ['slow'])).toEqual({ ms: 398, rival: '' });
  });

  test('ends where the caller waits for the parallel call', () => {
    const beside = root(web('slow', 0, 900), web('rival', 10, 800), web('quick', 10, 100), web('after', 900, 50));
    expect(won(beside, ['slow'])).toEqual({ ms: 90, rival: 'rival' });
    expect(won(beside, ['slow', 'rival'])).toEqual({ ms: 790, rival: 'quick' });
    expect(won(beside, ['rival'])).toEqual({ ms: 0, rival: '' });
  });

  test('is no more than the saving of its ancestors', () => {
    const deep = root(web('above', 0, 900, [web('between', 5, 890, [web('query', 10, 800)])]), web('rival', 0, 850));
    expect(won(deep, ['query'])).toEqual({ ms: 50, rival: 'rival' });
  });

  test('is limited by a parallel row of calls', () => {
    const row = root(web('a', 0, 500), web('b', 500, 400), web('rival', 0, 890));
    expect(won(row, ['a'])).toEqual({ ms: 10, rival: 'rival' });
  });

  test('includes removed own time', () => {
    const loop = root(web('a', 100, 100), web('a', 300, 100), web('a', 500, 100));
    expect(won(loop, ['a'])).toMatchObject({ ms: 300 });
    expect(
      won(
        loop,
        ['a'],
        [
          [200, 300],
          [400, 500],
        ],
      ),
    ).toMatchObject({ ms: 500 });
  });

  test('does not depend on clocks that disagree by a millisecond', () => {
    expect(won(root(web('a', 0, 500), web('b', 499, 400)), ['a'])).toMatchObject({ ms: 498 });
  });

  test('of one that its caller gave up is the wait of the caller', () => {
    expect(won(root(web('a', 200, 2000)), ['a'])).toMatchObject({ ms: 800 });
    expect(won(root(web('a', 200, 2000, [web('b', 300, 500)])), ['b'])).toMatchObject({ ms: 0 });
  });

  test('is zero where the caller does not wait', () => {
    const consumed = root(span('worker', 'later', { at: 100, ms: 500, kind: 'consumer' }));
    expect(won(consumed, ['later'])).toEqual({ ms: 0, rival: '' });
  });
});

test('no more is won than the root takes, and no less than nothing', () => {
  fc.assert(
    fc.property(callTree, fc.nat(), (rows, pick) => {
      const trace = traceFrom(rows, 'tree');
      const { us } = timeWon(trace, [pick % trace.spanCount], []);
      expect(us).toBeGreaterThanOrEqual(0);
      expect(us).toBeLessThanOrEqual(trace.durationOfUs(trace.root));
    }),
  );
});
