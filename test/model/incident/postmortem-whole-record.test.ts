import { expect, test } from 'vitest';
import { correctedValue } from '#model/incident/incident.ts';
import { drafted, entry, MINUTE, START, status } from '#test/noted-draft.ts';

const affected = (draft: ReturnType<typeof drafted>) =>
  draft.said('Summary').find((one) => one.startsWith('Affected')) ?? '';

test.each([
  ['14 calls since 09:50, all of them charged twice', ' that somebody reported it'],
  ['call came 09:11, a customer saw the page of another', ' that somebody reported it'],
  ['journalist told us 09:15', ' that somebody reported it'],
  ['somebody posted it 09:58', ' that somebody reported it'],
  ['il cliente ha chiamato alle 09:05', ' that somebody reported it'],
  ['db gone 09:12, paged 09:14', ' that an alert came'],
  ['map is grey. alert on "sold vs held" fired 09:12', ' that an alert came'],
])('the first notes name who reported it: %s', (text, how) => {
  const said = drafted([entry(22, text)])
    .said('Detection')
    .join(' ');
  expect(said).toContain(how);
  expect(said).not.toContain('names no alert');
});

test('a note from before the detection, written after it, may name the alert', () => {
  const early = entry(19, 'map is grey. the alert fired', { notedUs: START + 24 * MINUTE });
  expect(drafted([early]).said('Detection').join(' ')).toContain('an alert came');
});

test.each([
  ['warnings in the log for 3 days, no alert reads that', 'identified'],
  ['the panel showed an old copy', ''],
  ['da noi tutto bene, nessun allarme', ''],
  ['nobody here was paged', ''],
])('why nobody saw it earlier stands there: %s', (text, step) => {
  const note = step === '' ? entry(25, text) : status(25, step, text);
  expect(drafted([note]).said("Why wasn't it caught earlier").join(' ')).toContain(text.slice(-12));
});

test.each([
  'grid dip 12:41, and the chiller tripped',
  'lease time went from 8 h to 14 days on 20 may',
  'the client went 4 -> 5 last night',
  'whois dice clientHold dalle 08:52',
  'the file of 11:30 has one zero less than the one of 11:00',
  'they send toman since today',
  'the gateway updated itself 04:10, and we compare it as if it was percent',
  'the number is wrong since the maintenance in may',
])('a dated change is a trigger, in a note or beside the confirmed cause: %s', (text) => {
  for (const draft of [drafted([entry(40, text)]), drafted([status(40, 'identified', text)])])
    expect(draft.said('Trigger').join(' ')).toContain(text.slice(0, 12));
});

test('what responders do is no trigger, and a count brings the sentence that it refers to', () => {
  const restore = entry(40, 'restore onto the spare from the copy of 05:00 started');
  expect(drafted([restore]).said('Trigger')).toEqual([]);
  const nodes = entry(40, '9 nodes have a max of 131072. the 9 are the ones upgraded this afternoon');
  expect(drafted([nodes]).said('Trigger').join(' ')).toContain('9 nodes have a max of 131072');
});

test('a change that the confirmed cause names needs no doubt', () => {
  const change = entry(30, 'index_7 was removed at 14:10');
  const doubt = 'The changes under “Trigger” may have been needed, too.';
  expect(
    drafted([change, status(40, 'identified', 'without index_7 each query reads all')]).said('Contributing factors'),
  ).not.toContain(doubt);
  expect(drafted([change, status(40, 'identified', 'the pool is too small')]).said('Contributing factors')).toContain(
    doubt,
  );
});

test.each(['cdn ok. the pods die', 'nothing wrong with this water', 'signal is perfect. so not rain', 'false alarm'])(
  'what it was not stands under ruled out: %s',
  (text) => {
    expect(drafted([entry(30, text)]).said('Ruled out')).toHaveLength(1);
  },
);

test.each([
  'the log: switch went to manual on 3 march and was not put back',
  '2,700 requests a second, all of them fail the cache',
  '90 % off looks like a wrong coupon',
  'side effect: 3 other messages are stuck while we are stopped',
])('no day, load, guess or side effect counts as those affected: %s', (text) => {
  expect(affected(drafted([entry(30, text)]))).not.toContain(text.slice(4, 20));
});

test.each([
  '8,950 parents got it more than once',
  'queue never ends for about 1 of 5 players, the others fine',
  '11 t of feed not given',
  'circa 260 ordini mancati',
  '187 servers off so far',
])('a count of those who were hit is the impact: %s', (text) => {
  const draft = drafted([entry(30, text)]);
  expect(affected(draft)).toContain(text);
  expect(draft.said('Impact').join(' ')).toContain(text);
});

test('the impact tells how it turned out, and no aside after the end', () => {
  const end = [status(60, 'mitigated'), status(90, 'resolved')];
  const aside = entry(95, 'my sister got 2 tickets', { kind: 'message' });
  const lost = entry(70, '44 entered again from paper, 3 have no paper and are lost');
  const draft = drafted([entry(30, '47 tickets are missing'), ...end, lost, aside]);
  expect(affected(draft)).toBe(
    'Affected: a responder noted: “47 tickets are missing”. How it turned out, as a responder noted at <at>: “44 entered again from paper, 3 have no paper and are lost”.',
  );
  expect(draft.said('Impact').join(' ')).not.toContain('sister');
});

test.each([
  ['1,870 orders at the wrong price', 'not 1,870. 58 were test orders, so 1,812', '[1,812] orders'],
  ['~38,000 customers without heating', "sorry 38k was with the test devices, it's 36,500", '[36,500] customers'],
  ['210,000 viewers hit', "viewers: it's 184,000, many were counted twice", '[184,000] viewers'],
])('a plain note that corrects a number replaces it, with its time: %s', (wrong, right, shown) => {
  const draft = drafted([entry(30, wrong), entry(80, right)]);
  const impact = draft.said('Impact').join(' ');
  expect(impact).toContain(shown);
  expect(impact).toContain('A responder noted at <at> (corrected at <at>): ');
  expect(affected(draft)).toContain(shown);
});

test('a note with both numbers stays as it is', () => {
  const draft = drafted([entry(30, '3 clinics dark'), entry(80, 'traffic on all, 4 clinics not 3, were affected')]);
  expect(draft.said('Impact').join(' ')).toContain('4 clinics not 3');
});

test('an entry whose words were corrected says when, and cites why', () => {
  const count = entry(30, '1,240 customers affected', { changedUs: START + 50 * MINUTE });
  const why = entry(50, 'counted again', { value: correctedValue(count.id) });
  const { sections } = drafted([count, why]);
  const told = sections
    .find(({ title }) => title === 'Impact')
    ?.statements.find(({ words }) => words.some((one) => String(one).includes('1,240')));
  expect(told?.words).toContain(' (corrected at ');
  expect(told?.cites).toHaveLength(2);
});
