import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { files } from '#adapters/files/client.ts';
import { openPair } from '#analyse/open-session.ts';
import type { KnownTroubles } from '#model/incident/trouble-time.ts';
import { CASE_SETTINGS, newFolder } from '#test/cases.ts';
import { later } from '#test/later.ts';
import { patientClock } from '#test/patient-clock.ts';
import { otlpBody, requestAt } from '#test/requests.ts';
import { DRAWN_AT_US, query, server, times } from '#test/trace.ts';
import { type CompareSides, compareSides } from '#workflows/traces/compare.ts';

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
    later(),
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
    clock: patientClock,
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
      'no other trace was found; the time window in which the alert “Orders are slow” was firing was skipped',
    ),
  });
});

test('an incident that names no service does not end the search: the answer says that it was open', async () => {
  const incident: KnownTroubles = async () => [
    {
      fromUs: DRAWN_AT_US - 30 * 60 * MINUTE_US,
      toUs: DRAWN_AT_US + 2 * 60 * MINUTE_US,
      what: 'INC-1 was open',
      ofUnknownService: true,
    },
  ];
  const { healthy } = await compared(incident);
  expect(healthy.traces.length).toBeGreaterThan(0);
  expect(healthy.chosen).toContain('of the time in which INC-1 was open, perhaps about another service');
});

test('a fix is verified by how often requests had the fault, and not by those that were chosen because they have it', async () => {
  const request = (minute: number, ms: number) =>
    requestAt(
      minute * 60,
      server('web', 'GET /orders', { ms: ms + 10 }, [query('web', 'SELECT * FROM orders', { at: 2, ms })]),
    );
  const folder = newFolder();
  // One request in twenty is slow, before and after: nothing was mended, and twelve requests since are not slow by luck.
  writeFileSync(
    join(folder, 'before.json'),
    otlpBody(
      times(40, (i) => request(-60 + i, i % 20 === 3 ? 1_500 : 20)),
      'before',
    ),
  );
  writeFileSync(
    join(folder, 'after.json'),
    otlpBody(
      times(12, (i) => request(i, 20)),
      'after',
    ),
  );
  const source = files({ folder });
  const search = {
    service: 'web',
    fromUs: DRAWN_AT_US - 60 * MINUTE_US,
    toUs: DRAWN_AT_US,
    limit: 40,
    minDurationUs: 1_000_000,
  };
  const parts = {
    traceSources: [source],
    logSources: [],
    openPair,
    passFile: async function* () {},
    readFile: async function* () {},
    settings: CASE_SETTINGS,
    clock: patientClock,
  };
  const { healthy } = openPair(CASE_SETTINGS);
  for (const [at, body] of ((await source.search?.(search, later())) ?? []).entries()) {
    healthy.body(`${at}`, { kind: 'trace', format: body.format, source: '', file: '', query: body.query });
    for await (const chunk of body.chunks) await healthy.bytes(`${at}`, chunk);
    await healthy.end(`${at}`);
  }
  const slow = (await healthy.requests('web')).filter(({ durationUs }) => durationUs > 1_000_000);
  const chosen = slow.map(({ traceId }) => ({ kind: 'trace', traceId }) as const);
  expect(chosen).toHaveLength(2);
  const after = { kind: 'window', fromUs: DRAWN_AT_US - 1, toUs: DRAWN_AT_US + 60 * MINUTE_US } as const;
  const before = { kind: 'window', fromUs: DRAWN_AT_US - 61 * MINUTE_US, toUs: DRAWN_AT_US - 2 } as const;
  const verify = async (first: CompareSides['healthy']) =>
    (await compareSides(parts, { as: 'verification', healthy: first, failing: [after], forms: {} })).report
      .verification;
  expect(await verify([...chosen, before])).toMatchObject({
    result: 'too-few',
    reason: 'chance',
    before: { traces: 40, withFault: 2 },
    after: { traces: 12, withFault: 0 },
  });
});
