import { describe, expect, test } from 'vitest';
import { readZone, type Zone } from '#utilities/time-zone.ts';
import { readWholeTime } from '#workflows/times/spoken-time.ts';
import { whenOf } from '#workflows/times/when.ts';

const NOW_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;

async function when(text: string, zone: Zone | undefined) {
  const read = readWholeTime(text);
  if ('problem' in read) return read.problem;
  const directory = { person: async () => ({ name: 'Ann', zone }), permalink: async () => '', names: async () => [] };
  const happened = await whenOf({ store: { nowUs: async () => NOW_US }, directory }, { userId: 'U1' }, read);
  return 'problem' in happened ? happened.problem : happened.plain;
}

describe('when something happened', () => {
  test('is read on the clock of the person', async () => {
    expect(await when('15:20', readZone('Europe/Berlin'))).toBe(' at 2026-01-06 14:20:00 UTC');
  });

  test.each(['14:20', 'yesterday 14:20', '3 days ago at 10:00'])(
    'is asked about where it needs a time zone that Slack does not tell: %s',
    async (text) => {
      expect(await when(text, undefined)).toContain(`I do not know when ${text} was`);
      expect(await when(text, undefined)).toContain('UTC');
    },
  );

  test.each(['14:20Z', '14:20 UTC', '2026-01-06T15:20+01:00', '10 min ago'])(
    'needs no time zone of the person where it names one: %s',
    async (text) => {
      expect(await when(text, undefined)).toBe(' at 2026-01-06 14:20:00 UTC');
    },
  );
});
