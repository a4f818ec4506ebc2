/** What holds of all views together, whatever the spans. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import { criticalPath } from '#model/trace/views/critical-path.ts';
import { dragUs, savingUs, slackUs } from '#model/trace/views/drag.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { errorRole } from '#model/trace/views/error-roles.ts';
import { selfUs } from '#model/trace/views/self-time.ts';
import { serviceGraph } from '#model/trace/views/service-graph.ts';
import { timeWon } from '#model/trace/views/time-won.ts';
import { workOf, workShares } from '#model/trace/views/work-kinds.ts';
import { namedSoup } from '#test/span-soup.ts';

/** Everything that the views say, in words that no numbering, id or date can change. */
const picture = (spans: readonly SpanRow[]) => {
  const trace = traceFrom(spans);
  const name = (span: number | undefined) => (span === undefined ? '' : trace.operation(span));
  return {
    repairs: trace.repairs,
    root: name(trace.root),
    durationUs: trace.durationUs,
    path: criticalPath(trace).map(({ span, startUs, endUs }) => [name(span), startUs, endUs]),
    spans: Array.from({ length: trace.spanCount }, (_, span) => [
      name(span),
      name(trace.parent(span)),
      trace.startUs(span),
      trace.durationOfUs(span),
      trace.failed(span),
      trace.shiftUs(span),
      selfUs(trace, span),
      dragUs(trace, span),
      savingUs(trace, span),
      slackUs(trace, span),
      errorRole(trace, span),
      workOf(trace, span),
    ]),
    work: workShares(trace),
    graph: serviceGraph(trace).map((edge) => ({ ...edge, calls: edge.calls.map(name) })),
  };
};

describe('the views do not change', () => {
  test('with the order of arrival', () => {
    fc.assert(
      fc.property(namedSoup, fc.infiniteStream(fc.nat()), (spans, random) => {
        const shuffled = spans
          .map((each) => ({ each, at: random.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each);
        expect(picture(shuffled)).toEqual(picture(spans));
      }),
    );
  });

  test('with the date of the trace', () => {
    fc.assert(
      fc.property(namedSoup, fc.integer({ min: 1, max: 2 ** 50 }), (spans, byUs) => {
        const dated = spans.map((each) => ({ ...each, startUs: each.startUs + byUs }));
        expect(picture(dated)).toEqual(picture(spans));
      }),
    );
  });

  test('with the ids, as long as their order stays', () => {
    fc.assert(
      fc.property(namedSoup, fc.string(), (spans, prefix) => {
        const renamed = spans.map((each) => ({
          ...each,
          id: `${prefix}x${each.id}`,
          parentId: each.parentId && `${prefix}x${each.parentId}`,
        }));
        expect(picture(renamed)).toEqual(picture(spans));
      }),
    );
  });
});

test('a view is computed once', () => {
  const trace = traceFrom([
    {
      id: 'a',
      parentId: undefined,
      service: 'web',
      operation: 'GET /',
      kind: 'server',
      startUs: 0,
      durationUs: 10,
      failed: undefined,
      attributes: {},
    },
  ]);
  expect(serviceGraph(trace)).toBe(serviceGraph(trace));
  expect(workShares(trace)).toBe(workShares(trace));
});

test('a follower of its parent takes none of its time, has no slack and passes on no failure', () => {
  const row = { service: 'web', kind: 'internal', failed: undefined, attributes: {} } as const;
  const trace = traceFrom([
    { ...row, id: 'a', parentId: undefined, operation: 'GET /', startUs: 0, durationUs: 100 },
    { ...row, id: 'b', parentId: 'a', operation: 'read', startUs: 10, durationUs: 40 },
    {
      ...row,
      id: 'c',
      parentId: 'a',
      operation: 'audit',
      startUs: 20,
      durationUs: 60,
      failed: true,
      flaws: SPAN_FLAW.followsFrom,
    },
  ]);
  expect(selfUs(trace, 0)).toBe(60);
  expect([dragUs(trace, 1), dragUs(trace, 2), slackUs(trace, 2)]).toEqual([40, 0, undefined]);
  expect(timeWon(trace, [2], []).us).toBe(0);
  expect([errorRole(trace, 0), errorRole(trace, 2)]).toEqual([undefined, 'origin']);
  expect(errorOrigins(trace).map(({ symptom }) => symptom)).toEqual([2]);
});
