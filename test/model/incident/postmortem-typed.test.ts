/** What the notes of people become in a draft: cause, trigger, detection and its gap, those affected, the end. */
import { describe, expect, test } from 'vitest';
import type { ActionItem, Incident, TimelineEntry } from '#model/incident/incident.ts';
import type { Postmortem } from '#model/incident/postmortem.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';

const MINUTE = 60_000_000;
/** Monday, 2025-01-06 14:30 UTC */
const START = Date.UTC(2025, 0, 6, 14, 30) * 1_000;
const INCIDENT: Incident = {
  id: 'i1',
  workspaceId: 'T1',
  number: 7,
  title: 'Orders fail',
  severity: 'P1',
  status: 'investigating',
  channelId: 'C1',
  declaredBy: 'U0SARAH01',
  declaredUs: START,
  detectedBy: 'employee',
  detection: 'U0SARAH01',
  roles: {},
};

let counted = 0;
/** `noted`: minutes later. */
function entry(at: number, more: Partial<TimelineEntry> & { noted?: number } = {}): TimelineEntry {
  counted += 1;
  const { noted = 0, ...rest } = more;
  const atUs = START + at * MINUTE;
  const made = { id: `n${counted}`, atUs, notedUs: atUs + noted * MINUTE, kind: 'note', text: '' } as const;
  return { ...made, source: 'U0SARAH01', link: '', value: '', ...rest };
}
const note = (at: number, text: string, more: Partial<TimelineEntry> & { noted?: number } = {}) =>
  entry(at, { text, ...more });
const helped = (at: number, text: string) => entry(at, { text, value: 'tried=helped' });
const status = (at: number, value: string, text = '') =>
  entry(at, { kind: 'status', text: `investigating → ${value}${text === '' ? '' : `: ${text}`}`, value });
const DECLARED = entry(0, { kind: 'status', text: 'Declared P1, investigating', value: 'investigating' });
const impactAt = (at: number) => entry(at, { text: 'Impact began', value: 'impact-start', noted: 90 });
const detectedAt = (at: number) => entry(at, { text: 'Detected', value: 'detected', noted: 90 });

function draftOf(entries: readonly TimelineEntry[], more: { actionItems?: ActionItem[] } = {}): Postmortem {
  const record = { actionItems: [], diagnoses: [], similar: [], others: 0, names: new Map<string, string>() };
  return postmortemOf({ ...record, incident: INCIDENT, entries: [DECLARED, ...entries], ...more });
}

function sectionOf(postmortem: Postmortem, title: string): string {
  const section = postmortem.sections.find((one) => one.title === title);
  const said = (section?.statements ?? []).map(({ words }) =>
    words.map((word) => (typeof word === 'string' ? word : `<${(word.atUs - START) / MINUTE}>`)).join(''),
  );
  return [...said, ...(section?.missing ?? [])].join('\n');
}

describe('an answer to an incident', () => {
  const late = note(-4, 'pager, orders fail', { noted: 9, source: 'U0MIKE001' });

  test('counts from when somebody wrote, and not from the time in the note', () => {
    const draft = draftOf([impactAt(-6), detectedAt(-4), late]);
    expect(sectionOf(draft, 'Times')).toContain('acknowledged after 6 min');
    expect(sectionOf(draft, 'What happened')).not.toContain('made the first entry');
  });

  test('is late only after more than five whole minutes', () => {
    const onTime = note(2, 'orders fail', { noted: 5 + 1 / 120 });
    expect(sectionOf(draftOf([onTime]), 'Difficulties')).not.toContain('noted more than 5 min');
    expect(sectionOf(draftOf([late]), 'Difficulties')).toContain('1 entry was noted more than 5 min');
  });
});

