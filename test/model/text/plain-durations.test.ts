import { expect, test } from 'vitest';
import { plainDurations } from '#model/text/plain-durations.ts';

test.each([
  ['done in 10m52s', 'done in 652 s'],
  ['done in 1h02m', 'done in 3720 s'],
  ['done in 1h 2m 3.5s', 'done in 3723.5 s'],
  ['done in 2 min 5 s', 'done in 125 s'],
  ['done in 2 minutes and 5 seconds', 'done in 125 s'],
  ['Elapsed 00:10:40.25', 'Elapsed 640.25 s'],
  ['took PT10M40S', 'took 640 s'],
  ['took PT45S', 'took 45 s'],
  ['took 9m', 'took 9 min'],
  ['a pause of five seconds', 'a pause of 5 seconds'],
])('a duration of several parts becomes one number: %s', (text, plain) => {
  expect(plainDurations(text)).toBe(plain);
});

test.each([
  'at 2026-11-02 10:40:12 done',
  '2026-11-02T10:40:12Z done',
  'took 640 s',
  '12 m² measured',
  'version 1.2.3',
])('stays as it is: %s', (text) => {
  expect(plainDurations(text)).toBe(text);
});
