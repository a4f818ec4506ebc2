import { describe, expect, test } from 'vitest';
import { dataCorruption } from '#detect/logs/data-corruption.ts';
import { runDetector } from '#detect/run.ts';
import { corruptionIn } from '#detect/signs/values/corrupt-data.ts';
import { every, said, testLogDetector, together } from '#test/window.ts';

const priced = (from: number, price: (n: number) => string, count = 100) =>
  every(count, from, from + 600, (at, n) =>
    said(at, 'shop', 'info', `{"msg":"order stored","order":${n},"price":${price(n)},"note":null}`),
  );

testLogDetector(dataCorruption, {
  found: {
    'one checksum that does not match': {
      lines: [said(0, 'store', 'error', 'block 7: checksum mismatch, expected 1a2b, got 3c4d')],
      sightings: [{ service: 'store', title: /^store: checksum mismatch, in a line at 14:30:00 UTC: “block 7/ }],
    },
    'a wrong value that went on': {
      lines: [said(0, 'prices', 'error', 'price is 785 (yesterday 7.84): the comma was taken as thousands separator')],
      sightings: [{ service: 'prices', title: /^prices: wrong value, in a line at/ }],
    },
    ...Object.fromEntries(
      [
        'quote 311: VAT 0.19 % instead of 19 %, sent to the customer',
        'player 9 has 4294967241 points (counter went below zero), ranked first',
        'order 818 paid twice: 2 x 48.00 EUR taken from one card',
        'ring stored at lat 8.4, lon 53.1; latitude and longitude look swapped',
        'price is NULL in 38 % of 41210 rows, written',
        'low water computed as 2026-02-30T04:12',
        'batch 71: 900 g salt for 1000 g flour (recipe says 18 g), mixed',
      ].map((line) => [
        `a doubt about a value in a warning of the request: ${line}`,
        {
          lines: [{ ...said(0, 'scales', 'warn', line), rung: 'trace-id' as const }],
          sightings: [{ service: 'scales', title: /^scales: wrong value/ }],
        },
      ]),
    ),
    'the guide’s nulls where there were none': {
      lines: priced(0, (n) => (n % 5 === 0 ? 'null' : '12')),
      baseline: priced(-7200, () => '12'),
      sightings: [{ title: /^shop: price is now empty in 20 % of the lines that have it$/, lines: 20 }],
    },
    'the guide’s stale answers: behind what is stored': {
      lines: every(6, 0, 60, (at, n) =>
        said(at, 'catalog', 'warn', `answered from cache cache_version=41 store_version=${50 + n}`),
      ),
      sightings: [{ title: /stale data \(version 41 where 50 is stored\)/, lines: 6 }],
    },
    'messages that nobody can decode, far more than usual': {
      lines: together(
        every(100, 0, 600, (at) => said(at, 'billing', 'info', 'invoice read')),
        every(20, 0, 600, (at, n) => said(at, 'billing', 'error', `failed to deserialize message at offset ${n}`)),
      ),
      baseline: together(
        every(400, -7200, -3600, (at) => said(at, 'billing', 'info', 'invoice read')),
        [said(-5000, 'billing', 'error', 'failed to deserialize message at offset 1')],
      ),
      sightings: [{ title: /unreadable data, in 20 lines/ }],
    },
    'constraints violated again and again': {
      lines: every(5, 0, 60, (at, n) =>
        said(at, 'db', 'error', `duplicate key value violates unique constraint "orders_pkey" ${n}`),
      ),
      sightings: [{ title: /violated constraint, in 5 lines/ }],
    },
  },
  clear: {
    'a doubt about a value in a line of any request, or one that was held back': {
      lines: [
        said(0, 'scales', 'warn', 'lot 7 weighs 412000 g instead of 412 g, sent'),
        { ...said(1, 'scales', 'warn', 'lot 7 weighs 412000 g instead of 412 g, not sent'), rung: 'trace-id' },
        { ...said(2, 'scales', 'info', 'lot 7 weighs 412000 g instead of 412 g, sent'), rung: 'trace-id' },
        { ...said(3, 'scales', 'warn', 'call took 900 ms instead of 40 ms, sent again'), rung: 'trace-id' },
      ],
    },
    'a token that is refused because its key is unknown': {
      lines: every(100, 0, 600, (at) =>
        said(at, 'api', 'error', 'An error occurred while attempting to decode the Jwt: no matching key(s) found'),
      ),
    },
    'four of what happens now and then': {
      lines: every(4, 0, 60, (at) =>
        said(at, 'db', 'error', 'duplicate key value violates unique constraint "orders_pkey"'),
      ),
    },
    'as many as in the healthy time': {
      lines: together(
        every(100, 0, 600, (at) => said(at, 'db', 'info', 'stored')),
        every(6, 0, 600, (at) => said(at, 'db', 'error', "Duplicate entry '7' for key 'PRIMARY'")),
      ),
      baseline: together(
        every(100, -7200, -6600, (at) => said(at, 'db', 'info', 'stored')),
        every(5, -7200, -6600, (at) => said(at, 'db', 'error', "Duplicate entry '7' for key 'PRIMARY'")),
      ),
    },
    'a field that was null before, or of which nothing is known': {
      lines: priced(0, (n) => (n % 5 === 0 ? 'null' : '12')),
      baseline: priced(-7200, (n) => (n === 7 ? 'null' : '12')),
    },
    'a null in fewer than one of twenty': {
      lines: priced(0, (n) => (n % 25 === 0 ? 'null' : '12')),
      baseline: priced(-7200, () => '12'),
    },
    'a wrong value that was refused, or that nobody takes for an error': {
      lines: [
        said(0, 'prices', 'error', 'negative total of order 88 rejected, not stored'),
        said(1, 'prices', 'info', 'weight read as grams, label printed'),
        said(2, 'prices', 'warn', 'scale 4 sleeps, order kept until it wakes (at most 15 min)'),
        said(3, 'prices', 'warn', 'scale 4 sleeps, order 12 kept for 20 min'),
      ],
    },
    'what speaks of checks that went well, and caches at work': {
      lines: [
        'verifying checksum of segment 7',
        'scrub finished: checksum mismatches: 0',
        'no corruption found',
        'serving stale while revalidating (stale-while-revalidate)',
        'evicted 17 stale entries',
        'removed 3 expired records',
        'INSERT … ON CONFLICT DO NOTHING',
        'cache age=12 max_age=60',
        'replica_version=57 store_version=57',
        'checksums enabled for data pages',
      ].map((line, at) => said(at, 'store', 'info', line)),
    },
  },
});

