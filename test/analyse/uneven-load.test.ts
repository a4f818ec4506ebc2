/** One pod of a service gets nearly all of its requests. */
import { expect, test } from 'vitest';
import { isUneven } from '#analyse/uneven-load.ts';
import { METRICS_WINDOW, series, seriesOf } from '#test/metrics.ts';

const BEGINS = 4;
const onsetUs = METRICS_WINDOW.fromUs + BEGINS * 60e6;

function isUnevenFor(before: readonly number[], now: readonly number[]): boolean {
  const drawn = before.map((rate, at) =>
    series('grpc_requests_per_second', { pod: `stable-7d9c5f6b8d-x${at}x9k`, job: 'stable' }, (minute) =>
      minute < BEGINS ? rate : (now[at] ?? 0),
    ),
  );
  return isUneven(seriesOf(drawn), 'stable', { ...METRICS_WINDOW, onsetUs });
}

test('one of four has all of the requests since then', () => {
  expect(isUnevenFor([10, 11, 9, 10], [39, 0.4, 0.3, 0.3])).toBe(true);
});

test.each([
  ['they share them as before', [10, 11, 9, 10], [40, 41, 38, 42]],
  ['one always had them', [40, 0.3, 0.3, 0.2], [41, 0.3, 0.2, 0.2]],
  ['one has somewhat more', [10, 11, 9, 10], [14, 9, 9, 8]],
  ['it has one pod', [10], [40]],
])('it is even where %s', (_, before, now) => {
  expect(isUnevenFor(before, now)).toBe(false);
});
