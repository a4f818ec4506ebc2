import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesNobody, withoutPeople } from '#model/incident/people-in-words.ts';

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
  // Ordinary words that no list of systems has.
  'commuters get fined without a ticket, and the alarm drowned in the noise',
  'Staff on trains are asked to be lenient. Tickets can be bought again',
  'Picking in DC-3 is stopped. The 07:00 wave of trucks will be late',
  'Callers may hear broken audio at the moment',
  'the key was printed by set -x in release.sh',
  'no personal data as far as we can see',
  'swapped a psu, the valves of house 4 open again',
  'went away by itself, done by hand and by phone',
  'scaled fare-svc to the max, mailrelay-1 drained its queue',
  // Firms and products.
  'Pingvia answers 200, and Textbro’s status page is green',
  '100 % on Pingvia, success 97 %',
  'half of the calls go to sbc-2, postfix restarted',
  'We will send the events of Payfirm again',
  'the mark, the bill and the grace period of May',
  'jan 5 and Jan 12 are missing',
  'The restarted pool is full',
  'Nobody restarted it, and someone removed the limit',
  // Other languages.
  'caché apagada, las facturas nuevas salen bien',
  'se ven datos fiscales de terceros',
  'la bascule a échoué, le certificat du répartiteur est périmé',
  'o certificado venceu, reiniciamos o gateway de pagamentos',
  'Speicher voll, die Waage zeigt nichts mehr an, Neustart half nicht',
  '4,812件の注文が滞留している',
  '38MBの一括注文でconsumerがOOM',
  'お客様から電話、皆さんに連絡した',
  '支付网关超时，订单无法提交',
  '数据库连接池已满，重启了服务',
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
  'thx Lena, nice one Paulo',
  'ping Ostrander about it',
  "it was Ostrander's script that removed the limit",
  'Ostrander merged it at noon',
  'reviewed by Ostrander',
  'kim@example.com ran it',
  'Durand a redémarré le service',
  'Quiroga reinició el servicio',
  'Quadros reiniciou o servidor',
  '由李娜删除了索引',
  '王伟重启了服务',
  '佐藤が確認中',
])('a word in the place of a person is one: %s', (text) => {
  expect(namesNobody(text)).toBe(false);
});

describe('a text with roles for its people', () => {
  test.each([
    ['Kim dropped the index of orders', 'a responder dropped the index of orders'],
    ['the index was dropped by Kim', 'the index was dropped by a responder'],
    ['the weekly job of Kowalski dropped the index', 'the weekly job of a responder dropped the index'],
    ['Kim Lee’s deploy, reviewed by Priya N.', 'a responder’s deploy, reviewed by a responder'],
    ['push went out, thx Lena', 'push went out, thx a responder'],
    ['田中さんが索引を削除', 'a responderが索引を削除'],
    ['Diego aprobó el cambio, la caché quedó vacía', 'a responder aprobó el cambio, la caché quedó vacía'],
    ['原因は索引の削除', '原因は索引の削除'],
  ])('keeps all other words: %s', (text, shown) => {
    expect(withoutPeople(text)).toBe(shown);
    expect(namesNobody(shown)).toBe(true);
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

test('one first name is enough, wherever it stands', () => {
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
