import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { judgeWindow, type WindowEvidence } from '#diagnose/window/judge-window.ts';
import { seenLocks } from '#diagnose/window/seen-locks.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Trace } from '#model/trace/trace.ts';
import { logLine } from '#test/log-line.ts';
import { DRAWN_AT_US, server, span, times, traceOf } from '#test/trace.ts';

const SECOND_US = 1_000_000;
const FROM_US = DRAWN_AT_US + 1000 * SECOND_US;
const TO_US = FROM_US + 60 * SECOND_US;

/** `POST /seats` of web, which updates one row of a database. */
function booked(second: number, ms: number, host = 'seats-db.internal'): Trace {
  const attributes = {
    'db.system': 'postgresql',
    'db.statement': 'UPDATE seats SET taken = $1',
    'server.address': host,
  };
  return traceOf(
    server('web', 'POST /seats', { at: second * 1000, ms: ms + 9 }, [
      span('web', 'UPDATE seats', { at: second * 1000 + 3, ms, kind: 'client', attributes }),
    ]),
  );
}

const slow = times(60, (n) => booked(1000 + n, 3000 + (n % 7) * 400));
const quick = times(60, (n) => booked(n, 4 + (n % 3)));
const waiting = times(6, (n) =>
  logLine('pg-7', 1001 + n * 9, `LOG: process ${50 + n} still waiting for RowExclusiveLock on relation 88`),
);
const others = times(20, (n) => logLine('pg-7', n, `LOG: checkpoint complete: wrote ${n} buffers`));

/** A point every ten seconds, from ten minutes before the window. */
function series(name: string, labels: Series['labels'], before: number, now: number): Series {
  const atUs = Float64Array.from(times(66, (n) => FROM_US + (n - 60) * 10 * SECOND_US));
  return { name, labels, atUs, values: atUs.map((us) => (us < FROM_US ? before : now)) };
}

function seen(parts: Partial<Parameters<typeof seenLocks>[0]>) {
  return seenLocks({
    fromUs: FROM_US,
    toUs: TO_US,
    traces: slow,
    logs: [],
    healthyLogs: [],
    series: [],
    ...parts,
  });
}

describe('a database that reports waits for a lock', () => {
  test('with the state of its sessions', () => {
    const labels = { instance: 'seats-db.internal:9104', state: 'waiting_to_execute_in_isolation' };
    const found = seen({ series: [series('mysql_info_schema_processlist_threads', labels, 0, 31)] }).get('web');
    expect(found?.text).toContain('wait for a lock (waiting to execute in isolation), none before');
  });

  test('in its own log', () => {
    expect(seen({ logs: waiting, healthyLogs: others }).get('web')).toMatchObject({ kind: 'log' });
  });

  test('not where it reported as many before', () => {
    const before = times(6, (n) => logLine('pg-7', n * 9, `LOG: process ${n} still waiting for ShareLock on tuple`));
    expect(seen({ logs: [...waiting, ...others], healthyLogs: [...before, ...others] }).size).toBe(0);
  });

  test('not where one line says so', () => {
    expect(seen({ logs: waiting.slice(0, 1), healthyLogs: others }).size).toBe(0);
  });

  test('not where the lines are those of a service with spans', () => {
    const logs = waiting.map((line) => ({ ...line, service: 'web' }));
    expect(seen({ logs, healthyLogs: others }).size).toBe(0);
  });

  test('in a metric, whose label says what the sessions wait for', () => {
    const labels = { instance: 'seats-db.internal:9187', wait_event_type: 'Lock', state: 'active' };
    const { text = '' } = seen({ series: [series('pg_stat_activity_count', labels, 0, 12)] }).get('web') ?? {};
    expect(text).toContain('12 sessions of');
    expect(text).toContain('wait for a lock, none before');
  });

  test('not in a metric of sessions that wait for something else', () => {
    const labels = { instance: 'seats-db.internal:9187', wait_event_type: 'Client', state: 'idle' };
    expect(seen({ series: [series('pg_stat_activity_count', labels, 0, 12)] }).size).toBe(0);
  });

  test('not where sessions waited before', () => {
    const labels = { instance: 'seats-db.internal:9104', state: 'waiting for table metadata lock' };
    expect(seen({ series: [series('mysql_info_schema_processlist_threads', labels, 3, 4)] }).size).toBe(0);
  });

  test('of several databases, the one that the service asks', () => {
    const traces = [...slow, ...times(5, (n) => booked(1000 + n, 4, 'archive-db.internal'))];
    const labels = { instance: 'billing-db.internal:9104', state: 'Waiting for table metadata lock' };
    const threads = 'mysql_info_schema_processlist_threads';
    expect(seen({ traces, series: [series(threads, labels, 0, 9)] }).size).toBe(0);
    const own = { ...labels, instance: 'archive-db.internal:9104' };
    expect(seen({ traces, series: [series(threads, own, 0, 9)] }).size).toBe(1);
  });
});

const NO_LINES: Judgement = {
  symptom: { kind: 'none', text: '' },
  findings: [],
  diagnosis: undefined,
  seenShare: undefined,
};

function judged(parts: Partial<WindowEvidence>) {
  return judgeWindow(
    {
      service: 'web',
      fromUs: FROM_US,
      toUs: TO_US,
      traces: slow,
      healthyTraces: quick,
      logs: [],
      healthyLogs: [],
      series: [],
      seen: [],
      detectors: knownDetectors(detectors),
      ...parts,
    },
    NO_LINES,
  );
}

describe('statements that take longer', () => {
  test('wait for a lock where their database says so', () => {
    const { diagnosis, findings } = judged({ logs: [...waiting, ...others], healthyLogs: others });
    expect(diagnosis).toMatchObject({ service: 'web', kind: 'lock-contention', status: 'likely' });
    expect(findings[0]?.evidence?.at(-1)?.text).toContain('still waiting for RowExclusiveLock');
  });

  test('are slow for an unknown reason where it says nothing', () => {
    expect(judged({ logs: others, healthyLogs: others }).diagnosis).toMatchObject({
      kind: 'latency',
      status: 'inconclusive',
    });
  });

  test('are as fast as ever beside such lines: nothing is wrong', () => {
    const traces = times(60, (n) => booked(1000 + n, 4 + (n % 3)));
    const { diagnosis } = judged({ traces, logs: [...waiting, ...others], healthyLogs: others });
    expect(diagnosis?.status ?? 'inconclusive').toBe('inconclusive');
    expect(diagnosis?.kind).not.toBe('lock-contention');
  });
});

test('lines that name the request and no span belong to its service', () => {
  const line = (trace: Trace, text: string, level: string): LogLine =>
    logLine('web', 0, text, { traceId: trace.traceId, spanId: '', level });
  const logs = slow.map((trace) =>
    line(trace, 'update of a seat is blocked by session 71 (ALTER TABLE seats)', 'warn'),
  );
  const healthyLogs = quick.map((trace) => line(trace, 'seat booked', 'info'));
  expect(judged({ logs, healthyLogs }).diagnosis).toMatchObject({ service: 'web', kind: 'lock-contention' });
});
