import { expect, test } from 'vitest';
import { slackBodies } from '#adapters/slack/request-headers.ts';

const NOW_S = 1_700_000_000;
const clock = { nowUs: () => NOW_S * 1_000_000, elapsedUs: () => 0, sleep: async () => undefined };
const { refuse } = slackBodies(clock)['/slack/events'];

const SIGNED = {
  'x-slack-signature': `v0=${'0123456789abcdef'.repeat(4)}`,
  'x-slack-request-timestamp': `${NOW_S}`,
  'content-type': 'application/x-www-form-urlencoded',
};

const refusal = (headers: Readonly<Record<string, string>>) =>
  refuse({ header: (name) => ({ ...SIGNED, ...headers })[name] });

test('what can be Slack’s is read', () => {
  expect(refusal({})).toBeUndefined();
  expect(refusal({ 'content-type': 'application/json; charset=utf-8' })).toBeUndefined();
  expect(refusal({ 'x-slack-request-timestamp': `${NOW_S - 299}` })).toBeUndefined();
  expect(refusal({ 'x-slack-request-timestamp': `${NOW_S + 299}` })).toBeUndefined();
});

test.each([
  ['no signature', { 'x-slack-signature': '' }, /x-slack-signature/],
  ['another version', { 'x-slack-signature': `v1=${'a'.repeat(64)}` }, /x-slack-signature/],
  ['a short one', { 'x-slack-signature': `v0=${'a'.repeat(63)}` }, /x-slack-signature/],
  ['an endless one', { 'x-slack-signature': `v0=${'a'.repeat(10_000)}` }, /x-slack-signature/],
  ['no time', { 'x-slack-request-timestamp': '' }, /timestamp is missing/],
  ['a time that is none', { 'x-slack-request-timestamp': '1e9' }, /is not a time/],
  ['an old one', { 'x-slack-request-timestamp': `${NOW_S - 301}` }, /five minutes/],
  ['one of the future', { 'x-slack-request-timestamp': `${NOW_S + 301}` }, /five minutes/],
])('%s is refused with the header that is wrong', (_, headers, text) => {
  expect(refusal(headers)).toEqual({ status: 401, text: expect.stringMatching(text) });
});

test('an upload is none of Slack’s requests', () => {
  expect(refusal({ 'content-type': 'multipart/form-data; boundary=x' })?.status).toBe(415);
});
