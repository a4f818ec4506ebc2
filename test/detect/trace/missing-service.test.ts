import { expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { missingService } from '#detect/trace/missing-service.ts';
import { baselines } from '#model/requests/baseline.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { call, rowsOf, type SpanNode, type SpanOptions, server, span, times, traceOf } from '#test/trace.ts';

const asks = (service: string, at: number, options: SpanOptions = {}, below: readonly SpanNode[] = []) =>
  call('web', service, `GET /${service}`, { at, ms: 30, ...options }, [
    server(service, `GET /${service}`, { at: at + 1, ms: 28 }, below),
  ]);
const page = (...children: SpanNode[]) => server('web', 'GET /page', { ms: 200 }, children);
const failing = (options: SpanOptions, ...children: SpanNode[]) =>
  server('web', 'GET /page', { ms: 200, failed: true, ...options }, children);
const rates = call('offers', 'rates', 'GET /rates', { at: 55, ms: 10 }, [
  server('rates', 'GET /rates', { at: 56, ms: 8 }),
]);
const whole = page(asks('cart', 5), asks('offers', 50, {}, [rates]));
const healthy = (count: number) => times(count, () => whole);

testDetector(missingService, {
  clear: {
    'a request with all of its services': drawn(whole, { baseline: healthy(20) }),
    'one that four healthy traces have': drawn(page(asks('cart', 5)), { baseline: healthy(4) }),
    'one that less than nine of ten have': drawn(page(asks('cart', 5)), {
      baseline: [...healthy(17), ...times(3, () => page(asks('cart', 5)))],
    }),
    'what two healthy requests do without in the same way': drawn(page(asks('cart', 5)), {
      baseline: [...healthy(38), ...times(2, () => page(asks('cart', 5)))],
    }),
    'a request that was refused': drawn(
      server('web', 'GET /page', { ms: 3, attributes: { 'http.response.status_code': 401 } }),
      { baseline: healthy(20) },
    ),
    'one that reads messages, which may come later': drawn(page(asks('cart', 5)), {
      baseline: times(20, () =>
        page(
          asks('cart', 5),
          span('web', 'orders publish', { at: 40, kind: 'producer' }, [
            span('mail', 'orders process', { at: 90, kind: 'consumer' }),
          ]),
        ),
      ),
    }),
    'another request': drawn(server('web', 'GET /health', { ms: 3 }), { baseline: healthy(20) }),
  },
  found: {
    'a service that is left out, and not what it would have called': {
      ...drawn(page(asks('cart', 5)), { baseline: healthy(20) }),
      sightings: [
        {
          service: 'offers',
          operation: 'GET /page',
          spans: ['0'],
          wastedMs: 0,
          title: 'offers is not called below GET /page of web, although 20 of 20 healthy traces of GET /page call it',
        },
      ],
    },
    'one that nine of ten have, where the tenth does something else': {
      ...drawn(page(asks('cart', 5)), {
        baseline: [...healthy(18), ...times(2, () => page(asks('cart', 5), asks('search', 50)))],
      }),
      sightings: [{ service: 'offers', title: /18 of 20 healthy traces/ }],
    },
    'one that a single healthy request does without': {
      ...drawn(page(asks('cart', 5)), { baseline: [...healthy(9), page(asks('cart', 5))] }),
      sightings: [{ service: 'offers', title: /9 of 10 healthy traces/ }],
    },
    'one of five traces': {
      ...drawn(page(asks('cart', 5)), { baseline: healthy(5) }),
      sightings: [{ service: 'offers' }],
    },
    'what was not reached, because the request failed before': {
      ...drawn(
        failing(
          {},
          call('web', 'cart', 'GET /cart', { at: 5, ms: 30, failed: true }, [
            server('cart', 'GET /cart', { at: 6, ms: 28, failed: true }),
          ]),
        ),
        { baseline: healthy(20) },
      ),
      sightings: [
        { service: 'offers', title: /^offers is not reached, because GET \/page of web failed before; 20 of 20/ },
      ],
    },
    'a call that failed before it reached the service': {
      ...drawn(page(asks('cart', 5), call('web', 'offers', 'GET /offers', { at: 50, ms: 2, failed: true })), {
        baseline: healthy(20),
      }),
      sightings: [
        {
          service: 'offers',
          operation: 'GET /offers',
          spans: ['0.1'],
          title: /is not reached, because GET \/offers of web failed; /,
        },
      ],
    },
    'a call that was answered, and recorded nothing': {
      ...drawn(page(asks('cart', 5), call('web', 'offers', 'GET /offers', { at: 50, ms: 30 })), {
        baseline: healthy(20),
      }),
      sightings: [
        { service: 'offers', spans: ['0.1'], title: /recorded no spans, although web called it \(GET \/offers\)/ },
      ],
    },
    'two that are left out for themselves': {
      ...drawn(page(), { baseline: healthy(20) }),
      sightings: [{ service: 'cart' }, { service: 'offers' }],
    },
  },
});

test('missing-service says nothing of a trace whose spans did not all come', () => {
  const baseline = times(20, () => traceOf(whole));
  const outcome = (rows: ReturnType<typeof rowsOf>) => {
    const trace = traceFrom(rows);
    const known = baselines(baseline).of(trace);
    if (known === undefined) throw new Error('nothing to compare with');
    return runDetector(missingService, { trace, baseline: known }).kind;
  };
  const rows = rowsOf(page(asks('cart', 5)));
  expect(outcome(rows)).toBe('found');
  // The client span of the call did not come, so that its callee has no parent.
  expect(outcome(rows.filter(({ id }) => id !== '0.0'))).toBe('clear');
});
