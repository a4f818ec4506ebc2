import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { type JudgedTrace, sharedVerdict } from '#diagnose/shared-verdict.ts';

const known = knownDetectors(detectors);

function judged(traceId: string, cause: string, confidence = 0.5, durationUs = 1_000): JudgedTrace {
  const [kind = '', service = ''] = cause.split(' in ');
  return { traceId, durationUs, diagnosis: cause === '' ? undefined : { kind, service, confidence } };
}

test('what most traces show comes first, told by the surest of them, and the rest is counted', () => {
  const traces = [
    judged('a', 'slow-query in mysql', 0.4),
    judged('b', 'error-origin in redis', 0.9),
    judged('c', 'slow-query in mysql', 0.6),
    judged('d', ''),
  ];
  expect(sharedVerdict(traces, known)).toEqual({
    shared: { kind: 'slow-query', service: 'mysql', isUnnamed: false, traceIds: ['c', 'a'] },
    others: [{ kind: 'error-origin', service: 'redis', isUnnamed: false, traceIds: ['b'] }],
    healthy: ['d'],
    representative: 'c',
  });
});

test('what no trace names in words stays unnamed however many show it, and one that names it is enough', () => {
  const unnamed = (traceId: string): JudgedTrace => {
    const { diagnosis, ...rest } = judged(traceId, 'pool-exhaustion in stats', 0.4);
    const couldBe = [{ what: 'computing', shownBy: 'a profile shows it' }];
    return { ...rest, diagnosis: diagnosis && { ...diagnosis, couldBe } };
  };
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(unnamed);
  expect(sharedVerdict(many, known)?.shared).toMatchObject({ isUnnamed: true });
  expect(sharedVerdict([...many, judged('z', 'pool-exhaustion in stats', 0.9)], known)).toMatchObject({
    shared: { isUnnamed: false },
    representative: 'z',
  });
});

test('the same kind in two services is two things', () => {
  const traces = [
    judged('a', 'slow-query in mysql'),
    judged('b', 'slow-query in stock'),
    judged('c', 'slow-query in stock'),
  ];
  expect(sharedVerdict(traces, known)?.shared).toMatchObject({ service: 'stock', traceIds: ['b', 'c'] });
});

test('one fault among many healthy traces is still the verdict: nobody is paged for the healthy ones', () => {
  const traces = [judged('a', ''), judged('b', ''), judged('c', 'slow-query in mysql')];
  expect(sharedVerdict(traces, known)).toMatchObject({ shared: { traceIds: ['c'] }, healthy: ['a', 'b'] });
});

test('healthy traces only share nothing, and the longest of them is shown', () => {
  const traces = [judged('a', '', 0, 1_000), judged('b', '', 0, 2_000)];
  expect(sharedVerdict(traces, known)).toEqual({
    shared: undefined,
    others: [],
    healthy: ['b', 'a'],
    representative: 'b',
  });
});

test('ties are broken by how sure they are, then by duration and name, whatever the order', () => {
  const traces = [
    judged('b', 'lock-contention in stock', 0.5, 2_000),
    judged('a', 'lock-contention in stock', 0.5, 2_000),
    judged('d', 'slow-query in mysql', 0.5, 9_000),
    judged('c', 'slow-query in mysql', 0.4, 9_000),
  ];
  const expected = sharedVerdict(traces, known);
  expect(expected).toMatchObject({ shared: { kind: 'lock-contention', traceIds: ['a', 'b'] }, representative: 'a' });
  expect(sharedVerdict(traces.toReversed(), known)).toEqual(expected);
});

test('nothing comes of nothing', () => expect(sharedVerdict([], known)).toBeUndefined());
