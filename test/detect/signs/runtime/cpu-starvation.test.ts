import { describe, expect, test } from 'vitest';
import { cpuStarvation } from '#detect/signs/runtime/cpu-starvation.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { logLine } from '#test/log-line.ts';
import { server, span, traceOf } from '#test/trace.ts';

/** Of a gap of one second in a request of two. */
function reason(attributes: Attributes): string {
  const trace = traceOf(server('web', 'GET /', { ms: 2000, attributes }));
  return cpuStarvation(trace, { span: 0, startUs: 0, endUs: 1_000_000 }, [])?.reason ?? '';
}

describe('a number of the span tells of a gap', () => {
  test.each([
    ['container.cpu.throttled_time_ms', 500, 'its CPU was throttled'],
    ['cpu.throttled.seconds', 0.9, 'its CPU was throttled'],
    ['cgroup.cpu.throttled_usec', 700_000, 'its CPU was throttled'],
    ['nodejs.eventloop.delay.max', 0.8, 'its event loop was blocked'],
    ['event_loop_lag_ms', 800, 'its event loop was blocked'],
    ['eventloop.lag', 800, 'its event loop was blocked'],
    ['threadpool.queue.wait_ms', 990, 'it had no thread free'],
    ['executor.queue.time', 990, 'it had no thread free'],
    ['sched.runqueue.wait_ns', 700_000_000, 'its threads shared too few CPUs'],
    ['process.context_switches.involuntary', 200, 'its threads shared too few CPUs'],
    ['nonvoluntary_ctxt_switches', '4100', 'its threads shared too few CPUs'],
  ])('%s = %s', (name, value, expected) => {
    expect(reason({ [name]: value })).toBe(expected);
  });
});

describe('nothing is told by', () => {
  test.each([
    ['a delay of less than half of the gap', 'container.cpu.throttled_time_ms', 499],
    ['a delay in a smaller unit', 'nodejs.eventloop.delay_ms', 0.8],
    ['how often something was throttled', 'container.cpu.throttled_periods', 5000],
    ['switches such as any thread makes that waits for answers', 'process.context_switches.voluntary', 90_000],
    ['as few forced switches as a CPU with room makes', 'process.context_switches.involuntary', 199],
    ['how many requests were throttled', 'http.throttled', 1],
    ['no number', 'event_loop_lag_ms', 'high'],
  ])('%s', (_, name, value) => {
    expect(reason({ [name]: value })).toBe('');
  });

  test('another service’s numbers', () => {
    const trace = traceOf(
      server('web', 'GET /', { ms: 2000, attributes: { event_loop_lag_ms: 900 } }, [
        server('stock', 'GET /stock', { ms: 1500 }),
      ]),
    );
    expect(cpuStarvation(trace, { span: 1, startUs: 0, endUs: 1_000_000 }, [])).toBeUndefined();
  });
});

test('the span around the work may carry the number, and words go before numbers', () => {
  const trace = traceOf(
    server('web', 'GET /', { ms: 2000, attributes: { event_loop_lag_ms: 900 } }, [span('web', 'render', { ms: 1500 })]),
  );
  const gap = { span: 1, startUs: 0, endUs: 1_000_000 };
  expect(cpuStarvation(trace, gap, [])).toMatchObject({
    reason: 'its event loop was blocked',
    items: [{ kind: 'span', ref: '0', text: 'event_loop_lag_ms = 900' }],
  });
  expect(cpuStarvation(trace, gap, [logLine('web', 900, 'cpu throttled for 800 ms')])?.reason).toBe(
    'its CPU was throttled',
  );
});

test('a word that says itself that it was short does not hide the number that accounts for the gap', () => {
  const attributes = { 'sched.runqueue.wait_ms': 600, 'container.cpu.throttled_time_ms': 900 };
  const trace = traceOf(server('web', 'GET /', { ms: 2000, attributes }));
  const logs = [logLine('web', 900, 'event loop lag: 2 ms')];
  expect(cpuStarvation(trace, { span: 0, startUs: 0, endUs: 1_000_000 }, logs)).toMatchObject({
    reason: 'its CPU was throttled',
    items: [{ text: 'container.cpu.throttled_time_ms = 900' }, { text: 'sched.runqueue.wait_ms = 600' }],
  });
});
