/** The finding that leads holds its share of what went wrong. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Trace } from '#model/trace/trace.ts';
import { diagnosed } from '#test/diagnosed.ts';
import '#test/property-runs.ts';
import { query, type SpanNode, type SpanOptions, server, span, times, traceOf } from '#test/trace.ts';

const judged = (root: SpanNode) => diagnosed(traceOf(root));

/** Everything that the first finding explains, directly or indirectly. */
function explainedByFirst({ diagnosis }: Judgement): ReadonlySet<number> {
  const explained = new Set([0]);
  for (const from of explained)
    for (const { finding, because } of diagnosis?.chain ?? []) if (because === from) explained.add(finding);
  return explained;
}

/** Findings that cost more than twice as much as the first one, and that the first one leaves open. */
function outweighing(trace: Trace, judgement: Judgement): string[] {
  const explained = explainedByFirst(judgement);
  const [first] = judgement.findings;
  const leads = [...explained].some((at) => judgement.findings[at]?.facts.reachedRoot === true);
  if (first === undefined || leads || first.facts.reachedRoot === false) return [];
  const leastUs = trace.durationOfUs(trace.root) / 10;
  return judgement.findings
    .filter(({ wonUs, detector }, at) => {
      if (explained.has(at) || wonUs <= 2 * first.wonUs) return false;
      return detector !== 'bottleneck' || first.wonUs < leastUs;
    })
    .map(({ title }) => `${first.title} / ${title}`);
}

describe('a mechanism leads only if it holds its share', () => {
  const loop = (count: number, ms: number) =>
    times(count, (at) => query('shop', `SELECT * FROM c WHERE id = ${at}`, { at: 20 + at * (ms + 3), ms }));
  const list = query('shop', 'SELECT * FROM l LIMIT 50', { at: 3, ms: 10 });
  const huge = query('shop', 'SELECT * FROM huge WHERE lower(n) = $1', { at: 700, ms: 2200 });

  test.each([25, 50])('a loop of %i quick queries does not lead beside a slow one', (count) => {
    const { diagnosis, findings } = judged(server('shop', 'GET /x', { ms: 3000 }, [list, ...loop(count, 9), huge]));
    expect(diagnosis).toMatchObject({ kind: 'slow-query', status: 'likely' });
    expect(findings.map(({ detector }) => detector)).toContain('n-plus-one-queries');
  });

  test('a deadlock of 40 ms does not lead in a request of 3.3 s', () => {
    const statusText = 'deadlock detected';
    const { diagnosis } = judged(
      server('shop', 'POST /t', { ms: 3300 }, [
        query('shop', 'UPDATE a SET x = 1 WHERE id = $1', { at: 5, ms: 40, failed: true, statusText }),
        query('shop', 'UPDATE a SET x = 1 WHERE id = $1', { at: 60, ms: 6 }),
        span('shop', 'render', { at: 80, ms: 3200 }),
      ]),
    );
    expect(diagnosis).toMatchObject({ kind: 'bottleneck', status: 'inconclusive' });
  });

  const FORMS: Readonly<Record<string, (options: SpanOptions) => SpanNode[]>> = {
    query: (options) => [query('shop', 'SELECT * FROM carts WHERE id = $1', options)],
    lock: (options) => [query('shop', 'SELECT * FROM stock WHERE id = $1 FOR UPDATE', options)],
    pool: (options) => [span('shop', 'pool.acquire', options)],
    work: (options) => [span('shop', 'price', options)],
    many: ({ at = 0, ms = 1 }) =>
      times(12, (each) =>
        query('shop', `SELECT * FROM c WHERE id = ${each}`, { at: at + (each * ms) / 12, ms: ms / 13 }),
      ),
  };
  const step = fc.record({
    ms: fc.integer({ min: 1, max: 2500 }),
    pause: fc.integer({ min: 0, max: 900 }),
    form: fc.constantFrom(...Object.keys(FORMS)),
  });

  test('in any request of queries, locks, waits, loops and gaps', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        let at = 3;
        const children = steps.flatMap(({ pause, form, ms }) => {
          const begun = at + pause;
          at = begun + ms;
          return FORMS[form]?.({ ms, at: begun }) ?? [];
        });
        const trace = traceOf(server('shop', 'POST /orders', { ms: at + 5 }, children));
        expect(outweighing(trace, diagnosed(trace))).toEqual([]);
      }),
    );
  });
});
