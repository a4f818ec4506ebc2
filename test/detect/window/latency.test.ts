import { latency } from '#detect/window/latency.ts';
import { METRICS_WINDOW, series, seriesOf, wobble } from '#test/metrics.ts';
import { type DrawnRequest, requestAt, testWindowDetector } from '#test/requests.ts';
import { query, server, times } from '#test/trace.ts';
import { every, said, testLogDetector, together } from '#test/window.ts';

const rendered = (count: number, ms: (n: number) => number, from = 0) =>
  every(count, from, from + 600, (at, n) => said(at, 'shop', 'info', `Page /checkout rendered in ${ms(n)} ms`));

testLogDetector(latency, {
  found: {
    'a page that takes seven to nine seconds': {
      lines: rendered(50, (n) => 7000 + (n % 21) * 100),
      sightings: [
        {
          service: 'shop',
          title: /^shop: “Page \/checkout rendered in 7000 ms” takes 7\.8 s, the median of its lines$/,
        },
      ],
    },
    'a page twice as slow as in the healthy time': {
      lines: rendered(50, (n) => 400 + n),
      baseline: rendered(50, (n) => 150 + n, -7200),
      sightings: [{ title: /^shop: “Page \/checkout rendered in 400 ms” takes 430 ms, the median of its lines$/ }],
    },
    'the first of what comes together': {
      lines: together(
        every(20, 0, 600, (at, n) => said(at, 'shop', 'info', `Database call completed in ${7000 + n} ms`)),
        every(20, 0, 600, (at, n) => said(at + 0.01, 'shop', 'info', `Page rendered in ${7100 + n} ms`)),
        every(20, 0, 600, (at) => said(at + 0.02, 'shop', 'info', '10.0.0.1 - "GET /checkout HTTP/1.1" 200')),
      ),
      sightings: [{ title: /“Database call completed/, explanation: /Page rendered.+\/checkout/ }],
    },
  },
  clear: {
    'a page that takes three seconds': { lines: rendered(50, () => 3000) },
    'nine lines': { lines: rendered(9, () => 8000) },
    'a page as slow as ever': { lines: rendered(50, (n) => 8000 + n), baseline: rendered(50, (n) => 7000 + n, -7200) },
    'a checkpoint, a backup and a job': {
      lines: together(
        every(20, 0, 600, (at, n) =>
          said(at, 'db', 'info', `checkpoint complete: wrote 44 buffers in ${26_000 + n} ms`),
        ),
        every(20, 0, 600, (at, n) => said(at, 'db', 'info', `backup finished in ${90_000 + n} ms`)),
        every(20, 0, 600, (at, n) => said(at, 'cron', 'info', `nightly job done in ${50_000 + n} ms`)),
      ),
    },
    'errors that say how long somebody waited in vain': {
      lines: every(50, 0, 600, (at) => said(at, 'shop', 'error', 'request timed out after 30000 ms')),
    },
  },
});

function order(at: number, ms: number, more: { failed?: boolean; operation?: string } = {}): DrawnRequest {
  const { failed = false, operation = 'POST /orders' } = more;
  const select = query('shop', 'SELECT * FROM carts WHERE id = 1', { at: 5, ms: ms - 20 });
  return requestAt(at, server('shop', operation, { ms, failed }, [select]));
}

/** A request a second; one in `every` takes so much longer. */
function seconds(count: number, every: number, ms: number, usualMs = 200): DrawnRequest[] {
  return times(count, (n) => order(n, n % every === 0 ? ms : usualMs + 20 * wobble(n)));
}

const HEALTHY = times(100, (n) => order(n - 3600, 200 + 20 * wobble(n)));
const CHECKOUT = { service: 'checkout' };
const p95 = (value: (minute: number) => number, labels: Readonly<Record<string, string>> = CHECKOUT) =>
  seriesOf([series('http_server_duration_p95_ms', labels, value, { to: 15 })]);

testWindowDetector(latency, {
  found: {
    'a tenth of the requests for eleven minutes': {
      requests: seconds(660, 10, 900),
      healthy: HEALTHY,
      sightings: [
        {
          service: 'shop',
          title: /^shop: p95 of shop POST \/orders is 900 ms, 220 ms in the baseline$/,
          explanation: /This lasts since 14:30 UTC, for 11 min\./,
        },
      ],
    },
    'all of them': {
      requests: seconds(700, 1, 800),
      healthy: HEALTHY,
      sightings: [{ title: /^shop: p95 of shop POST \/orders is 800 ms, 220 ms in the baseline$/ }],
    },
    'a metric, for ten minutes': {
      window: METRICS_WINDOW,
      metrics: p95((minute) => (minute < 3 ? 150 : 400)),
      sightings: [
        {
          service: 'checkout',
          title: 'checkout: p95 of answers is 400 ms, 150 ms before',
        },
      ],
    },
    'a second service behind one with many operations': {
      window: METRICS_WINDOW,
      metrics: [
        ...['/carts', '/orders', '/prices', '/seats'].flatMap((route) =>
          p95((minute) => (minute < 3 ? 150 : 400), { ...CHECKOUT, route }),
        ),
        ...p95((minute) => (minute < 3 ? 20 : 390), { ...CHECKOUT, service: 'stock' }),
      ],
      sightings: [{ service: 'checkout' }, { service: 'stock' }, { service: 'checkout' }],
    },
  },
  clear: {
    'one in twenty': { requests: seconds(660, 20, 900), healthy: HEALTHY },
    'nine minutes': { requests: seconds(540, 4, 900), healthy: HEALTHY },
    'less than twice as long': { requests: seconds(660, 4, 410), healthy: HEALTHY },
    'slow all along': {
      requests: seconds(660, 4, 900),
      healthy: times(100, (n) => order(n - 3600, n % 4 === 0 ? 900 : 200)),
    },
    'another kind of request': {
      requests: times(660, (n) => order(n, 900, { operation: 'POST /export' })),
      healthy: HEALTHY,
    },
    'nine healthy ones': { requests: seconds(660, 4, 900), healthy: HEALTHY.slice(0, 9) },
    'those that failed': {
      requests: times(660, (n) => order(n, n % 4 === 0 ? 900 : 200, { failed: n % 4 === 0 })),
      healthy: HEALTHY,
    },
    'what nobody notices': { requests: seconds(660, 4, 90, 30), healthy: times(100, (n) => order(n - 3600, 30)) },
    'a metric for nine minutes': {
      window: METRICS_WINDOW,
      metrics: p95((minute) => (minute >= 3 && minute < 12 ? 400 : 150)),
    },
    'a metric less than twice as high': { window: METRICS_WINDOW, metrics: p95((minute) => (minute < 3 ? 150 : 299)) },
  },
});
