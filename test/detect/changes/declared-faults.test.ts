/** Faults made on purpose: their effect is declared, and so is what they hit. */
import { describe, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import { declaredFault, targetOfFault } from '#model/changes/declared-faults.ts';
import { type FoundCause, namedBehind, symptomsOf } from '#test/change-stories.ts';
import { changed } from '#test/changes.ts';

const slow = (title: string, cause = 'latency'): FoundCause => ({ cause, title });
const failed = (said: string, cause = 'error-origin'): FoundCause => {
  return { cause, title: 'checkout POST /pay: 40 of 100 requests fail here', said, symptom: 'failed' };
};
const LATENCY = slow('checkout: p95 of POST /pay is 1.9 s, 210 ms in the baseline');
const CPU = slow('checkout: its CPU usage rose from 40 % to 98 % of the limit', 'resource-saturation');
const OOM: FoundCause = { cause: 'oom-killed', title: 'checkout was killed, out of memory', symptom: 'failed' };
const REFUSED = failed('dial tcp 10.2.0.4:5432: connect: connection refused');
const NO_HOST = failed('getaddrinfo ENOTFOUND payments.internal');
const PENDING: FoundCause = { cause: 'pod-pending', title: 'Pods of checkout cannot start', symptom: 'failed' };
const FEWER = failed('Messages are rejected since there are fewer in-sync replicas than required.');

const experiment = (text: string, more: Partial<Change> = {}) =>
  changed(-60, { kind: 'config', id: 'exp-1', text, ...more });

const FITTING: readonly (readonly [FoundCause, string])[] = [
  [LATENCY, 'Chaos day: NetworkChaos pay-slow (action delay, latency 250ms)'],
  [LATENCY, 'toxiproxy: toxic latency 400 on upstream of checkout'],
  [LATENCY, 'Gremlin attack started: latency 500 ms'],
  [LATENCY, 'IOChaos wal (action latency, delay 90ms)'],
  [REFUSED, 'NetworkChaos cut (action partition)'],
  [REFUSED, 'Gremlin: blackhole on port 5432'],
  [REFUSED, 'AWS FIS: aws:network:disrupt-connectivity on subnet b'],
  [REFUSED, 'Litmus ChaosEngine container-kill'],
  [REFUSED, 'AWS FIS: aws:ecs:stop-task 50 %'],
  [CPU, 'StressChaos burn (cpu workers 4)'],
  [CPU, 'Litmus ChaosEngine pod-cpu-hog CPU_CORES=2'],
  [OOM, 'Litmus ChaosEngine pod-memory-hog MEMORY_CONSUMPTION=900'],
  [NO_HOST, 'DNSChaos (action error, patterns payments.*)'],
  [PENDING, 'Litmus ChaosEngine node-drain'],
  [FEWER, 'Litmus ChaosEngine kafka-broker-pod-failure'],
];

describe('an experiment that does what was found', () => {
  test.each(FITTING)('%o: %s', (found, text) => {
    expect(namedBehind(symptomsOf(found), [experiment(text)])).toBe('exp-1');
  });

  test('what it declares stands in its manifest', () => {
    const diff = '+kind: NetworkChaos\n+spec:\n+  action: delay\n+  delay: {latency: 250ms}';
    expect(namedBehind(symptomsOf(LATENCY), [experiment('slow network', { diff })])).toBe('exp-1');
  });

  test('who runs it is not who is hit', () => {
    const run = experiment('NetworkChaos (action delay, selector app=checkout)', { service: 'chaos-mesh' });
    expect(namedBehind(symptomsOf(LATENCY), [run])).toBe('exp-1');
  });
});

describe('an experiment that explains nothing', () => {
  test.each<[string, FoundCause, string, Partial<Change>?]>([
    ['of another service', LATENCY, 'NetworkChaos (action delay, latency 250ms)', { service: 'search' }],
    ['with another target', LATENCY, 'NetworkChaos (action delay, selector app=search)'],
    ['of another effect', NO_HOST, 'StressChaos burn (cpu workers 4)'],
    ['that ended', LATENCY, 'NetworkChaos (action delay, latency 250ms) ended'],
    ['that was deleted', REFUSED, 'Litmus ChaosEngine container-kill deleted'],
    ['that was aborted', CPU, 'Gremlin attack aborted: CPU 100 %'],
    ['that only tries itself', REFUSED, 'AWS FIS: aws:ecs:stop-task, dry run'],
    ['of another environment', LATENCY, 'NetworkChaos (action delay) in namespace shop-staging'],
    ['with brokers, that ended', FEWER, 'Litmus ChaosEngine kafka-broker-pod-failure completed'],
    ['that came after', LATENCY, 'NetworkChaos (action delay)', { atUs: changed(600).atUs }],
  ])('%s', (_, found, text, more) => {
    expect(namedBehind(symptomsOf(found), [experiment(text, more)])).toBeUndefined();
  });

  test('words of experiments in a usual change declare nothing', () => {
    expect(declaredFault({ text: 'Retry after latency of the disk', diff: '' })).toBeUndefined();
    expect(declaredFault({ text: 'chaos: new README', diff: '' })).toBeUndefined();
  });
});

test.each([
  ['NetworkChaos (action delay, selector app=cart)', 'cart'],
  ['Gremlin attack started: CPU, target Kubernetes deployment shop/cart-service', 'cart-service'],
  ['Litmus ChaosEngine pod-delete, target kafka in shop', 'kafka'],
  ['PodChaos', ''],
])('%s hits “%s”', (text, target) => {
  expect(targetOfFault({ text, diff: '' })).toBe(target);
});
