/** Outages that only the requests show. */
import { describe, expect, test } from 'vitest';
import { outagesIn } from '#diagnose/window/seen-outages.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';

const TIME = { fromUs: 0, toUs: 1_900_000_000 };

/** A request every ten seconds. */
function requests(isFailed: (at: number) => boolean, msOf: (at: number) => number = () => 40): SeenRequest[] {
  return Array.from({ length: 190 }, (_, at) => {
    const [startUs, durationUs, failed] = [at * 10_000_000, (msOf(at) + ((at * 7) % 5)) * 1_000, isFailed(at)];
    const named = { traceId: `${at}`, source: 'jaeger', operation: 'web GET /orders', services: ['web'], caller: '' };
    return { ...named, sample: 'all', startUs, endUs: startUs + durationUs, durationUs, failed, failedInside: failed };
  });
}

const within = (at: number, from: number, to: number) => at >= from && at < to;
const never = () => false;

describe('an outage', () => {
  test('reaches from the last healthy request to the next one', () => {
    const found = outagesIn(
      requests((at) => within(at, 60, 68)),
      TIME,
    );
    expect(found).toEqual([{ fromUs: 590_000_001, toUs: 679_999_999, what: '8 of 8 requests fail' }]);
  });

  test('may have begun before the time, or last until its end', () => {
    expect(
      outagesIn(
        requests((at) => at < 20),
        TIME,
      ),
    ).toMatchObject([{ fromUs: 0, toUs: 199_999_999 }]);
    expect(
      outagesIn(
        requests((at) => at >= 170),
        TIME,
      ),
    ).toMatchObject([{ fromUs: 1_690_000_001, toUs: TIME.toUs }]);
  });

  test('may be of slow requests', () => {
    const found = outagesIn(
      requests(never, (at) => (within(at, 60, 80) ? 300 : 40)),
      TIME,
    );
    expect(found.map(({ what }) => what)).toEqual(['requests take more than twice as long']);
  });

  test('is found beside another one', () => {
    const found = outagesIn(
      requests((at) => within(at, 20, 28) || within(at, 120, 130)),
      TIME,
    );
    expect(found.map(({ fromUs }) => fromUs)).toEqual([190_000_001, 1_190_000_001]);
  });

  test('is none of failures or slow requests that are spread over the time', () => {
    for (const every of [50, 25, 12, 4]) {
      expect(
        outagesIn(
          requests((at) => at % every === 0),
          TIME,
        ),
      ).toEqual([]);
      expect(
        outagesIn(
          requests(never, (at) => (at % every === 0 ? 300 : 40)),
          TIME,
        ),
      ).toEqual([]);
    }
  });

  test('is none of a third longer requests, or of one failure', () => {
    expect(
      outagesIn(
        requests(never, (at) => (within(at, 60, 80) ? 55 : 40)),
        TIME,
      ),
    ).toEqual([]);
    expect(
      outagesIn(
        requests((at) => at === 70),
        TIME,
      ),
    ).toEqual([]);
  });
});