describe('the cause', () => {
  test('is what somebody wrote as of the minute of the confirmation, not a question or a guess before it', () => {
    const before = note(10, 'only the new rule is in watch mode, which team has it');
    const cause = note(12, 'watch mode still runs the pattern', { source: 'U0MIKE001' });
    const draft = draftOf([before, status(12, 'identified'), cause]);
    expect(sectionOf(draft, 'Summary')).toContain('A responder noted beside it: “watch mode still runs the pattern”.');
  });

  test('is the explanation before it, where the note of that minute only says when something changed', () => {
    const [why, when] = [note(8, 'the check got inverted in release 311'), note(12, 'deploy log says 16:05 yesterday')];
    expect(sectionOf(draftOf([why, status(12, 'identified'), when]), 'Summary')).toContain(
      'A responder noted beside it: “the check got inverted in release 311”.',
    );
  });

  test('that nobody confirmed leaves the factors open, however long the best note is', () => {
    const factors = sectionOf(draftOf([note(4, 'it is the trunk, 12 % of calls are lost')]), 'Contributing factors');
    expect(factors).toContain('fewer than two factors');
  });

  test('of two sentences is no single factor', () => {
    const cause = note(12, 'it puts reminders back as START. so it starts, stops, starts');
    const factors = sectionOf(draftOf([status(12, 'identified'), cause]), 'Contributing factors');
    expect(factors).not.toContain('fewer than two factors');
  });

  test('is quoted without the guilt of who writes it, and is its own change', () => {
    const cause = note(12, 'it was my change at 11:22: one line off, and every route leaked. sorry everybody');
    const draft = draftOf([status(12, 'identified'), cause]);
    expect(sectionOf(draft, 'Summary')).toContain('“a change at 11:22 local: one line off, and every route leaked”');
    expect(sectionOf(draft, 'Trigger')).toBe(
      'A responder noted at <12> what had changed: “a change at 11:22 local: one line off, and every route leaked”.',
    );
    expect(sectionOf(draft, 'Contributing factors')).not.toContain('fewer than two factors');
    expect(sectionOf(draft, 'Contributing factors')).not.toContain('may have been needed');
  });

  test('says what it is without words beside it, and never that no entry confirms it', () => {
    expect(sectionOf(draftOf([status(12, 'identified')]), 'Summary')).not.toContain('No entry confirms');
  });

  test('may name a change behind what it denies, and a symptom is no condition', () => {
    const cause = note(12, 'no bloat at all. a slot, made on 10 january for a test, holds the log back');
    const dead = note(13, 'photo uploads are dead since 22:30. the rule is in watch mode so it cant block anything');
    const draft = draftOf([status(12, 'identified'), cause, dead]);
    expect(sectionOf(draft, 'Trigger')).toBe(
      'A responder noted at <12> what had changed: “a slot, made on 10 january for a test, holds the log back”.',
    );
    expect(sectionOf(draft, 'Contributing factors')).not.toContain('a condition');
  });

  test('that also denies something does not stand under “Ruled out” as a whole', () => {
    const cause = note(12, 'no bloat at all. a slot holds the log back');
    const draft = draftOf([status(12, 'identified'), cause]);
    expect(sectionOf(draft, 'Ruled out')).toBe('A responder noted at <12> what it was not: “no bloat at all”.');
  });
});

describe('how it was noticed', () => {
  const detection = (...entries: TimelineEntry[]) => sectionOf(draftOf(entries), 'Detection');

  test('stands in a later note, and not in one of a merged incident or in any first one', () => {
    const merged = note(2, 'customers called, 14 tickets', { from: 'INC-2' });
    const first = note(1, 'only the apps on one shard');
    const later = note(20, 'the alert fired each time, first 09:07');
    expect(detection(merged, first, status(10, 'mitigated'), later)).toContain(
      'A responder noted at <20> that an alert came: “the alert fired each time, first 09:07 local”.',
    );
    expect(detection(merged, first)).not.toContain('noted');
  });

  test('is a customer’s call, although there is a word for an alert in it', () => {
    expect(detection(note(2, 'Kunde rief 07:31 an: kein einziger Alarm'))).toContain('that somebody reported it');
    expect(detection(note(2, 'the monitor is green'))).not.toContain('that an alert came');
  });

  test('or was not, and what watches it says why', () => {
    const seen = note(2, 'support chat went mad 13:11. no alert, http is all 200');
    const read = note(9, 'the disk warning went out 03:31, to a mailbox nobody reads');
    const why = sectionOf(draftOf([seen, read]), "Why wasn't it caught earlier");
    expect(why).toContain('“no alert, http is all 200”');
    expect(why).toContain('“the disk warning went out 03:31 local, to a mailbox nobody reads”');
    expect(sectionOf(draftOf([seen, read]), 'Trigger')).not.toContain('mailbox');
  });

  test('early is nothing that went well where nobody declared it for hours', () => {
    const times = [impactAt(-302), detectedAt(-300)];
    expect(sectionOf(draftOf(times), 'What went well')).not.toContain('It was detected');
    expect(sectionOf(draftOf([impactAt(-4), detectedAt(-2)]), 'What went well')).toContain('It was detected 2 min');
  });
});

