import { describe, expect, test } from 'vitest';
import { compareTraces } from '#diagnose/comparison.ts';
import { type JudgedTrace, verificationOf } from '#diagnose/verification.ts';
import type { Verification } from '#model/comparison.ts';
import { traceFrom } from '#model/span-rows.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { query, rowsOf, server, times } from '#test/trace.ts';

const MINUTE_US = 60_000_000;

type Request = Readonly<{ queryMs?: number; failed?: boolean; renderMs?: number }>;

function judged({ queryMs = 10, failed = false, renderMs = 20 }: Request, minute: number): JudgedTrace {
  const root = server('web', 'GET /page', { ms: queryMs + renderMs, failed }, [
    query('web', 'SELECT * FROM users WHERE id = 1', { at: 1, ms: queryMs }),
  ]);
  const rows = rowsOf(root).map((row) => ({ ...row, startUs: row.startUs + minute * MINUTE_US }));
  const trace = traceFrom(rows, `${minute}`);
  return { trace, judgement: diagnosed(trace) };
}

const minutes = (requests: readonly Request[], step = 1) => requests.map((request, at) => judged(request, at * step));

function verified(before: readonly JudgedTrace[], after: readonly JudgedTrace[]): Verification {
  const side = (traces: readonly JudgedTrace[]) => ({ traces: traces.map(({ trace }) => trace), chosen: '' });
  const { comparison, sides } = compareTraces(side(before), side(after), undefined);
  return verificationOf({ before, after, comparison, calls: sides.calls, descriptive: new Set(['bottleneck']) });
}

const SLOW = minutes(times(10, (i) => ({ queryMs: 1500 + i })));
const WELL = times(10, (i) => ({ queryMs: 10 + (i % 3) }));

describe('a fix', () => {
  test('is confirmed when the finding is gone, the call is back and nothing got worse', () => {
    expect(verified(SLOW, minutes(WELL))).toMatchObject({
      result: 'confirmed',
      reason: 'gone',
      worse: [],
      newFindings: [],
    });
  });

  test('is not, where requests fail that did not fail', () => {
    const after = minutes(WELL.map((request, i) => ({ ...request, failed: i < 4 })));
    const verification = verified(SLOW, after);
    expect(verification).toMatchObject({
      result: 'not-confirmed',
      reason: 'worse',
      failures: { before: 0, after: 4, isWorse: true },
    });
  });

  test('is, with a word, where one of ten fails: that may be chance', () => {
    const verification = verified(SLOW, minutes(WELL.map((request, i) => ({ ...request, failed: i === 3 }))));
    expect(verification.failures).toMatchObject({ after: 1, isWorse: false });
    expect(verification.failures.chance).toBeCloseTo(1 - 11 / 21, 6);
  });

  test('is not, where what is left got slower', () => {
    const after = minutes(WELL.map((request) => ({ ...request, renderMs: 900 })));
    expect(verified(SLOW, after)).toMatchObject({
      result: 'not-confirmed',
      reason: 'worse',
      worse: [{ kind: 'duration' }],
    });
  });

  test('waits for load: a tenth of the requests a minute is another world', () => {
    expect(verified(SLOW, minutes(WELL, 10))).toMatchObject({ result: 'too-few', reason: 'load' });
  });
});

describe('how many traces it takes', () => {
  // By Laplace's rule of succession, over and over.
  test.each([
    [1, 1, 5],
    [10, 10, 2],
    // 6·7·8·9·10·11 / 12·13·14·15·16·17 = 0.037
    [5, 10, 6],
    // 10·11 / (10 + m)(11 + m)
    [1, 10, 37],
  ])('with the fault in %d of %d: %d', (faulty, of, needed) => {
    const before = minutes(times(of, (i) => (i < faulty ? { queryMs: 1500 } : {})));
    const few = verified(before, minutes(WELL.slice(0, Math.min(10, needed - 1))));
    expect(few.needed).toBe(needed);
    expect(few.result).toBe('too-few');
    if (needed <= 10) expect(verified(before, minutes(WELL.slice(0, needed))).chance).toBeLessThanOrEqual(0.05);
  });
});
