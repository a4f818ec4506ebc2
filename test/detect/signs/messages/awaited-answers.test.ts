/** A request over a queue that nobody answered in time: the queue is slow, unless the caller's time went elsewhere. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const timedOut = { at: 30_000, name: 'exception', attributes: { 'exception.message': 'Timeout waiting for response' } };
const ask = (takenAt: number, spentElsewhereMs = 0, failed = true) =>
  diagnosed(
    traceOf(
      server('portal', 'POST /orders', { ms: 30_120, failed }, [
        span(
          'portal',
          'RequestClient CheckStock',
          { at: 20, ms: 30_080, failed, ...(failed && { events: [timedOut] }) },
          [
            span('portal', 'stock send', { at: 24, ms: 16, kind: 'producer' }, [
              span('stock', 'stock receive', { at: takenAt, ms: 60, kind: 'consumer' }),
            ]),
            ...(spentElsewhereMs > 0
              ? [call('portal', 'prices', 'GET /prices', { at: 45, ms: spentElsewhereMs })]
              : []),
          ],
        ),
      ]),
    ),
  );
const verdictOf = ({ diagnosis }: ReturnType<typeof ask>) => [diagnosis?.kind, diagnosis?.service];

describe('a caller that gave up waiting for an answer over a queue', () => {
  test('waited for the consumer, who took the question after that', () => {
    const judged = ask(38_400);
    expect(verdictOf(judged)).toEqual(['consumer-lag', 'stock']);
    expect(judged.findings[0]?.explanation).toContain('waits for its outcome');
    expect(judged.findings[0]?.wastedUs).toBeLessThan(30_120_000);
  });

  test('waited for somebody else where another call took the time, or where the question was taken in time', () => {
    expect(verdictOf(ask(38_400, 29_900))).not.toEqual(['consumer-lag', 'stock']);
    expect(verdictOf(ask(300))).not.toEqual(['consumer-lag', 'stock']);
  });
});
