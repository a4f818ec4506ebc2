/** What the operator reads of a token while the process takes work. */
import { expect, test } from 'vitest';
import { watchedSlack } from '#adapters/slack/check.ts';

const REJECTED = { ok: false, detail: 'Slack rejects SLACK_BOT_TOKEN (invalid_auth)', remedy: 'Make a new one.' };
const TAKEN = { ok: true, detail: 'speaks as @spanhound', remedy: '' };

test('a rejected token is a warning until Slack takes it again, and Slack is asked once a minute', async () => {
  let nowUs = 0;
  let asked = 0;
  let answer = REJECTED;
  const token = watchedSlack(
    async () => {
      asked += 1;
      return answer;
    },
    { elapsedUs: () => nowUs },
  );
  await token.check();
  for (let second = 0; second < 59; second += 1) {
    nowUs += 1_000_000;
    expect(token.warnings()).toEqual(['Slack: Slack rejects SLACK_BOT_TOKEN (invalid_auth). Make a new one.']);
  }
  expect(asked).toBe(1);
  answer = TAKEN;
  nowUs += 1_000_000;
  token.warnings();
  await Promise.resolve();
  expect([asked, token.warnings()]).toEqual([2, []]);
});

test('a check that fails leaves the warnings as they are', async () => {
  let nowUs = 0;
  let isAway = false;
  const ask = async () => (isAway ? await Promise.reject(new Error('no network')) : REJECTED);
  const token = watchedSlack(ask, { elapsedUs: () => nowUs });
  await token.check();
  isAway = true;
  nowUs += 60_000_000;
  token.warnings();
  await new Promise((resolve) => setImmediate(resolve));
  expect(token.warnings()).toHaveLength(1);
});
