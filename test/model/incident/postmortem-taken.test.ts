import { expect, test } from 'vitest';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { marksOf, takenLines } from '#model/incident/postmortem-taken.ts';

const TITLES = ['Summary', 'Impact', 'Lead-up', 'Messaging'];

const HERE = `# Postmortem of INC-1

> Draft, as of 12:00

## Summary

- Orders failed \\(1.5 %\\) ([T1](https://chat.example/1))

## Impact

- It lasted 8 min.
- Luck: the import had not begun. ([T3](https://chat.example/3))
- [ ] What did customers see?

## Lead-up, Messaging

- Nothing noted.

| | When | What |
| --- | --- | --- |
| T1 | 12:00 | **note** orders fail<br>at noon |
`;

const answer = (text: string): TimelineEntry => ({
  ...{ id: 'e3', kind: 'note', text, source: 'U1', link: '', value: 'answer:luck' },
  ...{ atUs: 1, notedUs: 1 },
});

const taken = (there: string, { here = HERE, entries = [answer('Luck: the import had not begun')] } = {}) => {
  const { added, ...rest } = takenLines({ there, here, marks: marksOf(HERE), titles: TITLES, entries });
  return { added: Object.fromEntries(added), ...rest };
};
const NOTHING = { added: {}, struck: [], changed: [], conflicts: [] };

test('what the place shows in its own form of Markdown is no edit', () => {
  const there = HERE.replaceAll('- ', '* ')
    .replace('\\(1.5 %\\)', '(1.5 %)')
    .replace('**note**', '__note__')
    .replace('[T1](https://chat.example/1)', 'T1')
    .replaceAll('\n', '\r\n');
  expect(taken(there)).toEqual(NOTHING);
});

test('new lines stand in the section of their heading, without the marks of Markdown', () => {
  const there = HERE.replace(
    '- It lasted',
    '- 12 \\*orders\\* of **Kim**, see [the list](https://x.example/a)\n- It lasted',
  )
    .replace(
      '- Nothing noted.',
      '1. A mail went out &amp; came back\n### More\n<!-- hidden -->\n![p](a.png)\n---\nand more',
    )
    .replace('> Draft', '> Very early\n> Draft');
  expect(taken(there)).toEqual({
    ...NOTHING,
    added: {
      Summary: ['Very early'],
      Impact: ['12 *orders* of Kim, see the list (https://x.example/a)'],
      'Lead-up': ['A mail went out & came back', 'More', 'and more'],
    },
    struck: [{ title: 'Lead-up', words: 'Nothing noted.' }],
  });
});

test('a number that changed is an edit; a question that is gone is none', () => {
  const there = HERE.replace('1.5 %', '15 %').replace('- [ ] What did customers see?\n', '');
  expect(taken(there)).toEqual({
    ...NOTHING,
    added: { Summary: ['Orders failed (15 %)'] },
    struck: [{ title: 'Summary', words: 'Orders failed (1.5 %) (T1)' }],
  });
});

test('an answer in other words corrects it', () => {
  const there = HERE.replace('the import had not begun', 'the import began at noon');
  expect(taken(there)).toEqual({
    ...NOTHING,
    changed: [{ id: 'luck', entryId: 'e3', text: 'the import began at noon' }],
  });
});

test('an answer that changed here since is kept: both stand there, and that is said', () => {
  const there = HERE.replace('the import had not begun', 'the import began at noon');
  const here = HERE.replace('the import had not begun', 'no import ran');
  expect(taken(there, { here, entries: [answer('Luck: no import ran')] })).toEqual({
    ...NOTHING,
    added: { Impact: ['Luck: the import began at noon.'] },
    conflicts: ['Impact'],
  });
});

test('what the draft says here by now is not taken in twice', () => {
  const line = '- A responder restarted the pod.';
  const there = HERE.replace('- It lasted', `${line}\n- It lasted`);
  expect(taken(there, { here: there.replace('pod.', 'pod. (T9)') })).not.toEqual(NOTHING);
  expect(taken(there, { here: there })).toEqual(NOTHING);
});

test('a long line of marks takes no time', () => {
  const long = ['[', '](', '|', '<br', '# ', '- [ ] ', '\\'].map((mark) => mark.repeat(50_000)).join('\n');
  const begun = process.cpuUsage().user;
  taken(`${HERE}${long}`);
  expect(process.cpuUsage().user - begun).toBeLessThan(2_000_000);
});
