import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { files } from '#adapters/files/client.ts';
import { openPair } from '#analyse/open-session.ts';
import { systemClock } from '#core/clock.ts';
import type { KnownTroubles } from '#model/trouble-time.ts';
import { CASE_SETTINGS, newFolder } from '#test/cases.ts';
import { otlpBody, requestAt } from '#test/requests.ts';
import { DRAWN_AT_US, query, server, times } from '#test/trace.ts';
import { compareSides } from '#workflows/compare.ts';

const MINUTE_US = 60_000_000;

/** `GET /orders`: quick an hour ago, slow since twelve minutes ago, and failed now. */
async function compared(known: KnownTroubles | undefined) {
  const request = (minute: number, ms: number, failed = false) =>
    requestAt(
      minute * 60,
      server('web', 'GET /orders', { ms: ms + 10, failed }, [
        query('web', 'SELECT * FROM orders WHERE id = 1', { at: 2, ms, failed }),
      ]),
    );
  const folder = newFolder();
  const quick = times(8, (i) => request(-55 + i, 20 + i));
  const slow = times(8, (i) => request(-10 + i, 500 + i));
  writeFileSync(join(folder, 'before.json'), otlpBody([...quick, ...slow], 'before'));
  writeFileSync(join(folder, 'now.json'), otlpBody([request(0, 900, true)], 'now'));
  const source = files({ folder });
  const open = await source.search?.(
    {
      service: 'web',
      operation: 'GET /orders',
      fromUs: DRAWN_AT_US - 1,
      toUs: DRAWN_AT_US + MINUTE_US,
      limit: 1,
      failing: true,
    },
    AbortSignal.timeout(5_000),
  );
  const bytes: Uint8Array[] = [];
  for await (const chunk of open?.[0]?.chunks ?? []) bytes.push(chunk.slice());
  const traceId = /"traceId":"([0-9a-f]{32})"/.exec(Buffer.concat(bytes).toString())?.[1] ?? '';
  const none = async function* () {};
  const parts = {
    traceSources: [source],
    logSources: [],
    openPair,
    passFile: none,
    readFile: none,
    settings: CASE_SETTINGS,
    clock: systemClock,
  };
  const sides = { as: 'comparison', healthy: [], failing: [{ kind: 'trace', traceId }], forms: {}, known } as const;
  return (await compareSides(parts, sides)).report;
}

const alert = (fromUs: number): KnownTroubles => {
  return async () => [{ fromUs, toUs: DRAWN_AT_US + MINUTE_US, what: 'the alert “Orders are slow” was firing' }];
};

test('healthy traces are not searched in times of alerts', async () => {
  const { healthy } = await compared(alert(DRAWN_AT_US - 12 * MINUTE_US));
  expect(healthy.traces).toHaveLength(8);
  expect(healthy.durationUs.median).toBeLessThan(50_000);
});

test('without a record the nearest ones are taken', async () => {
  const { healthy } = await compared(undefined);
  expect(healthy.durationUs.median).toBeGreaterThan(400_000);
});

test('where something was wrong all the time nothing is compared, and the answer says why', async () => {
  await expect(compared(alert(DRAWN_AT_US - 30 * 60 * MINUTE_US))).rejects.toMatchObject({
    code: 'SH_NO_TRACES',
    message: expect.stringContaining(
      'no other trace was found; the time in which the alert “Orders are slow” was firing was left out',
    ),
  });
});
