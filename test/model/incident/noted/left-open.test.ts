import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { leftIn, withoutLeft } from '#model/incident/noted/left-open.ts';
import { madeWorse } from '#model/incident/noted-ends.ts';
import { sentencesWithGap } from '#model/incident/noted-gaps.ts';
import { outcomeIn } from '#model/incident/noted-outcome.ts';
import { detectionSaid, signIn } from '#model/incident/noted-signs.ts';
import { withoutPeople } from '#model/incident/people-in-words.ts';
import { rewritesInWords } from '#model/incident/postmortem-lint.ts';
import { saidSentences } from '#model/incident/said-sentences.ts';

const note = (text: string, minutes = 1): TimelineEntry => {
  const atUs = minutes * 60_000_000;
  return { id: text, atUs, notedUs: atUs, kind: 'note', text, source: 'U0KIM0001', link: '', value: '' };
};

describe('words with the end tell what is left', () => {
  test.each([
    'crane 3 stays off till friday',
    '41 parents were billed twice, the office pays back this week',
    'the 9 torn tickets go to the box office one by one',
    'for 2 tanks there is no reading, the lab decides tomorrow',
    'cause still open',
    'Ofen 2 bleibt bis Montag aus',
    'reste à rembourser 12 abonnés',
    'quedan 14 por revisar mañana',
    'ficam 3 portas fechadas até segunda',
    'forno 2 resta spento fino a lunedì',
  ])('%s', (text) => {
    expect(leftIn(text)).toBe(text);
    expect(withoutLeft(text)).toBe('');
  });

  test.each([
    'all trams run',
    'looked again after noon, still 9',
    'errors 0.3 %',
    'none left the house',
    'cron on again',
  ])('and not in: %s', (text) => expect(leftIn(text)).toBe(''));

  test('the other sentences show that it is over', () => {
    const text = 'two pumps run. pump 3 stays off till friday';
    expect(withoutLeft(text)).toBe('two pumps run.');
  });
});

describe('the first notes tell who reported it', () => {
  const milestones = { declared: note('', 0), identified: note('', 90) } as Parameters<typeof signIn>[0]['milestones'];
  test.each([
    'cashier in the mall saw 08:20: old price',
    'front office says 09:50 lots of guests with a dead card',
    'porter noticed 05:40 that lift 2 hangs',
    'angler came in to tell us 07:15',
    'un facteur a appelé à 08:05, la borne est noire',
    'a teacher texted us at 7:55',
    'night nurse told 02:10 that the pumps beep',
  ])('%s', (text) => expect(signIn({ entries: [note(text, 2)], milestones })?.how).toBe('reported'));

  test.each(['dashboard said 08:20 all is well', 'we saw it 08:20', 'supplier says 09:10 nothing on their side'])(
    'and not: %s',
    (text) => expect(signIn({ entries: [note(text, 2)], milestones })?.how).not.toBe('reported'),
  );

  test('the words of the detection tell it, too', () => {
    expect(detectionSaid({ text: 'Detected: alert on unpaid bills' })).toBe('alert on unpaid bills');
    expect(detectionSaid({ text: 'Detected: late sorry' })).toBe('');
    expect(detectionSaid({ text: 'Detected' })).toBe('');
  });
});

test.each(['WORSE, now all of them ring', 'took the seal off. worse: it leaks', 'now worse', 'restart, even worse!'])(
  'a step made it worse: %s',
  (text) => expect(madeWorse(text)).toBe(true),
);
test('no worse is not worse', () => expect(madeWorse('as bad as before but not worse')).toBe(false));

test('why nobody saw it is a gap', () => {
  const text = 'why nobody saw it at night: the kiosks print 11 in all';
  expect(sentencesWithGap(text)).toBe(text);
  expect(saidSentences('scans miss 1 of 5. we added 6 belts')).toEqual(['scans miss 1 of 5.', 'we added 6 belts']);
});

describe('how it turned out', () => {
  const milestones = { identified: note('', 1) } as Parameters<typeof outcomeIn>[0]['milestones'];
  const of = (text: string) => outcomeIn({ entries: [note(text, 5)], milestones })?.text;
  test.each([
    '64 of them in conflict, all put right from the paper',
    '18 films will not come back, no copy',
    '350 ne reviendront pas, perdus',
    'no film lost. but 3 have scratches',
  ])('%s', (text) => expect(of(text)).toBe(text));
  test('is not why nobody saw it', () => {
    expect(of('why nobody saw it at night: the kiosks print 11 in all')).toBeUndefined();
    expect(of('nobody read the warning')).toBeUndefined();
  });
});

test('a pronoun in what somebody was told is that somebody', () => {
  const text = 'a passenger was told he was not booked';
  expect(withoutPeople(text)).toBe(text);
  expect(withoutPeople('he dropped the index')).toBe('a responder dropped the index');
});

test('a reason and a supplier are nothing to rewrite', () => {
  expect(rewritesInWords('why nobody saw it at night: the kiosks print 11 in all')).toEqual([]);
  expect(rewritesInWords('all are with one provider, their fault probably')).toEqual([]);
  expect(rewritesInWords('nobody noticed the alert').map(({ rule }) => rule)).toEqual(['hindsight']);
});
