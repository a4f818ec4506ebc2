/** A store without spans at which a request failed, and whose setting does what the failure says. */
import { expect, test } from 'vitest';
import type { Mechanism } from '#detect/signs/suspicion/failure-mechanisms.ts';
import { isOfSharedProgram, isOfUnseenStore } from '#detect/signs/suspicion/unseen-stores.ts';
import { unseenCallees } from '#detect/signs/symptoms/unseen-callees.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { changed } from '#test/changes.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const troubled: ChangeSymptoms = {
  service: 'hens',
  onsetUs: 0,
  complaint: undefined,
  suffering: new Set(),
  metricWords: new Set(),
  kinds: new Set(),
  isLoad: false,
};

const producer = (failed: boolean) =>
  span('eggs', 'basket send', {
    kind: 'producer',
    failed,
    attributes: { 'messaging.system': 'ibmmq' },
  });

test.each([
  ['a broker', producer(true), ['ibmmq']],
  ['a host', call('eggs', 'scales', 'GET', { ms: 2, failed: true }), ['scales']],
  ['a broker that took it', producer(false), []],
  [
    'a service with spans',
    call('eggs', 'scales', 'GET', { ms: 5, failed: true }, [server('scales', 'GET /', { failed: true })]),
    [],
  ],
])('the unseen callee is %s', (_, child, names) => {
  const trace = traceOf(server('eggs', 'POST /', { ms: 20, failed: true }, [child]));
  expect([...unseenCallees(trace, { spans: [1] })]).toEqual(names);
});

test('only a setting of the store that does what the failure says leads to it', () => {
  const exact = { kind: 'lower-limit', text: '', strength: 1, isOfCause: true, buildsUp: false } as Mechanism;
  const unseen = { unseenCallees: new Set(['queue-mgr']) };
  const config = changed(-60, { kind: 'config', service: 'queue-mgr' });
  expect(isOfUnseenStore(unseen, config, exact)).toBe(true);
  expect(isOfUnseenStore(unseen, { ...config, service: 'other' }, exact)).toBe(false);
  expect(isOfUnseenStore(unseen, { ...config, kind: 'deploy' }, exact)).toBe(false);
  expect(isOfUnseenStore(unseen, config, { ...exact, isOfCause: false })).toBe(false);
  expect(isOfUnseenStore(unseen, config, { ...exact, strength: 0.5 })).toBe(false);
});

test('a setting of a shared program leads to a service only where the failure speaks of the same technique', () => {
  const exact = { kind: 'shorter-timeout', text: '', strength: 1, isOfCause: true, buildsUp: false } as Mechanism;
  const config = changed(-60, { kind: 'config', service: 'contour', diff: '+ timeoutPolicy:\n+   response: 40ms' });
  const says = (said: string) => ({ ...troubled, said });
  expect(isOfSharedProgram(says('upstream request timeout'), config, exact)).toBe(true);
  expect(isOfSharedProgram(says('connection refused'), config, exact)).toBe(false);
  expect(isOfSharedProgram(says('upstream request timeout'), { ...config, service: 'eggs' }, exact)).toBe(false);
  expect(isOfSharedProgram(says('upstream request timeout'), { ...config, kind: 'deploy' }, exact)).toBe(false);
});
