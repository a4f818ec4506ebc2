/** Releases that equal failures of old and new instances clear, and those that they do not clear. */
import { describe, expect, test } from 'vitest';
import { suspectChange } from '#detect/changes/suspect-change.ts';
import { runDetector } from '#detect/run.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Series } from '#model/metrics/series.ts';
import { changed } from '#test/changes.ts';
import { logLine } from '#test/log-lines.ts';
import { requestAt, timeOf, tracesOf } from '#test/requests.ts';
import { call, DRAWN_AT_US, query, type SpanNode, server, span, times } from '#test/trace.ts';

const usAt = (seconds: number) => DRAWN_AT_US + seconds * 1e6;

const SYMPTOMS: ChangeSymptoms = {
  service: 'checkout',
  onsetUs: usAt(250),
  complaint: undefined,
  suffering: new Set(),
  metricWords: new Set(),
  kinds: new Set(),
  isLoad: false,
};
/** A version is named by the release of checkout, 10 seconds before the first failure. */
const RELEASE = { ...changed(0, { id: '2.4.0', text: 'checkout 2.4.0' }), atUs: usAt(240) };
const OTHER = { ...changed(0, { id: 'f00d', service: 'stock', text: 'stock 7' }), atUs: usAt(200) };

type Drawn = Readonly<{
  below?: (failed: boolean, isNew: boolean) => readonly SpanNode[];
  failsNew?: number;
  failsOld?: number;
  news?: number;
  release?: Partial<Change>;
  metrics?: readonly Series[];
  /** Lines, and no requests. */
  logs?: readonly LogLine[];
}>;

/** Old instances answer all the time, new ones from minute 4 on. So many of 20 requests fail. */
function findings({
  below = () => [],
  failsNew = 6,
  failsOld = 6,
  news = 60,
  release = {},
  metrics = [],
  logs,
}: Drawn) {
  const answer = (version: string, failed: boolean) =>
    server(
      'checkout',
      'POST /orders',
      {
        ms: 100,
        failed,
        resource: { 'service.version': version, 'k8s.pod.name': `checkout-${version === '2.4.0' ? 'new' : 'old'}-0` },
      },
      [...below(failed, version === '2.4.0')],
    );
  const requests = tracesOf([
    ...times(180, (n) => requestAt(n * 3, answer('2.3.1', n >= 84 && n % 20 < failsOld))),
    ...times(news, (n) => requestAt(250 + n * 5, answer('2.4.0', n % 20 < failsNew))),
  ]);
  const outcome = runDetector(suspectChange, {
    window: timeOf([{ at: 0 }, { at: 600 }], 'checkout'),
    changes: [{ ...RELEASE, ...release }, OTHER],
    symptoms: { ...SYMPTOMS, suffering: new Set(['stock']) },
    ...(logs === undefined ? { requests } : { logs }),
    metrics,
  });
  if (outcome.kind === 'broken') throw outcome.error;
  return outcome.kind === 'found' ? outcome.findings : [];
}

const named = (drawn: Drawn) => findings(drawn)[0]?.facts.id;

const stockFails = (failed: boolean) => [call('checkout', 'stock', 'GET /stock', { ms: 20, failed })];
const waits = (failed: boolean) => [query('checkout', 'UPDATE stock SET n = n - 1', { ms: failed ? 90 : 5 })];
const storeFails = (failed: boolean) => [query('checkout', 'UPDATE stock SET n = n - 1', { ms: 5, failed })];
const queueFails = (failed: boolean) => [span('checkout', 'publish paid', { ms: 5, failed, kind: 'producer' })];
const cannotRead = (failed: boolean) => [
  span('checkout', 'read basket', {
    failed,
    events: [
      {
        at: 1,
        name: 'exception',
        attributes: { 'exception.message': 'java.io.InvalidClassException: shop.Basket; local class incompatible' },
      },
    ],
  }),
];
const asksOften = (failed: boolean, isNew: boolean) =>
  times(isNew ? 5 : 1, () => call('checkout', 'stock', 'GET /stock', { ms: 10, failed }));

/** A point a minute from an hour before. */
function metric(name: string, labels: Series['labels'], at: (seconds: number) => number): Series {
  const seconds = Array.from({ length: 70 }, (_, minute) => (minute - 60) * 60).filter((one) => !Number.isNaN(at(one)));
  return { name, labels, atUs: Float64Array.from(seconds, usAt), values: Float64Array.from(seconds, at) };
}

test('a release is named where nothing compares its versions', () => {
  expect(named({ failsNew: 0, failsOld: 0 })).toBe('2.4.0');
});

test('a release is cleared where both versions fail as often, and another change takes its place', () => {
  expect(named({})).not.toBe('2.4.0');
  expect(named({ below: stockFails })).not.toBe('2.4.0');
  const [found] = findings({ release: { atUs: usAt(100) }, below: stockFails });
  expect(found?.facts.id ?? 'none').not.toBe('2.4.0');
});

/** Both versions write a line every 5 seconds. Since the release, so many of 20 lines are errors. */
function lines(text: string, { errorsOld = 8, errorsNew = 8 } = {}): readonly LogLine[] {
  const line = (at: number, version: string, isError: boolean) =>
    logLine(isError ? text : 'order placed', {
      service: 'checkout',
      level: isError ? 'error' : 'info',
      labels: { version },
      timeNs: `${usAt(at)}000`,
    });
  return times(120, (n) => [
    line(n * 5, '2.3.1', n >= 50 && n % 20 < errorsOld),
    ...(n < 50 ? [] : [line(n * 5 + 1, '2.4.0', n % 20 < errorsNew)]),
  ]).flat();
}

const CALLEE_FAILS = 'POST /orders failed: stock answered 500';
const STORE_FAILS = 'POST /orders failed: deadlock found when trying to get lock';

