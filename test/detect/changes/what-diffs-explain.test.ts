/** What the lines of a change do, and the words of failures that this explains; beside each, twins that explain nothing. */
import { describe, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { type FoundCause, namedBehind, suspectedBehind, symptomsOf } from '#test/change-stories.ts';
import { changed, usAt } from '#test/changes.ts';

const failed = (said: string): FoundCause => {
  return { cause: 'error-rate', title: 'checkout: 40 of 100 requests fail here', said, symptom: 'failed' };
};
const DECLINED = failed('402: the bank declines to pay');

/** A release of checkout, a minute before it began. */
const made = (diff: string, more: Partial<Change> = {}) =>
  changed(-60, { id: 'made', text: 'checkout 4.1', files: ['src/pay.src'], diff, ...more });

type Story = Readonly<{ what: string; said: string; diff: string; why: string }>;

const STORIES: readonly Story[] = [
  {
    what: 'an image without the authority of a partner (Node.js)',
    said: 'Error: unable to verify the first certificate, code: UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    diff: '@@ Dockerfile @@\n-ENV NODE_EXTRA_CA_CERTS=/etc/ssl/partner.pem\n-COPY partner.pem /etc/ssl/\n+COPY dist /app',
    why: 'it removes the setting NODE_EXTRA_CA_CERTS',
  },
  {
    what: 'a client with its own roots (Go)',
    said: 'Post "https://bank.example/pay": x509: certificate signed by unknown authority',
    diff: '@@ client.go @@\n-\treturn &tls.Config{}\n+\treturn &tls.Config{RootCAs: pool}',
    why: 'it changes how connections are encrypted',
  },
  {
    what: 'the first row of what may be none (Python)',
    said: 'IndexError: list index out of range',
    diff: '@@ pay.py @@\n-    return next(iter(rows), None)\n+    return rows[0]',
    why: 'without a check that it exists',
  },
  {
    what: 'the first element of a sequence (.NET)',
    said: 'System.InvalidOperationException: Sequence contains no elements',
    diff: '@@ Pay.cs @@\n-        return cards.FirstOrDefault();\n+        return cards.First();',
    why: 'without a check that it exists',
  },
  {
    what: 'an element of an array (JavaScript)',
    said: "TypeError: Cannot read properties of undefined (reading 'iban')",
    diff: '@@ pay.ts @@\n-  return accounts.find(isMain);\n+  return accounts[0].iban;',
    why: 'without a check that it exists',
  },
  {
    what: 'a shorter range of values (Rust)',
    said: 'thread panicked: unsupported card slot 4 of terminal T-19',
    diff: '@@ slots.rs @@\n-    match slot { 1..=4 => open(slot), _ => Err(Unsupported) }\n+    match slot { 1..=3 => open(slot), _ => Err(Unsupported) }',
    why: 'it moves the end of a range from 4 to 3',
  },
  {
    what: 'a lower bound of a comparison (Java)',
    said: 'IllegalArgumentException: invalid number of instalments: 24',
    diff: '@@ Plan.java @@\n-    if (count > 24) throw invalid(count);\n+    if (count > 12) throw invalid(count);',
    why: 'it moves the end of a range from 24 to 12',
  },
  {
    what: 'an entry that is gone from a table of settings',
    said: "InvalidOperationException: No acquirer configured for currency 'SE'",
    diff: '@@ acquirers.json @@\n-Acquirers:SE=north\n+Acquirers:NORDIC=north',
    why: 'it takes “SE” away',
  },
  {
    what: 'a client of its own for each request (.NET)',
    said: 'SocketException (10048): Only one usage of each socket address is normally permitted',
    diff: '@@ Bank.cs @@\n-    static readonly HttpClient http = new();\n+    using var http = new HttpClient();',
    why: 'it opens a client of its own for each request',
  },
  {
    what: 'connections that are not kept (Go)',
    said: 'dial tcp 203.0.113.7:443: connect: cannot assign requested address',
    diff: '@@ bank.go @@\n-\tt := &Settings{}\n+\tt := &Settings{DisableKeepAlives: true}',
    why: 'it no longer keeps connections open',
  },
  {
    what: 'settings that are fixed in the image (Laravel)',
    said: 'ApiException: 401 Unauthorized: secret key is empty',
    diff: '@@ Dockerfile @@\n+RUN php artisan config:cache',
    why: 'it fixes the settings where the image is built',
  },
];

describe.each(STORIES)('$what', ({ said, diff, why }) => {
  const trouble = symptomsOf(failed(said));

  test('explains the failure', () => {
    const [first] = suspectedBehind(trouble, [made(diff)]);
    expect(first?.facts).toMatchObject({ id: 'made', isNear: false });
    expect(first?.title).toContain(why);
  });

  test('explains no other one at the same time', () => {
    expect(suspectedBehind(symptomsOf(DECLINED), [made(diff)])[0]?.facts.isNear ?? true).toBe(true);
  });

  test('explains nothing that began before it, nor what another service says', () => {
    expect(namedBehind(trouble, [{ ...made(diff), atUs: usAt(400) }])).toBeUndefined();
    expect(namedBehind(trouble, [made(diff, { service: 'web' })])).toBeUndefined();
  });
});

test('an element that is taken elsewhere than the stack of the failure says', () => {
  const { diff = '' } = STORIES[2] ?? {};
  const at = (file: string) => symptomsOf(failed(`IndexError: list index out of range, File "/app/${file}", line 41`));
  const named = (file: string) => suspectedBehind(at(file), [made(diff, { files: ['src/pay.py'] })])[0]?.title ?? '';
  expect(named('pay.py')).toContain('without a check');
  expect(named('cart.py')).not.toContain('without a check');
});

describe('the repair is no reason', () => {
  test.each([
    [
      'an element that may be missing',
      STORIES[2]?.said,
      '@@ pay.py @@\n-    return rows[0]\n+    return next(iter(rows), None)',
    ],
    [
      'a range that ends before the value as before',
      'unsupported card slot 9',
      '@@ slots.rs @@\n-    match slot { 1..=4 => open(slot) }\n+    match slot { 1..=3 => open(slot) }',
    ],
    [
      'a number that is no refused value',
      'unsupported card type of 40 customers in the last report of the day, which was written at the end of slot 4',
      '@@ slots.rs @@\n-    match slot { 1..=4 => open(slot) }\n+    match slot { 1..=3 => open(slot) }',
    ],
    [
      'an entry that stands in another line now',
      "No acquirer configured for currency 'SE'",
      '@@ acquirers.json @@\n-Acquirers:SE=north\n+Acquirers:DK=south\n+Acquirers:SE=north',
    ],
    [
      'an entry that only the failure of something else quotes',
      "Bank 'SE' declines to pay",
      '@@ acquirers.json @@\n-Acquirers:SE=north\n+Acquirers:NORDIC=north',
    ],
    [
      'a client that is shared now',
      'SocketException (10048): Only one usage of each socket address is normally permitted',
      '@@ Bank.cs @@\n-    using var http = new HttpClient();\n+    static readonly HttpClient http = new HttpClient();',
    ],
    ['a text with a bracket', STORIES[2]?.said, '@@ pay.py @@\n-    log("rows")\n+    note("rows[0]")'],
  ])('%s', (_, said = '', diff) => {
    expect(suspectedBehind(symptomsOf(failed(said)), [made(diff)])[0]?.facts.isNear ?? true).toBe(true);
  });
});

describe('more in one message', () => {
  const tooLarge = symptomsOf(
    failed(
      'The message is 2400000 bytes when serialized which is larger than 1048576, which is the value of a setting',
    ),
  );
  const larger = { ...tooLarge, kinds: new Set<ChangeSymptom>([...tooLarge.kinds, 'too-large']) };

  test.each([
    ['another key of groups', '@@ bills.yml @@\n-bills.groupBy: card\n+bills.groupBy: branch', 'made'],
    ['another name beside it', '@@ bills.yml @@\n-bills.colour: cards\n+bills.colour: branch', undefined],
  ])('%s', (_, diff, named) => {
    const [first] = suspectedBehind(larger, [made(diff)]);
    expect(first?.facts.isNear === false ? first.facts.id : undefined).toBe(named);
    expect(suspectedBehind(symptomsOf(DECLINED), [made(diff)])[0]?.facts.isNear ?? true).toBe(true);
  });
});

describe('work for each message', () => {
  const backlog = symptomsOf({ cause: 'queue-backlog', title: 'checkout cannot keep up: 900 messages wait in bills' });
  const TWINS: readonly (readonly [string, string, string | undefined])[] = [
    [
      'one at a time',
      '@@ C.java @@\n-    repository.saveAll(records);\n+    records.forEach(one -> repository.save(one));',
      'made',
    ],
    ['a wait for the disk', '@@ c.rs @@\n     file.write_all(&line)?;\n+    file.sync_all()?;', 'made'],
    [
      'many at once, as before',
      '@@ C.java @@\n-    repository.saveAll(records);\n+    repository.saveAll(sorted(records));',
      undefined,
    ],
    [
      'batches instead of one',
      '@@ C.java @@\n-    repository.save(record);\n+    repository.saveAll(batch);',
      undefined,
    ],
    ['the end of a log', '@@ c.go @@\n-\tdefer cancel()\n+\tdefer logger.Sync()', undefined],
    ['the end of a wait for the disk', '@@ c.rs @@\n-    file.sync_all()?;\n+    file.flush()?;', undefined],
  ];

  test.each(TWINS)('%s', (_, diff, named) => {
    const [first] = suspectedBehind(backlog, [made(diff)]);
    expect(first?.facts.isNear === false ? first.facts.id : undefined).toBe(named);
  });

  test('slows no consumer of another service', () => {
    const [, diff] = TWINS[0] ?? ['', ''];
    expect(namedBehind({ ...backlog, near: new Set(['web']) }, [made(diff, { service: 'web' })])).toBeUndefined();
  });
});

describe('a zone of names', () => {
  const lost = (host: string): ChangeSymptoms => {
    return { ...symptomsOf(failed(`getaddrinfo ENOTFOUND ${host}`)), near: new Set(['network']) };
  };
  const zone = (diff: string) =>
    made(diff, { kind: 'config', service: 'network', text: 'terraform apply', files: ['network.tf'] });
  const PRIVATE =
    '+resource "azurerm_private_dns_zone" "vault" {\n+  name = "privatelink.vaultcore.azure.net"\n+}\n+  private_dns_zone_name = azurerm_private_dns_zone.vault.name';
  const RECORD =
    '@@ zone.tf @@\n resource "aws_route53_zone" "main" {\n   name = "acme.example"\n }\n-  name = "mail.acme.example"\n+  name = "mx.acme.example"';

  test('takes the hosts below it', () => {
    const [first] = suspectedBehind(lost('keys.vaultcore.azure.net'), [zone(PRIVATE)]);
    expect(first?.facts).toMatchObject({ id: 'made', isNear: false });
    expect(first?.title).toContain('names below vaultcore.azure.net');
    expect(namedBehind(lost('mail.acme.example'), [zone(RECORD)])).toBe('made');
  });

  test('takes no other hosts, nor other records of the same zone', () => {
    expect(namedBehind(lost('orders.database.windows.net'), [zone(PRIVATE)])).toBeUndefined();
    expect(suspectedBehind(lost('shop.acme.example'), [zone(RECORD)])[0]?.title ?? '').not.toContain('names below');
  });

  test('explains no other failure of a host below it', () => {
    const late = { ...symptomsOf(failed('keys.vaultcore.azure.net: read timed out')), near: new Set(['network']) };
    expect(namedBehind(late, [zone(PRIVATE)])).toBeUndefined();
  });
});

describe('a flag right before', () => {
  const CRASH = failed('TypeError: unsupported operand');
  const trouble = (kind: ChangeSymptom): ChangeSymptoms => {
    const seen = symptomsOf(CRASH);
    return { ...seen, kinds: new Set([...seen.kinds, kind]), isSure: true };
  };
  const flag = (at: number, more: Partial<Change> = {}): Change =>
    changed(at, {
      kind: 'flag',
      service: '',
      id: 'new-rates',
      text: 'new-rates: on for everyone',
      diff: '   "tags": ["checkout"],\n-  "on": false\n+  "on": true',
      ...more,
    });
  const known = (kind: ChangeSymptom, changes: readonly Change[]) => {
    const [first] = suspectedBehind(trouble(kind), changes);
    return first?.facts.isNear === false ? first.facts.id : undefined;
  };

  test.each(['own-failure', 'cpu'] as const)('of the service that fails or is full is known by both: %s', (kind) => {
    expect(known(kind, [flag(-20)])).toBe('new-rates');
    expect(suspectedBehind(trouble(kind), [flag(-20)])[0]?.title).toContain('it is a flag of checkout');
  });

  test('of another service is not, nor of one whose name holds this one', () => {
    expect(known('cpu', [flag(-20, { diff: '-  "on": false\n+  "on": true' })])).toBeUndefined();
    const other = '   "tags": ["checkout-pages"],\n-  "on": false\n+  "on": true';
    expect(known('cpu', [flag(-20, { diff: other })])).toBeUndefined();
  });

  test('that was switched minutes ago, or afterwards, is not', () => {
    expect(known('cpu', [flag(-240)])).toBeUndefined();
    expect(known('cpu', [flag(30)])).toBeUndefined();
  });

  test('beside a release of the same minute is not', () => {
    expect(
      known('cpu', [flag(-20), made('@@ pay.ts @@\n-  old(1)\n+  fresh(2)', { atUs: usAt(-30) })]),
    ).toBeUndefined();
  });

  test('explains nothing where the service waits for others', () => {
    expect(known('slow', [flag(-20)])).toBeUndefined();
  });

  test('is no number of a failure', () => {
    const share = flag(-20, { text: 'dark: 10 % -> 50 %', diff: '-  weight: 10\n+  weight: 50' });
    const said = symptomsOf(failed('gave up after 50 attempts'));
    expect(suspectedBehind(said, [share])[0]?.title ?? '').not.toContain('it changes 50');
  });
});