describe('as stores and libraries write it', () => {
  test.each([
    ['checksum mismatch', 'WARNING:  page verification failed, calculated checksum 3482 but expected 1'],
    [
      'checksum mismatch',
      'org.apache.kafka.common.errors.CorruptRecordException: This message has failed its CRC checksum',
    ],
    ['wrong value', 'timestamps parsed as local time instead of UTC, booking 551 is two hours off'],
    ['wrong value', 'total of order 88 is -12.40 EUR, negative total written'],
    ['wrong value', 'temperature 2147483647 out of range, reading kept anyway'],
    ['wrong value', 'invoice 71: same number issued twice'],
    ['wrong value', 'reconciliation: sum of positions 101.50 differs from total 99.00'],
    ['checksum mismatch', 'SHA256 digest does not match for layer'],
    ['checksum mismatch', 'BTRFS warning: csum failed root 5 ino 257 off 131072 csum 0x98f94189 mirror 1'],
    ['corrupt data', 'ERROR: invalid page in block 123 of relation base/16384/2619'],
    ['corrupt data', 'database disk image is malformed'],
    ['corrupt data', 'Table ./shop/orders is marked as crashed; index is corrupt'],
    ['corrupt data', 'bad magic number in super-block'],
    ['unreadable data', 'com.fasterxml.jackson.core.JsonParseException: Unexpected character'],
    ['unreadable data', 'org.apache.kafka.common.errors.SerializationException: Unknown magic byte!'],
    ['unreadable data', "json: invalid character '<' looking for beginning of value"],
    ['unreadable data', 'proto: cannot parse invalid wire-format data'],
    ['violated constraint', 'ERROR:  null value in column "price" violates not-null constraint'],
    ['violated constraint', 'sqlite3.IntegrityError: UNIQUE constraint failed: users.email'],
    ['violated constraint', 'E11000 duplicate key error collection: shop.orders'],
    ['violated constraint', 'ORA-00001: unique constraint violated'],
    ['stale data', 'returned stale value for key user:7'],
  ])('%s: %s', (kind, line) => {
    expect(corruptionIn(line)?.kind).toBe(kind);
  });
});

test('a condition on an ETag that does not hold is an answer', () => {
  expect(corruptionIn('If-Match: etag mismatch, the page was saved by somebody else')).toBeUndefined();
  expect(corruptionIn('etag mismatch, returned 412')).toBeUndefined();
  expect(corruptionIn('part 7: etag mismatch after upload')?.kind).toBe('checksum mismatch');
});

describe('a position that is out of range', () => {
  const reset = (partition: number, at: number) =>
    said(
      at,
      'mailer',
      'info',
      `[Consumer clientId=mailer-1, groupId=mail] Fetch position FetchPosition{offset=${9_000 + at}, offsetEpoch=Optional[4]} is out of range for partition letters-${partition}, resetting offset`,
    );
  const kinds = (count: number, partitions: number) => {
    const logs = Array.from({ length: count }, (_, at) => reset(at % partitions, at));
    const outcome = runDetector(dataCorruption, { logs, baselineLogs: [] });
    return outcome.kind === 'found' ? outcome.findings.map(({ facts }) => facts.kind) : [];
  };

  test('again and again: messages are deleted before somebody reads them', () => {
    expect(kinds(12, 3)).toEqual(['lost messages']);
  });

  test('once in each partition: a new group begins', () => {
    expect(kinds(12, 12)).toEqual([]);
  });

  test.each([
    'kafka server: The requested offset is outside the range of offsets maintained by the server for the given topic/partition',
    '%4|OFFSET|rdkafka#consumer-1| partition=letters-2: offset out of range: resetting',
    'Fetch offset 4711 is out of range for topic-partition TopicPartition(topic=letters, partition=2)',
  ])('%s: other clients say so, too', (line) => {
    const logs = Array.from({ length: 8 }, (_, at) => said(at, 'mailer', 'warn', line));
    expect(runDetector(dataCorruption, { logs, baselineLogs: [] })).toMatchObject({
      findings: [{ facts: { kind: 'lost messages' } }],
    });
  });
});
