import { expect, test } from 'vitest';
import { channelName, otherName } from '#model/incident/channel-name.ts';

const TEMPLATE = 'inc-{number}-{title}';

test.each([
  ['Logins fail', 'inc-7-logins-fail'],
  ['  Größe & Café: “Żółć” #payments @here  ', 'inc-7-gro-e-cafe-zo-c-payments-here'],
  ['<!channel> $& {number} ../..', 'inc-7-channel-number'],
  ['決済が失敗する', 'inc-7'],
  ['', 'inc-7'],
  ['[redacted:email] cannot log in', 'inc-7-redacted-email-cannot-log-in'],
])('%j is named %s', (title, name) => {
  expect(channelName(TEMPLATE, { number: 7, title })).toBe(name);
});

test('a long title leaves room for another try within the 80 characters of Slack, and ends with no dash', () => {
  const name = channelName(TEMPLATE, { number: 123, title: 'word '.repeat(60) });
  expect(otherName(name, 5).length).toBeLessThanOrEqual(80);
  expect(name).toMatch(/[a-z]$/);
  expect(otherName(name, 1)).toBe(name);
});

test('the template may leave the title out', () => {
  expect(channelName('outage_{number}', { number: 7, title: 'Logins fail' })).toBe('outage_7');
});
