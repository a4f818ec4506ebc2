import { describe, expect, test } from 'vitest';
import { judgeRelease, type ReleaseEvidence } from '#detect/release/judge-release.ts';
import type { Change } from '#model/changes/change.ts';
import type { JudgedRelease, ReleaseRow } from '#model/changes/release.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { changed } from '#test/changes.ts';
import { logLine } from '#test/log-lines.ts';
import { type DrawnSeries, METRICS_WINDOW, series, seriesOf as seriesOfYear, wobble } from '#test/metrics.ts';
import { type DrawnRequest, requestAt, tracesOf } from '#test/requests.ts';
import { DRAWN_AT_US, server, times } from '#test/trace.ts';

/** 14:30 UTC. */
const AT_US = DRAWN_AT_US;
const minute = (at: number) => AT_US + at * 60e6;

function release(of: Partial<Change> = {}): Change {
  return changed(0, { atUs: minute(0), id: 'f94b75d7c5', ...of });
}

/** Metrics are drawn a year earlier than requests. */
function seriesOf(drawn: readonly DrawnSeries[]): ReleaseEvidence['metrics'] {
  const byUs = AT_US - METRICS_WINDOW.fromUs;
  return seriesOfYear(drawn).map((one) => ({ ...one, atUs: one.atUs.map((us) => us + byUs) }));
}

type Drawn = Partial<Omit<ReleaseEvidence, 'requests'>> & Readonly<{ requests?: readonly DrawnRequest[] }>;

function judged({ requests = [], ...more }: Drawn, toUs = Number.POSITIVE_INFINITY): JudgedRelease {
  const evidence = { logs: [], metrics: [], platform: undefined, changes: [], ...more, requests: tracesOf(requests) };
  const asked = { service: 'checkout', fromUs: minute(-360), toUs };
  const found = judgeRelease(asked, evidence, {});
  const turned = {
    ...evidence,
    requests: evidence.requests.toReversed(),
    metrics: evidence.metrics.toReversed(),
    changes: evidence.changes.toReversed(),
  };
  expect(judgeRelease(asked, turned, {})).toEqual(found); // the same for any order
  return found;
}

const rowOf = ({ rows }: JudgedRelease, measure: ReleaseRow['measure']) => rows.find((row) => row.measure === measure);

/** `every`: seconds between two requests; `fails`: of forty. */
function answers(
  version: string,
  {
    from,
    to,
    every = 10,
    fails = 0,
    ms = 80,
  }: { from: number; to: number; every?: number; fails?: number; ms?: number },
): readonly DrawnRequest[] {
  const pod = { v1: 'checkout-68c9f7d6b8-4kq2m', v2: 'checkout-f94b75d7c5-q8n4t' }[version];
  const resource = version === '' ? {} : { 'service.version': version, ...(pod && { 'k8s.pod.name': pod }) };
  return times(Math.floor(((to - from) * 60) / every), (n) =>
    requestAt(
      from * 60 + n * every,
      server('checkout', 'POST /orders', { ms, failed: (n * 7) % 40 < fails, resource }),
    ),
  );
}

describe('a canary, beside the old version', () => {
  test('is worse where many of its requests fail', () => {
    const found = judged({
      requests: [...answers('v1', { from: -30, to: 15 }), ...answers('v2', { from: 4, to: 15, every: 15, fails: 28 })],
      changes: [release({ text: 'checkout v2' })],
    });
    expect(found).toMatchObject({ verdict: 'worse', version: 'v2', versionBefore: 'v1', change: { id: 'f94b75d7c5' } });
    expect(rowOf(found, 'answers')).toMatchObject({ way: 'beside', judged: 'worse', before: { value: 1 } });
    expect(rowOf(found, 'answers')?.after?.value).toBeCloseTo(0.3, 1);
    expect(rowOf(found, 'answers')?.sinceUs).toBeGreaterThanOrEqual(minute(4));
  });

  test('is not blamed where the old pods became as bad in the same minutes', () => {
    const found = judged({
      requests: [
        ...answers('v1', { from: -30, to: 4 }),
        ...answers('v1', { from: 4, to: 15, fails: 28 }),
        ...answers('v2', { from: 4, to: 15, fails: 28 }),
      ],
      changes: [release({ text: 'checkout v2' })],
    });
    expect(found).toMatchObject({ verdict: 'nothing wrong', version: 'v2' });
    expect(rowOf(found, 'answers')).toMatchObject({ way: 'beside', judged: 'same' });
  });
});

