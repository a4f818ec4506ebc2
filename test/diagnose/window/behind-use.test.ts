import { expect, test } from 'vitest';
import { behindUse } from '#diagnose/window/behind-use.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Series } from '#model/metrics/series.ts';
import { logLine } from '#test/log-line.ts';

const window = { service: '', fromUs: 3600e6, toUs: 5400e6 };
const nothing = { window, series: [], logs: [], healthyLogs: [], seen: [] };
const cpu = { service: 'engine', kind: 'cpu' };

/** The counter of seconds in collections, by the share of the time before and in the window. */
function collecting(before: number, now: number): Series {
  const atUs = Float64Array.from({ length: 90 }, (_, minute) => minute * 60e6);
  let seconds = 0;
  const values = atUs.map((us) => {
    seconds += 60 * (us < window.fromUs ? before : now);
    return seconds;
  });
  return { name: 'jvm_gc_pause_seconds_sum', labels: { service: 'engine' }, atUs, values };
}

test('a processor that collects garbage most of the time', () => {
  expect(behindUse(cpu, { ...nothing, series: [collecting(0.01, 0.6)] })).toEqual({
    kind: 'gc-pause',
    text: 'it collects garbage 60 % of the time, 1 % before',
  });
  expect(behindUse(cpu, { ...nothing, series: [collecting(0.3, 0.35)] })).toBeUndefined();
});

test('long pauses in its lines, more than before', () => {
  const pause = (ms: number) =>
    logLine('engine', 0, `[gc] GC(7) Pause Full (G1 Compaction Pause) 690M->671M(700M) ${ms}.4ms`);
  const long = [pause(900), pause(1300), pause(1100)];
  expect(behindUse(cpu, { ...nothing, logs: long })).toMatchObject({ kind: 'gc-pause' });
  expect(behindUse(cpu, { ...nothing, logs: long, healthyLogs: long })).toBeUndefined();
  expect(behindUse(cpu, { ...nothing, logs: [pause(40), pause(30), pause(20)] })).toBeUndefined();
});

test('far more requests than before', () => {
  const rate = (now: string) =>
    ({
      detector: 'metric-anomaly',
      service: 'engine',
      facts: { concept: 'requests', now, usual: '50' },
    }) as unknown as Finding;
  expect(behindUse(cpu, { ...nothing, seen: [rate('325')] })).toMatchObject({ kind: 'load' });
  expect(behindUse(cpu, { ...nothing, seen: [rate('70')] })).toBeUndefined();
  expect(behindUse({ ...cpu, kind: 'latency' }, { ...nothing, seen: [rate('325')] })).toBeUndefined();
});

