import { expect, test } from 'vitest';
import { nextClockUs, nextRunUs, runsADay } from '#model/changes/schedule.ts';

const at = (text: string) => Date.parse(`2025-01-06T${text}Z`) * 1000;

test.each([
  ['schedule: "0 3 * * *"', 1],
  ['*/30 * * * *', 48],
  ['0,30 9-17 * * 1-5', 18],
  ['Schedule of the report', 0],
])('%s runs %d times a day', (text, times) => {
  expect(runsADay(text)).toBe(times);
});

test('the next run is the first minute of the schedule, on the next day as well', () => {
  expect(nextRunUs('*/30 * * * *', at('14:44:04'))).toBe(at('15:00:00'));
  expect(nextRunUs('0 3 * * *', at('14:44:04'))).toBe(at('03:00:00') + 24 * 3_600_000_000);
  expect(nextRunUs('no schedule', at('14:44:04'))).toBeUndefined();
});

test.each([
  ['<JOB NAME="fees" TIME="1504"/>', '15:04:00'],
  ['start_time: "15:04"', '15:04:00'],
  ['run the export at 15:04 instead of 02:30', '15:04:00'],
])('%j runs next at %s', (text, next) => {
  expect(nextClockUs(text, at('14:44:04'))).toBe(at(next));
});

test.each(['timeout: 1504', 'answered at 15:04:07', 'port: 8080', 'time: 9904'])('%j is no clock time', (text) => {
  expect(nextClockUs(text, at('14:44:04'))).toBeUndefined();
});