describe('a rollout of all instances', () => {
  const rolledOut = (after: Parameters<typeof answers>[1]) => ({
    requests: [...answers('v1', { from: -30, to: 1 }), ...answers('v2', after)],
    changes: [release()],
  });

  test('is compared with as much of the time before', () => {
    const found = judged(rolledOut({ from: 0, to: 12, fails: 12 }));
    expect(found).toMatchObject({ verdict: 'worse', version: 'v2', versionBefore: 'v1', atUs: minute(0) });
    expect(rowOf(found, 'answers')).toMatchObject({ way: 'after', judged: 'worse', before: { times: 72, of: 72 } });
  });

  test('is worse where it takes five times as long, with the median and the 90th percentile', () => {
    const found = judged(rolledOut({ from: 0, to: 12, ms: 400 }));
    expect(found.verdict).toBe('worse');
    expect(rowOf(found, 'latency')).toMatchObject({
      judged: 'worse',
      before: { value: 0.08, p90: 0.08 },
      after: { value: 0.4, p90: 0.4 },
      said: 'POST /orders',
    });
  });

  test('nothing is wrong where it does as well; the answer names how long it was watched', () => {
    const found = judged(rolledOut({ from: 0, to: 12 }));
    expect(found).toMatchObject({ verdict: 'nothing wrong' });
    expect(Math.round((found.untilUs - found.atUs) / 60e6)).toBe(12);
    expect(rowOf(found, 'answers')).toMatchObject({ judged: 'same' });
  });

  test('is better where the old one failed', () => {
    const found = judged({
      requests: [...answers('v1', { from: -30, to: 0, fails: 20 }), ...answers('v2', { from: 0, to: 12 })],
      changes: [release()],
    });
    expect(found.verdict).toBe('nothing wrong');
    expect(rowOf(found, 'answers')).toMatchObject({ judged: 'better' });
  });

  test('at most half an hour after it counts, because later other reasons are likelier', () => {
    const found = judged({
      requests: [
        ...answers('v1', { from: -30, to: 0 }),
        ...answers('v2', { from: 0, to: 35 }),
        ...answers('v2', { from: 35, to: 55, fails: 30 }),
      ],
      changes: [release()],
    });
    expect(found).toMatchObject({ verdict: 'nothing wrong', untilUs: minute(30) });
  });

  test('four requests in two minutes are too few', () => {
    const found = judged(rolledOut({ from: 0, to: 2, every: 30, fails: 20 }));
    expect(found).toMatchObject({ verdict: 'too early' });
    expect(rowOf(found, 'answers')).toMatchObject({ judged: 'too few', after: { of: 4 } });
  });

  test('what comes after the time in question is not read', () => {
    expect(judged(rolledOut({ from: 0, to: 12, fails: 12 }), minute(1)).verdict).toBe('too early');
  });
});

describe('without a name of the version', () => {
  test('a recorded deploy splits the time', () => {
    const found = judged({
      requests: [...answers('', { from: -30, to: 0 }), ...answers('', { from: 0, to: 12, fails: 12 })],
      changes: [release(), release({ atUs: minute(-200), id: '1c88d0e' })],
    });
    expect(found).toMatchObject({ verdict: 'worse', version: 'f94b75d7c5', versionBefore: '1c88d0e' });
  });

  test('a version that begins without a record is a rollout', () => {
    const requests = [...answers('v1', { from: -60, to: 0 }), ...answers('v2', { from: 0, to: 12, fails: 12 })];
    expect(judged({ requests })).toMatchObject({
      verdict: 'worse',
      version: 'v2',
      versionBefore: 'v1',
      change: undefined,
    });
  });

  test('without both there is no rollout', () => {
    const found = judged({ requests: answers('v1', { from: -60, to: 12 }), changes: [release({ service: 'stock' })] });
    expect(found).toMatchObject({ verdict: 'no rollout', rows: [] });
    expect(judged({ changes: [release({ atUs: minute(-500) })] }).verdict).toBe('no rollout');
  });
});

