import { describe, expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { updateDraft } from '#present/words/update-draft.ts';

const MINUTE_US = 60_000_000;
const START_US = Date.UTC(2026, 0, 6, 14, 0) * 1_000;
const INCIDENT = { id: 'i1', number: 4, declaredUs: START_US } as Incident;
const NAMES = new Map([['U0KIM0001', 'Kim Lee']]);

function entry(minute: number, kind: TimelineEntry['kind'], text: string, more: Partial<TimelineEntry> = {}) {
  const atUs = START_US + minute * MINUTE_US;
  return {
    id: `${minute} ${text}`,
    atUs,
    notedUs: atUs,
    kind,
    text,
    source: 'U0KIM0001',
    link: '',
    value: '',
    ...more,
  };
}

const at = (minute: number, failed: number, service = 'checkout') => ({
  ...{ service, requests: 200, failed },
  atUs: START_US + minute * MINUTE_US,
});

const draft = (entries: readonly TimelineEntry[], measured: readonly ReturnType<typeof at>[] = []) =>
  updateDraft({ incident: INCIDENT, entries, measured, names: NAMES, nowUs: START_US + 60 * MINUTE_US });

const DECLARED = entry(0, 'status', 'Declared P1, investigating', { value: 'investigating' });
const UPDATE = entry(10, 'update', 'We look at the pool');

describe('what is new since the last update', () => {
  test('is each entry with who says so and when, and nothing from before', () => {
    expect(
      draft([
        DECLARED,
        entry(5, 'note', 'looked at the logs'),
        UPDATE,
        entry(12, 'diagnosis', 'No index on users.email', { source: 'spanhound', value: 'd1' }),
        entry(15, 'note', 'flushed the cache', { value: 'tried=none' }),
        entry(16, 'role', 'Scribe: nobody → U0KIM0001', { value: 'scribe=U0KIM0001' }),
        entry(20, 'note', 'asked U0KIM0001 to build it'),
      ]),
    ).toBe(
      [
        'Since the update of 14:10 UTC:',
        '• Diagnosis: No index on users.email (spanhound, 14:12 UTC)',
        '• Tried, no effect: flushed the cache (Kim Lee, 14:15 UTC)',
        '• Note: asked Kim Lee to build it (Kim Lee, 14:20 UTC)',
      ].join('\n'),
    );
  });

  test('without an update is new since the declaration; a status with words is an update', () => {
    const note = entry(5, 'note', 'restarted it');
    expect(draft([DECLARED, note])).toContain('Since the declaration of 14:00 UTC:');
    const status = entry(6, 'status', 'investigating → identified: no index', { value: 'identified' });
    expect(draft([DECLARED, note, status])).toBe('No news since 14:06 UTC.');
    const silent = { ...status, text: 'investigating → identified' };
    expect(draft([DECLARED, UPDATE, { ...silent, atUs: UPDATE.atUs + 1, notedUs: UPDATE.notedUs + 1 }])).toContain(
      '• Status: investigating → identified (Kim Lee, 14:10 UTC)',
    );
  });

  test('counts from when it was noted: what happened before the update and was noted after it is new', () => {
    const late = entry(5, 'note', 'restarted the pool', { notedUs: UPDATE.notedUs + MINUTE_US });
    expect(draft([DECLARED, late, UPDATE])).toContain('• Note: restarted the pool (Kim Lee, 14:05 UTC)');
  });

  test('nothing is nothing', () => {
    expect(draft([DECLARED, UPDATE])).toBe('No news since 14:10 UTC.');
    expect(draft([DECLARED, UPDATE, entry(12, 'action', 'A1 open')], [at(9, 50)])).toBe('No news since 14:10 UTC.');
  });

  test('is at most eight entries, the most important ones, and says how many more there are', () => {
    const notes = Array.from({ length: 12 }, (_, n) => entry(20 + n, 'note', `note ${n}.`));
    const text = draft([DECLARED, UPDATE, ...notes, entry(40, 'severity', 'P1 → P0', { value: 'P0' })]);
    expect(text).toContain('• Severity: P1 → P0');
    expect(text).toContain('note 6.');
    expect(text).not.toContain('note 7.');
    expect(text).toContain('• 5 more in the timeline');
  });
});

describe('the numbers', () => {
  test('are the failing share now and at the last update, with both times', () => {
    expect(draft([DECLARED, UPDATE], [at(31, 6), at(8, 50), at(5, 10)])).toBe(
      [
        'Since the update of 14:10 UTC:',
        '• Failing requests of checkout: 3 % (6 of 200) at 14:31 UTC, before 25 % at 14:08 (diagnoses)',
      ].join('\n'),
    );
  });

  test('of a service that nobody measured before have no comparison, and those without requests are left out', () => {
    const none = { ...at(31, 0, 'cart'), requests: 0 };
    expect(draft([DECLARED, UPDATE], [at(31, 50), none])).toContain(
      '• Failing requests of checkout: 25 % (50 of 200) at 14:31 UTC (diagnosis)',
    );
    expect(draft([DECLARED, UPDATE], [none])).toBe('No news since 14:10 UTC.');
  });

  test('say what a mitigation did, if both sides of it were measured', () => {
    const rollback = entry(20, 'message', 'Rolled back cart', { value: 'mitigation=accepted' });
    expect(draft([DECLARED, UPDATE, rollback], [at(8, 50), at(31, 6)])).toContain(
      '• Mitigation: Rolled back cart; failing requests of checkout 25 % before, 3 % at 14:31 (Kim Lee, 14:20 UTC)',
    );
    expect(draft([DECLARED, UPDATE, rollback], [at(8, 50)])).toContain(
      '• Mitigation: Rolled back cart (Kim Lee, 14:20 UTC)',
    );
  });
});
