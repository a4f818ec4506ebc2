import { expect, test } from 'vitest';
import { usualTime } from '#model/logs/usual-time.ts';

test.each([
  ['export took 2.1 s, usual for a full one (p50 2.0 s)', 2_000_000, 2_000_000],
  ['rebuild took 840 s (yesterday 25 s)', 25_000_000, 25_000_000],
  ['scan done in 2.2 s (sensor reads take 2-3 s)', 2_000_000, 3_000_000],
  ['done in 7 min instead of 20 seconds', 20_000_000, 20_000_000],
  ['index built in 4 s, normally it takes about 900 ms', 900_000, 900_000],
  ['execution 604 s (median of 30 days 38 s)', 38_000_000, 38_000_000],
  ['took 61 s, the previous run took 58 s', 58_000_000, 58_000_000],
  ['POST /letters took 1900 ms (usual: 60)', 60_000, 60_000],
])('%s', (line, lowUs, highUs) => {
  expect(usualTime(line)).toMatchObject({ lowUs, highUs });
});

test.each([
  'took 840 s',
  'usually quick, took 840 s in all',
  'p50 2.0 s',
  'yesterday 25 rows, today 840 rows in 3 s',
  'as usual: 12 rows in 3 s',
  'read 12 rows (usual: 12)',
])('no usual time: %s', (line) => {
  expect(usualTime(line)).toBeUndefined();
});
