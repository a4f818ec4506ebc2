import { expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { incidentStats } from '#model/incident/incident-stats.ts';
import { acknowledgedValue, callValue } from '#model/incident/page.ts';
import { readStatsPeriod } from '#model/incident/stats-period.ts';

const MINUTE = 60_000_000;
const AT = 1_000 * MINUTE;

const incident = (more: Partial<Incident> = {}): Incident => ({
  id: 'i',
  workspaceId: 'T',
  number: 1,
  title: 'Logins fail',
  severity: 'P1',
  status: 'investigating',
  channelId: 'C',
  declaredBy: 'U1',
  declaredUs: AT,
  detectedBy: 'employee',
  detection: '',
  roles: {},
  ...more,
});
const entry = (minutes: number, more: Partial<TimelineEntry>): TimelineEntry => ({
  id: `${minutes}`,
  atUs: AT + minutes * MINUTE,
  notedUs: AT + minutes * MINUTE,
  kind: 'note',
  text: '',
  source: 'U1',
  link: '',
  value: '',
  ...more,
});
const alert = (minutes: number) => entry(minutes, { kind: 'alert', source: 'pagerduty' });
const minutesOf = (counted: Parameters<typeof incidentStats>[0]) =>
  Object.fromEntries(
    Object.entries(incidentStats(counted).medians).map(([name, { us, of }]) => [name, [us && us / MINUTE, of]]),
  );

test('counts by severity, and what is open', () => {
  const counted = [
    { incident: incident(), entries: [] },
    { incident: incident({ severity: 'P0', status: 'resolved', resolvedUs: AT + MINUTE }), entries: [] },
    { incident: incident({ severity: 'P1', status: 'resolved', resolvedUs: AT + MINUTE }), entries: [] },
  ];
  expect(incidentStats(counted)).toMatchObject({ count: 3, open: 1, bySeverity: { P0: 1, P1: 2, P2: 0, P3: 0 } });
});

test('the cause counts as confirmed at the first step to identified, if it came after the detection', () => {
  const identified = (minutes: number) => entry(minutes, { kind: 'status', value: 'identified' });
  expect(minutesOf([{ incident: incident(), entries: [alert(-5), identified(30), identified(12)] }]).confirm).toEqual([
    17, 1,
  ]);
  expect(minutesOf([{ incident: incident(), entries: [alert(0), identified(-3)] }]).confirm).toEqual([undefined, 0]);
});

test('a median counts only incidents whose record has both ends', () => {
  const times = [10, 20, 60].map((minutes) => ({
    incident: incident({ status: 'resolved', resolvedUs: AT + minutes * MINUTE }),
    entries: [],
  }));
  expect(minutesOf([...times, { incident: incident(), entries: [] }])).toEqual({
    detect: [undefined, 0],
    acknowledge: [undefined, 0],
    confirm: [undefined, 0],
    mitigate: [undefined, 0],
    resolve: [20, 3],
    duration: [20, 3],
  });
  expect(minutesOf(times.slice(0, 2))).toMatchObject({ resolve: [15, 2] });
});

const MINUTES_OF_MARCH = Date.UTC(2026, 2, 1) * 1_000;

test('90 % of the incidents came through within the time of the nearest rank', () => {
  const ended = (minutes: number, more: Partial<Incident> = {}) => ({
    incident: incident({ status: 'resolved', resolvedUs: AT + minutes * MINUTE, ...more }),
    entries: [],
  });
  const resolve = (counted: Parameters<typeof incidentStats>[0]) => incidentStats(counted).medians.resolve;
  const ten = [100, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((minutes) => ended(minutes));
  expect(resolve(ten)).toEqual({ us: 5.5 * MINUTE, p90Us: 9 * MINUTE, of: 10 });
  expect(resolve([...ten, ended(50)])).toMatchObject({ p90Us: 50 * MINUTE });
  expect(resolve([ended(7)])).toEqual({ us: 7 * MINUTE, p90Us: 7 * MINUTE, of: 1 });
});

test('by severity, by service and by month, each with its own times', () => {
  const of = (service: string, minutes: number, more: Partial<Incident>) => {
    const declaredUs = more.declaredUs ?? AT;
    const resolvedUs = declaredUs + minutes * MINUTE;
    return { incident: incident({ status: 'resolved', resolvedUs, ...more }), entries: [], service };
  };
  const { groups } = incidentStats([
    of('', 5, { severity: 'P2' }),
    of('checkout', 10, { severity: 'P0', declaredUs: MINUTES_OF_MARCH - 1 }),
    of('checkout', 20, { severity: 'P2', declaredUs: MINUTES_OF_MARCH }),
  ]);
  const told = (by: keyof typeof groups) =>
    groups[by].map(({ name, count, medians: { resolve } }) => [name, count, (resolve.us ?? 0) / MINUTE]);
  expect(told('severity')).toEqual([
    ['P0', 1, 10],
    ['P2', 2, 12.5],
  ]);
  expect(told('service')).toEqual([
    ['checkout', 2, 15],
    ['', 1, 5],
  ]);
  expect(told('month')).toEqual([
    ['2026-03', 1, 20],
    ['2026-02', 1, 10],
    ['1970-01', 1, 5],
  ]);
});

test('the time to detect needs a beginning of the impact that somebody or the evidence said', () => {
  const entries = [alert(-5)];
  expect(minutesOf([{ incident: incident(), entries }])).toMatchObject({ detect: [undefined, 0] });
  expect(minutesOf([{ incident: incident({ impactStartUs: AT - 8 * MINUTE }), entries }])).toMatchObject({
    detect: [3, 1],
  });
  const onset = entry(-9, { kind: 'finding', value: 'onset', source: 'spanhound' });
  expect(minutesOf([{ incident: incident(), entries: [onset, ...entries] }])).toMatchObject({ detect: [4, 1] });
  // A beginning behind the alert is a slip, and no time below zero.
  expect(minutesOf([{ incident: incident({ impactStartUs: AT }), entries }])).toMatchObject({ detect: [undefined, 0] });
});

test.each([
  ['the declaration', [alert(-5)], [5, 1]],
  ['the alerting system', [alert(-5), entry(-3, { text: 'Acknowledged: p99', source: 'pagerduty' })], [2, 1]],
  [
    'an answer to a page, after the declaration',
    [
      alert(-5),
      entry(1, { kind: 'message', value: callValue('p', 'U2') }),
      entry(2, { kind: 'message', value: acknowledgedValue('p') }),
    ],
    [5, 1],
  ],
  ['no note of a person', [alert(-5), entry(-3, { text: 'Acknowledged: p99', source: 'U012ABC' })], [5, 1]],
  ['no incident without an alert', [], [undefined, 0]],
])('acknowledged by %s', (_, entries, time) => {
  expect(minutesOf([{ incident: incident(), entries }]).acknowledge).toEqual(time);
});

test('mitigated is the first step that helps', () => {
  const step = (minutes: number, value: string) => entry(minutes, { kind: 'status', value });
  const entries = [step(0, 'investigating'), step(7, 'identified'), step(30, 'fixed'), step(12, 'mitigated')];
  expect(minutesOf([{ incident: incident(), entries }])).toMatchObject({ mitigate: [12, 1] });
  expect(minutesOf([{ incident: incident(), entries: [step(40, 'resolved')] }])).toMatchObject({ mitigate: [40, 1] });
});

test.each([
  ['30d', { days: 30 }],
  ['7DAYS', { days: 7 }],
  ['month', { month: true }],
  ['0d', undefined],
  ['9999d', undefined],
  ['checkout', undefined],
  ['30', undefined],
])('the period %s', (word, period) => {
  expect(readStatsPeriod(word)).toEqual(period);
});