describe('a version that comes again', () => {
  test('a rollback is compared with the version that it replaced', () => {
    const requests = [
      ...answers('v1', { from: -120, to: -30 }),
      ...answers('v2', { from: -30, to: 0, fails: 16 }),
      ...answers('v1', { from: 0, to: 15 }),
    ];
    const rollback = release({ text: 'roll back to v1', id: 'b1' });
    for (const changes of [[release({ atUs: minute(-30), text: 'v2' }), rollback], []]) {
      const found = judged({ requests, changes });
      expect(found).toMatchObject({ verdict: 'nothing wrong', version: 'v1', versionBefore: 'v2' });
      expect(rowOf(found, 'answers')).toMatchObject({ way: 'after', judged: 'better' });
    }
  });

  test('a re-deploy of the same version is compared with itself before', () => {
    const requests = [...answers('v2', { from: -60, to: 0 }), ...answers('v2', { from: 0, to: 15, fails: 12 })];
    const found = judged({ requests, changes: [release({ atUs: minute(-50) }), release()] });
    expect(found).toMatchObject({ verdict: 'worse', version: 'v2', versionBefore: 'v2', atUs: minute(0) });
  });
});

describe('metrics alone', () => {
  const pods = (name: string, old: (at: number) => number, now: (at: number) => number, stop = 2) =>
    seriesOf([
      ...['4kq2m', 'x7fds'].map((end, pod) =>
        series(name, { service: 'checkout', pod: `checkout-68c9f7d6b8-${end}` }, (at) =>
          at < stop ? old(at + pod) : undefined,
        ),
      ),
      ...['q8n4t', 'z2m7k'].map((end, pod) =>
        series(name, { service: 'checkout', pod: `checkout-f94b75d7c5-${end}` }, (at) =>
          at >= 1 ? now(at + pod) : undefined,
        ),
      ),
    ]);
  const few = (at: number) => 0.01 * Math.abs(wobble(at));

  test('failing requests after the rollout make it worse', () => {
    const metrics = pods('http_error_ratio', few, (at) => 0.3 + 0.1 * wobble(at));
    const found = judged({ metrics, changes: [release()] });
    expect(found).toMatchObject({ verdict: 'worse' });
    expect(rowOf(found, 'answers')).toMatchObject({ way: 'after', by: 'http_error_ratio', judged: 'worse' });
  });

  test('those of a whole service, where no label names an instance', () => {
    const metrics = seriesOf([
      series('http_error_ratio', { service: 'checkout' }, (at) => (at < 1 ? few(at) : 0.3 + 0.05 * wobble(at))),
    ]);
    expect(judged({ metrics, changes: [release()] })).toMatchObject({ verdict: 'worse' });
    const well = seriesOf([series('http_error_ratio', { service: 'checkout' }, few)]);
    expect(judged({ metrics: well, changes: [release()] })).toMatchObject({ verdict: 'nothing wrong' });
  });

  test('more CPU and memory is said and not blamed, from 5 % on', () => {
    const cpu = pods(
      'container_cpu_usage_cores',
      (at) => 0.5 + 0.01 * wobble(at),
      (at) => 0.6 + 0.01 * wobble(at),
    );
    const memory = pods(
      'container_memory_working_set_bytes',
      () => 3e8,
      () => 3.1e8,
    );
    const found = judged({ metrics: [...cpu, ...memory, ...pods('http_error_ratio', few, few)], changes: [release()] });
    expect(found.verdict).toBe('nothing wrong');
    expect(rowOf(found, 'cpu')).toMatchObject({ judged: 'worse', isHarm: false, unit: 'cores' });
    expect(rowOf(found, 'cpu')?.after?.value).toBeCloseTo(0.6, 1);
    expect(rowOf(found, 'memory')).toMatchObject({
      judged: 'same',
      isHarm: false,
      unit: 'bytes',
      after: { value: 3.1e8 },
    });
  });

  test('CPU alone says nothing about the answers, and that is a gap', () => {
    const found = judged({
      metrics: pods(
        'container_cpu_usage_cores',
        () => 0.5,
        () => 0.5,
      ),
      changes: [release()],
    });
    expect(found.verdict).toBe('too early');
    expect(found.gaps.map(({ problem }) => problem)).toEqual([
      'nothing shows its answers',
      'nothing shows its durations',
      'nothing shows its log lines',
      'nothing shows its memory',
    ]);
  });

  test('a new version of which no instance reports is worse, and is none of those that were seen', () => {
    const metrics = seriesOf([
      ...['4kq2m', 'x7fds', 'pl9wz'].map((end, pod) =>
        series('pod_cpu_usage_percent', { service: 'checkout', pod: `checkout-68c9f7d6b8-${end}` }, (at) =>
          pod === 0 && at > 0 ? undefined : 20 + wobble(at + pod),
        ),
      ),
      series('request_error_ratio', { service: 'checkout', source: 'web' }, (at) => (at > 1 ? 0.3 : 0)),
    ]);
    const found = judged({ metrics, changes: [release()] });
    expect(found).toMatchObject({ verdict: 'worse', version: 'f94b75d7c5', versionBefore: '68c9f7d6b8' });
    expect(found.rows[0]).toMatchObject({ measure: 'start', judged: 'worse', after: { value: 0.3 } });
  });

  test('memory that grows all the time is harm', () => {
    const metrics = pods(
      'container_memory_working_set_bytes',
      () => 3e8,
      (at) => 3e8 + 6e7 * at,
    );
    expect(judged({ metrics, changes: [release()] })).toMatchObject({ verdict: 'worse' });
  });
});

