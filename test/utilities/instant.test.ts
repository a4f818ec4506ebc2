import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantsIn, readInstant } from '#utilities/instant.ts';
import { readZone } from '#utilities/time-zone.ts';

/** 2025-01-06T14:30:45.123456789Z */
const NOW_NS = 1_736_173_845_123_456_789n;
const options = { nowNs: NOW_NS };

const iso = (ns: bigint) => new Date(Number(ns / 1_000_000n)).toISOString();
const read = (text: string) => {
  const instant = readInstant(text, options);
  return instant && { at: iso(instant.ns), form: instant.form };
};

describe('a text that is one instant', () => {
  test.each([
    ['1736173845', '2025-01-06T14:30:45.000Z', 'epoch s'],
    ['1736173845.5', '2025-01-06T14:30:45.500Z', 'epoch s'],
    ['1736173845123', '2025-01-06T14:30:45.123Z', 'epoch ms'],
    ['1736173845123456', '2025-01-06T14:30:45.123Z', 'epoch µs'],
    ['1736173845123456789', '2025-01-06T14:30:45.123Z', 'epoch ns'],
    ['-86400', '1969-12-31T00:00:00.000Z', 'epoch s'],
    ['2025-01-06T14:30:45Z', '2025-01-06T14:30:45.000Z', 'ISO 8601'],
    ['2025-01-06T14:30:45.123456789+05:30', '2025-01-06T09:00:45.123Z', 'ISO 8601'],
    ['2025-01-06 14:30:45,123 -0800', '2025-01-06T22:30:45.123Z', 'ISO 8601'],
    ['2025-01-06 14:30 America/New_York', '2025-01-06T19:30:00.000Z', 'ISO 8601'],
    ['2025-07-06 14:30 America/New_York', '2025-07-06T18:30:00.000Z', 'ISO 8601'],
    ['20250106T143045Z', '2025-01-06T14:30:45.000Z', 'ISO 8601 basic'],
    ['2025-01-06', '2025-01-06T00:00:00.000Z', 'ISO 8601 date'],
    ['Mon, 06 Jan 2025 14:30:45 GMT', '2025-01-06T14:30:45.000Z', 'RFC 2822'],
    ['6 Jan 2025 14:30:45 -0500', '2025-01-06T19:30:45.000Z', 'RFC 2822'],
    ['06/Jan/2025:14:30:45 +0100', '2025-01-06T13:30:45.000Z', 'nginx'],
    ['2025/01/06 14:30:45', '2025-01-06T14:30:45.000Z', 'Go log'],
    ['Mon Jan  6 14:30:45.250 2025', '2025-01-06T14:30:45.250Z', 'ctime'],
    ['Mon Jan  6 14:30:45 PST 2025', '2025-01-06T22:30:45.000Z', 'ctime'],
    ['Jan  6 14:30:45', '2025-01-06T14:30:45.000Z', 'syslog'],
    ['Dec 31 23:59:59', '2024-12-31T23:59:59.000Z', 'syslog'],
    ['I0106 14:30:45.123456', '2025-01-06T14:30:45.123Z', 'klog'],
    ['now', '2025-01-06T14:30:45.123Z', 'now'],
    ['-2h', '2025-01-06T12:30:45.123Z', 'relative'],
    ['now-15m', '2025-01-06T14:15:45.123Z', 'relative'],
    ['in 5 minutes', '2025-01-06T14:35:45.123Z', 'relative'],
    ['2 hours ago', '2025-01-06T12:30:45.123Z', 'relative'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z', 'ISO 8601'],
    ['017f22e2-79b0-7cc3-98c4-dc0c0c07398f', '2022-02-22T19:22:22.000Z', 'UUIDv7'],
    ['c232ab00-9414-11ec-b3c8-9f6bdeced846', '2022-02-22T19:22:22.000Z', 'UUIDv1'],
    ['1ec9414c-232a-6b00-b3c8-9f6bdeced846', '2022-02-22T19:22:22.000Z', 'UUIDv6'],
    ['01ARYZ6S41TSV4RRFFQ69G5FAV', '2016-07-30T22:36:16.385Z', 'ULID'],
    ['507f1f77bcf86cd799439011', '2012-10-17T21:13:27.000Z', 'ObjectId'],
  ])('%s', (text, at, form) => {
    expect(read(text)).toEqual({ at, form });
  });

  test.each([
    'hello',
    '',
    '2025-02-29T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-01-06T24:30:00Z',
    '2025-01-06T14:30:45Z and more',
    '2025-01-06T14:30:45Z Nowhere/There',
    '5 apples ago',
    'now-9999999999999w',
    '507f1f77bcf86cd79943901',
    '9'.repeat(40),
  ])('%s is none', (text) => {
    expect(read(text)).toBeUndefined();
  });

  test('says what it took an abbreviation for that has several meanings', () => {
    expect(readInstant('2025-01-06 14:30:45 IST', options)?.notes).toEqual([
      expect.stringMatching(/^IST was read as India standard time \(\+05:30\); it may be Irish .* or Israel /),
    ]);
    expect(readInstant('2025-01-06 14:30:45 CET', options)?.notes).toEqual([]);
  });

  test('says that no zone and no year were named', () => {
    expect(readInstant('Jan  6 14:30:45', options)?.notes).toEqual([
      'It names no zone; UTC was used',
      'It names no year; the latest year that puts it in the past was used',
    ]);
  });

  test('says what a change of the clocks does to it', () => {
    const skipped = readInstant('2025-03-09 02:30 America/New_York', options);
    expect(skipped && iso(skipped.ns)).toBe('2025-03-09T07:30:00.000Z');
    expect(skipped?.notes).toEqual([expect.stringContaining('no clock there showed this time')]);
    const twice = readInstant('2025-11-02 01:30 America/New_York', options);
    expect(twice && iso(twice.ns)).toBe('2025-11-02T05:30:00.000Z');
    expect(twice?.notes).toEqual([expect.stringContaining('the other is 3600 s later')]);
  });

  test('a time of a zone is read there, whichever zone was given for those that name none', () => {
    const zone = readZone('Europe/Berlin');
    expect(iso(readInstant('2025-01-06T14:30:45', { ...options, zone })?.ns ?? 0n)).toBe('2025-01-06T13:30:45.000Z');
    expect(iso(readInstant('2025-01-06T14:30:45Z', { ...options, zone })?.ns ?? 0n)).toBe('2025-01-06T14:30:45.000Z');
  });

  test('keeps every nanosecond on the way through ISO 8601', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 4_102_444_799_999_999_999n }), (ns) => {
        const text = `${new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19)}.${`${ns % 1_000_000_000n}`.padStart(9, '0')}Z`;
        expect(readInstant(text, options)?.ns).toBe(ns);
      }),
    );
  });

  test('any text is read or left, and never a failure', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        readInstant(text, options);
        instantsIn(text, options);
      }),
    );
  });
});

