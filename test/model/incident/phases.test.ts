import { expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { mostImportant, phasesOf } from '#model/incident/phases.ts';

const MINUTE_US = 60_000_000;

const INCIDENT = { declaredUs: 12 * MINUTE_US, roles: {} } as Incident;

/** `10 alert firing p95 over 2 s`: minute, kind, value (`-` for none), text. */
const entries = (...lines: readonly string[]): readonly TimelineEntry[] =>
  lines.map((line, at) => {
    const [minute = '', kind = '', value = '', ...text] = line.split(' ');
    const atUs = Number(minute) * MINUTE_US;
    const rest = { value: value === '-' ? '' : value, text: text.join(' '), source: 'U1', link: '' };
    return { id: `${at}`, atUs, notedUs: atUs, kind: kind as TimelineEntry['kind'], ...rest };
  });

const told = (incident: Incident, ...lines: readonly string[]) =>
  phasesOf(incident, entries(...lines)).map(
    ({ id, atUs, untilUs, entries: own }) =>
      `${id} ${atUs / MINUTE_US}-${untilUs === undefined ? '' : untilUs / MINUTE_US}: ${own.length}`,
  );

test('an incident goes from its start to its end, each phase until the next', () => {
  expect(
    told(
      INCIDENT,
      '5 change - rollout of cart',
      '8 note impact-start Impact began',
      '9 note - a customer writes',
      '10 alert firing p95 over 2 s',
      '12 status investigating Declared P1, investigating',
      '15 status identified investigating → identified: no index',
      '16 note - building the index',
      '20 status mitigated identified → mitigated',
      '25 status fixed mitigated → fixed',
      '30 status resolved fixed → resolved',
      '40 action - A1',
    ),
  ).toEqual([
    'before 5-8: 1',
    'began 8-10: 2',
    'detected 10-15: 2',
    'confirmed 15-20: 2',
    'mitigated 20-30: 2',
    'resolved 30-: 2',
  ]);
});

test('without an alert it is detected at the declaration, and the declaration may be of a later status', () => {
  expect(told(INCIDENT, '11 note - slow', '12 status investigating Declared P1, investigating')).toEqual([
    'before 11-12: 1',
    'detected 12-: 1',
  ]);
  expect(told(INCIDENT, '12 status identified Declared P1, identified')).toEqual(['confirmed 12-: 1']);
});

test('the impact that began with the alert is no phase of its own', () => {
  const start = { ...INCIDENT, impactStartUs: 10 * MINUTE_US };
  expect(told(start, '10 alert firing p95', '12 status investigating Declared P1, investigating')).toEqual([
    'detected 10-: 2',
  ]);
});

test('a status set back begins a phase of its own, a status of a merged incident does not', () => {
  const lines = [
    '12 status investigating Declared P1',
    '15 status resolved -',
    '20 status investigating -',
    '21 note - again',
  ];
  expect(told(INCIDENT, ...lines)).toEqual(['detected 12-15: 1', 'resolved 15-20: 1', 'again 20-: 2']);
  const merged = entries(...lines).map((entry, at) => (at === 1 ? { ...entry, from: 'INC-2' } : entry));
  expect(phasesOf(INCIDENT, merged).map(({ id }) => id)).toEqual(['detected']);
});

test('an empty timeline has no phases', () => {
  expect(phasesOf(INCIDENT, [])).toEqual([]);
});

test.each([
  [['1 role - Commander: Kim', '2 alert firing p95', '3 diagnosis i1 no index', '4 note - looking'], 'no index'],
  [['1 alert firing p95', '2 finding onset since 10:08', '3 alert resolved p95'], 'p95'],
  [
    ['1 status mitigated identified → mitigated: half', '2 message mitigation=sent Rolled back'],
    'identified → mitigated: half',
  ],
  [['1 status mitigated identified → mitigated', '2 message mitigation=sent Rolled back'], 'Rolled back'],
  [['1 note tried=none flushed', '2 note - one', '3 note - two'], 'flushed'],
  [['1 role - a', '2 role - b'], 'a'],
])('of %j the most important is “%s”', (lines, text) => {
  expect(mostImportant(entries(...lines))?.text).toBe(text);
});