/** The share that fails, by pod. */
const shares = (now: number, old: number) => [
  ...['old-0', 'old-1', 'old-2'].map((pod) =>
    metric('http_error_ratio', { service: 'checkout', pod, version: '2.3.1' }, (at) => (at < 240 ? 0 : old)),
  ),
  metric('http_error_ratio', { service: 'checkout', pod: 'new-0', version: '2.4.0' }, (at) =>
    at < 240 ? Number.NaN : now,
  ),
];

test('a release is cleared where lines or metrics show that both versions fail as often', () => {
  expect(named({ logs: lines(CALLEE_FAILS) })).not.toBe('2.4.0');
  expect(named({ logs: [], metrics: shares(0.3, 0.31) })).not.toBe('2.4.0');
});

/** Seconds, by pod. */
const durations = (now: number, old: number) => [
  ...['old-0', 'old-1'].map((pod) =>
    metric('request_latency_p95_seconds', { service: 'checkout', pod, version: '2.3.1' }, (at) =>
      at < 240 ? 0.1 : old,
    ),
  ),
  metric('request_latency_p95_seconds', { service: 'checkout', pod: 'new-0', version: '2.4.0' }, (at) =>
    at < 240 ? Number.NaN : now,
  ),
];

/** One of three old pods fails. */
const oneOld = (now: number) =>
  shares(now, 0).map((one) =>
    one.labels.pod === 'old-1' ? metric(one.name, one.labels, (at) => (at < 240 ? 0 : 0.8)) : one,
  );

test('a release is cleared where only old instances fail', () => {
  expect(named({ failsNew: 0, failsOld: 8 })).not.toBe('2.4.0');
  expect(named({ logs: [], metrics: oneOld(0) })).not.toBe('2.4.0');
  const [other] = findings({ failsNew: 0, failsOld: 8, release: { atUs: usAt(100) } });
  expect(other?.facts.id ?? 'none').not.toBe('2.4.0');
});

test('a release is cleared where both versions became slow alike', () => {
  expect(named({ logs: [], metrics: durations(0.5, 0.5) })).not.toBe('2.4.0');
});

test.each<[string, Drawn]>([
  ['the new version is slower still', { logs: [], metrics: durations(0.9, 0.5) }],
  ['the old version is as quick as before', { logs: [], metrics: durations(0.11, 0.1) }],
  [
    'both are slow alike, and more requests to new pods fail',
    { logs: [], metrics: [...durations(0.5, 0.5), ...shares(0.3, 0)] },
  ],
  ['new pods fail as well as one old pod', { logs: [], metrics: oneOld(0.3) }],
  ['their lines name the store', { logs: lines(STORE_FAILS) }],
  ['the new version writes more errors', { logs: lines(CALLEE_FAILS, { errorsNew: 16 }) }],
  ['both versions write nothing but errors', { logs: lines(CALLEE_FAILS, { errorsOld: 20, errorsNew: 20 }) }],
  ['more of the requests to new pods fail', { logs: [], metrics: shares(0.5, 0.3) }],
  ['few of the requests to old pods fail', { logs: [], metrics: shares(0.05, 0.02) }],
  ['calls of the store they share fail', { below: storeFails }],
  ['requests wait for the store they share', { below: waits }],
  ['they cannot read what the other version wrote', { below: cannotRead }],
  ['messages cannot be published to their queue', { below: queueFails }],
  ['each request of the new version asks a service five times as often', { below: asksOften }],
  [
    'the queue grows',
    { metrics: [metric('rabbitmq_queue_messages_ready', { queue: 'orders' }, (at) => (at < 240 ? 3 : 3 + at))] },
  ],
  [
    'the store has more locks',
    { metrics: [metric('mysql_innodb_row_lock_current_waits', { server: 'shop' }, (at) => (at < 240 ? 0 : 14))] },
  ],
  ['the release migrates the schema', { release: { text: 'checkout 2.4.0 with the schema of 12 May' } }],
  ['new instances fail twice as often', { failsNew: 13 }],
  ['the new version had nine requests', { news: 9, failsNew: 20, failsOld: 18 }],
  ['the old instances failed four times', { failsOld: 1 }],
  ['only one version was seen', { news: 0 }],
])('no release is cleared where %s', (_, drawn) => {
  expect(named(drawn)).toBe('2.4.0');
});

describe('both versions are slow', () => {
  const SINCE = 420;
  const answer = (version: string, ms: number) =>
    server('checkout', 'POST /orders', { ms, resource: { 'service.version': version } });
  const slow = (msOfNew: (at: number) => number) => {
    const requests = tracesOf([
      ...times(120, (n) => requestAt(n * 5, answer('2.3.1', n * 5 >= SINCE ? 400 : 20))),
      ...times(70, (n) => requestAt(245 + n * 5, answer('2.4.0', msOfNew(245 + n * 5)))),
    ]);
    const outcome = runDetector(suspectChange, {
      window: timeOf([{ at: 0 }, { at: 600 }], 'checkout'),
      changes: [RELEASE],
      symptoms: { ...SYMPTOMS, onsetUs: usAt(SINCE), kinds: new Set(['slow']) },
      requests,
    });
    return outcome.kind === 'found' ? outcome.findings.map(({ facts }) => facts.id) : [];
  };

  test('the time of a release that was quick at first says nothing', () => {
    expect(slow((at) => (at >= SINCE ? 380 : 21))).toEqual([]);
  });

  test('a release that is slow from the start, or much slower, stays suspect', () => {
    expect(slow(() => 380)).toEqual(['2.4.0']);
    expect(slow((at) => (at >= SINCE ? 900 : 21))).toEqual(['2.4.0']);
  });
});
