/** What a tired developer or a system writes where a time is as it should be. */
import { expect, test } from 'vitest';
import { tellsInTime, tellsPartInTime } from '#model/logs/said-in-time.ts';

/** The time of the request, in microseconds. */
const TOOK_US = 125_000_000;

test.each([
  'ledger closed in 2m5s, same as every month',
  'ledger closed in 125 s, about the same as last quarter',
  'took 2 min 4 s like each Sunday',
  'reindex took 124.8s as always',
  'full scan: 125 s, takes this long every time',
  'close finished after 00:02:05 (yesterday 00:02:11)',
  'rebuild 125 s (median of 30 runs 121 s)',
  'rebuild 125 s, p95 140 s',
  'rebuild 125 s, avg 119 s',
  'duration=125s baseline=118s',
  'elapsed 2m5s (prev 2m3s)',
  'a bit quicker than the week before: 125 s',
  'done in 125 s, no slower than last month',
  'done in 125 s, in line with previous runs',
  'done in 125 s, within 5 % of the median',
  'snapshot took 125 s of its budget of 10 min',
  'snapshot took 125 s (SLA 15 min)',
  'snapshot took 125 s, well within the batch window',
  'snapshot took 125 s, ETA was 130 s',
  'import ran 125 s, planned 3 min',
  'job finished on schedule after 125 s',
  'finished in 125 s, ahead of schedule',
  'settled in 125 s, usual for month end',
  'statement run: PT2M5S, allowance PT5M',
  'ledger closed, as every night',
  'ledger closed in PT2M5S, 2700000 bookings, window PT2H',
  'may run for 5 min',
  'Bericht fertig in 125 s, wie jede Nacht',
  'rapport prêt en 125 s, comme d’habitude',
  'informe listo en 125 s, como siempre',
  'report done in 125 s (planned: under three minutes)',
  'report done in 125 s (target: less than 3 min)',
])('is in time: %s', (line) => {
  expect(tellsInTime(line, TOOK_US)).toBe(true);
});

test.each([
  ['longer than that', 'rebuild 125 s (yesterday 00:00:09)'],
  ['over its budget', 'snapshot took 125 s, budget 60 s'],
  ['a comparison that is worse', 'done in 125 s, slower than every night'],
  ['a comparison with a bad end', 'done in 125 s, as always too slow'],
  ['a time of something else', 'mail sent in 2 ms, same as every night'],
  ['another thing with a usual time', 'index read in 3 ms (usually 900 s)'],
  ['a lock', 'waited 125 s for the lock, as every night'],
  ['a lock with a budget', 'lock held 125 s, budget 300 s'],
  ['a pool', 'pool wait 125 s (p95 130 s)'],
  ['attempts', 'done in 125 s after 4 retries, as usual this week'],
  ['a window that it missed', 'ledger closed in 125 s, window 60 s'],
  ['a window of something else', 'rates read, sliding window 600 s'],
  ['a negation', 'done in 125 s, not as every night'],
  ['the window missed', 'done in 125 s, missed the window'],
  ['the past', 'done in 125 s, used to be done like every night in 3 s'],
  ['a plan that it missed', 'report done in 125 s (planned: under two minutes)'],
  ['a rare run as long as this', 'list built (once a day, 125 s)'],
  ['a remark on rows', '411 rows like each branch sends'],
])('is not where the line tells of %s', (_, line) => {
  expect(tellsInTime(line, TOOK_US)).toBe(false);
});

test('a setting of the service is a time that it takes on purpose', () => {
  expect(tellsInTime('curtain opened after the drum roll (REVEAL_SECONDS=125)', TOOK_US)).toBe(true);
  expect(tellsInTime('curtain opened (ACQUIRE_TIMEOUT_SECONDS=125)', TOOK_US)).toBe(false);
});

test.each([
  'list built (once a day, 0.6 s)',
  'Liste neu gebaut (einmal am Tag, 0,6 s)',
  'liste refaite en 0,6 s, une fois par jour',
])('the first run of a day works for the others: %s', (line) => {
  expect(tellsInTime(line, 640_000)).toBe(true);
  expect(tellsInTime(line, 6_400_000)).toBe(false);
});

test('a run once a day that went wrong is not in time', () => {
  expect(tellsInTime('list built once a day, but this one failed after 0.6 s', 640_000)).toBe(false);
});

test('a part of the request is in time where the line names its time and the most that it may be', () => {
  expect(tellsPartInTime('Init Duration: 690.11 ms, new version (expected, below 1 s)', 720_000)).toBe(true);
  expect(tellsPartInTime('Init Duration: 690.11 ms, new version (expected, below 1 s)', 1_400_000)).toBe(false);
  expect(tellsPartInTime('Init Duration: 1690 ms, new version (expected, below 1 s)', 1_700_000)).toBe(false);
  expect(tellsPartInTime('new version (expected, below 1 s)', 720_000)).toBe(false);
  expect(tellsPartInTime('Init Duration: 690 ms, longer than expected below 600 ms', 720_000)).toBe(false);
});
