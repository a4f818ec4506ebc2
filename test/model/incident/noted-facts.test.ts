import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '#model/incident/incident.ts';
import { isChange, isCondition, isDenial, isExplanation, mayDeny, sentencesOf } from '#model/incident/noted-changes.ts';
import { healedItself, isCauseUnknown, madeWorse, toldIn } from '#model/incident/noted-ends.ts';
import { harmSeen, signIn } from '#model/incident/noted-signs.ts';
import {
  changesDoubted,
  changesNoted,
  conditionsNoted,
  isConditionAlone,
  questionBefore,
} from '#model/incident/postmortem-deeds.ts';
import { affectedIn, numberIn, numbersIn, restoredIn } from '#model/incident/postmortem-numbers.ts';
import { saidSentences } from '#model/incident/said-sentences.ts';

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
    'plan: fill the column, 94k rows',
    '61 still reads lock_code for vendor B',
    '12 pods down',
    '38MBのメッセージが1件ある',
  ])('and does not in: %s', (text) => expect(numberIn(entry(text))).toBe(''));

  test('a later count of the same replaces the earlier one, and what people did counts nobody', () => {
    const [first, later] = [entry('46 shops are closed'), entry('52 shops, 46 only called')];
    const deed = entry('restarted it, drains 200 mails', { value: 'tried=none' });
    expect(numbersIn({ entries: [first, later, deed] })).toEqual([later]);
  });

  const affected = (...entries: TimelineEntry[]) =>
    affectedIn({ entries, milestones: {} as Parameters<typeof affectedIn>[0]['milestones'] });
  test('harm says more than a number alone, and two counts are shown', () => {
    const [guests, mails, disks] = [entry('340 guests cannot log in'), entry('210 mails stuck'), entry('2 disks')];
    const [shops, records] = [entry('52 shops'), entry('job mails, 900 records')];
    expect(affected(guests, mails, shops, records, disks)).toEqual([guests, mails]);
    expect(affected(records)).toEqual([records]);
  });

  test('a count that corrects a harm counts the same harm', () => {
    const [first, later] = [entry('影響は46店舗'), entry('POS見ると52店舗')];
    expect(affected(entry('2 mails stuck'), first, entry('3 calls failed'), later)).toContain(later);
  });

  test('a later mention of the same number replaces no harm', () => {
    const [harm, mention] = [entry('cloned 3 private repos'), entry('one of the 3 repos has a key')];
    expect(affected(harm, mention)).toEqual([harm]);
  });

  test('a counter for anything counts what is harmed, and not all alike', () => {
    const [waiting, refunds] = [entry('キューに4,812件滞留'), entry('返金1,207件')];
    expect(numbersIn({ entries: [waiting, refunds] })).toEqual([waiting, refunds]);
  });

  test('what works again says how many there are', () => {
    const entries = [entry('all 188 scanners online'), entry('all 12 are down')];
    expect(restoredIn({ entries })).toEqual({ entry: entries[0], text: 'all 188 scanners online' });
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

  test('says what people saw of a harm, where nobody counted it', () => {
    const declared = entry('Declared P1, investigating', { kind: 'status' });
    const seen = entry('came in 13:05, plants in house 4 hang. no history');
    const facts = {
      entries: [declared, seen],
      milestones: { declared } as Parameters<typeof harmSeen>[0]['milestones'],
    };
    expect(harmSeen(facts)).toEqual({ entry: seen, text: 'came in 13:05, plants in house 4 hang.' });
  });

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
    '昨天发布了新版本',
    'o certificado venceu ontem',
  ])('%s', (text) => expect(isChange(text)).toBe(true));
  test.each([
    'since the update on saturday maybe?',
    'errors started 14:02',
    'you changed it on monday',
    'cpu flat since 07:08',
    'updated the status page 10:15',
    'nightly copy in the other region ran 02:00',
  ])('is not in: %s', (text) => expect(isChange(text)).toBe(false));
});

test('conditions and explanations are told from guesses', () => {
  for (const text of [
    '磁盘已满',
    'der Speicher ist voll',
    'le disque est plein',
    'nunca foi testado',
    'el disco está lleno',
  ])
    expect(isCondition(text)).toBe(true);
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
  ['ticket 55: no event on their side, no reroute', true],
  ['daran liegt es nicht', true],
  ['es liegt nicht an der Datenbank', true],
  ['não foi o deploy', true],
  ['不是数据库的问题', true],
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

describe('a note about causes', () => {
  const facts = (...entries: TimelineEntry[]) => ({
    entries,
    milestones: {} as Parameters<typeof conditionsNoted>[0]['milestones'],
  });

  test('brings the sentence that has its subject', () => {
    expect(sentencesOf('other 335 came later. not in the copy', isConditionAlone)).toBe(
      'other 335 came later. not in the copy',
    );
    expect(sentencesOf('retention!! deletes old files since monday, changed in PR 44', isChange)).toBe(
      'retention!! deletes old files since monday, changed in PR 44',
    );
    expect(sentencesOf('it was late. no canary', isConditionAlone)).toBe('no canary');
  });

  test('that somebody doubts is no change that caused it', () => {
    const note = entry('昨日の変更はログだけです。関係ないと思うけど確証はない');
    expect(mayDeny('関係ないと思うけど確証はない')).toBe(true);
    expect(changesNoted(facts(note))).toEqual([]);
    expect(changesDoubted(facts(note))).toEqual([note]);
  });

  test('names a condition beside a change, and the first sign names none', () => {
    const note = entry('refresh renamed the file at 08:30. template still wants the old one');
    const sign = entry('alarm 21:09. the bars are full tonight');
    expect(conditionsNoted(facts(sign, note))).toEqual([note]);
    expect(sentencesOf(note.text, isConditionAlone)).toBe('template still wants the old one');
  });

  test('answers the question before it, where it names no subject', () => {
    const [question, answer] = [
      entry('you changed qos on monday, is that it?'),
      entry('that was another switch. so no'),
    ];
    expect(questionBefore({ entries: [question, answer] }, answer)).toBe(question);
    expect(questionBefore({ entries: [question, answer] }, entry('not the release'))).toBeUndefined();
  });
});

test('a sentence ends before a number and behind a currency', () => {
  expect(saidSentences('cause unknown. 1,130 calls dropped')).toEqual(['cause unknown.', '1,130 calls dropped']);
  expect(saidSentences('approx. 4,200 €. this is all')).toEqual(['approx. 4,200 €.', 'this is all']);
  expect(saidSentences("red: 'link degraded since 18:58'. 45 min late")).toEqual([
    "red: 'link degraded since 18:58'.",
    '45 min late',
  ]);
  expect(saidSentences('see Fig. 3 of the runbook')).toEqual(['see Fig. 3 of the runbook']);
});