describe('those affected', () => {
  const summary = (...entries: TimelineEntry[]) =>
    sectionOf(draftOf(entries), 'Summary')
      .split('\n')
      .find((line) => line.startsWith('Affected'));

  test('are everyone, before the money that it cost', () => {
    const raised = entry(8, { kind: 'severity', text: 'P1 → P0: photo uploads fail for everyone', value: 'P0' });
    expect(summary(note(3, 'cost $2,340'), raised)).toBe(
      'Affected: a responder noted: “photo uploads fail for everyone”.',
    );
  });

  test('are a share, and not what was left over', () => {
    const share = note(3, '38 % of terminals fail');
    expect(summary(share, note(9, 'whats left: 221 terminals, they fail'))).toBe(
      'Affected: a responder noted: “38 % of terminals fail”.',
    );
  });

  test('are what an act brought down, or what an update told', () => {
    expect(summary(helped(5, 'half of the calls shed. errors 71 % -> 24 %'))).toContain('“errors 71 % -> 24 %”');
    const update = entry(4, { kind: 'update', text: 'Sending mail does not work.' });
    expect(summary(update, note(9, 'we lose 5 min of it'))).toBe(
      'Affected: a responder noted: “we lose 5 min of it”. An update said at <4>: “Sending mail does not work”.',
    );
    expect(summary(update)).toBe('Affected: nobody counted it. An update said at <4>: “Sending mail does not work”.');
  });

  test('have the number that a later note puts in place of a wrong one', () => {
    const entries = [note(3, '412,000 mails wait'), note(9, 'it was 421,000 not 412,000')];
    expect(summary(...entries)).toBe('Affected: a responder noted: “[421,000] mails wait”.');
    expect(sectionOf(draftOf(entries), 'Impact')).not.toContain('412,000');
  });

  test('are not counted again by an update for customers', () => {
    const update = entry(4, { kind: 'update', text: '9 of our 14 locations are slow.' });
    expect(summary(note(3, '9 of 14 locations lost most traffic'), update)).toBe(
      'Affected: a responder noted: “9 of 14 locations lost most traffic”.',
    );
  });

  test('are in no cause and in no note of a merged incident', () => {
    const cause = note(3, 'a DELETE of 23,000 rows in one go, no index on the other side');
    expect(summary(cause, note(4, '14 tickets', { from: 'INC-2' }))).not.toContain('noted');
  });
});

