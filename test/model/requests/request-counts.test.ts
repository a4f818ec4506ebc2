import { expect, test } from 'vitest';
import { requestCounts } from '#model/requests/request-counts.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';

function request(more: Partial<SeenRequest> = {}): SeenRequest {
  return {
    traceId: 't',
    source: 'jaeger',
    sample: 'all',
    startUs: 0,
    endUs: 0,
    durationUs: 100_000,
    operation: 'orders GET /orders/17',
    failed: false,
    failedInside: false,
    services: ['orders'],
    caller: '',
    ...more,
  };
}
const times = (count: number, more: Partial<SeenRequest> = {}) => Array.from({ length: count }, () => request(more));

test('counts those that failed among all that were read', () => {
  expect(requestCounts([...times(9), ...times(3, { failed: true })])).toMatchObject({
    requests: 12,
    failed: 3,
    slow: null,
  });
});

test('tells how many of the baseline failed where these were too many', () => {
  const failing = times(3, { failed: true });
  expect(requestCounts([...times(9), ...failing], [...times(17), ...failing])).toMatchObject({
    failed: 3,
    before: { requests: 20, failed: 3 },
  });
  expect(requestCounts([...times(9), ...failing], [...times(19), ...failing.slice(0, 1)])?.before).toBeUndefined();
});

test('names the operations that failed, whatever their ids, the most failures first', () => {
  const failing = (operation: string, count: number) => times(count, { operation, failed: true });
  const requests = [
    ...times(4),
    ...times(1, { operation: 'orders GET /orders/18', failed: true }),
    ...failing('orders POST /orders', 3),
    ...times(2, { operation: 'orders GET /health' }),
  ];
  expect(requestCounts(requests)?.operations).toEqual([
    { operation: 'orders POST /orders', requests: 3, failed: 3 },
    { operation: 'orders GET /orders/{}', requests: 5, failed: 1 },
  ]);
  expect(requestCounts(times(4))).not.toHaveProperty('operations');
  const many = Array.from({ length: 9 }, (_, at) => failing(`orders GET /${'abcdefghi'[at]}`, 1)).flat();
  expect(requestCounts(many)?.operations).toHaveLength(5);
});

test('counts the slow ones of each operation, behind the operations that failed', () => {
  const healthy = ['orders GET /orders/99', 'orders PUT /orders'].flatMap((operation) => times(10, { operation }));
  const requests = [
    ...times(2, { durationUs: 900_000 }),
    ...times(3),
    ...times(4, { operation: 'orders PUT /orders', durationUs: 900_000 }),
    ...times(1, { operation: 'orders PUT /orders', failed: true }),
    ...times(1, { operation: 'orders POST /orders', failed: true, durationUs: 900_000 }),
  ];
  expect(requestCounts(requests, healthy)?.operations).toEqual([
    { operation: 'orders PUT /orders', requests: 5, failed: 1, slow: 4 },
    { operation: 'orders POST /orders', requests: 1, failed: 1 },
    { operation: 'orders GET /orders/{}', requests: 5, failed: 0, slow: 2 },
  ]);
});

test('says when the first and the last failed request began, also of those that were searched for', () => {
  const failedAt = (startUs: number, sample: SeenRequest['sample'] = 'all') =>
    request({ startUs, sample, failed: true });
  const requests = [
    request({ startUs: 1 }),
    failedAt(70),
    failedAt(40),
    failedAt(90, 'failing'),
    request({ startUs: 99 }),
  ];
  expect(requestCounts(requests)?.failing).toEqual({ firstUs: 40, lastUs: 90 });
  expect(requestCounts(times(4))).not.toHaveProperty('failing');
});

test('leaves out those that were searched for because they failed or were slow: they show how, and never how often', () => {
  const chosen = [...times(20, { failed: true, sample: 'failing' }), ...times(5, { sample: 'slow' })];
  expect(requestCounts([...times(9), ...times(1, { failed: true, sample: undefined }), ...chosen])).toMatchObject({
    requests: 10,
    failed: 1,
  });
});

test('calls slow what takes more than twice as long as nearly all healthy ones of its kind, whatever its ids', () => {
  const now = [
    request({ durationUs: 201_000 }),
    request({ durationUs: 199_000 }),
    request({ durationUs: 900_000, failed: true }),
  ];
  const healthy = times(10, { operation: 'orders GET /orders/99' });
  expect(requestCounts(now, healthy)).toMatchObject({ requests: 3, failed: 1, slow: 1 });
});

test('does not say how many were slow where too few healthy ones, or only those of another kind, show what is usual', () => {
  const slow = [request({ durationUs: 9_000_000 })];
  expect(requestCounts(slow, times(9))?.slow).toBeNull();
  expect(requestCounts(slow, times(9, { failed: true }))?.slow).toBeNull();
  expect(requestCounts(slow, times(10, { operation: 'orders POST /orders' }))?.slow).toBeNull();
});

test('is nothing where nothing was read', () => {
  expect(requestCounts([])).toBeUndefined();
  expect(requestCounts(times(3, { sample: 'failing' }))).toBeUndefined();
});
