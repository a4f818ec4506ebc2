import { expect, test } from 'vitest';
import { correctedValue, HELPED } from '#model/incident/incident.ts';
import { MERGE_VALUE } from '#model/incident/incident-link.ts';
import { drafted, entry, START, status } from '#test/noted-draft.ts';

test('what happened tells of an incident that was merged, and of what people noted from before the detection', () => {
  const merge = entry(40, 'INC-2 is merged into this incident: P2 Mails are late. Its roles were not taken over: x', {
    value: `${MERGE_VALUE}i2`,
  });
  const down = entry(3, 'core switch went down');
  const draft = drafted([merge, down, entry(-5, 'a storm was forecast')]);
  expect(draft.said('What happened')).toEqual(
    expect.arrayContaining([
      '<at>: a note was made: “core switch went down”.',
      'INC-2 was merged into it at <at>: “P2 Mails are late”.',
    ]),
  );
  expect(draft.said('Lead-up')).toEqual(['<at>: a note was made: “a storm was forecast”.']);
});

test.each([
  ['freezes again since 15:10', '25 min more, from the time in the words of the reopening'],
  ['freezes again since 17:10', '25 min more, from the time in the words of the reopening'],
  ['freezes again since 14:40', '20 min more after it was reopened'],
  ['freezes again', '20 min more after it was reopened'],
])('the second harm counts from the time of a reopening: %s', (text, expected) => {
  const [first, end] = [status(25, 'mitigated'), status(30, 'resolved')];
  const [again, eased] = [status(45, 'investigating', text), status(65, 'mitigated')];
  const summary = drafted([first, end, again, eased, status(80, 'resolved')]).said('Summary');
  expect(summary.join(' ')).toContain(expected);
});

test('a sentence that blames hides neither the cause nor the count beside it', () => {
  const cause = entry(30, "their page is red: 'link degraded since 18:58'. 45 min late, clowns");
  const count = entry(
    50,
    '86 jobs to reprint, approx. 4,200 €. this would not happen if <@U0KIM0001> checked the sheet',
  );
  const draft = drafted([cause, status(30, 'identified'), count]);
  expect(draft.said('Summary')[0]).toContain("“their page is red: 'link degraded since 18:58 local'”");
  expect(draft.said('Summary')[1]).toBe('Affected: a responder noted: “86 jobs to reprint, approx. 4,200 €”.');
});

test('a cause is quoted without a curse and without the answer before it', () => {
  const cause = entry(30, 'it should. job config says mail-1, the change only ever hit staging');
  const draft = drafted([cause, status(30, 'identified')]);
  expect(draft.said('Contributing factors')[0]).toContain('“job config says mail-1, the change only ever hit staging”');
  const cursed = entry(30, 'carajo. es la caché, falta el id');
  expect(drafted([cursed, status(30, 'identified')]).said('Contributing factors')[0]).toContain(
    '“es la caché, falta el id”',
  );
});

test('the zone behind a range of times holds for both', () => {
  const update = entry(40, 'It stalled again from 19:30 to 19:52 UTC.', { kind: 'update' });
  expect(drafted([update]).said('Messaging')).toEqual([
    '<at>: an update was sent: “It stalled again from 19:30 to 19:52 UTC”.',
  ]);
});

test('an update that was sent stays as vague as it was', () => {
  const text = 'Unlocking fails for many customers.';
  expect(drafted([entry(40, text, { kind: 'update' })]).rewrites).toEqual([]);
  expect(drafted([entry(40, text)]).rewrites.map(({ rule }) => rule)).toEqual(['vague']);
});

test('no alert is proposed where a check is repeated', () => {
  const item = { id: 'a1', number: 1, owner: 'U0KIM0001', due: '2025-02-01', state: 'open', reason: '' } as const;
  const withItem = (text: string) =>
    drafted([], {
      actionItems: [{ ...item, incidentId: 'i1', text, createdUs: START, createdBy: 'U0KIM0001' }],
      // The alert would be on its errors and latency.
      diagnoses: [
        { investigationId: 'v', request: { service: 'tablets', operation: 'GET /' }, findings: [], gaps: [] },
      ],
    } as never);
  expect(withItem('Move the tablets').proposals.map(({ type }) => type)).toEqual(['detect']);
  for (const text of ['Muestreo cada hora', 'First sheet of each shift is measured', '毎時の抜き取り検査'])
    expect(withItem(text).proposals).toEqual([]);
});

test('what was ruled out has the question, and the trigger names a change that somebody doubts', () => {
  const draft = drafted([
    entry(30, 'qos was changed on monday, is that it?'),
    entry(31, 'that was another switch. so no'),
    entry(32, 'yesterday we changed only the log. nothing to do with it i think'),
  ]);
  expect(draft.said('Ruled out')).toEqual([
    'To the question “qos was changed on monday, is that it?”, a responder noted at <at> what it was not: “that was another switch. so no”.',
  ]);
  expect(draft.said('Trigger')).toEqual([
    'A responder noted at <at> a change that may have nothing to do with it: “yesterday we changed only the log. nothing to do with it i think”.',
  ]);
});

test('where people count only what works again, or nobody counts, the summary says so', () => {
  const back = entry(60, 'all 188 scanners online');
  expect(drafted([back, entry(70, '3 trucks leave at 07:50')]).said('Summary')[1]).toBe(
    'Affected: a responder counted when it worked again: “all 188 scanners online”. A responder noted: “3 trucks leave at 07:50 local”.',
  );
  const seen = entry(22, 'came in 13:05, plants hang');
  expect(drafted([seen]).said('Summary')[1]).toBe(
    'Affected: nobody counted it. A responder noted at <at>: “came in 13:05 local, plants hang”.',
  );
});

test('the reason of a correction is a row, and no count of those affected', () => {
  const why = entry(50, '3 shops were missing in my list', { value: correctedValue('e9') });
  const helped = entry(51, 'restarted it', { value: HELPED });
  const draft = drafted([entry(30, '41 shops are closed'), why, helped]);
  expect(draft.timeline.map(({ text }) => text)).toContain('3 shops were missing in my list');
  expect(draft.said('Impact').join(' ')).not.toContain('missing in my list');
});
