import { expect, test } from 'vitest';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { ACCEPTED } from '#model/incident/postmortem-acceptance.ts';
import {
  commentedSection,
  commentsOf,
  commentText,
  commentValue,
  resolvedValue,
  sectionByKey,
} from '#model/incident/postmortem-comments.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';

const START = Date.UTC(2025, 0, 6, 14, 30) * 1_000;

function entry(id: string, at: number, more: Partial<TimelineEntry>): TimelineEntry {
  const atUs = START + at;
  return { id, atUs, notedUs: atUs, kind: 'message', text: '', source: 'U0SARAH01', link: '', value: '', ...more };
}

const IMPACT = commentedSection({ id: 'impact', title: 'Customer impact' });
const OWN = commentedSection({ id: 'own', title: 'Regulator (EU): duties' });
const comment = (id: string, at: number, section: typeof IMPACT, words: string) =>
  entry(id, at, { text: commentText(section, words), value: commentValue(section) });

test('a comment has its section, its words and its author, and who resolved it', () => {
  const entries = [
    comment('c2', 2, OWN, 'until when?): asks Kim'),
    comment('c1', 1, IMPACT, 'how many in the EU?'),
    entry('r', 3, { value: resolvedValue('c1'), source: 'U0MIKE0001' }),
    entry('n', 4, { kind: 'note', text: 'a note' }),
    comment('merged', 5, IMPACT, 'of another incident'),
  ].map((one) => (one.id === 'merged' ? { ...one, from: 'INC-3' } : one));
  expect(commentsOf(entries)).toEqual([
    {
      ...{ id: 'c1', section: 'impact', title: 'Customer impact', text: 'how many in the EU?', by: 'U0SARAH01' },
      ...{ atUs: START + 1, resolved: { by: 'U0MIKE0001', atUs: START + 3 } },
    },
    {
      ...{ id: 'c2', section: 'own:Regulator (EU): duties', title: 'Regulator (EU) duties' },
      ...{ text: 'until when?): asks Kim', by: 'U0SARAH01', atUs: START + 2, resolved: undefined },
    },
  ]);
});

test('a section has a key of a bounded length, and a title by its key', () => {
  expect(commentedSection({ id: 'own', title: 'x'.repeat(500) }).key).toHaveLength(70);
  expect(sectionByKey('what-happened')).toEqual({ key: 'what-happened', title: 'What happened' });
  expect(sectionByKey('own:Regulator').title).toBe('Regulator');
});

test('no section tells of comments, and they change no accepted postmortem; a name becomes a role', () => {
  const incident: Incident = {
    ...{ id: 'i1', workspaceId: 'T1', number: 7, title: 'Orders fail', severity: 'P1', status: 'resolved' },
    ...{ channelId: 'C1', declaredBy: 'U0SARAH01', declaredUs: START, detectedBy: 'alert', detection: '', roles: {} },
  };
  const postmortem = postmortemOf({
    incident,
    entries: [
      entry('d', 0, { kind: 'status', text: 'Declared P1, investigating', value: 'investigating' }),
      entry('a', 1, { value: ACCEPTED }),
      comment('c', 2, IMPACT, 'Kim asks how many'),
    ],
    ...{ actionItems: [], diagnoses: [], similar: [], others: 0 },
    names: new Map([['U0KIM00001', 'Kim']]),
  });
  expect(postmortem.comments).toMatchObject([{ text: 'a responder asks how many' }]);
  expect(postmortem.acceptance).toMatchObject({ later: 0, changed: 0 });
  expect(JSON.stringify([postmortem.sections, postmortem.timeline])).not.toContain('how many');
});
