import { describe, expect, test } from 'vitest';
import { earlyTimeouts } from '#model/requests/early-timeouts.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { call, rowsOf, server } from '#test/trace.ts';

const SAID = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

type Drawn = Readonly<{
  /** How long the callee works. */
  worksMs: number;
  /** When the caller gives up. */
  limitMs?: number;
  said?: string;
  /** Whether the callee has a span where the caller gave up. */
  isSeen?: boolean;
}>;

/** `POST /book` of `booking`, which calls `tariff`. */
function booked(at: number, { worksMs, limitMs = Infinity, said = SAID, isSeen = true }: Drawn): Trace {
  const failed = worksMs > limitMs;
  const ms = Math.min(worksMs + 1, limitMs);
  const answered = server('tariff', 'POST /price', { at: 3, ms: worksMs });
  const options = { at: 2, ms, failed, ...(failed && { statusText: said }) };
  const asked = call('booking', 'tariff', 'POST', options, failed && !isSeen ? [] : [answered]);
  const root = server('booking', 'POST /book', { at: 0, ms: ms + 4, failed }, [asked]);
  const rows = rowsOf(root).map((row) => ({ ...row, startUs: row.startUs + at * 1_000_000 }));
  return traceFrom(rows, `request-${at}`);
}

/** From 300 to 580 ms. */
const usual = (at: number) => 300 + (at % 15) * 20;
const many = (count: number, draw: (at: number) => Drawn, from = 0) =>
  Array.from({ length: count }, (_, at) => booked(from + at, draw(at)));
const HEALTHY = many(30, (at) => ({ worksMs: usual(at) }));

describe('a shorter limit', () => {
  test('ends calls after a time that healthy ones exceed', () => {
    const now = many(30, (at) => ({ worksMs: usual(at), limitMs: 250 }), 1000);
    expect(earlyTimeouts(now, HEALTHY).all).toEqual([
      {
        service: 'booking',
        operation: 'POST',
        callee: 'tariff',
        calls: 30,
        limitUs: 250_000,
        usualUs: 441_000,
        longer: [30, 30],
      },
    ]);
  });

  test('that ends only the slower ones, as many as before took that long', () => {
    const now = many(30, (at) => ({ worksMs: usual(at), limitMs: 440 }), 1000);
    expect(earlyTimeouts(now, HEALTHY).all).toMatchObject([{ callee: 'tariff', limitUs: 440_000 }]);
  });

  test('that ends far more than took that long, of a callee that takes hardly longer', () => {
    const now = many(30, (at) => ({ worksMs: usual(at) + 140, limitMs: 480 }), 1000);
    expect(earlyTimeouts(now, HEALTHY).all).toMatchObject([{ callee: 'tariff', limitUs: 480_000 }]);
    const slower = many(30, (at) => ({ worksMs: 2 * usual(at), limitMs: 480 }), 1000);
    expect(earlyTimeouts(slower, HEALTHY).all).toEqual([]);
    const unseen = many(30, (at) => ({ worksMs: usual(at) + 140, limitMs: 480, isSeen: false }), 1000);
    expect(earlyTimeouts(unseen, HEALTHY).all).toEqual([]);
  });

  test('without a span of the callee', () => {
    const now = many(30, (at) => ({ worksMs: usual(at), limitMs: 250, isSeen: false }), 1000);
    expect(earlyTimeouts(now, HEALTHY).all).toMatchObject([{ callee: 'tariff' }]);
  });

  test('without words, where the callee worked on', () => {
    const now = many(30, (at) => ({ worksMs: usual(at), limitMs: 250, said: '' }), 1000);
    expect(earlyTimeouts(now, HEALTHY).all).toHaveLength(1);
  });

  test('in the window itself, after its first half', () => {
    const now = many(30, (at) => ({ worksMs: usual(at), limitMs: 250 }), 1000);
    expect(earlyTimeouts([...HEALTHY, ...now], []).all).toHaveLength(1);
  });

  test('belongs to the failed calls alone', () => {
    const now = many(30, (at) => ({ worksMs: usual(at), limitMs: 250 }), 1000);
    const [first] = now;
    const early = earlyTimeouts(now, HEALTHY);
    expect(first && early.of(first, first.root)).toBeUndefined();
    expect(first && early.of(first, first.root + 1)).toBeDefined();
  });
});

describe('none', () => {
  test('where the callee got slower and the limit is above what healthy calls took', () => {
    const now = many(30, () => ({ worksMs: 5000, limitMs: 1000 }), 1000);
    expect(earlyTimeouts(now, HEALTHY).all).toEqual([]);
  });

  test('where the callee got slower as well: far more calls end than took that long', () => {
    const now = many(30, (at) => ({ worksMs: 3 * usual(at), limitMs: 540 }), 1000);
    expect(earlyTimeouts(now, HEALTHY).all).toEqual([]);
  });

  test('where calls fail at once for another reason', () => {
    const now = many(30, (at) => ({ worksMs: usual(at), limitMs: 4, said: 'connection refused', isSeen: false }), 1000);
    expect(earlyTimeouts(now, HEALTHY).all).toEqual([]);
  });

  test('where calls end after any time: the user left, or the budget of the request was used up', () => {
    const now = many(30, (at) => ({ worksMs: usual(at), limitMs: 100 + 6 * at }), 1000);
    expect(earlyTimeouts(now, HEALTHY).all).toEqual([]);
  });

  test('with few healthy calls', () => {
    const now = many(30, (at) => ({ worksMs: usual(at), limitMs: 250 }), 1000);
    expect(earlyTimeouts(now, HEALTHY.slice(0, 5)).all).toEqual([]);
  });
});

test('an open circuit breaker waits for nobody, whatever its words', () => {
  const said = 'Timeout not elapsed yet, circuit breaker still open';
  const now = many(30, (at) => ({ worksMs: usual(at), limitMs: 250, said, isSeen: false }), 1000);
  expect(earlyTimeouts(now, HEALTHY).all).toEqual([]);
});
