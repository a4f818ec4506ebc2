/** Answers with a status in the counters of a proxy. */
import { expect, test } from 'vitest';
import { answersMore, BAD_GATEWAY, NO_ROOM } from '#analyse/edge-answers.ts';
import type { Series } from '#model/metrics/series.ts';

const MINUTE_US = 60e6;
const window = { fromUs: 0, toUs: 20 * MINUTE_US, onsetUs: 10 * MINUTE_US };

/** Each minute `before` more answers until the onset, and `after` more since then. */
function counter(labels: Series['labels'], before: number, after: number, name = 'proxy_requests_total'): Series {
  const minutes = Array.from({ length: 21 }, (_, minute) => minute);
  const at = (minute: number) => Math.min(minute, 10) * before + Math.max(0, minute - 10) * after;
  return {
    name,
    labels,
    atUs: Float64Array.from(minutes, (minute) => minute * MINUTE_US),
    values: Float64Array.from(minutes, at),
  };
}

const is = (series: Series) => answersMore(BAD_GATEWAY, [series], 'shop', window);

test('far more of them than before', () => {
  expect(is(counter({ service: 'shop', status: '502' }, 1, 60))).toBe(true);
  expect(is(counter({ ingress: 'shop', code: '502' }, 0, 30))).toBe(true);
});

test('a proxy without room answers 503 or 429', () => {
  const noRoom = (status: string) =>
    answersMore(NO_ROOM, [counter({ service: 'shop', status }, 1, 60)], 'shop', window);
  expect(['429', '502', '503'].filter(noRoom)).toEqual(['429', '503']);
});

test.each([
  ['as many as before', counter({ service: 'shop', status: '502' }, 60, 60)],
  ['of another status', counter({ service: 'shop', status: '500' }, 1, 60)],
  ['of another service', counter({ service: 'stock', status: '502' }, 1, 60)],
  ['of single clients', counter({ service: 'shop', status: '502' }, 0, 1)],
  ['of a histogram', counter({ service: 'shop', status: '502' }, 1, 60, 'proxy_seconds_bucket')],
])('not: %s', (_, series) => {
  expect(is(series)).toBe(false);
});
