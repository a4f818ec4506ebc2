/** Limits that a change lowers, classes that it stores, and places that it removes, each against the failure that says so. */
import { describe, expect, test } from 'vitest';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string) =>
  saidEffects(changed(-60, { diff, service: 'kiln-db' }), failure.toLowerCase()).map(({ text }) => text);

describe('limits of a database', () => {
  const FILES = 'temporary file size exceeds temp_file_limit (2048kB)';
  const flag = (before: string, after: string) =>
    `@@ sql.tf @@\n     database_flags {\n       name  = "temp_file_limit"\n-      value = "${before}"\n+      value = "${after}"\n     }`;

  test.each([
    ['temporary files without a limit before', flag('-1', '2048'), FILES],
    ['temporary files', '-temp_file_limit = 8388608\n+temp_file_limit = 2048', FILES],
    [
      'packets',
      '-max_allowed_packet=67108864\n+max_allowed_packet=1048576',
      "Got a packet bigger than 'max_allowed_packet' bytes",
    ],
    [
      'prepared statements',
      '-max_prepared_stmt_count: 16382\n+max_prepared_stmt_count: 500',
      "Can't create more than max_prepared_stmt_count statements (current value: 500)",
    ],
    [
      'time of statements',
      '-statement_timeout: 60000\n+statement_timeout: 200',
      'canceling statement due to statement timeout',
    ],
    ['texts of groups', '-group_concat_max_len=100000\n+group_concat_max_len=64', 'Row 12 was cut by GROUP_CONCAT()'],
    [
      'memory of sorts',
      '-internalQueryMaxBlockingSortMemoryUsageBytes: 104857600\n+internalQueryMaxBlockingSortMemoryUsageBytes: 1048576',
      'Sort exceeded memory limit of 1048576 bytes',
    ],
    ['open cursors', '-open_cursors=1000\n+open_cursors=50', 'ORA-01000: maximum open cursors exceeded'],
  ])('a change lowers %s', (_, diff, failure) => {
    expect(found(diff, failure).join('\n')).toContain('it lowers the limit that the failure names');
  });

  test.each([
    ['raises the limit', flag('1024', '2048'), FILES],
    ['takes the limit away', flag('2048', '-1'), FILES],
    ['lowers another limit', '-work_mem = 8192\n+work_mem = 1024', FILES],
    ['lowers it, and the failure is another', flag('-1', '2048'), 'connection refused'],
  ])('a change that %s is no reason', (_, diff, failure) => {
    expect(found(diff, failure).join('\n')).not.toContain('it lowers the limit that the failure names');
  });
});

describe('stored classes', () => {
  const renamed = (before: string, after: string) =>
    `@@ quotes/models.py @@\n-class ${before}:\n+class ${after}:\n     def __init__(self, id):`;

  test.each([
    ['Python', renamed('Quote', 'QuoteV2'), "Can't get attribute 'QuoteV2' on <module 'quotes.models'>"],
    ['Ruby', renamed('Quote', 'PriceQuote'), 'ArgumentError: undefined class/module PriceQuote'],
    ['PHP', renamed('Quote', 'QuoteDto'), 'Please ensure that the class definition "App\\QuoteDto" of the object'],
    ['Kryo', renamed('Quote', 'QuoteDto'), 'KryoException: Unable to find class: shop.quotes.QuoteDto'],
    ['Java', renamed('Quote', 'QuoteDto'), 'SerializationException: ClassNotFoundException: shop.QuoteDto'],
    ['Go', '+	gob.Register(QuoteV2{})', 'gob: name not registered for interface: "main.QuoteV2"'],
  ])('a release of %s writes a class that only it has', (_, diff, failure) => {
    expect(found(diff, failure).join('\n')).toContain('and only its own version can read that');
  });

  test('a release changes the form of a class', () => {
    const diff = '@@ src/Quote.java @@\n class Quote implements Serializable {\n+  private long validUntil;';
    expect(found(diff, 'InvalidClassException: shop.Quote; local class incompatible')).toEqual([
      'it changes the form of “quote”, which the other version cannot read',
    ]);
  });

  test.each([
    ['another class', "Can't get attribute 'Order' on <module 'orders'>"],
    ['no class', 'ChartV2 took too long'],
  ])('a failure that names %s does not fit', (_, failure) => {
    expect(found(renamed('Quote', 'QuoteV2'), failure)).toEqual([]);
  });
});

describe('places that are gone', () => {
  const listed = (name: string) =>
    `@@ topics.yaml @@\n topics:\n   - name: roof.seen\n-  - name: ${name}\n-    partitions: 12`;

  test.each([
    [
      'a topic',
      listed('order.paid'),
      'UNKNOWN_TOPIC_OR_PARTITION: This server does not host this topic-partition. (order.paid)',
    ],
    ['a queue', listed('invoices'), "NOT_FOUND - no queue 'invoices' in vhost '/'"],
    ['a bucket', '-  bucket = "shop-photos"', 'NoSuchBucket: The specified bucket does not exist: shop-photos'],
    [
      'a topic of a cloud',
      '-  name = "paid-orders"',
      'Resource not found (resource=projects/shop/topics/paid-orders).',
    ],
    ['a table', '-  name = "carts"', 'ResourceNotFoundException: Requested resource not found: Table: carts not found'],
  ])('a change removes %s', (_, diff, failure) => {
    expect(found(diff, failure).join('\n')).toMatch(/it takes “[\w.-]+” away, which the failure misses/);
  });

  test.each([
    ['the failure misses another one', listed('order.paid'), 'does not host this topic-partition. (order.paid.v2)'],
    ['it only moves it', `${listed('order.paid')}\n+  - name: order.paid`, 'UNKNOWN_TOPIC_OR_PARTITION (order.paid)'],
    ['the place is there', listed('order.paid'), 'send order.paid: connection refused'],
  ])('a change is no reason where %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});
