import { expect, test } from 'vitest';
import { pathSvg, pathTitle } from '#present/pictures/path-svg.ts';

const AT_US = Date.UTC(2025, 0, 6, 14, 30) * 1_000;
const bar = (startUs: number, endUs: number) => ({ startUs, endUs });
const pool = { service: 'user-service', operation: 'acquire connection' };
const query = { service: 'user-service', operation: 'SELECT users' };

const diagnosed = {
  mark: 'E1',
  request: { service: 'web', operation: 'GET /users', startUs: AT_US, durationUs: 5_200_000 },
  path: [
    { ...pool, bars: [bar(4_000, 4_624_000)] },
    { ...query, bars: [bar(4_626_000, 5_166_000)] },
  ],
};
const healthy = {
  startUs: AT_US - 600_000_000,
  durationUs: 30_000,
  path: [{ ...query, bars: [bar(4_000, 24_000)] }],
};
const fixed = {
  startUs: AT_US + 1_800_000_000,
  durationUs: 28_000,
  path: [
    { ...query, bars: [bar(2_000, 6_000), bar(7_000, 8_000)] },
    { service: 'cache', operation: 'GET', bars: [bar(0, 1_000)] },
  ],
};

test('shows a healthy request and one after the fix on the rows of the diagnosed one', () => {
  const svg = pathSvg({ ...diagnosed, healthy, fixed }, 'page');
  expect(svg).toContain('>user-service acquire connection</text>');
  expect(svg).toContain('>– → 4.62 s → –</text>');
  expect(svg).toContain('>20 ms → 540 ms → 5 ms</text>');
  expect(svg).toContain('>– → – → 1 ms</text>');
  expect(svg).toContain('>healthy: 2025-01-06 14:20:00 UTC, 30 ms</text>');
  expect(svg).toContain('>after the fix: 2025-01-06 15:00:00 UTC, 28 ms</text>');
  expect(svg).toContain('fill="url(#path-E1-healthy-page)"');
  expect(pathTitle({ ...diagnosed, healthy, fixed })).toBe(
    'Where the time of GET /users went, by operation on its critical path, beside a healthy one and one after the fix (E1)',
  );
});

test('alone, it has neither a legend nor a pattern', () => {
  const svg = pathSvg(diagnosed, 'page');
  expect(svg).not.toMatch(/pattern|diagnosed:|→/);
  expect(svg).toContain('>4.62 s</text>');
});

test('has a bounded number of rows, and none without a path', () => {
  const path = Array.from({ length: 30 }, (_, at) => ({ ...query, operation: `call ${at}`, bars: [bar(at, at + 1)] }));
  const svg = pathSvg({ ...diagnosed, fixed: { ...fixed, path } }, 'thread');
  expect(svg.match(/→/g)?.length).toBeLessThanOrEqual(21);
  expect(pathSvg({ ...diagnosed, path: [], healthy, fixed }, 'page')).toBe('');
});
