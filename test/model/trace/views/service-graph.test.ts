import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { serviceGraph } from '#model/trace/views/service-graph.ts';
import { distinctSoup, spanSoup } from '#test/span-soup.ts';
import { call, query, server, span, times, traceOf } from '#test/trace.ts';

const edges = (trace: Trace) =>
  serviceGraph(trace).map(({ caller, callee, external, calls, failed }) => ({
    edge: `${caller} → ${callee}`,
    external,
    calls: calls.length,
    failed,
  }));

test("a call counts once, on its caller's side, with the caller's wait", () => {
  const trace = traceOf(
    server('web', 'GET /cart', { ms: 100 }, [
      ...times(3, (i) =>
        call('web', 'stock', 'GET /stock', { at: i * 20, ms: 10 + i, failed: i === 2 }, [
          server('stock', 'GET /stock', { at: i * 20 + 1, ms: 5 }, [
            query('stock', 'SELECT 1', { at: i * 20 + 2, ms: 2 }),
          ]),
        ]),
      ),
    ]),
  );
  expect(edges(trace)).toEqual([
    { edge: 'stock → postgresql', external: true, calls: 3, failed: 0 },
    { edge: 'web → stock', external: false, calls: 3, failed: 1 },
  ]);
  expect(serviceGraph(trace)[1]).toMatchObject({ totalUs: 33_000, p50Us: 11_000, p95Us: 12_000, maxUs: 12_000 });
});

test('a service that is called where no client was recorded is called all the same', () => {
  const trace = traceOf(server('web', 'GET /', { ms: 10 }, [server('stock', 'GET /stock', { at: 1, ms: 5 })]));
  expect(edges(trace)).toEqual([{ edge: 'web → stock', external: false, calls: 1, failed: 0 }]);
});

test('a call that failed only at its server has failed, and one without a callee has no edge', () => {
  const trace = traceOf(
    server('web', 'GET /', { ms: 10 }, [
      call('web', 'stock', 'GET', { at: 1, ms: 5 }, [server('stock', 'GET', { at: 2, ms: 3, failed: true })]),
      span('web', 'GET', { at: 7, ms: 1, kind: 'client' }),
    ]),
  );
  expect(edges(trace)).toEqual([{ edge: 'web → stock', external: false, calls: 1, failed: 1 }]);
});

test('work of one service below its own client is no call', () => {
  const trace = traceOf(call('web', 'stock', 'GET', { ms: 10 }, [span('web', 'dns', { at: 1, ms: 2 })]));
  expect(edges(trace)).toEqual([{ edge: 'web → stock', external: true, calls: 1, failed: 0 }]);
});

test('a service that calls itself is its own callee, where a server’s span says so', () => {
  const trace = traceOf(call('web', 'web', 'GET', { ms: 10 }, [server('web', 'GET', { at: 1, ms: 2 })]));
  expect(edges(trace)).toEqual([{ edge: 'web → web', external: false, calls: 1, failed: 0 }]);
});

test('of any spans each edge has its calls in order, no more failures than calls, and latencies in order', () => {
  fc.assert(
    fc.property(spanSoup, (spans) => {
      const graph = serviceGraph(traceFrom(spans));
      expect(new Set(graph.map(({ caller, callee, external }) => `${caller}\n${callee}\n${external}`)).size).toBe(
        graph.length,
      );
      for (const { calls, failed, p50Us, p95Us, maxUs, totalUs } of graph) {
        expect(calls).toEqual([...new Set(calls)].sort((a, b) => a - b));
        expect(failed).toBeLessThanOrEqual(calls.length);
        expect(p50Us <= p95Us && p95Us <= maxUs && maxUs <= totalUs).toBe(true);
      }
    }),
  );
});

test('the order of arrival changes nothing', () => {
  fc.assert(
    fc.property(distinctSoup, (spans) => {
      expect(serviceGraph(traceFrom(spans.toReversed()))).toEqual(serviceGraph(traceFrom(spans)));
    }),
  );
});
