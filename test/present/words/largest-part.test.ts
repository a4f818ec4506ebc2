/** The first sentence names what takes the largest part, and only the verdict's own spans are marked as the cause. */
import { describe, expect, test } from 'vitest';
import { causeSpans } from '#present/waterfall/waterfall.ts';
import { summaryOf } from '#present/words/summary.ts';
import { analysisOf } from '#test/analysis.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, type SpanNode, server, span, traceOf } from '#test/trace.ts';

function told(root: SpanNode) {
  const trace = traceOf(root);
  const judgement = diagnosed(trace);
  const analysis = { ...analysisOf(trace), judgement };
  return { trace, judgement, summary: summaryOf(analysis) };
}

describe('where another place takes more than the verdict explains', () => {
  const lock = query('shop', 'UPDATE stock SET n = n - 1 WHERE id = $1', {
    at: 10,
    ms: 450,
    attributes: { 'db.lock_wait_ms': 430 },
  });

  test('that place comes first', () => {
    const { judgement, summary } = told(
      server('shop', 'POST /checkout', { ms: 3000 }, [lock, span('shop', 'render', { at: 470, ms: 2500 })]),
    );
    expect(judgement.diagnosis).toMatchObject({
      kind: 'lock-contention',
      status: 'inconclusive',
      elsewhere: { service: 'shop', operation: 'render', us: 2_500_000, ofUs: 3_000_000 },
    });
    expect(summary.first.headline).toMatch(
      /^POST \/checkout takes 3 s, most of it in `render` of `shop`, partly because .*lock$/,
    );
    expect(summary.doNow).toMatch(/^Look first at render of shop/);
  });

  test('the verdict leads where nothing takes more', () => {
    const { judgement, summary } = told(
      server('shop', 'POST /checkout', { ms: 3000 }, [
        lock,
        ...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => span('shop', `step ${'abcdefgh'[n]}`, { at: 470 + n * 310, ms: 305 })),
      ]),
    );
    expect(judgement.diagnosis?.kind).toBe('lock-contention');
    expect(judgement.diagnosis?.elsewhere).toBeUndefined();
    expect(summary.first.headline).toContain('partly because');
    expect(summary.first.headline).not.toContain('of it in');
  });
});

test('the callers of a call that timed out are no cause, and are not counted', () => {
  const statusText = 'deadline exceeded after 3000 ms';
  const failed = true;
  const { trace, judgement, summary } = told(
    server('shop', 'POST /checkout', { ms: 3100, failed }, [
      call('shop', 'pay', 'POST /pay', { at: 10, ms: 3050, failed }, [
        server('pay', 'POST /pay', { at: 15, ms: 3040, failed }, [
          call('pay', 'bank', 'POST /charge', { at: 20, ms: 3000, failed, statusText }),
        ]),
      ]),
    ]),
  );
  expect(judgement.diagnosis?.kind).toBe('timeout-cascade');
  const marked = [...causeSpans(judgement)].map((at) => trace.operation(at));
  expect(marked).toEqual(['POST /charge']);
  expect(summary.why.map(({ text }) => text).join('\n')).not.toMatch(/\(\d+ spans\)/);
});

test('an answer names one share of the time', () => {
  const calls = Array.from({ length: 5 }, (_, i) =>
    call('shop', 'stock', `GET /stock/${i}`, { at: 10 + i * 900, ms: 880 }, [
      server('stock', `GET /stock/${i}`, { at: 11 + i * 900, ms: 878 }),
    ]),
  );
  const { judgement, summary } = told(server('shop', 'POST /checkout', { ms: 4600 }, calls));
  const [first, ...others] =
    [summary.standing, ...summary.why.map(({ text }) => text)].join('\n').match(/\d+ %/g) ?? [];
  expect(first).toBe(`${Math.round((judgement.diagnosis?.share ?? 0) * 100)} %`);
  expect(others.filter((share) => share !== first)).toEqual([]);
});
