import { afterEach, describe, expect, test } from 'vitest';
import { startRedaction } from '#analyse/start-redaction.ts';
import { keyedNames } from '#core/keyed-names.ts';
import { patternProblem } from '#model/redaction/pattern.ts';
import { DEFAULT_REDACTION, redact, redactionsIn, useRedaction } from '#model/redaction/redaction.ts';

afterEach(() => useRedaction(DEFAULT_REDACTION));

const ALL =
  'jo@example.org 4111111111111111 DE89370400440532013000 10.0.0.7 2001:db8::7 password=hunter2 customer C-123456';

describe('a class', () => {
  test.each([
    ['emails', 'jo@example.org'],
    ['cards', '4111111111111111'],
    ['ibans', 'DE89370400440532013000'],
    ['credentials', 'hunter2'],
  ] as const)('%s is on, and can be turned off', (name, value) => {
    expect(redact(ALL)).not.toContain(value);
    useRedaction({ ...DEFAULT_REDACTION, [name]: false });
    expect(redact(ALL)).toContain(value);
  });

  test('addresses is off, and can be turned on; those of the machine itself stay', () => {
    expect(redact(ALL)).toContain('10.0.0.7 2001:db8::7');
    useRedaction({ ...DEFAULT_REDACTION, addresses: true });
    expect(redact(ALL)).toContain(' [redacted:ip] [redacted:ip] ');
    expect(redact('127.0.0.1 0.0.0.0 ::1 at 12:30:45 v1.2.3')).toBe('127.0.0.1 0.0.0.0 ::1 at 12:30:45 v1.2.3');
  });
});

describe('telephone numbers', () => {
  const LINES = [
    'called +49 151 1234 5678 twice',
    'to=+14155552671, sent',
    'callback (+44 (0)20 7946-0018)',
    'ring (415) 555-2671 or 415-555-2671',
    'ring 1.415.555.2671.',
    '{"phone": "0151 12345678"}',
    '{"mobileNumber":"015112345678"}',
    'msisdn=491511234567 state=ok',
    'tel:030/1234567',
    'Fax no. 030 123456',
    '+49 151 1234567 2026-01-06',
  ];

  test('stay unless a setting says so', () => {
    for (const line of LINES) expect(redact(line)).toBe(line);
  });

  test('are redacted with the setting, in all forms, with what a sign before them means', () => {
    useRedaction({ ...DEFAULT_REDACTION, phones: true });
    expect(LINES.map(redact)).toEqual([
      'called [redacted:phone] twice',
      'to=[redacted:phone], sent',
      'callback ([redacted:phone])',
      'ring [redacted:phone] or [redacted:phone]',
      'ring [redacted:phone].',
      '{"phone": "[redacted:phone]"}',
      '{"mobileNumber":"[redacted:phone]"}',
      'msisdn=[redacted:phone] state=ok',
      'tel:[redacted:phone]',
      'Fax no. [redacted:phone]',
      '[redacted:phone] 2026-01-06',
    ]);
    for (const line of LINES) expect(redact(redact(line))).toBe(redact(line));
  });

  test.each([
    '2026-01-06T14:30:00+01:00 took 1200 ms',
    'offset +0200, delta +1234567',
    'order 4155552671 of 415 items',
    'node-415-555-2671',
    'v415.555.26711 1.415.555',
    'microphone=12345678 gramophone: 12345678',
    'telemetry=12345678 cellular 12345678',
    'sum=a+12345678',
    '10.0.0.7:8080 and 4111 1111 1111 1112',
    'phone=12 phones: 3',
  ])('are not in %s', (line) => {
    useRedaction({ ...DEFAULT_REDACTION, phones: true });
    expect(redact(line)).toBe(line);
  });

  test('have one name however they are written', () => {
    startRedaction({ ...DEFAULT_REDACTION, phones: true, key: 'one key' });
    const [one, other, third] = [...redact('+49 151 1234567, +491511234567, +491511234568').matchAll(/:(\w+)\]/g)];
    expect(one?.[1]).toBe(other?.[1]);
    expect(third?.[1]).not.toBe(one?.[1]);
  });
});

