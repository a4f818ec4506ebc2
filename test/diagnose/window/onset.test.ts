import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { onsetOf, worseBy } from '#diagnose/window/onset.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';

const SECOND_US = 1_000_000;

function request(at: number, more: Partial<SeenRequest> = {}): SeenRequest {
  const startUs = at * SECOND_US;
  const durationUs = more.durationUs ?? 20_000 + ((at * 7919) % 401) * 10;
  return {
    traceId: `${at}`,
    source: 'jaeger',
    sample: 'all',
    startUs,
    endUs: startUs + durationUs,
    operation: 'web GET /',
    failed: false,
    failedInside: false,
    services: ['web'],
    caller: '',
    ...more,
    durationUs,
  };
}

/** One a second. */
function row(count: number, more: (at: number) => Partial<SeenRequest> = () => ({})): SeenRequest[] {
  return Array.from({ length: count }, (_, at) => request(at, more(at)));
}

describe('trouble began', () => {
  test.each([
    ['where requests begin to fail', (at: number) => ({ failed: at >= 120 && at % 2 === 0 }), 'failures', 120],
    ['where failures begin inside of them', (at: number) => ({ failedInside: at >= 150 }), 'errors', 150],
    ['where all of them take longer', (at: number) => (at < 120 ? {} : { durationUs: 90_000 + at }), 'latency', 120],
    [
      'where one in five takes longer',
      (at: number) => (at >= 100 && at % 5 === 0 ? { durationUs: 2_000_000 } : {}),
      'latency',
      100,
    ],
    [
      'where one operation of two takes longer',
      (at: number) => ({
        operation: at % 2 === 0 ? 'web GET /' : 'web POST /order',
        durationUs: (at % 2 === 0 ? 900_000 : at < 120 ? 20_000 : 80_000) + ((at * 7919) % 401),
      }),
      'latency',
      121,
    ],
  ] as const)('%s', (_, more, signal, began) => {
    const onset = onsetOf(row(200, more));
    expect(onset?.signal).toBe(signal);
    expect(Math.abs((onset?.atUs ?? 0) / SECOND_US - began)).toBeLessThanOrEqual(2);
    expect(onset?.afterUs).toBeLessThan(onset?.atUs ?? 0);
    expect(onset?.why).toMatch(/before$/);
  });

  test.each([2, 3, 5])('where one in %i fails, and those that went well meanwhile do not say when', (each) => {
    for (let phase = 0; phase < each; phase += 1) {
      const onset = onsetOf(row(300, (at) => ({ failed: at >= 120 && (at - 120) % each === phase })));
      expect(onset?.atUs).toBe((120 + phase) * SECOND_US);
      expect(onset?.afterUs).toBeLessThan(120 * SECOND_US);
      expect(onset?.afterUs).toBeGreaterThan(100 * SECOND_US);
    }
  });

  test.each([
    ['nowhere where nothing changes', row(300)],
    ['nowhere where as many fail before', row(300, (at) => ({ failed: at % 7 === 0 }))],
    ['nowhere where it grew better', row(300, (at) => ({ failed: at < 100 }))],
    ['nowhere where one request is huge', row(300, (at) => (at === 200 ? { durationUs: 60_000_000 } : {}))],
    [
      'nowhere where they take a twentieth longer',
      row(300, (at) => ({ durationUs: at < 150 ? 100_000 + at : 105_000 + at })),
    ],
    ['nowhere in few requests', row(9, (at) => ({ failed: at > 4 }))],
    ['nowhere in none', []],
  ] as const)('%s', (_, requests) => {
    expect(onsetOf(requests)).toBeUndefined();
  });

  test('at the same moment in whichever order the requests come', () => {
    const requests = row(120, (at) => ({ failed: at >= 80 }));
    const expected = onsetOf(requests);
    fc.assert(
      fc.property(fc.shuffledSubarray(requests, { minLength: requests.length }), (shuffled) => {
        expect(onsetOf(shuffled)).toEqual(expected);
      }),
      { numRuns: 20 }, // each looks at every moment
    );
  });
});

test('one time is worse than another where more of its requests are slow for both', () => {
  const then = row(60);
  expect(worseBy(row(60), then)).toBe('');
  expect(
    worseBy(
      row(60, () => ({ durationUs: 80_000 })),
      then,
    ),
  ).toMatch(/^the median latency is 80 ms, /);
  expect(
    worseBy(
      row(60, (at) => ({ failed: at % 2 === 0 })),
      then,
    ),
  ).toBe('30 of 60 requests fail, 0 of 60 before');
  expect(
    worseBy(
      then,
      row(60, () => ({ failed: true })),
    ),
  ).toBe('');
});

test('a few slow requests before it do not date the time when all became slow', () => {
  const usual = (at: number) => 20_000 + ((at * 7919) % 401) * 10;
  const slow = (at: number) => (at >= 130 && at % 2 === 0) || at === 110 || at === 112;
  const onset = onsetOf(row(240, (at) => ({ durationUs: slow(at) ? 3_000_000 : usual(at) })));
  expect(onset?.untilUs).toBeGreaterThanOrEqual(130 * SECOND_US);
  expect(onset?.untilUs).toBeLessThan(140 * SECOND_US);
});

test('requests that are as slow as before do not move the time when half of them wait', () => {
  const onset = onsetOf(
    row(200, (at) => ({ durationUs: at >= 100 && at % 3 !== 0 ? 4_000_000 : 20_000 + ((at * 31) % 97) * 100 })),
  );
  expect(Math.abs((onset?.atUs ?? 0) / SECOND_US - 100)).toBeLessThanOrEqual(2);
});

test('operations that stay as fast as before do not date the trouble of another one', () => {
  const onset = onsetOf(
    row(360, (at) => {
      const [isSlow, isChance] = [at >= 240 && at % 4 === 0, at >= 200 && at < 240];
      if (at % 2 === 0) return { operation: 'web POST /', ...(isSlow && { durationUs: 2_000_000 }) };
      return { operation: 'web GET /', ...(isChance && { durationUs: 24_100 }) };
    }),
  );
  expect(onset?.atUs).toBe(240 * SECOND_US);
});
