import { describe, expect, test } from 'vitest';
import { readZone } from '#utilities/time-zone.ts';
import { readDueDate, readDueDay } from '#workflows/action-items/due-day.ts';
import { isoDay } from '#workflows/times/spoken-day.ts';

/** Saturday, 2026-11-21. */
const TODAY = Date.UTC(2026, 10, 21) / 86_400_000;

function due(text: string, today = TODAY) {
  const read = readDueDay(text, today);
  return 'day' in read ? isoDay(read.day) : read.problem;
}

describe('a due day', () => {
  test.each([
    ['2026-12-01', '2026-12-01'],
    ['2026/12/1', '2026-12-01'],
    ['1.12.', '2026-12-01'],
    ['1.12.2026', '2026-12-01'],
    ['1.12.26', '2026-12-01'],
    ['1. Dezember', '2026-12-01'],
    ['Dec 1', '2026-12-01'],
    ['1st of December 2026', '2026-12-01'],
    ['20.11.', '2027-11-20'],
    ['29.2.', '2028-02-29'],
    ['today', '2026-11-21'],
    ['tomorrow', '2026-11-22'],
    ['übermorgen', '2026-11-23'],
    ['Friday', '2026-11-27'],
    ['next Friday', '2026-11-27'],
    ['on Friday', '2026-11-27'],
    ['Saturday', '2026-11-21'],
    ['next Saturday', '2026-11-28'],
    ['nächsten Freitag', '2026-11-27'],
    ['in 3 days', '2026-11-24'],
    ['in a week', '2026-11-28'],
    ['in 2 weeks', '2026-12-05'],
    ['in 2 Wochen', '2026-12-05'],
    ['in one month', '2026-12-21'],
    ['in ten days', '2026-12-01'],
    ['3 days from now', '2026-11-24'],
    ['a week from today', '2026-11-28'],
    ['Friday 27 Nov', '2026-11-27'],
    ['fri, 27.11.', '2026-11-27'],
    ['２０２６-１２-０１', '2026-12-01'],
    ['next\u00a0Friday', '2026-11-27'],
    // What has passed is the day that was said: it is refused for that, and not read as another one.
    ['2020-01-01', '2020-01-01'],
    ['yesterday', '2026-11-20'],
    ['last Friday', '2026-11-20'],
  ])('%s is %s', (text, expected) => {
    expect(due(text)).toBe(expected);
  });

  test('is the last of a month that is too short', () => {
    expect(due('in 1 month', Date.UTC(2027, 0, 31) / 86_400_000)).toBe('2027-02-28');
  });

  test.each([
    '',
    'soon',
    '12/1',
    '2026-02-30',
    '31.2.',
    'tomorrow 10:00',
    'in 3 days at 10:00',
    'Thursday 27 Nov',
    'end of week',
    'in 99999 weeks',
    '<!channel>',
    '9'.repeat(40_000),
  ])('%.30s is none', (text) => {
    expect(due(text)).toMatch(/^I cannot read the day [^<]{0,60}\. Write it as 2026-12-01/);
  });
});

describe('a due date', () => {
  const NOW_US = Date.UTC(2026, 10, 23, 5) * 1_000;
  const date = (text: string, zone?: string, nowUs = NOW_US) => {
    const read = readDueDate(text, nowUs, zone === undefined ? undefined : readZone(zone));
    return 'due' in read ? read.due : read.problem;
  };

  test('is a day of the author, also beside the date line', () => {
    expect(date('tomorrow', 'Europe/Berlin')).toBe('2026-11-24');
    const nowUs = Date.UTC(2026, 10, 23, 11, 30) * 1_000;
    expect(date('tomorrow', 'Pacific/Kiritimati', nowUs)).toBe('2026-11-25');
    expect(date('tomorrow', 'Pacific/Pago_Pago', nowUs)).toBe('2026-11-24');
    expect(date('today', '-12:00', nowUs)).toBe('2026-11-22');
  });

  test('that has passed is refused', () => {
    expect(date('yesterday', 'Europe/Berlin')).toContain('2026-11-22 has passed: today is 2026-11-23');
  });

  test.each(['yesterday', 'today', 'tomorrow', 'in 2 weeks', '22.11.', 'Sunday'])(
    'in an unknown zone is asked about where it depends on today: %s',
    (text) => {
      expect(date(text)).toMatch(/^Slack does not tell me your time zone.*Write the date, such as 2026-1\d-\d\d/);
    },
  );

  test('in an unknown zone is accepted as a date, unless it is past in every zone', () => {
    expect(date('2026-12-01')).toBe('2026-12-01');
    expect(date('2026-11-22')).toBe('2026-11-22');
    expect(date('next Friday')).toBe('2026-11-27');
    expect(date('2026-11-21')).toContain('has passed');
  });
});
