/** What metrics of single instances say about their service. */
import { describe, expect, test } from 'vitest';
import { sharePoints } from '#model/metrics/error-shares.ts';
import { type DrawnSeries, series, seriesOf } from '#test/metrics.ts';

const PODS = ['a', 'b', 'c', 'd'].map((end) => `ads-6c9f7d6b8d-xx4k${end}`);
const NEW_POD = 'ads-f94b75d7c5-q8n4t';

const success = (pod: string, at: (minute: number) => number | undefined, more = {}) =>
  series('istio_success_rate_percent', { service: 'ads', pod, ...more }, at);

function sharesOf(drawn: readonly DrawnSeries[]) {
  return sharePoints(seriesOf(drawn)).map(({ service, points }) => ({
    service,
    last: Number((points.values[points.values.length - 1] ?? Number.NaN).toFixed(3)),
  }));
}

describe('the share of a service is that over all its instances', () => {
  test('one of five fails three quarters of its requests', () => {
    const all = [...PODS.map((pod) => success(pod, () => 100)), success(NEW_POD, (at) => (at < 0 ? undefined : 25))];
    expect(sharesOf(all)).toEqual([{ service: 'ads', last: 0.15 }]);
  });

  test('a busy instance counts for more, where requests are counted', () => {
    const counted = (pod: string, perMinute: number) =>
      series('http_requests_total', { service: 'ads', pod }, (at) => (at + 100) * perMinute);
    const all = [success('ads-1', () => 100), success('ads-2', () => 0), counted('ads-1', 300), counted('ads-2', 100)];
    expect(sharesOf(all)).toEqual([{ service: 'ads', last: 0.25 }]);
  });

  test('versions that a mesh counts are parts as well', () => {
    const all = ['v1', 'v2'].map((version) =>
      series('istio_success_rate_percent', { service: 'ads', version }, () => (version === 'v1' ? 100 : 0)),
    );
    expect(sharesOf(all)).toEqual([{ service: 'ads', last: 0.5 }]);
  });

  test('calls of each caller stay apart', () => {
    const all = ['web', 'app'].flatMap((source) =>
      [...PODS, NEW_POD].map((pod) => success(pod, () => (source === 'app' && pod === NEW_POD ? 0 : 100), { source })),
    );
    expect(
      sharesOf(all)
        .map(({ last }) => last)
        .sort(),
    ).toEqual([0, 0.2]);
  });

  test('a series of the whole service stays as it is', () => {
    expect(sharesOf([series('requests_success_rate_percent', { service: 'ads' }, () => 80)])).toEqual([
      { service: 'ads', last: 0.2 },
    ]);
  });
});
