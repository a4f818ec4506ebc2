import { expect, test } from 'vitest';
import { errorRate } from '#detect/window/error-rate.ts';
import type { Series } from '#model/metrics/series.ts';
import { METRICS_WINDOW, series, seriesOf, wobble } from '#test/metrics.ts';
import { type DrawnRequest, requestAt, testWindowDetector, timeOf, windowFindings } from '#test/requests.ts';
import { call, server, times } from '#test/trace.ts';

function order(at: number, failed: boolean, operation = 'POST /orders'): DrawnRequest {
  const charge = server('payment', 'POST /charge', { at: 8, ms: 20, failed });
  return requestAt(
    at,
    server('shop', operation, { ms: 40, failed }, [
      call('shop', 'payment', 'POST /charge', { at: 6, ms: 24, failed }, [charge]),
    ]),
  );
}

/** A request a second, of which one in `every` fails from the one second to the other. */
function seconds(
  count: number,
  { every, from = 0, to = count }: { every: number; from?: number; to?: number },
): DrawnRequest[] {
  return times(count, (n) => order(n, n >= from && n < to && n % every === 0));
}

const SHOP = { service: 'shop' };
const codes = (share: (minute: number) => number) =>
  ['200', '503'].map((code) =>
    series(
      'http_requests_total',
      { ...SHOP, code },
      (() => {
        let sum = 0;
        return (minute: number) => {
          sum += 600 * (code === '503' ? share(minute) : 1 - share(minute));
          return Math.round(sum);
        };
      })(),
    ),
  );

/** Counters of a proxy by status, of 60 requests a minute and route. */
const answered = (status: number, refused: (minute: number) => number, more = {}) => ({
  window: METRICS_WINDOW,
  metrics: seriesOf(
    [200, status].map((code) => {
      let sum = 0;
      return series(
        'nginx_ingress_controller_requests',
        { service: 'app', path: '/photos', method: 'POST', status: String(code), ...more },
        (minute) => {
          sum += 60 * (code === 200 ? 1 - refused(minute) : refused(minute));
          return Math.round(sum);
        },
      );
    }),
  ),
});