test('a service with room that stands still while it collects garbage', () => {
  const slow = { ...cpu, kind: 'latency' };
  expect(behindUse(slow, { ...nothing, series: [collecting(0.01, 0.4)] })).toMatchObject({ kind: 'gc-pause' });
  expect(behindUse(slow, { ...nothing, series: [collecting(0.01, 0.05)] })).toBeUndefined();
  // A memory that runs out is why it collects so much.
  const out = [
    logLine('engine', 0, 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'),
  ];
  expect(behindUse(slow, { ...nothing, series: [collecting(0.01, 0.4)], logs: out })).toBeUndefined();
  expect(behindUse({ ...cpu, kind: 'memory' }, { ...nothing, series: [collecting(0.01, 0.4)] })).toBeUndefined();
  expect(behindUse({ ...cpu, kind: 'slow-query' }, { ...nothing, series: [collecting(0.01, 0.4)] })).toBeUndefined();
});

test('new lines of a runtime about its pauses are no error of the program', () => {
  const told = '[gc] GC(7) Pause Full (Allocation Failure) 690M->671M(700M) 1100.4ms';
  const logs = [0, 1, 2].map((second) => logLine('engine', second, told));
  const complains = { ...cpu, kind: 'exception' };
  expect(behindUse(complains, { ...nothing, logs, complaint: told })).toMatchObject({ kind: 'gc-pause' });
  expect(behindUse(complains, { ...nothing, logs, complaint: 'IllegalStateException: no price' })).toBeUndefined();
  expect(behindUse(complains, { ...nothing, logs })).toBeUndefined();
});

test('a consumer that leaves its group again and again has messages that wait for it', () => {
  const told =
    '[Consumer clientId=c-1, groupId=stamps] consumer poll timeout has expired: the time between subsequent calls to poll() was longer than the configured max.poll.interval.ms';
  const complains = { ...cpu, kind: 'exception' };
  const waits = { detector: 'queue-backlog', service: 'engine', facts: {} } as unknown as Finding;
  expect(behindUse(complains, { ...nothing, complaint: told, seen: [waits] })).toMatchObject({ kind: 'queue-backlog' });
  expect(behindUse(complains, { ...nothing, complaint: told })).toBeUndefined();
  const others = { ...waits, service: 'mailer' };
  expect(behindUse(complains, { ...nothing, complaint: told, seen: [others] })).toBeUndefined();
  expect(behindUse(complains, { ...nothing, complaint: 'no price', seen: [waits] })).toBeUndefined();
});

test('one message that fails at each delivery', () => {
  const complains = { ...cpu, kind: 'exception' };
  const failing = (id: (second: number) => number, rest = 'not acknowledged, redelivered') =>
    [0, 1, 2, 3, 4, 5].map((second) =>
      logLine('engine', second, `ERROR message id=${id(second)} of parcels: no weight; ${rest}`),
    );
  const of = (logs: ReturnType<typeof failing>) =>
    behindUse(complains, { ...nothing, logs, complaint: logs[0]?.line ?? '' });
  expect(of(failing(() => 7_714))).toEqual({
    kind: 'poison-message',
    text: 'one message fails each of the 6 times that it is delivered',
  });
  // Each message fails: that is the code, or what it asks.
  expect(of(failing((second) => 7_714 + second))).toBeUndefined();
  expect(of(failing(() => 7_714).slice(0, 4))).toBeUndefined();
  expect(of(failing(() => 7_714, 'set aside'))).toBeUndefined();
});

test.each([
  'DeleteMessage: ReceiptHandleIsInvalid: The receipt handle of letter 17 has expired',
  'MessageLockLostException: the lock of letter 17 has expired',
  'letter.sent: maximum poll interval (60000ms) exceeded by 31ms: leaving group',
])('a consumer whose messages go to others: %s', (complaint) => {
  const suspect = { service: 'mailer', kind: 'exception' };
  const grows = (service: string) => ({ detector: 'queue-backlog', service, facts: {} }) as unknown as Finding;
  const seenWith = (...seen: Finding[]) => behindUse(suspect, { ...nothing, complaint, seen })?.kind;
  expect(seenWith(grows('letter-jobs'))).toBe('queue-backlog');
  expect(seenWith(grows('mailer'))).toBe('queue-backlog');
  expect(seenWith(grows('bills'))).toBeUndefined();
  expect(seenWith()).toBeUndefined();
});

test.each([
  'long_schedule: <0.91.0> ran 900 ms in Tables:fill/1',
  'Thread vert.x-eventloop-thread-2 has been blocked for 5012 ms, time limit is 2000 ms',
  "Executing <Task pending name='Task-3' coro=<fill()>> took 1.204 seconds",
])('work that holds the processor: %s', (complaint) => {
  const suspect = { service: 'bids', kind: 'exception' };
  const facts = { resource: 'CPU', critical: true };
  const full = (service: string) => ({ detector: 'resource-saturation', service, facts }) as unknown as Finding;
  expect(behindUse(suspect, { ...nothing, complaint, seen: [full('bids')] })?.kind).toBe('cpu');
  expect(behindUse(suspect, { ...nothing, complaint, seen: [full('others')] })).toBeUndefined();
});

test('a broker whose memory is full of the messages of one queue', () => {
  const broker = { service: 'rabbitmq', kind: 'resource-saturation' };
  const full = (isAlarm: boolean) =>
    ({ detector: broker.kind, service: 'rabbitmq', facts: { resource: 'memory', isAlarm } }) as unknown as Finding;
  const depth = (queue: string, before: number, now: number): Series => {
    const atUs = Float64Array.from({ length: 90 }, (_, minute) => minute * 60e6);
    const values = atUs.map((us) => (us < window.fromUs ? before : now));
    return { name: 'rabbitmq_queue_messages_ready', labels: { job: 'rabbitmq', queue }, atUs, values };
  };
  const held = (series: readonly Series[], isAlarm = true) =>
    behindUse(broker, { ...nothing, series, seen: [full(isAlarm)] });
  expect(held([depth('trail', 1_900_000, 2_100_000), depth('mail', 3, 5)])).toEqual({
    kind: 'resource-saturation',
    text: 'its queue trail holds 2,100,000 messages, 1,900,000 before',
  });
  expect(held([depth('trail', 1_900_000, 2_100_000)], false)).toBeUndefined();
  expect(held([depth('trail', 2_100_000, 1_900_000)])).toBeUndefined();
  expect(held([depth('trail', 90, 100), depth('mail', 90, 100)])).toBeUndefined();
});
