/** The change behind what no request shows: who reads a queue, who locks a table, who answers with too much. */
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { CASE_SETTINGS, send } from '#test/cases.ts';
import { type DrawnSeries, METRICS_WINDOW, series, wobble } from '#test/metrics.ts';

const BEGINS = 4;
const at = (minute: number) => new Date(METRICS_WINDOW.fromUs / 1000 + minute * 60e3).toISOString();

type Made = Readonly<{ kind: string; service: string; text?: string; files?: readonly string[]; diff?: string }>;

async function named(
  made: Made,
  evidence: Readonly<{ metrics?: readonly DrawnSeries[]; logs?: readonly object[]; usual?: readonly object[] }>,
): Promise<string | undefined> {
  const { metrics = [], logs = [], usual = [] } = evidence;
  const session = openSession(CASE_SETTINGS);
  const bytes = (text: string) => new TextEncoder().encode(text);
  const lines = (all: readonly object[]) => bytes(all.map((line) => JSON.stringify(line)).join('\n'));
  if (metrics.length > 0) await send(session, 'metrics', bytes(JSON.stringify(metrics)));
  if (usual.length > 0) await send(session, 'baseline-logs', lines(usual));
  if (logs.length > 0) await send(session, 'logs', lines(logs));
  const change = { at: at(BEGINS - 1), id: 'made-7', text: '', files: [], diff: '', ...made };
  await send(session, 'changes', bytes(JSON.stringify([change])));
  const [only] = await session.reports({ window: { kind: 'window', ...METRICS_WINDOW, service: '' } });
  await session.close();
  return only?.report.diagnosis?.change?.id;
}

describe('a queue that grows', () => {
  const metrics = [
    series('rabbitmq_queue_messages_ready', { queue: 'toll.paid' }, (minute) =>
      minute < BEGINS ? 2 + wobble(minute) : 300 * (minute - BEGINS + 1),
    ),
  ];
  const scaled = (text: string) => named({ kind: 'scale', service: 'invoices', text }, { metrics });

  test('since all readers of something were stopped', async () => {
    expect(await scaled('invoices replicas 3 -> 0')).toBe('made-7');
  });

  const set = (diff: string) =>
    named({ kind: 'config', service: 'invoices', files: ['worker.yaml'], diff }, { metrics });

  test('since its reader has another subscription, and begins anew', async () => {
    expect(await set('@@ worker.yaml @@\n-subscription-name: tolls\n+subscription-name: paid-tolls')).toBe('made-7');
  });

  test('not since another name in the settings of its reader is new', async () => {
    expect(await set('@@ worker.yaml @@\n-report-title: tolls\n+report-title: paid-tolls')).toBeUndefined();
  });

  test('not since there are more of them', async () => {
    expect(await scaled('invoices replicas 3 -> 4')).toBeUndefined();
  });
});

describe('sessions that wait for a lock', () => {
  const moved = (name: string, labels: Record<string, string>, before: number, now: number) =>
    series(name, labels, (minute) => (minute < BEGINS ? before : now) * (1 + 0.02 * wobble(minute)));
  const metrics = [
    moved(
      'mysql_info_schema_processlist_threads',
      { state: 'waiting_for_table_metadata_lock', service: 'quay-db' },
      0,
      70,
    ),
    moved('http_server_duration_p95_ms', { service: 'quay-web' }, 40, 6_000),
  ];
  const migrated = (statement: string) =>
    named(
      {
        kind: 'migration',
        service: 'berths',
        text: '0042',
        files: ['db/0042.sql'],
        diff: `@@ db/0042.sql @@\n+${statement}`,
      },
      { metrics },
    );

  test('since a migration that locks a table', async () => {
    expect(await migrated('ALTER TABLE berths ADD COLUMN depth_cm INT;')).toBe('made-7');
  });

  test('not since one that locks none', async () => {
    expect(await migrated('CREATE VIEW berth_days AS SELECT day FROM calendar;')).toBeUndefined();
  });
});

describe('an answer that is too large for its reader', () => {
  const line = (second: number, level: string, text: string) => ({
    time: new Date(METRICS_WINDOW.fromUs / 1000 + second * 1e3).toISOString(),
    service: 'tide-table',
    level,
    line: text,
  });
  const lines = (from: number, to: number, of: (second: number) => object) =>
    Array.from({ length: Math.floor((to - from) / 4) }, (_, one) => of(from + 4 * one));
  const usual = lines(-1_800, -600, (second) => line(second, 'info', 'tides answered in 12 ms'));
  const TOO_LARGE =
    'tides failed: OutOfRange: decoded message length too large: found 9437311 bytes, the limit is 4194304';
  const logs = [
    ...lines(0, 240, (second) => line(second, 'info', 'tides answered in 12 ms')),
    ...lines(250, 890, (second) => line(second, 'error', TOO_LARGE)),
  ];
  const released = (diff: string) =>
    named({ kind: 'deploy', service: 'gauges', text: 'gauges 4', files: ['src/points.rs'], diff }, { logs, usual });

  test('since another service answers in finer steps', async () => {
    expect(await released('@@ src/points.rs @@\n-const STEP: u64 = 300;\n+const STEP: u64 = 5;')).toBe('made-7');
  });

  test('not since it has other words for it', async () => {
    expect(await released('@@ src/points.rs @@\n-const UNIT: &str = "cm";\n+const UNIT: &str = "mm";')).toBeUndefined();
  });
});