describe('own patterns', () => {
  test('are taken out by their name, before anything else, and not twice', () => {
    useRedaction({
      ...DEFAULT_REDACTION,
      patterns: { customer: String.raw`C-\d{6}`, shop: String.raw`@example\.org` },
    });
    const clean = redact(ALL);
    expect(clean).toContain('customer [redacted:customer]');
    expect(redact(clean)).toBe(clean);
    expect(clean).not.toContain('example');
  });

  test('that match what stands for a value leave it', () => {
    useRedaction({ ...DEFAULT_REDACTION, patterns: { word: '[a-z]{5}' } });
    expect(redact('[redacted:email:k7x2qa]')).toBe('[redacted:email:k7x2qa]');
  });

  test.each([
    [String.raw`C-\d{6}`, undefined],
    ['(?:EMP|TMP)[0-9]{4,10}', undefined],
    [String.raw`\b[A-Z]{2,3}-?[0-9]{5,9}\b`, undefined],
    ['acct_[a-z0-9]{8,32}', undefined],
    ['[+*]{3}', undefined],
    ['x'.repeat(1_001), 'must have at most 1000 characters'],
    ['(a', 'must be a regular expression'],
    ['x{0,3}', 'must not match an empty text'],
    ['(a+)+', 'must say how often'],
    ['a{2,}', 'must say how often'],
    ['x(?=y)', 'must not look around'],
    [String.raw`(a)\1`, 'must not look around or refer back'],
    ['(?:a{1,30}){1,30}x', 'too many ways'],
    ['(?:a|a){9}x', 'too many ways'],
    ['[a-z]{1,600}', 'too many ways'],
  ])('%s: %s', (source, problem) => {
    if (problem === undefined) expect(patternProblem(source)).toBeUndefined();
    else expect(patternProblem(source)).toContain(problem);
  });
});

describe('the same value', () => {
  const line =
    'jo@example.org wrote to mia@example.org, JO@example.org again, card 4111-1111-1111-1111 or 4111111111111111';

  test('has the same name, another value another one, however it is written', () => {
    startRedaction({ ...DEFAULT_REDACTION, key: 'one key' });
    const names = [...redact(line).matchAll(/\[redacted:\w+:(\w+)\]/g)].map(([, name]) => name);
    expect(names).toEqual([names[0], names[1], names[0], names[3], names[3]]);
    expect(new Set(names).size).toBe(3);
  });

  test('is counted where there is no key', () => {
    startRedaction({ ...DEFAULT_REDACTION, key: '' });
    expect(redact(line).replace(/\[redacted:(\w+):(\w+)\]/g, '$1$2')).toBe(
      'email1 wrote to email2, email1 again, card card3 or card3',
    );
  });

  test('has another name under another key, so that nobody finds it by trying', () => {
    expect(keyedNames('one')('jo@example.org')).not.toBe(keyedNames('other')('jo@example.org'));
    expect(keyedNames('one')('jo@example.org')).toMatch(/^[a-z2-9]{6}$/);
  });

  test('is counted by kind', () => {
    startRedaction({ ...DEFAULT_REDACTION, key: 'one key' });
    expect(redactionsIn(redact(line))).toEqual([
      { kind: 'card', count: 2 },
      { kind: 'email', count: 3 },
    ]);
  });

  test('is counted in all texts of a report as in one', () => {
    const clean = redact(line);
    const report = {
      title: clean,
      findings: [{ text: clean, spans: [1, 2] }, 'nothing'],
      diagnosis: null,
      file: undefined,
    };
    expect(redactionsIn(report)).toEqual(redactionsIn(`${clean} ${clean}`));
  });
});
