/** Who is on call in a rota of the configuration: turns, overrides, and the days when clocks are set. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { rotaOnCall } from '#adapters/rota/on-call.ts';
import { settings } from '#adapters/rota/settings.ts';
import { later } from '#test/later.ts';

const Rotas = z.object(settings.rota);
const source = (rota: object) =>
  rotaOnCall(Rotas.parse({ rotas: [{ name: 'payments', from: '2026-01-05T09:00', people: ['kim'], ...rota }] }).rotas);
const at = async (rota: object, iso: string) => {
  const answer = await source(rota).onCall('payments', Date.parse(iso) * 1_000, later());
  if (answer.kind === 'unknown') throw new Error(answer.reason);
  const [person] = answer.people;
  const until = person?.untilUs === undefined ? '' : new Date(person.untilUs / 1_000).toISOString();
  return person === undefined ? 'nobody' : `${person.slackId || person.name} ${until}`;
};

const WEEKLY = { zone: 'Europe/Berlin', people: ['kim@example.com', 'Ana', 'U0LEALEA'] };

test.each([
  ['2026-01-05T07:59:59Z', 'nobody'],
  ['2026-01-05T08:00:00Z', 'kim@example.com 2026-01-12T08:00:00.000Z'],
  ['2026-01-12T07:59:59Z', 'kim@example.com 2026-01-12T08:00:00.000Z'],
  ['2026-01-12T08:00:00Z', 'Ana 2026-01-19T08:00:00.000Z'],
  ['2026-01-19T08:00:00Z', 'U0LEALEA 2026-01-26T08:00:00.000Z'],
  ['2026-01-26T08:00:00Z', 'kim@example.com 2026-02-02T08:00:00.000Z'],
  // Summer time began on March 29: 09:00 is an hour earlier in UTC.
  ['2026-03-30T06:59:59Z', 'U0LEALEA 2026-03-30T07:00:00.000Z'],
  ['2026-03-30T07:00:00Z', 'kim@example.com 2026-04-06T07:00:00.000Z'],
])('by weeks, at %s: %s', async (now, expected) => {
  expect(await at(WEEKLY, now)).toBe(expected);
});

test.each([
  // Berlin's clocks go from 03:00 back to 02:00 at 01:00 UTC, so 02:30 comes twice: the turn changes the first time.
  ['2026-10-25T00:29:59Z', 'a'],
  ['2026-10-25T00:30:00Z', 'b'],
  ['2026-10-25T01:10:00Z', 'b'],
  ['2026-10-25T01:40:00Z', 'b'],
  // 02:30 does not come at all on March 29.
  ['2027-03-28T00:59:59Z', 'a'],
  ['2027-03-28T02:00:00Z', 'b'],
])('a turn that changes while clocks are set does not change back: %s %s', async (now, who) => {
  const from = now.startsWith('2026') ? '2026-10-24T02:30' : '2027-03-27T02:30';
  const answer = await at({ zone: 'Europe/Berlin', from, shiftHours: 24, people: ['a', 'b', 'c'] }, now);
  expect(answer.split(' ')[0]).toBe(who);
});

test('an override goes before the turn, the later one before the earlier, and each ends the other', async () => {
  const rota = {
    ...WEEKLY,
    overrides: [
      { who: 'Max', from: '2026-01-06T09:00', to: '2026-01-08T09:00' },
      { who: 'Eve', from: '2026-01-07T09:00', to: '2026-01-07T18:00' },
    ],
  };
  expect(await at(rota, '2026-01-05T12:00:00Z')).toBe('kim@example.com 2026-01-06T08:00:00.000Z');
  expect(await at(rota, '2026-01-06T12:00:00Z')).toBe('Max 2026-01-07T08:00:00.000Z');
  expect(await at(rota, '2026-01-07T12:00:00Z')).toBe('Eve 2026-01-07T17:00:00.000Z');
  expect(await at(rota, '2026-01-07T17:00:00Z')).toBe('Max 2026-01-08T08:00:00.000Z');
  expect(await at(rota, '2026-01-08T08:00:00Z')).toBe('kim@example.com 2026-01-12T08:00:00.000Z');
});

test('somebody is always on call from the beginning on, and a turn ends when it says', async () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu'];
  const hours = fc.integer({ min: 0, max: 24 * 365 * 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...zones),
      fc.integer({ min: 1, max: 400 }),
      hours,
      async (zone, shiftHours, hour) => {
        const rota = { zone, shiftHours, from: '2025-12-01T02:30', people: ['a', 'b', 'c'] };
        const nowMs = Date.UTC(2025, 11, 3) + hour * 3_600_000;
        const [who, until = ''] = (await at(rota, new Date(nowMs).toISOString())).split(' ');
        expect(Date.parse(until)).toBeGreaterThan(nowMs);
        const last = await at(rota, new Date(Date.parse(until) - 1).toISOString());
        const next = await at(rota, until);
        expect([last.split(' ')[0], next.split(' ')[0] === who]).toEqual([who, false]);
      },
    ),
  );
});

test('a name that no rota has is said', async () => {
  const answer = await source({}).onCall('shop', 0, later());
  expect(answer).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('no rota shop') });
});

test.each([
  [{ from: '2026-13-01T09:00' }],
  [{ from: '2026-01-05 09:00' }],
  [{ zone: 'Berlin' }],
  [{ people: [] }],
  [{ shiftHours: 0 }],
  [{ overrides: [{ who: 'a', from: '2026-01-06T09:00', to: '2026-01-06T09:00' }] }],
  [{ name: 'a:b' }],
])('%o is refused', (rota) => {
  expect(() => source(rota)).toThrow();
});
