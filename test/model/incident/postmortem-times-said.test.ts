import { expect, test } from 'vitest';
import { HELPED, TRIED } from '#model/incident/incident.ts';
import { BEGAN, DECLARED, drafted, entry, MINUTE, START, status } from '#test/noted-draft.ts';

const line = (draft: ReturnType<typeof drafted>, start: string) =>
  draft.said('Summary').find((one) => one.startsWith(start)) ?? '';

test('a cause that is entered as of the day before counts from its writing, and the draft says so', () => {
  const cause = { ...status(-1_200, 'identified', 'the trial key ended'), notedUs: START + 240 * MINUTE };
  const draft = drafted([entry(22, 'a nurse called 21:25'), cause]);
  expect(draft.said('What happened')).toContain(
    'A responder noted at <at> that the cause was confirmed: “the trial key ended”. The time that they entered, <at>, is before it began, so it does not count.',
  );
  expect(draft.metricRows.find(({ name }) => name === 'Confirmation')?.value).toBeUndefined();
  expect(draft.said('Lead-up').join(' ')).not.toContain('the status became');
  expect(draft.said('Detection').join(' ')).toContain('somebody reported it');
  // The table keeps what people entered.
  expect(draft.timeline[0]?.text).toContain('the trial key ended');
});

test('a declaration from before the impact gives no negative time', () => {
  const declared = { ...DECLARED, atUs: START - 43 * MINUTE, notedUs: START - 43 * MINUTE };
  const draft = drafted([status(60, 'mitigated')], {}, [BEGAN, declared]);
  expect(draft.metricRows.find(({ name }) => name === 'Detection')?.value).toBeUndefined();
  expect(draft.said('Times')).toEqual([
    'From the start of the impact: mitigated after 1 h. The declaration came 43 min before it.',
  ]);
});

test('the second spell counts from the time in the words of the reopening, also in a zone that nobody names', () => {
  const steps = [
    status(40, 'mitigated'),
    status(50, 'resolved'),
    entry(100, 'resolved → investigating: freezing again since 10:07', { kind: 'status', value: 'investigating' }),
    status(130, 'mitigated'),
    status(150, 'resolved'),
  ];
  const draft = drafted(steps);
  // 14:30 + 100 min is 16:10 UTC, so it came back at 16:07.
  expect(line(draft, 'How long')).toContain('33 min more, from the time in the words of the reopening');
  expect(draft.said('Times').join(' ')).toContain('mitigated again 33 min after it came back');
});

test('nobody detected it: the declaration was soon', () => {
  const declared = { ...DECLARED, atUs: START + 4 * MINUTE };
  expect(drafted([], {}, [BEGAN, declared]).said('What went well')).toContain(
    'It was declared 4 min after the start of the impact.',
  );
  expect(drafted([], {}, [BEGAN, declared]).said('Times').join(' ')).toContain('impact: declared after 4 min,');
});

test('the harm ends with the mitigation, and the fix has its own time', () => {
  const draft = drafted([
    entry(30, 'sale paused', { value: HELPED }),
    status(60, 'mitigated'),
    status(90, 'fixed', 'client back on 4'),
    status(95, 'resolved'),
  ]);
  const ended = line(draft, 'What ended it');
  expect(ended).toMatch(/^What ended it: it was mitigated, 40 min after the detection\./);
  expect(ended).toContain('The fix was applied at <at>: “client back on 4”.');
});

test('what people write beside a cause is no call for secrecy and no denial, and may be a dated change', () => {
  const secret = entry(30, 'need to know only. no names in here');
  const denial = entry(38, 'network? they see each other, 0 loss. not it');
  const change = entry(36, 'rule "static" was changed 15:42 and matches /my too');
  const broke = line(drafted([secret, denial, change, status(45, 'identified')]), 'What broke');
  expect(broke).toContain('was changed 15:42');
  expect(broke).not.toMatch(/need to know|not it/);
});

test('a change that people note after the confirmation stands beside the symptom', () => {
  const symptom = entry(38, 'the error queue is full of unknown numbers');
  const later = entry(200, 'upgrade last night 22:00 turned the field from text into integer');
  expect(line(drafted([symptom, status(40, 'identified'), later]), 'What broke')).toContain(
    'What had changed, as a responder noted at <at>: “upgrade last night 22:00 local turned the field',
  );
});

test('neither a guess that people reject later nor a decision is a condition', () => {
  const guess = entry(30, 'its the warmup of the sale, too many parcels');
  const denial = entry(50, 'traffic is as always, so not the sale');
  const decision = entry(55, 'decision with product: the table can go. no backup of it');
  expect(drafted([guess, denial, decision]).said('Contributing factors').join(' ')).not.toContain('a condition');
  expect(drafted([guess]).said('Contributing factors').join(' ')).toContain('a condition');
});

test('a false alarm and a raise to P0 outgrow the title', () => {
  expect(line(drafted([status(40, 'resolved', 'false alarm')]), 'What broke')).toContain(
    'a false alarm, as responders noted, declared as “Orders fail”',
  );
  expect(line(drafted([entry(30, 'this is no false alarm')]), 'What broke')).not.toContain('a false alarm, as');
  const raised = entry(40, 'P1 → P0: B is dead too', { kind: 'severity', value: 'P0' });
  expect(line(drafted([raised]), 'What broke')).toContain('“Orders fail”, then “B is dead too”');
});

test('what did not hold, what made it worse, and who was told', () => {
  const deed = entry(30, 'sysctl by hand', { value: HELPED });
  const again = entry(50, 'timeouts again 6 %, a restart put the small value back');
  expect(drafted([deed, again]).said('Resolution').join(' ')).toContain('It did not last');
  const tried = entry(30, 'twice as many consumers, lag grows faster', { value: TRIED });
  expect(drafted([tried]).said('Ruled out').join(' ')).toContain('made it worse');
  expect(drafted([entry(90, 'authority informed at 11:00 today')]).said('Messaging')).toHaveLength(1);
});

test('a reopening has its words, and what nobody knows at the end stands under the open questions', () => {
  const draft = drafted([
    entry(30, 'no idea why it is slow'),
    status(40, 'identified', 'the pool is full'),
    status(50, 'resolved', 'closed for good. the why stays open'),
    entry(80, 'resolved → investigating: freezing again', { kind: 'status', value: 'investigating' }),
    entry(90, 'no idea why the clocks drift'),
  ]);
  expect(draft.said('Resolution').join(' ')).toContain('had been confirmed at <at>: “freezing again”.');
  expect(draft.said('Open questions')).toEqual([
    'A responder noted at <at> what is not known: “the why stays open”.',
    'A responder noted at <at> what is not known: “no idea why the clocks drift”.',
  ]);
});