describe('lines alone', () => {
  const line = (at: number, version: string, level: string, text: string): LogLine =>
    logLine(text, { service: 'checkout', level, labels: { version }, timeNs: `${AT_US + at * 1e6}000` });
  const lines = (errors: number) => [
    ...times(180, (n) =>
      line(n * 10 - 1_800, 'v1', n % 60 === 0 ? 'error' : 'info', n % 60 === 0 ? 'card declined' : `order ${n} placed`),
    ),
    ...times(72, (n) =>
      line(
        n * 10,
        'v2',
        n % 9 < errors ? 'error' : 'info',
        n % 9 < errors ? `no tax rate for ${n}` : `order ${n} placed`,
      ),
    ),
  ];

  test('an error that nobody wrote before makes it worse', () => {
    const found = judged({ logs: lines(1), changes: [release()] });
    expect(found).toMatchObject({ verdict: 'worse', version: 'v2', versionBefore: 'v1' });
    expect(rowOf(found, 'new error')).toMatchObject({
      judged: 'worse',
      after: { value: 8, of: 72 },
      before: { of: 180 },
    });
    expect(rowOf(found, 'new error')?.said).toMatch(/no tax rate/);
  });

  test('no new error, no more errors', () => {
    expect(judged({ logs: lines(0), changes: [release()] })).toMatchObject({ verdict: 'nothing wrong' });
  });

  test('errors that the old version wrote as well are not new', () => {
    const logs = [...lines(1), ...times(30, (n) => line(n * 20 - 1_795, 'v1', 'error', `no tax rate for ${n}`))];
    const inOrder = logs.toSorted((a, b) => Number(a.timeNs) - Number(b.timeNs));
    expect(rowOf(judged({ logs: inOrder, changes: [release()] }), 'new error')).toBeUndefined();
  });
});