describe('instants inside a text', () => {
  test('have the name or the message that stands beside them', () => {
    const text = [
      '{ "request_received": "2025-01-06T14:30:45.000Z",',
      '  "auth_completed": "2025-01-06T14:30:45.050Z" }',
      '2025-01-06 14:30:46 ERROR pool is exhausted',
      '10.0.0.1 - - [06/Jan/2025:14:30:47 +0000] "GET /orders HTTP/1.1" 500',
      'ts=1736173848.5 level=info msg=done',
    ].join('\n');
    expect(instantsIn(text, options).map(({ ns, label }) => [iso(ns).slice(11, 23), label])).toEqual([
      ['14:30:45.000', 'request_received'],
      ['14:30:45.050', 'auth_completed'],
      ['14:30:46.000', 'ERROR pool is exhausted'],
      ['14:30:47.000', '10.0.0.1 - - [ ] "GET /orders HTTP/1.1" 500'],
      ['14:30:48.500', 'ts'],
    ]);
  });

  test('words behind a time that look like zones are part of the message', () => {
    const [found] = instantsIn('2025-01-06 14:30:45 west wing is down', options);
    expect(found).toMatchObject({ said: '2025-01-06 14:30:45', label: 'west wing is down' });
  });

  test.each([
    'trace 4bf92f3577b34da6a3ce929d0e0e4736',
    'order 123456789',
    'port 5432',
    'phone 0123456789',
    '12.1736173845.7',
  ])('%s holds none', (text) => {
    expect(instantsIn(text, options)).toEqual([]);
  });

  test('a long text takes time in proportion to its length, and as many are read as were asked for', () => {
    const text = '2025-01-06 14:30:45 x\n'.repeat(5_000);
    expect(instantsIn(text, { ...options, limit: 7 })).toHaveLength(7);
    expect(instantsIn('1'.repeat(200_000), options)).toEqual([]);
    expect(instantsIn(' '.repeat(200_000), options)).toEqual([]);
  });
});
