import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskedText } from '#model/logs/log-template-mask.ts';

describe('what differs from line to line is masked by its kind', () => {
  test.each([
    ['paid 12.50 EUR, -3 left, 1,234,567 in all', 'paid <num> EUR, <num> left, <num> in all'],
    ['at 0x7ffe and Order@1b6d3586, commit 9f8e7d6c5b4a', 'at <hex> and Order@<hex>, commit <hex>'],
    ['job 0b9d1a5e-3c44-4f7e-9d2b-6c1f0a7e8d95 done', 'job <uuid> done'],
    ['from 10.0.3.7:4711 to [2001:db8::42]:80 and ::1', 'from <ip>:<num> to [<ip>]:<num> and <ip>'],
    ['mail to ann.lee+x@mail.example.co.uk bounced', 'mail to <email> bounced'],
    ['since 2026-11-20T06:25:23.5Z, at 06:25:23 on Nov 20 06:25:23', 'since <time>, at <time> on <time>'],
    ['took 250ms, 1m30s, 4.5 s, 12 minutes', 'took <duration>'],
    ['read 512Mi of 2.5GiB in 10 KB pieces', 'read <size> of <size> in <size> pieces'],
    ['order ord-81f9a2 on checkout-7d9f8b6c5-x2kqz', 'order ord-<id> on checkout-<hex>-<id>'],
    ['worker12 of node-3', 'worker<num> of node-<num>'],
    ['user "ann" has no \'shop admin\'', 'user <quoted> has no <quoted>'],
    [
      'GET https://shop.example.com/orders/17/items?page=2&q=x 12',
      'GET https://shop.example.com/orders/<num>/items?<query> <num>',
    ],
    ['ids [1, 2, 3] of ["a", "b"]', 'ids [<num>] of [<quoted>]'],
    ['Starting v2.3.1', 'Starting v<num>'],
  ])('%s', (text, masked) => {
    expect(maskedText(text)).toBe(masked);
  });
});

describe('what tells two messages apart stays', () => {
  test.each([
    'exit code 137, status=503 (http 404) errno: 12',
    'ORA-00942: table or view does not exist',
    'connection lost',
    'oauth2 over ipv6 of k8s, p99, 5xx',
    'std::bad_alloc in Foo::bar',
    "the user's cart can't be opened",
    'said "no space left on device"',
    '<num> of <*> in <duration>',
  ])('%s', (text) => {
    expect(maskedText(text)).toBe(text);
  });
  test('but for what stands in a name before a colon', () => {
    expect(maskedText('{"user": "ann", "age": 12}')).toBe('{"user": <quoted>, "age": <num>}');
  });
});

test('masking twice changes nothing', () => {
  const piece = fc.oneof(
    fc.constantFrom(...'0123456789abcdefxTZ<>[](){}"\'`:;,.-+_=/?@% \t\n\\é'.split('')),
    fc.constantFrom(
      '<num>',
      '<quoted>',
      '::',
      '10.0.0.1',
      '12:30:45',
      '2026-11-20',
      'status ',
      ' ms',
      'Nov 20 ',
      '?a=',
      '1.5',
      'v2',
    ),
    fc.string({ maxLength: 4, unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const once = maskedText(pieces.join(''));
      expect(maskedText(once)).toBe(once);
    }),
    { examples: [[['status ', '::', '12:30:45', '_']]] },
  );
});
