import { expect, test } from 'vitest';
import { requestCounts } from '#model/requests/request-counts.ts';
import { requestsOverTime } from '#model/requests/requests-over-time.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';

const MINUTE_US = 60_000_000;

function requestsFrom(fromUs: number, count: number, more: (at: number) => Partial<SeenRequest> = () => ({})) {
  return Array.from(
    { length: count },
    (_, at): SeenRequest => ({
      traceId: `t${at}`,
      source: 'jaeger',
      sample: 'all',
      startUs: fromUs + at * MINUTE_US,
      endUs: fromUs + at * MINUTE_US,
      durationUs: 100_000,
      operation: 'orders GET /orders',
      failed: false,
      failedInside: false,
      services: ['orders'],
      caller: '',
      ...more(at),
    }),
  );
}

test('counts requests in equal slots, the baseline first', () => {
  const now = requestsFrom(30 * MINUTE_US, 16, (at) => ({ failed: at >= 8, durationUs: at < 4 ? 100_000 : 300_000 }));
  const [healthy, window] = requestsOverTime(now, requestsFrom(0, 12));
  expect(healthy).toMatchObject({ isHealthy: true, fromUs: 0, toUs: 11 * MINUTE_US });
  expect(healthy?.slots).toHaveLength(3);
  expect(window).toEqual({
    isHealthy: false,
    fromUs: 30 * MINUTE_US,
    toUs: 45 * MINUTE_US,
    slots: [
      { requests: 4, failed: 0, medianUs: 100_000 },
      { requests: 4, failed: 0, medianUs: 300_000 },
      { requests: 4, failed: 4, medianUs: 300_000 },
      { requests: 4, failed: 4, medianUs: 300_000 },
    ],
  });
});

test('few requests, and requests of one instant, have no course over time', () => {
  expect(requestsOverTime(requestsFrom(0, 9), [])).toEqual([]);
  expect(
    requestsOverTime(
      requestsFrom(0, 20, () => ({ startUs: 5 })),
      [],
    ),
  ).toEqual([]);
  const broken = requestsFrom(0, 20, (at) => (at === 3 ? { startUs: Number.NaN } : {}));
  expect(requestsOverTime(broken, [])).toEqual([]);
});

test('many requests have a bounded number of slots', () => {
  const [window] = requestsOverTime(requestsFrom(0, 5_000), []);
  expect(window?.slots).toHaveLength(24);
  expect(window?.slots.reduce((sum, { requests }) => sum + requests, 0)).toBe(5_000);
});

test('the counts have it where requests failed, without those that a search for failures found', () => {
  const failing = requestsFrom(0, 12, (at) => ({ failed: at > 5 }));
  const searched = requestsFrom(0, 40, () => ({ failed: true, sample: 'failing' }));
  const [window] = requestCounts([...failing, ...searched])?.overTime ?? [];
  expect(window?.slots.map(({ requests, failed }) => [requests, failed])).toEqual([
    [4, 0],
    [4, 2],
    [4, 4],
  ]);
  expect(requestCounts(requestsFrom(0, 12))).not.toHaveProperty('overTime');
});
