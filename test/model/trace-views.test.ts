/** What holds of all views together, whatever the spans. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SpanRow, traceFrom } from '#model/span-rows.ts';
import { namedSoup } from '#test/span-soup.ts';

/** Everything that the views say, in words that no numbering, id or date can change. */
const picture = (spans: readonly SpanRow[]) => {
  const trace = traceFrom(spans);
  const name = (span: number | undefined) => (span === undefined ? '' : trace.operation(span));
  return {
    repairs: trace.repairs,
    root: name(trace.root),
    durationUs: trace.durationUs,
    path: trace.criticalPath.map(({ span, startUs, endUs }) => [name(span), startUs, endUs]),
    spans: Array.from({ length: trace.spanCount }, (_, span) => [
      name(span),
      name(trace.parent(span)),
      trace.startUs(span),
      trace.durationOfUs(span),
      trace.failed(span),
      trace.shiftUs(span),
      trace.selfUs(span),
      trace.dragUs(span),
      trace.savingUs(span),
      trace.slackUs(span),
      trace.errorRole(span),
      trace.workOf(span),
    ]),
    work: trace.workShares,
    graph: trace.serviceGraph.map((edge) => ({ ...edge, calls: edge.calls.map(name) })),
    stretches: trace.ownStretches.map(({ span, startUs, endUs, after, before }) => [
      name(span),
      startUs,
      endUs,
      name(after),
      name(before),
    ]),
    instances: trace.instances.map((instance) => ({ ...instance, spans: instance.spans.map(name) })),
  };
};

describe('the views do not change', () => {
  test('with the order in which spans came', () => {
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
  expect(trace.serviceGraph).toBe(trace.serviceGraph);
  expect(trace.ownStretches).toBe(trace.ownStretches);
  expect(trace.instances).toBe(trace.instances);
  expect(trace.workShares).toBe(trace.workShares);
});
