import { describe, expect, test } from 'vitest';
import { betterPart } from '#diagnose/window/better-part.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import { times } from '#test/trace.ts';

/** One request a second; those of `failed` failed. */
function requests(count: number, failed: (at: number) => boolean): SeenRequest[] {
  return times(count, (at) => ({
    traceId: `t${at}`,
    source: '',
    sample: undefined,
    startUs: at * 1e6,
    endUs: at * 1e6 + 20_000,
    durationUs: 20_000,
    operation: 'web GET /',
    failed: failed(at),
    failedInside: failed(at),
    services: ['web'],
    caller: '',
  }));
}

const FEWEST = 10;

describe('a baseline of which too many requests failed', () => {
  test('stands for health until they began to fail', () => {
    const part = betterPart(
      requests(60, (at) => at >= 40 && at % 2 === 0),
      FEWEST,
    );
    expect(part).toMatchObject({ fromUs: 0, of: 60 });
    expect(part?.toUs).toBeGreaterThanOrEqual(38e6);
    expect(part?.toUs).toBeLessThanOrEqual(44e6);
  });

  test('stands for health after an earlier outage', () => {
    const part = betterPart(
      requests(60, (at) => at < 12),
      FEWEST,
    );
    expect(part).toMatchObject({ toUs: 59e6 });
    expect(part?.fromUs).toBeGreaterThanOrEqual(9e6);
  });

  test('does not where failures are spread over it: so it always is', () => {
    expect(
      betterPart(
        requests(60, (at) => at % 9 === 4),
        FEWEST,
      ),
    ).toBeUndefined();
  });

  test('does not where too few requests are left', () => {
    expect(
      betterPart(
        requests(60, (at) => at >= 6),
        FEWEST,
      ),
    ).toBeUndefined();
  });

  test('does not where the rest lacks the operation that always fails', () => {
    const mixed = requests(60, (at) => at < 30 && at % 2 === 0).map((one) => ({
      ...one,
      operation: one.failed ? 'web POST /orders' : 'web GET /contacts',
    }));
    expect(betterPart(mixed, FEWEST)).toBeUndefined();
  });

  test('needs no part where hardly any failed', () => {
    expect(
      betterPart(
        requests(60, (at) => at === 50),
        FEWEST,
      ),
    ).toBeUndefined();
  });

  test('counts no request that was searched because it failed', () => {
    const searched = requests(60, (at) => at >= 50).map((one, at) =>
      at >= 50 ? { ...one, sample: 'failing' as const } : one,
    );
    expect(betterPart(searched, FEWEST)).toBeUndefined();
  });
});
