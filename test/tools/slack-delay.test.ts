/** How long Slack takes in the tests, as a variable says it. */
import { expect, test } from 'vitest';
import { wholeNumber } from '#test/slack-proxy.ts';

test('a whole number of milliseconds is read, and none is no delay', () => {
  expect(wholeNumber('SLACK_DELAY_MS', { SLACK_DELAY_MS: '250' })).toBe(250);
  expect(wholeNumber('SLACK_DELAY_MS', {})).toBe(0);
});

test.each(['250ms', '', '-1', '2.5', 'slow', '1e9'])('the value %j is refused, not taken for none', (value) => {
  expect(() => wholeNumber('SLACK_DELAY_MS', { SLACK_DELAY_MS: value })).toThrow(/SLACK_DELAY_MS.*whole number/);
});
