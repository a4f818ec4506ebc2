/** What a draft finds in the notes for the sections that nothing else fills, and how much of a note it quotes. */
import { describe, expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { isExcluded, isHard, isLucky, isOfBefore } from '#model/incident/noted/also-noted.ts';
import { sentencesOf } from '#model/incident/noted-changes.ts';
import { withoutPeople } from '#model/incident/people-in-words.ts';
import type { Postmortem } from '#model/incident/postmortem.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';
import { numberNoted } from '#model/incident/postmortem-numbers.ts';
import { withLimits } from '#model/incident/said-sentences.ts';

const MINUTE = 60_000_000;
const INCIDENT: Incident = {
  id: 'i1',
  workspaceId: 'T1',
  number: 7,
  title: 'Orders fail',
  severity: 'P1',
  status: 'investigating',
  channelId: 'C1',
  declaredBy: 'U0SARAH01',
  declaredUs: 0,
  detectedBy: 'employee',
  detection: 'U0SARAH01',
  roles: { commander: 'U0MIKE001' },
};

function note(minutes: number, text: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  const atUs = minutes * MINUTE;
  const made = { id: `n${minutes}${text}`, atUs, notedUs: atUs, kind: 'note', text, value: '' } as const;
  return { ...made, source: 'U0SARAH01', link: '', ...more };
}

const DECLARED = note(0, 'Declared P1, investigating', { kind: 'status', value: 'investigating' });
const identified = (minutes: number) =>
  note(minutes, 'investigating → identified: the map was full', { kind: 'status', value: 'identified' });

function draftOf(...entries: readonly TimelineEntry[]): Postmortem {
  const names = new Map([['U0MIKE001', 'Mike Olsen']]);
  const record = { actionItems: [], diagnoses: [], similar: [], others: 0, names };
  return postmortemOf({ ...record, incident: INCIDENT, entries: [DECLARED, ...entries] });
}

function sectionOf({ sections }: Postmortem, title: string): string {
  const section = sections.find((one) => one.title === title);
  const said = (section?.statements ?? []).map(({ words }) => words.filter((one) => typeof one === 'string').join(''));
  return [...said, ...(section?.missing ?? [])].join('\n');
}

describe('a section that nothing else fills', () => {
  test('quotes the whole note that tells what made it hard, with the number as it was corrected', () => {
    const hard = note(3, '80 jobs to bring back. doing it all by hand, the runner was in the same cluster');
    const draft = draftOf(hard, note(9, 'its 75 jobs not 80'));
    expect(sectionOf(draft, 'Difficulties')).toContain(
      'what made it hard: “[75] jobs to bring back. doing it all by hand',
    );
  });

  test('has what helped without a plan, and where people noted what watches it', () => {
    const draft = draftOf(note(4, 'luckily the old copy was still there'), note(5, 'the probe is broken since march'));
    expect(sectionOf(draft, 'Where we got lucky')).toContain('“luckily the old copy was still there”');
    expect(sectionOf(draft, 'What could improve')).not.toContain('Nothing noted.');
    expect(sectionOf(draft, "Why wasn't it caught earlier")).toContain('the probe is broken since march');
  });

  test('has what was so long before, from where people explain the cause and not from a first suspicion', () => {
    const draft = draftOf(
      note(2, 'the ups acted up last week already'),
      note(36, 'the limit got its value last month, only here'),
      identified(40),
    );
    expect(sectionOf(draft, 'Lead-up')).toContain('the limit got its value last month, only here');
    expect(sectionOf(draft, 'Lead-up')).not.toContain('ups');
  });

  test('has what people excluded by what they saw', () => {
    const draft = draftOf(note(3, 'weird. no disk was altered anywhere. not one'), note(5, 'laptop checked, clean'));
    expect(sectionOf(draft, 'Ruled out')).toContain('“weird. no disk was altered anywhere. not one”');
    expect(sectionOf(draft, 'Ruled out')).toContain('“laptop checked, clean”');
  });

  test('has what nobody knows yet, once', () => {
    const end = note(50, 'identified → resolved: quiet. the cause is still only suspected', {
      kind: 'status',
      value: 'resolved',
    });
    expect(sectionOf(draftOf(identified(40), end), 'Open questions')).toContain('the cause is still only suspected');
  });

  test.each([
    [isHard, 'cant log in to any core router remotely'],
    [isHard, 'and no undo in the tool'],
    [isHard, 'estamos ciegos, no hay gráficas'],
    [isLucky, 'we have the dump at the OTHER site'],
    [isLucky, 'zum Glück lief das alte Band noch'],
    [isOfBefore, 'der Test stand seit November im Kalender'],
    [isExcluded, 'no han robado nada'],
    [isExcluded, "pas de piratage : la base n'a pas bougé"],
  ] as const)('%o knows: %s', (isOne, text) => expect(isOne(text)).toBe(true));

  test.each([
    [isHard, '1,400 members cant log in'],
    [isLucky, 'we have the dump'],
    [isOfBefore, 'it will be done by hand in march'],
    [isExcluded, 'no file is missing'],
  ] as const)('%o does not know: %s', (isOne, text) => expect(isOne(text)).toBe(false));
});

describe('a quotation', () => {
  test('of a number is the whole note where that is short', () => {
    const text = 'nurse rang, no door opens. then 6 more calls';
    expect(numberNoted([note(1, text)], note(1, text))).toBe(text);
    const mixed = '8 doors failed. we moved 3 relays at 13:25 yesterday';
    expect(numberNoted([note(1, mixed)], note(1, mixed))).toBe('8 doors failed.');
  });

  test('leaves out no middle', () => {
    const one = (text: string) => text.includes('late');
    expect(withLimits(['90 late.', 'none lost.', 'but 12 late twice.'], one)).toBe(
      '90 late. none lost. but 12 late twice.',
    );
  });

  test('begins with what a comparison is about', () => {
    const off = (text: string) => text.includes('switched off');
    const text = 'it lists 80 relays and 20 exist. the others were switched off at 9:00';
    expect(sentencesOf(text, off)).toBe(text);
  });
});

describe('people', () => {
  test('have the role of the time of the entry', () => {
    const handover = note(30, 'Incident commander: U0SARAH01 → U0MIKE001', {
      kind: 'role',
      value: 'commander=U0MIKE001',
    });
    const texts = draftOf(note(10, 'Mike noted it late'), handover, note(40, 'Mike has it now')).timeline.map(
      ({ text }) => text,
    );
    expect(texts).toContain('a responder noted it late');
    expect(texts).toContain('the incident commander has it now');
  });

  test('from outside have no name in an accusation', () => {
    const draft = draftOf(note(4, 'PETER. and who approved that, Jana?'), note(5, 'Peter has the key'));
    const texts = draft.timeline.map(({ text }) => text);
    expect(texts).toContain('somebody. and who approved that, somebody?');
    expect(texts).toContain('Peter has the key');
    expect(draft.rewrites).toHaveLength(1);
  });

  test('who own a thing without a mark are people, and who speaks stays who it is', () => {
    expect(withoutPeople('it began on Roberts laptop')).toBe('it began on a responders laptop');
    const said = 'the admin says she changed nothing, she was out';
    expect(withoutPeople(said)).toBe(said);
  });
});

describe('nothing is to rewrite', () => {
  test.each([
    'pager since 02:34, loads of io errors',
    'the tool says "too many hosts", hundreds of alerts',
    'weird. no file is changed. not one',
    'cannot connect to db-3. the name does not resolve. ??',
    'the alert is broken for 8 months. no one noticed',
    "un parent a le bulletin d'un enfant inconnu",
  ])('in: %s', (text) => expect(draftOf(note(2, text)).rewrites).toEqual([]));

  test('in a sigh from before the cause is known', () => {
    const sigh = 'exam evening of course';
    expect(draftOf(note(2, sigh), identified(40)).rewrites).toEqual([]);
    expect(draftOf(note(60, sigh), identified(40)).rewrites.map(({ rule }) => rule)).toEqual(['hindsight']);
    const wish = 'we should have tested it';
    expect(draftOf(note(2, wish), identified(40)).rewrites.map(({ rule }) => rule)).toEqual(['hindsight']);
  });

  test.each([
    ['loads of errors', 'vague'],
    ['it took ?? minutes', 'left-over'],
  ])('but: %s', (text, rule) => expect(draftOf(note(2, text)).rewrites.map((one) => one.rule)).toEqual([rule]));
});