testWindowDetector(errorRate, {
  found: {
    'uploads that a proxy refuses since its limit is lower': {
      ...answered(413, (minute) => (minute < 3 ? 0 : 0.6)),
      sightings: [
        {
          service: 'app',
          title: 'app: 60 % of requests get 413 Content Too Large since 14:32 UTC, 0 % before',
          facts: { form: 'refused', status: 413 },
        },
      ],
    },
    'requests above a lower rate': {
      ...answered(429, (minute) => (minute < 3 ? 0.01 : 0.4)),
      sightings: [{ title: /get 429 Too Many Requests/ }],
    },
    'an eighth of the requests for ten minutes': {
      requests: seconds(600, { every: 8 }),
      healthy: seconds(200, { every: 60 }),
      sightings: [
        {
          service: 'payment',
          operation: 'POST /charge',
          title: 'payment: 13 % of requests fail since 14:30 UTC, 2 % in the baseline',
          explanation: /75 of 600 requests in the sample fail, so the rate is between 10 % and 15 %\./,
        },
      ],
    },
    'five minutes to the second': {
      requests: seconds(300, { every: 5 }),
      sightings: [{ facts: { seconds: 300, failed: 60 } }],
    },
    'since the middle of the window': {
      requests: seconds(900, { every: 6, from: 480 }),
      sightings: [{ title: /^payment: 17 % of requests fail since 14:38 UTC$/ }],
    },
    'an operation of which a fifth fails, among many that do not': {
      requests: times(900, (n) =>
        n % 30 === 0
          ? requestAt(n, server('shop', 'POST /refunds', { ms: 9, failed: n % 150 !== 0 }))
          : order(n, false),
      ),
      sightings: [
        { service: 'shop', operation: 'POST /refunds', title: 'shop: 80 % of requests for POST /refunds fail' },
      ],
    },
    'a metric that counts them by code': {
      window: { ...METRICS_WINDOW, service: 'shop' },
      metrics: seriesOf(codes((minute) => (minute < 2 ? 0.01 : 0.12))),
      sightings: [{ service: 'shop', title: /^shop: 12 % of requests fail since 14:31 UTC, 1 % before$/ }],
    },
    'a metric of the share': {
      window: METRICS_WINDOW,
      metrics: seriesOf([
        series('http_5xx_ratio', SHOP, (minute) => (minute < 3 ? 0.01 : 0.08) + 0.002 * wobble(minute)),
      ]),
      sightings: [{ service: 'shop', title: /^shop: 7\.9 % of requests fail since 14:32 UTC, 1 % before$/ }],
    },
  },
  clear: {
    'uploads of one huge client, refused as always': answered(413, () => 0.2),
    'a few uploads that are too large': answered(413, (minute) => (minute < 3 ? 0 : 0.03)),
    'a burst that a limit refuses for two minutes': answered(429, (minute) => (minute === 5 || minute === 6 ? 0.6 : 0)),
    'requests for what does not exist': answered(404, (minute) => (minute < 3 ? 0 : 0.6)),
    'no failure': { requests: seconds(600, { every: 1000, from: 1 }) },
    'five in a hundred': { requests: seconds(600, { every: 20 }) },
    'four minutes': { requests: seconds(600, { every: 5, to: 240 }) },
    'a window of four minutes': { requests: seconds(239, { every: 13 }) },
    'one burst of half a minute': { requests: seconds(600, { every: 1, from: 100, to: 130 }) },
    'as many as in health': { requests: seconds(600, { every: 8 }), healthy: seconds(400, { every: 8 }) },
    'four failures of ten requests': { requests: times(10, (n) => order(n * 60, n % 3 === 0)) },
    'a tenth of an operation': {
      requests: times(900, (n) =>
        n % 9 === 0 ? requestAt(n, server('shop', 'POST /refunds', { ms: 9, failed: n % 90 === 0 })) : order(n, false),
      ),
    },
    'a metric just below five percent': {
      window: METRICS_WINDOW,
      metrics: seriesOf([series('http_5xx_ratio', SHOP, (minute) => (minute < 3 ? 0.01 : 0.049))]),
    },
    'a metric for four minutes': {
      window: METRICS_WINDOW,
      metrics: seriesOf([series('http_5xx_ratio', SHOP, (minute) => (minute >= 3 && minute < 7 ? 0.2 : 0.01))]),
    },
    'a metric that was as bad before': {
      window: METRICS_WINDOW,
      metrics: seriesOf([series('http_5xx_ratio', SHOP, (minute) => 0.2 + 0.01 * wobble(minute))]),
    },
  },
});

test('error-rate says the same share of twice as many requests', () => {
  const twice = seconds(600, { every: 8 }).flatMap((one) => [one, { ...one, at: one.at + 0.4 }]);
  expect(windowFindings(errorRate, { requests: twice })).toMatchObject([{ facts: { failed: 150, of: 1200 } }]);
});

test('error-rate looks at nothing where there are neither requests nor metrics', () => {
  expect(errorRate.needsOneOf).toEqual(['requests', 'metrics']);
});

test('says what was counted over all requests beside those that were seen', () => {
  const requests = seconds(600, { every: 8 });
  const { fromUs } = timeOf(requests);
  const counted = (status: string, perSecond: number): Series => ({
    name: 'service:requests',
    labels: { metric: 'requests in Tempo', service: 'shop', status },
    atUs: Float64Array.from({ length: 10 }, (_, minute) => fromUs + minute * 60e6),
    values: new Float64Array(10).fill(perSecond),
  });
  const metrics = [counted('error', 15), counted('unset', 85)];
  const explained = (of: readonly Series[], service: string) =>
    windowFindings(errorRate, { requests, metrics: of, window: { service } })[0]?.explanation;
  expect(explained(metrics, 'shop')).toBe(
    '75 of 600 requests in the sample fail, so the rate is between 10 % and 15 %. This lasts for 10 min. 75 of the failures begin in POST /charge. Over that time, requests in Tempo: 15 % of all requests to shop failed.',
  );
  expect(explained(metrics, 'payment')).not.toContain('Over that time');
  expect(explained([], 'shop')).not.toContain('Over that time');
});
