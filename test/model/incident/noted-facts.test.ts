import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { isChange, isCondition, isDenial, isExplanation, sentencesOf } from '#model/incident/noted-changes.ts';
import { healedItself, isCauseUnknown, madeWorse, toldIn } from '#model/incident/noted-ends.ts';
import { signIn } from '#model/incident/noted-signs.ts';
import { affectedIn, numberIn, numbersIn } from '#model/incident/postmortem-numbers.ts';

let made = 0;
function entry(text: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  made += 1;
  const atUs = made * 60_000_000;
  return { id: `n${made}`, atUs, notedUs: atUs, kind: 'note', text, source: 'U0KIM0001', link: '', value: '', ...more };
}

describe('a number with a unit counts those affected', () => {
  test.each([
    '214.6k transactions declined',
    'declined in total: 9.5k payments',
    '61 tickets in 15 minutes',
    '12 of 40 looms stopped',
    '41 of 90 kiosks dark',
    'no order goes out in 5 cities',
    '75 jobs to reprint, approx. 3,100 €',
    'debit 100 % declined since noon',
    '12 % packet loss on the trunk',
    'organic visits -64 % vs last week',
    'plus aucun colis ne part, 87 magasins',
    'son 264 facturas mal',
    '影響は52店舗',
  ])('%s', (text) => expect(numberIn(entry(text))).toBe(text));

  test.each([
    'maybe 3 rows are lost',
    'told sales 30 orders are lost, not sure yet',
    'if that is real we lose 2.3M $ of stock',
    'reset mails arrive in 4 s, 3 accounts',
    'restored 900 of 1,000 files',
    'all 120 devices are up',
    'disk io at 100 %, segments are late',
    'we enrolled 60 new tablets yesterday',
    '12 pods down',
    '38MBのメッセージが1件ある',
  ])('and does not in: %s', (text) => expect(numberIn(entry(text))).toBe(''));

  test('a later count of the same replaces the earlier one, and what people did counts nobody', () => {
    const [first, later] = [entry('46 shops are closed'), entry('52 shops, 46 only called')];
    const deed = entry('restarted it, drains 200 mails', { value: 'tried=none' });
    expect(numbersIn({ entries: [first, later, deed] })).toEqual([later]);
  });

  test('harm says more than a number alone, and two counts are shown', () => {
    const entries = [entry('340 guests cannot log in'), entry('job mails, 900 records'), entry('2 disks')];
    const facts = { entries, milestones: {} as Parameters<typeof affectedIn>[0]['milestones'] };
    expect(affectedIn(facts)).toEqual(entries.slice(0, 2));
  });
});

describe('the first sign', () => {
  const of = (...texts: string[]) => {
    const declared = entry('Declared P1, investigating', { kind: 'status' });
    const entries = [declared, ...texts.map((text) => entry(text))];
    return signIn({ entries, milestones: { declared } as Parameters<typeof signIn>[0]['milestones'] })?.how;
  };
  test.each([
    ['first call from the floor 05:36', 'reported'],
    ['call centre rang 12:24', 'reported'],
    ['teachers report empty folders', 'reported'],
    ['mail to security@ 13:05 from a researcher', 'reported'],
    ['3 magasins appellent, premier appel 14:31', 'reported'],
    ['llamó un cliente a las 13:22', 'reported'],
    ['店舗から電話3件', 'reported'],
    ['pager went 02:14', 'alert'],
    ['saw it 09:50. no alert whatsoever', 'seen'],
    ['came in 13:05, plants hang', 'seen'],
    ['callers sound like robots', 'first'],
  ])('%s', (text, how) => expect(of(text)).toBe(how));

  test('is no page of a site', () => expect(of('noindex on every listing page')).toBe('first'));
});

describe('a change with its time', () => {
  test.each([
    'web-311 went out 07:50 with a migration',
    'we enrolled 60 new tablets yesterday afternoon',
    'versioning is off since march',
    'cert expired 00:00 UTC',
    'ntp coupé sur gw-2 depuis la migration de dimanche',
    'va desde el release 7.4, hoy 11:15',
    'das Update wurde gestern eingespielt',
    '昨日デプロイした',
  ])('%s', (text) => expect(isChange(text)).toBe(true));
  test.each([
    'since the update on saturday maybe?',
    'errors started 14:02',
    'you changed it on monday',
    'cpu flat since 07:08',
    'updated the status page 10:15',
  ])('is not in: %s', (text) => expect(isChange(text)).toBe(false));
});

test('conditions and explanations are told from guesses', () => {
  for (const text of ['the scope is full', 'no canary', 'profile is sRGB, should be CMYK', 'gw-2 was not in the list'])
    expect(isCondition(text)).toBe(true);
  expect(isCondition('it might be that the disk is full')).toBe(false);
  expect(isExplanation('gateway sends fahrenheit')).toBe(true);
  expect(sentencesOf('card is read only. could be the storm', isExplanation)).toBe('card is read only.');
});

test.each([
  ['not the release', true],
  ['so not the ssd, sorry', true],
  ['that was another switch. so no', true],
  ['ce n’est pas le réseau'.replace('’', "'"), true],
  ['press 1 is NOT ok', false],
  ['thats not it alone', false],
  ['not the same as last time', false],
])('what it was not: %s', (text, expected) => expect(isDenial(text)).toBe(expected));

test('an end that nobody made, a cause that nobody knows, a step that made it worse', () => {
  expect(healedItself('went away by itself, cause unknown')).toBe(true);
  expect(healedItself('gone, nobody touched anything')).toBe(true);
  expect(healedItself('scaled up by hand')).toBe(false);
  expect(isCauseUnknown('went away by itself, cause unknown')).toBe(true);
  expect(madeWorse('rolled back. 62 % -> 100 %')).toBe(true);
  expect(madeWorse('failures 47 % -> 9 %')).toBe(false);
  expect(madeWorse('success 62 % -> 100 %')).toBe(false);
});

test('somebody outside was told', () => {
  const [told, other] = [entry('told both health units: no excursion'), entry('nobody told me there is a limit')];
  expect(toldIn({ entries: [told, other] })).toEqual([told]);
});
