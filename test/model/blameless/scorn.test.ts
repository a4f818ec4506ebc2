import { expect, test } from 'vitest';
import { isBlaming } from '#model/blameless/lint.ts';

test.each([
  'who is so stupid to release on a Friday evening',
  'the backup is off since May. guess whose decision that was',
  'a responder i guess',
  'nice one, a responder',
  'a responder rolled out to all regions, without a canary, come on dude',
  'he signed it off himself',
  'she merged her own change again',
  'that would not have happened if a responder looked at the graph',
  'everybody knows you dont do this on a Friday',
  'they always do and never admit it',
  'the incident commander called it off too soon, as always',
  "c'est encore eux, ils coupent tout sans nous prévenir",
  'a responder avait promis que le lien était doublé',
  'a responder fusionó su propio cambio',
  'typisch a responder',
  '昨日の変更は誰のせい',
  '这是谁的锅',
  'and who approved that, a responder?',
  'did anyone even look',
  'first alert is from that laptop, he clicks on everything',
  'et qui a livré ça un vendredi soir ?',
])('scorn looks for somebody at fault: %s', (text) => {
  expect(isBlaming(text)).toBe(true);
});

test.each([
  'a responder closed the circuit breaker',
  'it came back, we did nothing, the vendor says they pushed nothing',
  'the caller says she ordered nothing, she was asleep',
  'im asleep til 6',
  'todo lo que apuntemos es a ojo',
  'a responder approved it with two reviews',
  'the lock was released too early',
  'the link went down without warning',
  'a responder deployed 4.2 to all regions, no errors',
  'le lien est tombé sans prévenir',
  'guess: the pool is full',
  '誰も影響を受けていない',
])('a fact with like words blames nobody: %s', (text) => {
  expect(isBlaming(text)).toBe(false);
});
