/** Numbers of Google Cloud that an exporter writes as they come, and not as counters. */
import { describe, expect, test } from 'vitest';
import { withoutDeltas } from '#model/metrics/cloud-deltas.ts';
import { measured } from '#model/metrics/measured.ts';
import { series, seriesOf } from '#test/metrics.ts';

const OF_RUN = 'stackdriver_cloud_run_revision_run_googleapis_com_';
const labels = { service_name: 'barns' };
const varied = (usual: number) => (minute: number) => usual + ((Math.abs(minute) * 7) % 5);

function requestsOf(drawn: Parameters<typeof seriesOf>[0]): readonly number[] {
  const found = measured(seriesOf(drawn)).find(({ concept }) => concept === 'requests');
  return [...(found?.values ?? [])];
}

describe('a count of the last minute', () => {
  test('is read as a rate', () => {
    const rates = requestsOf([series(`${OF_RUN}request_count`, labels, varied(600))]);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...rates)).toBeLessThan(10.1);
  });

  test('is a delta for all numbers of the exporter, also those that never fall', () => {
    const all = seriesOf([
      series(`${OF_RUN}request_count`, { ...labels, response_code: '200' }, varied(600)),
      series(`${OF_RUN}request_count`, { ...labels, response_code: '500' }, () => 60),
    ]);
    expect([...(withoutDeltas(all)[1]?.values.subarray(0, 3) ?? [])]).toEqual([60, 120, 180]);
  });

  test('is a counter where it only rises', () => {
    const all = seriesOf([series(`${OF_RUN}request_count`, labels, (minute) => 1000 + 600 * (minute + 60))]);
    expect(withoutDeltas(all)).toBe(all);
  });

  test('is none where it is a gauge, or of another exporter', () => {
    const all = seriesOf([
      series(`${OF_RUN}container_instance_count`, labels, varied(4)),
      series('http_requests_total', labels, varied(600)),
    ]);
    expect(withoutDeltas(all)).toBe(all);
  });
});
