import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spanhound } from './run-spanhound.ts';

/** For a program of its own. */
const UTC = { env: { TZ: 'UTC' } };

/** Further calls run in this process, which reads its zone anew when it is set. */
const own = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'UTC';
});
afterAll(() => {
  if (own === undefined) delete process.env.TZ;
  else process.env.TZ = own;
});

/** The guide's request, with other names: where did its 1.1 s go? */
const TIMELINE = JSON.stringify({
  timeline: {
    received: '2025-01-06T14:30:45.000Z',
    signed_in: '2025-01-06T14:30:45.050Z',
    handler_begins: '2025-01-06T14:30:45.051Z',
    query_begins: '2025-01-06T14:30:45.120Z',
    query_ends: '2025-01-06T14:30:45.750Z',
    answered: '2025-01-06T14:30:46.100Z',
  },
});

describe('spanhound time', () => {
  test('attributes the latency of the guide’s request: 50, 69, 630 and 350 ms, the query first', async () => {
    const { code, stdout, stderr } = await spanhound(['time', '-'], { ...UTC, stdin: TIMELINE });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.replace(/^Mon 2025-01-06 14:30:/, '').trimEnd())).toEqual([
      '45.000 UTC           +0 µs       received',
      '45.050 UTC  +50 ms   +50 ms      signed_in',
      '45.051 UTC  +1 ms    +51 ms      handler_begins',
      '45.120 UTC  +69 ms   +120 ms     query_begins',
      '45.750 UTC  +630 ms  +750 ms  ◀  query_ends',
      '46.100 UTC  +350 ms  +1.1 s      answered',
      'total 1.1 s; the longest step, 630 ms (57 %), ends with query_ends',
      '',
    ]);
  });

  test('shows one instant in every form and in the zones asked for', async () => {
    const { stdout } = await spanhound(['time', '1736173845123', '--zone', 'europe/berlin', 'IST']);
    for (const said of [
      '2025-01-06T14:30:45.123Z   read as epoch ms',
      'epoch ns       1736173845123000000',
      'RFC 2822       Mon, 06 Jan 2025 14:30:45 +0000',
      'nginx          06/Jan/2025:14:30:45 +0000',
      'Europe/Berlin  Mon 2025-01-06 15:30:45.123 +01:00',
      'IST            Mon 2025-01-06 20:00:45.123 +05:30',
    ]) {
      expect(stdout).toContain(said);
    }
  });

  test.each([
    ['6 Jan 2026 2:30 pm PST', '2026-01-06T22:30:00.000Z'],
    ['6 Jan 2026 12:30 pm UTC', '2026-01-06T12:30:00.000Z'],
    ['06.01.2026 14:30', '2026-01-06T14:30:00.000Z'],
    ['2026-01-06 14:30 UTC', '2026-01-06T14:30:00.000Z'],
  ])('reads %s as people write it', async (text, iso) => {
    const { stdout } = await spanhound(['time', text]);
    expect(stdout.split(' ')[0]).toBe(iso);
  });

  test('reads what `investigate` reads, and says what it assumed', async () => {
    const { code, stdout } = await spanhound(['time', '14:30']);
    expect(code).toBe(0);
    expect(stdout).toContain('It names no zone; UTC was used');
    expect(stdout).toContain('It names no day');
    expect((await spanhound(['time', 'yesterday 14:30 UTC'])).stdout).toMatch(/T14:30:00\.000Z/);
  });

  test('says which day does not exist', async () => {
    const { stderr } = await spanhound(['time', '2026-02-30T10:00:00Z']);
    expect(stderr).toContain('“2026-02-30T10:00:00Z” names a day that does not exist: 30 February');
  });

  test('takes times as arguments, puts them in order and says so', async () => {
    const args = ['time', '2025-01-06T14:30:46Z', '06/Jan/2025:14:30:45 +0000', '--json'];
    const { stdout } = await spanhound(args);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'timeline',
      sorted: true,
      totalNs: '1000000000',
      longest: 1,
      steps: [
        { iso: '2025-01-06T14:30:45.000Z', form: 'nginx', sincePreviousNs: '0' },
        { iso: '2025-01-06T14:30:46.000Z', form: 'ISO 8601', sinceStartNs: '1000000000' },
      ],
    });
  });

  test('reads lengths of time, and a signed one as an instant', async () => {
    expect(JSON.parse((await spanhound(['time', '1h2m3.5s', '--json'])).stdout)).toEqual({
      kind: 'span',
      ns: '3723500000000',
      seconds: 3723.5,
      go: '1h2m3.5s',
      iso8601: 'PT1H2M3.5S',
    });
    expect(JSON.parse((await spanhound(['time', '-2h', '--json'])).stdout)).toMatchObject({ form: 'relative' });
  });

  test.each([
    ['no time', ['time', 'yesterday-ish']],
    ['no zone', ['time', 'now', '--zone', 'Nowhere/There']],
  ])('%s exits 2 with what to write', async (_what, args) => {
    const { code, stdout, stderr } = await spanhound(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^spanhound: there is no time .+\n.+\n$/);
  });
});
