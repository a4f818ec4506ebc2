import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { numbersCorrected, tellsAlone, withCorrections } from '#model/incident/noted/corrected-numbers.ts';
import { affectedIn, numberNoted, numbersIn } from '#model/incident/postmortem-numbers.ts';

let made = 0;
function note(text: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  made += 1;
  const atUs = made * 60_000_000;
  return { id: `n${made}`, atUs, notedUs: atUs, kind: 'note', text, source: 'U0KIM0001', link: '', value: '', ...more };
}

describe('a later note replaces a number', () => {
  test.each([
    // a bakery, a ferry, a library, a dairy, a cinema, a kindergarten, a mill, a choir
    ['210 loaves came out burnt', '210 had the test tray in it. 186 loaves', '210', '186'],
    ['boarding passes wrong: 95 passengers', 'sorry 95 was with the crew, 88 passengers', '95', '88'],
    ['peak 64 % of loans fail', 'the 64 % was the branch in the mall. over all 41 %', '64', '41'],
    ['roughly 9,300 litres of milk thrown away', 'recounted: 8,750 litres', '9,300', '8,750'],
    ['130 seats sold double', 'list is here, its 117 seats', '130', '117'],
    ['environ 48 familles sans message', 'les 48 comptaient aussi les essais. en tout: 41 familles', '48', '41'],
    ['260 Säcke falsch etikettiert', 'nachgezählt: 231 Säcke', '260', '231'],
    ['75 singers got no notes', '9 were in two choirs and counted twice, makes 66', '75', '66'],
    ['unos 520 billetes sin asiento', 'los 520 incluían las pruebas. son 498 billetes', '520', '498'],
  ])('%s | %s', (first, later, wrong, right) => {
    const [before, after] = [note(first), note(later)];
    const found = numbersCorrected([before, after]);
    expect(found).toEqual([{ wrong, right, entry: after, of: before }]);
    expect(withCorrections(first, found, before).text).toBe(first.replace(wrong, `[${right}]`));
  });

  test.each([
    ['44 parcels lost', '12 more parcels found wet'],
    ['900 mails stuck', '860 came in by retry, the other 40 are lost'],
    ['14 trams stand', '14 were moved to the depot, 6 drivers go home'],
    ['500 coupons double', 'merged 500 back into one, 3 left'],
    ['335 books came late', '211 are back, 124 are gone for good'],
    ['31 lamps dark', 'its 300 lamps in the whole park'],
    ['12 orders wait', '40 % of the night shift is ill'],
  ])('and does not in: %s | %s', (first, later) => {
    expect(numbersCorrected([note(first), note(later)])).toEqual([]);
  });

  test('it replaces no part of a time of day', () => {
    const found = numbersCorrected([note('23 keys were in the file'), note('sorry 23 had doubles. 17 keys')]);
    expect(withCorrections('gate shut 23:30', found).text).toBe('gate shut 23:30');
  });
});

test('the draft quotes the note that people can read alone, with the right number in it', () => {
  const [first, second] = [note('380 tickets printed without a seat'), note('list is out, its 342 tickets')];
  const [found] = numbersCorrected([first, second]);
  expect(found && tellsAlone(found)).toBe(false);
  expect(numbersIn({ entries: [first, second] })).toEqual([first]);
  const [short, long] = [note('about 70 hives'), note('recounted: 64 hives are without a queen')];
  const [other] = numbersCorrected([short, long]);
  expect(other && tellsAlone(other)).toBe(true);
  expect(numbersIn({ entries: [short, long] })).toEqual([long]);
});

test('a sum beside the new number stays', () => {
  const [first, second] = [
    note('610 bills with the old fee'),
    note('without the staff ones 588 bills. about 7,000 euros'),
  ];
  expect(numbersIn({ entries: [first, second] })).toContain(second);
});

describe('what is affected', () => {
  const of = (...entries: readonly TimelineEntry[]) =>
    affectedIn({ entries, milestones: {} as Parameters<typeof affectedIn>[0]['milestones'] });

  test.each([
    [note('240 wagons'), note('number again: 212 wagons. the rest were scrapped before')],
    [note('MUC same, i have 300 people at the gate'), note('75 bikes locked', { changedUs: 9 })],
    [note('looked at 30 slides, all right'), note('1,150 slides sharp on one side only', { changedUs: 9 })],
    [note('all 9 shops, friday night'), note('2,040 vouchers with the wrong sum', { changedUs: 9 })],
    [note('queue has 40 jobs'), note('560 crates stand in the sun', { changedUs: 9 })],
    [note('i see 12 red lamps'), note('failed in both halls: 88 weighings', { changedUs: 9 })],
  ])('is what people counted anew: %#', (other, recounted) => {
    const told = of(other, recounted);
    expect(told).toContain(recounted);
    expect(told).not.toContain(other.text.startsWith('all 9') ? recounted.id : other);
  });

  test.each([
    'we write 15 labels an hour instead of 120',
    'two clerks do it on paper, 6 permits per hour instead of 55',
    'nur 20 Pakete pro Stunde statt 300',
    'backlog of 318 permits',
    'queue is 900 scans',
    'readers miss 1 of 6',
    'a third of looms missing',
    'half of the postcards wrong',
  ])('has a pace, a backlog and a share: %s', (text) => {
    expect(of(note(text)).map((one) => one.text)).toEqual([text]);
  });

  test.each([
    'looked at 20 photos, all right',
    '2 of 3 nodes are down',
    'half of the pods fail',
    '31 failed logins, normal',
  ])('has no check and no machine: %s', (text) => expect(numberNoted([], note(text))).toBe(''));

  test('has no figure of the recovery', () => {
    const deed = note('new key is in', { value: 'tried=helped' });
    expect(of(deed, note('visits at 85 % of normal, slow'), note('four out, misses 1 of 15'))).toEqual([]);
  });

  test('is no count of an alarm that was false', () => {
    const [alarm, harm] = [note('alarm: 4,100 failed entries'), note('60 staff locked out by our block')];
    expect(of(alarm, harm, note('false alarm, it was our drill'))).toEqual([harm]);
  });
});

test('a quotation goes on to the sentence that limits it', () => {
  const entry = note('280 cards charged twice. 11 have no log so we cannot say');
  expect(numberNoted([entry], entry)).toBe(entry.text);
});