describe('the end', () => {
  const over = [impactAt(0), status(40, 'mitigated'), status(60, 'resolved')];

  test('stays where people find the cause after it; only a reopening undoes it', () => {
    const found = draftOf([...over, status(120, 'identified', 'the label is gone')]);
    expect(sectionOf(found, 'Summary')).toContain('How long: 1 h, from');
    expect(sectionOf(found, 'Resolution')).not.toContain('reopened');
    const again = draftOf([...over, status(120, 'investigating', 'it is back')]);
    expect(sectionOf(again, 'Summary')).toContain('its end is not confirmed');
    expect(sectionOf(again, 'Resolution')).toContain('It was reopened at <120>');
  });

  test('tells the last acts, as the last one may only be a reading', () => {
    const draft = draftOf([helped(20, 'a lock per key is out'), helped(39, 'errors 0.2 %'), ...over]);
    expect(sectionOf(draft, 'Summary')).toContain(
      'What helped came at <20>: “a lock per key is out”, then at <39>: “errors 0.2 %”.',
    );
    const fixed = draftOf([
      helped(20, 'all nodes have four time servers'),
      status(21, 'fixed'),
      status(60, 'resolved'),
    ]);
    expect(sectionOf(fixed, 'Summary')).toContain('“all nodes have four time servers”');
  });

  test('is not what did not last', () => {
    const draft = draftOf([helped(20, 'they raised the limit'), note(30, 'rejects are back. did not hold'), ...over]);
    expect(sectionOf(draft, 'Resolution')).toContain(
      'It did not last, as a responder noted at <30>: “rejects are back. did not hold”.',
    );
    expect(sectionOf(draft, 'Summary')).toContain('No entry says what did it.');
  });

  test('quotes no farewell, in which a name is no person of the record', () => {
    const draft = draftOf([status(60, 'resolved', 'the column is gone. thanks all, U0MIKE001 buys the donuts')]);
    expect(sectionOf(draft, 'Resolution')).toContain('“the column is gone”.');
  });
});

describe('the harm', () => {
  test('lasts as long as the spells that a note names', () => {
    const spells = note(2, 'third time today: 09:05-09:24, 11:40-11:58 and now since 14:02');
    const end = [status(1, 'mitigated'), status(60, 'resolved')];
    expect(sectionOf(draftOf([impactAt(-325), spells, ...end]), 'Summary')).toContain(
      'The impact lasted 1 h 6 min in 3 spells, as a responder noted them: 19 min, 18 min and 29 min.',
    );
    // The first spell did not begin with the impact: the zone of the note is unknown.
    expect(sectionOf(draftOf([impactAt(-300), spells, ...end]), 'Summary')).not.toContain('spells');
  });

  test('goes on from the local time of a reopening, where another note shows the zone', () => {
    const entries = [detectedAt(-10), note(1, 'first ticket 11:20'), status(10, 'mitigated'), status(20, 'resolved')];
    const again = [status(200, 'investigating', 'its back since 14:32'), status(206, 'mitigated')];
    const draft = draftOf([...entries, ...again, status(230, 'resolved')]);
    expect(sectionOf(draft, 'Summary')).toContain('and 24 min more, from the time in the words of the reopening');
    expect(sectionOf(draft, 'Times')).toContain('mitigated after 20 min');
  });
});

test('the lead-up leaves the declaration and the roles to their own sections', () => {
  const role = entry(1, { kind: 'role', text: 'Incident commander: nobody → U0SARAH01', value: 'commander=U0SARAH01' });
  const draft = draftOf([role, note(2, 'path A lost'), detectedAt(30)]);
  expect(sectionOf(draft, 'Lead-up')).toBe('<2>: a note was made: “path A lost”.');
});

test('a title and a note may say that everything is down, and the last words need no number', () => {
  const seen = [note(2, 'everything goes to one router'), status(60, 'resolved', 'negative ids last for ages')];
  expect(draftOf(seen).rewrites.map(({ rule }) => rule)).toEqual([]);
});

test('a title tells only how it began where it was raised far, or where nobody was affected', () => {
  const raised = entry(8, { kind: 'severity', text: 'P3 → P0: both paths are cut', value: 'P0' });
  expect(sectionOf(draftOf([raised]), 'Summary')).toContain('What broke: “Orders fail”, then “both paths are cut”.');
  const lowered = entry(8, { kind: 'severity', text: 'P1 → P3: no user is affected', value: 'P3' });
  const draft = draftOf([lowered]);
  expect(sectionOf(draft, 'Summary')).toContain('nothing that users noticed, though it was declared as “Orders fail”');
  expect(sectionOf(draft, 'Detection')).not.toContain('when the impact began');
  expect(sectionOf(draft, 'Resolution')).not.toContain('the impact was mitigated');
});
