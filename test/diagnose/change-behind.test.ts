import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withChange } from '#diagnose/change-behind.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';

const known = knownDetectors(detectors);

function judged(facts: Finding['facts'], detector = 'cache-stampede'): Judgement {
  const first = { detector, service: 'prices-cache', facts };
  const ranking = [{ service: 'prices-cache' }, { service: 'prices' }];
  const diagnosis = { service: 'prices-cache', verdict: 'most lookups miss', remedy: '', ranking, chain: [] };
  return { findings: [first], diagnosis } as unknown as Judgement;
}

function change(changedService: string, more: Finding['facts'] = {}): Finding {
  const facts = {
    id: 'made',
    kind: 'deploy',
    changedService,
    gap: '1 min before',
    reasons: 'it changes keys',
    tiedWith: '',
  };
  return {
    detector: 'suspect-change',
    service: changedService,
    remedy: '',
    facts: { ...facts, ...more },
  } as unknown as Finding;
}

const blamed = (...of: Parameters<typeof withChange>) => withChange(...of).diagnosis?.service;

test('whoever changed the keys of a cache is at fault, and not the cache', () => {
  const { diagnosis, findings } = withChange(judged({ isByUsers: true }), change('prices'), known);
  expect(diagnosis?.service).toBe('prices');
  expect(findings[0]?.service).toBe('prices');
  expect(diagnosis?.ranking).toEqual([{ service: 'prices' }]);
});

test('the cache stays where it was changed itself, or where only the time leads to a change', () => {
  expect(blamed(judged({ isByUsers: true }), change('prices-cache'), known)).toBe('prices-cache');
  expect(blamed(judged({ isByUsers: true }), change('prices', { isNear: true }), known)).toBe('prices-cache');
  expect(blamed(judged({ isByUsers: true }), change(''), known)).toBe('prices-cache');
  expect(blamed(judged({}), change('prices'), known)).toBe('prices-cache');
});

test.each(['error-origin', 'error-rate', 'new-error'])(
  '%s: a callee that its change made refuse what it took before is at fault, and not its caller',
  (detector) => {
    const failed = judged({ caller: 'prices-cache', callee: 'prices' }, detector);
    expect(blamed(failed, change('prices'), known)).toBe('prices');
    expect(blamed(failed, change('prices', { isNear: true }), known)).toBe('prices-cache');
    expect(blamed(failed, change('prices', { tiedWith: 'deploy 2' }), known)).toBe('prices-cache');
    expect(blamed(failed, change('prices-cache'), known)).toBe('prices-cache');
    // It calls somebody else in vain.
    const ofOthers = judged({ caller: 'prices-cache', callee: 'rates' }, detector);
    expect(blamed(ofOthers, change('prices'), known)).toBe('prices-cache');
    expect(blamed(judged({ caller: 'web', callee: 'prices' }, detector), change('prices'), known)).toBe('prices-cache');
  },
);

test('a caller that waits for its own pool stays, whatever it calls', () => {
  const waits = judged({ caller: 'prices-cache', callee: 'prices' }, 'pool-exhaustion');
  expect(blamed(waits, change('prices'), known)).toBe('prices-cache');
});

test('whoever asks a store for so much that its numbers left their past is at fault, unless the store does not run', () => {
  const strained = (facts: Finding['facts'] = {}) => judged({ form: 'strained', ...facts }, 'resource-saturation');
  expect(blamed(strained(), change('prices'), known)).toBe('prices');
  expect(blamed(strained(), change('prices', { isNear: true }), known)).toBe('prices-cache');
  expect(blamed(strained({ isGone: true }), change('prices'), known)).toBe('prices-cache');
});
