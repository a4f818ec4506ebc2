/** A person as the cause, by a common first name or by a verb that alone blames nobody. */
import { expect, test } from 'vitest';
import { lintText } from '#present/tools/lint-text.ts';
import { lintPostmortem } from '#workflows/postmortem/lint-postmortem.ts';

function rules(text: string, names: readonly string[] = []): readonly string[] {
  return lintPostmortem(text, names).map(({ rule }) => rule);
}

test.each([
  'Checkout failed because Bob deployed a broken config.',
  'Checkout failed because Bob Fisher deployed it.',
  'Alice forgot to renew the certificate.',
  'The outage was Dave’s fault.',
  'Why did Bob restart it?',
  '@bob once more broke prod.',
  'Bob yet again forgot the flag.',
  'Priya merged an untested migration.',
])('is blamed without a list of names: %s', (text) => {
  expect(rules(text)).toEqual(['blame']);
});

test('is blamed by a name that somebody gave', () => {
  expect(rules('Checkout failed because Zbigniew deployed a broken config.', ['Zbigniew'])).toEqual(['blame']);
});

test.each([
  'The pods failed because Kafka dropped the topic.',
  'Checkout failed because Jenkins deployed a broken config.',
  'Storm Ian cut the power of the data centre.',
  'The write to Simon/api failed because Redis restarted.',
  'The call to Oliver-service timed out.',
])('is no program, no storm and no identifier: %s', (text) => {
  expect(rules(text)).toEqual([]);
});

test('is only named where the deed is no cause', () => {
  expect(rules('Kim restarted the pod at 14:02 UTC.')).toEqual(['name']);
});

test('the text says that no names are known', () => {
  expect(lintText('a.md', [], false)).toContain('--names');
  expect(lintText('a.md', [], true)).toBe('a.md: nothing found\n');
});

test('the text has secrets and blame before the sections that are missing', () => {
  const text = [
    '## Summary\nMany users waited.',
    '## Impact\n412 orders failed for 29 min.',
    '## Timeline\n- 2026-01-06 14:02 UTC the impact began',
    '## Action items\n- TODO because Bob forgot it',
  ].join('\n\n');
  const rows = lintText('a.md', lintPostmortem(text)).matchAll(/^line \d+: ([\w-]+)(, to mend)?/gm);
  const order = Array.from(rows, ([, rule, blocks]) => `${rule}${blocks ?? ''}`);
  expect(order.slice(0, 2)).toEqual(['blame, to mend', 'left-over, to mend']);
  const section = order.indexOf('section, to mend');
  expect(section).toBeGreaterThan(order.findLastIndex((one) => /^(?!section).*to mend$/.test(one)));
  expect(order.slice(section).some((one) => !one.endsWith('to mend'))).toBe(true);
});
