import { describe, expect, test } from 'vitest';
import { errorBurst } from '#detect/logs/error-burst.ts';
import { frequentStretch } from '#detect/signs/lines/rate-scan.ts';
import type { Series } from '#model/metrics/series.ts';
import { every, findingsIn, said, testLogDetector, together } from '#test/window.ts';

const orders = (count: number, from = 0, to = 3600) =>
  every(count, from, to, (at, n) => said(at, 'shop', 'info', `order ${1000 + n} taken`));
const timeouts = (count: number, from: number, to: number) =>
  every(count, from, to, (at, n) => said(at, 'shop', 'error', `bank did not answer order ${n} within 5000 ms`));

/** A line of JSON about one of three regions. */
const paid = (at: number, n: number, fails: boolean) =>
  said(
    at,
    'shop',
    fails ? 'error' : 'info',
    JSON.stringify({
      msg: fails ? 'payment failed' : 'payment processed',
      level: fails ? 'error' : 'info',
      user_region: `region-${n % 3}`,
      request_id: `r${n}`,
    }),
  );

testLogDetector(errorBurst, {
  found: {
    'errors between 15:00 and 15:05, and hardly any before': {
      lines: together(orders(2000), timeouts(2, 100, 1700), timeouts(100, 1800, 2100)),
      sightings: [
        {
          service: 'shop',
          lines: 100,
          title:
            /^shop: 100 errors “bank did not answer order 0 within 5000 ms” from 15:00:00 UTC to 15:04:57 UTC, 0\.2 % of its lines → 38 %$/,
        },
      ],
    },
    'one error in a thousand that becomes three of five': {
      lines: together(orders(4000, 0, 3000), timeouts(4, 0, 3000), orders(400, 3000, 3300), timeouts(600, 3000, 3300)),
      sightings: [
        {
          title:
            /^shop: 600 errors “bank did not answer order 0 within 5000 ms” from 15:20:00 UTC to 15:24:59 UTC, under 0\.1 % of its lines → 60 %$/,
          explanation: /at its worst 60 %/,
        },
      ],
    },
    'errors that last for the whole log': {
      lines: together(orders(1000), timeouts(50, 0, 3600)),
      sightings: [
        {
          lines: 50,
          title: /4\.8 % of its lines/,
          explanation:
            /The errors last from the first to the last line of the log, so these lines do not show when they began\./,
        },
      ],
    },
    'errors of one region, from a field of the lines': {
      lines: together(every(600, 0, 3600, (at, n) => paid(at, n, n % 3 === 0 && n % 2 === 0))),
      sightings: [
        {
          lines: 100,
          title: /; 50 % of its lines with user_region region-0 are such errors, 0 % of the others$/,
        },
      ],
    },
    'errors of all regions alike, without one that they share': {
      lines: together(every(600, 0, 3600, (at, n) => paid(at, n, n % 7 === 0))),
      sightings: [{ title: /14 % of its lines$/ }],
    },
    'errors that come with others, as one burst': {
      lines: together(
        orders(2000),
        every(40, 1800, 2100, (at, n) => said(at, 'shop', 'error', `bank did not answer order ${n}`)),
        every(40, 1800, 2100, (at, n) => said(at + 0.02, 'shop', 'error', `order ${n} was cancelled, sorry`)),
      ),
      sightings: [
        {
          lines: 80,
          explanation: /With them, within a tenth of a second, came “order 0 was cancelled, sorry” \(40 times\)/,
        },
      ],
    },
    'errors of one service beside another that has its usual ones': {
      lines: together(
        orders(2000),
        timeouts(60, 1800, 2100),
        every(3000, 0, 3600, (at) => said(at, 'ads', 'info', 'ad shown')),
        every(20, 0, 3600, (at) => said(at, 'ads', 'error', 'no ad for this page')),
      ),
      sightings: [{ service: 'shop' }],
    },
  },
  clear: {
    'errors as frequent as ever': { lines: together(orders(2000), timeouts(10, 0, 3600)) },
    'as many as in the healthy time': {
      lines: together(orders(1000), timeouts(50, 0, 3600)),
      baseline: together(orders(1000, -7200, -3600), timeouts(40, -7200, -3600)),
    },
    'a handful at once': { lines: together(orders(2000), timeouts(9, 1800, 1830)) },
    'a log of nothing but errors': { lines: timeouts(100, 0, 600) },
    'more of them where there is more of everything': {
      lines: together(orders(1000), timeouts(10, 0, 1800), orders(4000, 1800, 2100), timeouts(40, 1800, 2100)),
    },
  },
});

describe('where the store counted all lines', () => {
  const lines = together(orders(2000), timeouts(2, 100, 1700), timeouts(100, 1800, 2100));
  /** Lines a second, at each minute of the hour that the lines are of. */
  const counted = (name: string, rate: (minute: number) => number): Series => ({
    name,
    labels: { service: 'shop', metric: name },
    atUs: Float64Array.from({ length: 120 }, (_, at) => startUs + (at - 60) * 60_000_000),
    values: Float64Array.from({ length: 120 }, (_, at) => rate(at - 60)),
  });
  const startUs = Number(lines[0]?.timeNs ?? 0) / 1_000;
  const told = (metrics: readonly Series[]) => findingsIn(errorBurst, { lines, metrics })[0]?.explanation ?? '';
  const all = counted('service:log_lines', () => 100);
  const errors = counted('service:log_errors', (minute) => (minute > 30 && minute <= 36 ? 50 : 0.1));

  test('it is told how many there were in all', () => {
    expect(told([all, errors])).toMatch(
      /Counted over all lines: 1[5-8]\d{3} of all 3\d{4} lines of that time are errors \(\d\d %, 0\.1 % in the hour before\)\./,
    );
    expect(told([errors, all])).toBe(told([all, errors]));
  });

  test('and nothing, where it counted no more than were read, or only other services', () => {
    const few = counted('service:log_errors', () => 0.1);
    const others = [all, errors].map((one) => ({ ...one, labels: { service: 'ads' } }));
    for (const metrics of [[all, few], others, [all], []]) expect(told(metrics)).not.toContain('Counted');
  });
});

test('just below and at the number of errors that is asked for', () => {
  const ten = together(orders(2000), timeouts(10, 1800, 1830));
  const nine = together(orders(2000), timeouts(9, 1800, 1830));
  expect([findingsIn(errorBurst, { lines: nine }).length, findingsIn(errorBurst, { lines: ten }).length]).toEqual([
    0, 1,
  ]);
});

describe('the stretch in which something is frequent', () => {
  test('is found to the line where it is pure', () => {
    const hits = Array.from({ length: 30 }, (_, n) => 500 + n);
    expect(frequentStretch(hits, 1000)).toMatchObject({ from: 500, to: 530, hits: 30, lines: 30 });
  });

  test('is none where everything is alike', () => {
    expect(frequentStretch([], 1000)).toBeUndefined();
    expect(
      frequentStretch(
        Array.from({ length: 1000 }, (_, n) => n),
        1000,
      ),
    ).toBeUndefined();
    const even = Array.from({ length: 100 }, (_, n) => n * 10);
    expect(frequentStretch(even, 1000)?.gain ?? 0).toBeLessThan(6);
  });
});
