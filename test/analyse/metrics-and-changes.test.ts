/** The change behind what only metrics show: what else moved in the service, and who holds more connections since then. */
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { CASE_SETTINGS, send } from '#test/cases.ts';
import { type DrawnSeries, METRICS_WINDOW, series, wobble } from '#test/metrics.ts';

const BEGINS = 4;

async function changeNamed(metrics: readonly DrawnSeries[], diff: string): Promise<string | undefined> {
  const session = openSession(CASE_SETTINGS);
  const bytes = (body: unknown) => new TextEncoder().encode(JSON.stringify(body));
  const atUs = METRICS_WINDOW.fromUs + (BEGINS - 1) * 60e6;
  const deploy = { at: new Date(atUs / 1000).toISOString(), kind: 'deploy', service: 'seats', id: 'seats-9', diff };
  await send(session, 'metrics', bytes(metrics));
  await send(session, 'changes', bytes([{ ...deploy, text: 'seats 9', files: ['src/seats.ts'] }]));
  const [only] = await session.reports({ window: { kind: 'window', ...METRICS_WINDOW, service: 'web' } });
  await session.close();
  return only?.report.diagnosis?.change?.id;
}

const moved = (name: string, service: string, before: number, now: number, from = BEGINS) =>
  series(name, { service }, (at) => (at < from ? before : now) * (1 + 0.02 * wobble(at)));
const FAILING = moved('http_5xx_ratio', 'seats', 0.001, 0.6);
const SLOW = moved('http_server_duration_p95_ms', 'seats', 30, 4_000);
const CONNECTED = (from?: number) => moved('pg_stat_activity_count', 'seats-pg', 40, 900, from);

const WAITS =
  '@@ seats.cs @@\n-  var s = await seats.GetAsync(id);\n+  var s = seats.GetAsync(id).GetAwaiter().GetResult();';
const OPENS =
  '@@ db.ts @@\n-const pool = new Pool(settings)\n+export const rows = async () => new Pool(settings).query(ALL)';
const LOOKS = '@@ seats.css @@\n-  color: red;\n+  color: blue;';

describe('requests fail since a change', () => {
  test('they take longer, too: a change that waits fits', async () => {
    expect(await changeNamed([FAILING, SLOW], WAITS)).toBe('seats-9');
    expect(await changeNamed([FAILING, SLOW], LOOKS)).toBeUndefined();
  });

  test('a store has many more connections: a change that opens them fits', async () => {
    expect(await changeNamed([FAILING, CONNECTED()], OPENS)).toBe('seats-9');
    expect(await changeNamed([FAILING, CONNECTED()], LOOKS)).toBeUndefined();
  });

  test('without either, nothing says what the change did', async () => {
    expect(await changeNamed([FAILING], OPENS)).toBeUndefined();
    expect(await changeNamed([FAILING], WAITS)).toBeUndefined();
    expect(await changeNamed([FAILING, CONNECTED(BEGINS + 7)], OPENS)).toBeUndefined();
  });
});
