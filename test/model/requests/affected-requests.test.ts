import { expect, test } from 'vitest';
import { failsMore } from '#model/requests/affected-requests.ts';
import { server, times, traceOf } from '#test/trace.ts';

const order = (failed: boolean) => traceOf(server('shop', 'POST /orders', { ms: 20, failed }));
const look = () => traceOf(server('shop', 'GET /orders', { ms: 5 }));
const all = (failed: number, fine: number, looks: number) => [
  ...times(failed, () => order(true)),
  ...times(fine, () => order(false)),
  ...times(looks, look),
];

test.each([
  ['an operation that always fails is asked for more often', all(30, 0, 20), all(20, 0, 30), false],
  ['an operation fails as often as before', all(3, 9, 0), all(2, 6, 40), false],
  ['an operation fails more often', all(6, 6, 40), all(2, 6, 0), true],
  ['a new operation fails', all(2, 0, 10), all(0, 0, 10), true],
  ['nothing is known of before', all(1, 9, 0), [], true],
  ['nothing fails', all(0, 9, 9), all(1, 9, 9), false],
])('%s', (_, now, before, isMore) => {
  expect(failsMore(now, before)).toBe(isMore);
});
