import { expect, test } from 'vitest';
import { escapeMrkdwn, plainFromMrkdwn, truncateNames } from '#present/slack/text.ts';

test.each([
  ['<@U012ABC|kim> and <@W012ABC>', 'U012ABC and W012ABC'],
  ['<#C1|ops>, <#C2>', '#ops, #C2'],
  ['<!here>, <!subteam^S1|@oncall>, <!subteam^S1>', '@here, @oncall, @subteam'],
  ['<https://x.example/a|the panel>', 'the panel (https://x.example/a)'],
  ['<https://x.example|x.example> <https://x.example>', 'https://x.example https://x.example'],
  ['<mailto:a@x.example|a@x.example>', 'mailto:a@x.example'],
  ['a &lt;b&gt; &amp;amp; c', 'a <b> &amp; c'],
  ['<b>5 < 6</b> > 4', '<b>5 < 6</b> > 4'],
  ['<<@U012ABC>>', '<U012ABC>'],
])('%s is read as %s', (written, read) => {
  expect(plainFromMrkdwn(written)).toBe(read);
});

test('an escaped text reads unchanged', () => {
  for (const text of ['<!channel> & <@U012ABC>', '&lt;', 'a < b > c']) {
    expect(plainFromMrkdwn(escapeMrkdwn(text))).toBe(text);
  }
});

test('a list of names is cut after a whole name, and says how many more there are', () => {
  expect(truncateNames('lock waits, lost updates, slow queries', 30)).toBe('lock waits and 2 more');
  expect(truncateNames('lock waits, lost updates, slow queries', 36)).toBe('lock waits, lost updates and 1 more');
  expect(truncateNames('lock waits, lost updates', 24)).toBe('lock waits, lost updates');
});
