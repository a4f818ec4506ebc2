import { describe, expect, test } from 'vitest';
import { readIncidentRequest } from '#listeners/commands/incident-request.ts';

const read = readIncidentRequest;

test('declare takes a severity where the first word is one, and the rest as the title', () => {
  expect(read('declare P1 Checkout is slow')).toEqual({ verb: 'declare', severity: 'P1', title: 'Checkout is slow' });
  expect(read('declare p0 &lt;all&gt; of EU')).toEqual({ verb: 'declare', severity: 'P0', title: '<all> of EU' });
  expect(read('declare P4 and more')).toEqual({ verb: 'declare', title: 'P4 and more' });
  expect(read('declare')).toEqual({ verb: 'declare', title: '' });
});

test('a note keeps what was written, people as ids and links as addresses', () => {
  expect(read('note <@U012ABC|kim> saw <https://g.example/d/1|the panel> in <#C1|ops>')).toEqual({
    verb: 'note',
    text: 'U012ABC saw the panel (https://g.example/d/1) in #ops',
  });
  expect(read('note at 14:35 restarted the pool')).toMatchObject({
    text: 'restarted the pool',
    when: { said: '14:35' },
  });
  expect(read('note').verb).toBe('unclear');
  expect(read('note at 14:75 x')).toMatchObject({ verb: 'unclear', problem: expect.stringContaining('14:75') });
});

test('a role is understood by its usual names; without a person it is for the one who asks', () => {
  expect(read('role commander')).toEqual({ verb: 'role', role: 'commander' });
  expect(read('role ic me')).toEqual({ verb: 'role', role: 'commander' });
  expect(read('role technical lead <@U012ABC|kim>')).toEqual({
    verb: 'role',
    role: 'technical-lead',
    holder: 'U012ABC',
  });
  expect(read('role comms <@W012ABC>')).toEqual({ verb: 'role', role: 'communications-lead', holder: 'W012ABC' });
  expect(read('role janitor').verb).toBe('unclear');
  expect(read('role commander @kim')).toMatchObject({ verb: 'unclear', problem: expect.stringContaining('`@kim`') });
});

test('status and resolve take a time and a word on it', () => {
  expect(read('status identified')).toEqual({ verb: 'status', status: 'identified', text: '' });
  expect(read('status Fixed at 14:40 index is there')).toMatchObject({
    status: 'fixed',
    text: 'index is there',
    when: { said: '14:40' },
  });
  expect(read('resolve at 15:00 all checks are green')).toMatchObject({ verb: 'status', status: 'resolved' });
  expect(read('status done').verb).toBe('unclear');
});

test('a method is asked for by its name', () => {
  expect(read('whys')).toEqual({ verb: 'method', method: 'whys' });
  expect(read('INC-4 Hypotheses')).toEqual({ verb: 'method', method: 'hypotheses', number: 4 });
  expect(read('checklist')).toEqual({ verb: 'method', method: 'checklist' });
  expect(read('ishikawa')).toEqual({ verb: 'method', method: 'fishbone' });
  expect(read('constructor').verb).toBe('unclear');
});

test('severity is one of four', () => {
  expect(read('severity p0')).toEqual({ verb: 'severity', severity: 'P0' });
  expect(read('severity critical').verb).toBe('unclear');
  expect(read('severity').verb).toBe('unclear');
});

test('the impact began at a time and not at a story', () => {
  expect(read('impact at 14:20')).toMatchObject({ verb: 'impact', when: { said: '14:20' } });
  expect(read('impact 14:20')).toMatchObject({ verb: 'impact', when: { said: '14:20' } });
  expect(read('impact many customers').verb).toBe('unclear');
});

describe('INC-n as the first word', () => {
  test('names the incident', () => {
    expect(read('INC-4 note hello')).toEqual({ verb: 'note', text: 'hello', number: 4 });
    expect(read('inc-12 timeline')).toEqual({ verb: 'timeline', number: 12 });
    expect(read('INC-4')).toEqual({ verb: 'timeline', number: 4 });
  });

  test('is a word of a note behind it', () => {
    expect(read('note INC-4 was the same')).toEqual({ verb: 'note', text: 'INC-4 was the same' });
  });
});

test('nothing and help show the help; what is not known is quoted so that it cannot format or mention', () => {
  for (const typed of ['', '  ', 'help', '?', '--help']) expect(read(typed)).toEqual({ verb: 'help' });
  expect(read('<!channel>`x` now')).toEqual({ verb: 'unclear', problem: "I do not know `/incident @channel'x'`." });
});
