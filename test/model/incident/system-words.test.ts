import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesNobody, withoutNames } from '#model/incident/system-words.ts';

test.each([
  'The connection pool is exhausted; queries on users.email take 500 ms',
  'the connection limit was lowered from 20 to 5',
  'poolSize 20 -> 5, p95 over 2 s, 5xx in eu-west-1',
  'Kafka dropped messages for two minutes',
  'feat(cart): cache prices for an hour (3f2a9c1)',
  'RAM of each worker doubled',
  "the user's session wasn't stored",
  '90M rows moved from db1 to db2',
  "they're warming up, that's why",
  'We will send them again',
  'orders were 96 minutes late, that should be the max',
  'An index was added',
  'the flag sig-v2-only went on',
  'Die Datenbank ist überlastet, etwa 400 Anfragen pro Sekunde schlagen fehl',
  'Zertifikat abgelaufen, Anmeldung seit 9 Uhr gestört',
  'der Speicher war voll, Neustart hat nicht geholfen',
  'メモリ使用量が上限に達した',
  '原因は索引の削除。応答が遅くなった',
  'サーバーを再起動したがエラー率は下がらなかった',
  '請求が二重になっている',
  'ログインできない',
  '通知が届いていない',
  'サーバーが落ちた',
])('a text about systems names nobody: %s', (text) => {
  expect(namesNobody(text)).toBe(true);
});

test.each([
  'Kim dropped the index',
  'kim dropped it',
  "Kim's deploy removed the limit",
  'An restarted the pool',
  'Wells restarted the pool',
  'N. restarted the pool',
  'Ram restarted the pool',
  'merged by Priya N.',
  'changed by JB',
  '@deploy restarted it',
  '<@U0KIM0001> restarted it',
  'kim7 restarted the pool',
  'ops-bob drained the node',
  'he restarted the pool',
  'will ran the migration',
  'it was will who ran it',
  'after that will ran the migration',
  'we think will dropped it',
  'the max script of max',
  'An also added the index',
  'An added an index',
  'the flag was set by kim-lee-2',
  'Netzer hat den Server neu gestartet',
  'Klein hat den Index gelöscht',
  'Werner startet den Dienst',
  'Freitag hat den Pool verkleinert',
  '大山が索引を削除した',
  'りさが停止した',
  'さくらが再起動した',
  'マイケルが設定を変更',
  '鈴木 restarted it',
  'O’Brien restarted the pool',
  'Se\u0301bastien restarted it',
  '田中さんが再起動',
  'Сергей удалил индекс',
  'Ted, Fred, James and Ines restarted it',
  'Update index\n\nCo-authored-by: Sofia Rossi',
])('a text with another word may name somebody: %s', (text) => {
  expect(namesNobody(text)).toBe(false);
});

describe('a text without the words that may be names', () => {
  test('keeps the others, with … in place of the names', () => {
    expect(withoutNames('the weekly job of Kowalski dropped the index of orders')).toBe(
      'the weekly job of … dropped the index of orders',
    );
    expect(withoutNames('We will send the events of Payfirm again')).toBe('We will send the events of … again');
    expect(withoutNames('原因は索引の削除')).toBe('原因は索引の削除');
    expect(withoutNames('田中さんが索引を削除')).toBe('');
  });

  test.each([
    ['somebody may have done it', 'Kim dropped the index of the orders database'],
    ['it may be done by somebody', 'the index of the orders database was dropped by Kim'],
    ['too little is left', 'Kim and Bob saw it'],
    ['too many words are missing', 'the index of Kim and of Bob and of Eve was dropped from the database of orders'],
  ])('is not shown where %s', (_, text) => {
    expect(withoutNames(text)).toBe('');
  });
});

describe('services of the evidence', () => {
  test('are no people', () => {
    expect(namesNobody('alfred and zephyr-api ran out of memory', ['alfred', 'zephyr-api'])).toBe(true);
  });

  test('count only as whole names', () => {
    expect(namesNobody('Kim restarted it', ['kim-service'])).toBe(false);
    expect(namesNobody('alfred-smith restarted it', ['alfred'])).toBe(false);
  });
});

test('one unknown word is enough, wherever it stands', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('the', 'pool', 'was', 'full', '20')),
      fc.nat(),
      (words: readonly string[], at) => {
        expect(namesNobody(words.toSpliced(at % (words.length + 1), 0, 'Agnieszka').join(' '))).toBe(false);
      },
    ),
  );
});
