import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockOffsets, learnedOffset } from '#model/logs/log-clock.ts';
import { logLine } from '#test/log-line.ts';
import { server, traceOf } from '#test/trace.ts';

const SECOND_US = 1_000_000;

describe('the clock of log lines', () => {
  const trace = traceOf(
    server('web', 'GET /', { ms: 1000 }, [
      server('pay', 'POST /a', { at: 100, ms: 20 }),
      server('pay', 'POST /b', { at: 300, ms: 20 }),
      server('pay', 'POST /c', { at: 500, ms: 20 }),
      server('pay', 'POST /d', { at: 700, ms: 20 }),
    ]),
  );
  const inSpan = (at: number, offBy = 0) =>
    logLine('pay', 100 + at * 200 + 10 + offBy, 'charged', { spanId: `0.${at}` });

  test('is learned from lines that name their spans', () => {
    const [learned] = clockOffsets(
      trace,
      [0, 1, 2, 3].map((at) => inSpan(at, 3200)),
    );
    expect(learned).toMatchObject({ service: 'pay', agreeing: 4, pairs: 4 });
    expect(learned?.offsetUs).toBeCloseTo(-3.2 * SECOND_US, -4);
  });

  test('is left alone where the lines lie in their spans', () => {
    expect(
      clockOffsets(
        trace,
        [0, 1, 2, 3].map((at) => inSpan(at)),
      ),
    ).toEqual([]);
  });

  test('is left alone where lines are written just after their span', () => {
    expect(
      clockOffsets(
        trace,
        [0, 1, 2, 3].map((at) => inSpan(at, 13)),
      ),
    ).toEqual([]);
  });

  test('is left alone where too few pairs speak, or they do not agree', () => {
    expect(clockOffsets(trace, [inSpan(0, 3200), inSpan(1, 3200)])).toEqual([]);
    expect(clockOffsets(trace, [inSpan(0, 3200), inSpan(1, 3200), inSpan(2, 900), inSpan(3, 1700)])).toEqual([]);
  });

  test('one late line does not hide it', () => {
    const lines = [0, 1, 2, 3, 0, 1].map((at) => inSpan(at, -800));
    const [learned] = clockOffsets(trace, [...lines, inSpan(2, 4000)]);
    expect(learned).toMatchObject({ agreeing: 6, pairs: 7 });
  });
});

test('the true offset is one that the pairs allow, however the lines lie in their spans', () => {
  const pair = fc.record({ early: fc.integer({ min: 0, max: 40_000 }), late: fc.integer({ min: 0, max: 40_000 }) });
  fc.assert(
    fc.property(
      fc.array(pair, { minLength: 5, maxLength: 40 }),
      fc.integer({ min: 100_000, max: 9 * SECOND_US }),
      fc.boolean(),
      (pairs, size, isAhead) => {
        const offsetUs = isAhead ? -size : size;
        const learned = learnedOffset(
          pairs.map(({ early, late }) => ({ fromUs: offsetUs - early, toUs: offsetUs + late })),
        );
        expect(learned?.agreeing).toBe(pairs.length);
        expect(Math.abs((learned?.offsetUs ?? 0) - offsetUs)).toBeLessThanOrEqual(40_000);
      },
    ),
  );
});
