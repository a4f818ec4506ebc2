import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { affectedIn, countedIn, numberIn } from '#model/incident/postmortem-numbers.ts';

const entry = (text: string, more: Partial<TimelineEntry> = {}): TimelineEntry => ({
  id: text,
  atUs: 0,
  notedUs: 0,
  kind: 'note',
  text,
  source: 'U0KIM0001',
  link: '',
  value: '',
  ...more,
});

test.each([
  '2,140 failed calls in total',
  'no reading lost, 1.2 million came late',
  '34 % of checkouts fail',
  'errors are at 12 %',
  '20 % 500s since 15:50',
  'Orders are up to 85 minutes late',
  'no customer is affected',
  '410 Mitarbeiter',
  '返金212件すべて完了',
])('counts those affected: %s', (text) => {
  expect(numberIn(entry(text))).toBe(text);
});

test.each([
  'restarted all 24 pods',
  'pool 40/40 since 02:12',
  'errors 0 %',
  'pool 40/40 on orders',
  'not a P2 people',
  'p99 190 ms',
])('counts nobody: %s', (text) => {
  expect(numberIn(entry(text))).toBe('');
});

test.each([
  ['oldest order is 96 min... no, 57 min behind', '57 min behind'],
  ['210 customers, sorry, 310 customers', '310 customers'],
  ['It hit 12 orders, no payments', 'It hit 12 orders, no payments'],
])('a number that is taken back counts nobody: %s', (text, expected) => {
  expect(numberIn(entry(text))).toBe(expected);
});

test('only the sentence with the number is taken', () => {
  const text = 'Rolled back. All 6,200 logins failed. We keep watching.';
  expect(numberIn(entry(text))).toBe('All 6,200 logins failed.');
});

test('of words that may name somebody, only the number and what it counts', () => {
  expect(countedIn(entry('Jonas sagt: 410 Mitarbeiter, alle wieder drin'))).toBe('410 Mitarbeiter');
  expect(countedIn(entry('田中さん、212件'))).toBe('212件');
  expect(countedIn(entry('12 Kim users'))).toBe('');
});

describe('whom it affected', () => {
  const of = (entries: readonly TimelineEntry[], resolved?: TimelineEntry) =>
    affectedIn({ entries, milestones: { resolved } as Parameters<typeof affectedIn>[0]['milestones'] }).at(-1)?.text;

  test('is the count with the end, else the last count, else the largest share', () => {
    const [early, late] = [entry('100 orders failed'), entry('212 orders failed')];
    const end = entry('mitigated → resolved: 150 orders failed', { kind: 'status', value: 'resolved' });
    expect(of([early, end, late], end)).toBe(end.text);
    expect(of([early, late])).toBe(late.text);
    expect(of([entry('34 % of checkouts fail'), entry('failures 12 %')])).toBe('34 % of checkouts fail');
  });

  test('is nobody where somebody noted that, and no effect of what people did', () => {
    expect(of([entry('100 orders failed'), entry('no customer is affected')])).toBe('no customer is affected');
    const effects = [{ value: 'tried=none' }, { kind: 'status', value: 'mitigated' }] as const;
    for (const more of effects) expect(of([entry('100 % errors since then', more)])).toBeUndefined();
  });
});
