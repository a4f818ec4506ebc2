import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEAST_LIKENESS, likeness } from '#diagnose/similar.ts';
import type { Fingerprint } from '#model/finding/fingerprint.ts';
import { guideMethods } from '#test/guide-methods.ts';
import { guideExamples } from '#test/guide-report.ts';

const ONE: Fingerprint = {
  kind: 'slow-query',
  service: 'orders',
  operation: 'SELECT orders',
  errorType: 'TimeoutError',
  templates: ['t1', 't2', 't3', 't4'],
  neighbours: ['web →', '→ postgresql'],
};
const ELSE: Fingerprint = {
  kind: 'lock-contention',
  service: 'stock',
  operation: 'UPDATE stock',
  errorType: 'LockError',
  templates: ['t9'],
  neighbours: ['shop →'],
};
const scored = (other: Partial<Fingerprint>, than: Fingerprint = ELSE) => likeness(ONE, { ...than, ...other });

describe('two diagnoses are alike', () => {
  test('of the same kind in the same service, whatever else differs', () => {
    expect(scored({ kind: ONE.kind, service: ONE.service })).toMatchObject({ score: LEAST_LIKENESS });
  });

  test('of the same kind elsewhere only with the same lines and the same error', () => {
    expect(scored({ kind: ONE.kind, templates: ONE.templates })).toBeUndefined();
    expect(scored({ kind: ONE.kind, templates: ONE.templates, errorType: ONE.errorType })).toBeDefined();
  });

  test('never for the place alone', () => {
    const place = { service: ONE.service, operation: ONE.operation, neighbours: ONE.neighbours };
    expect(scored({ ...place, errorType: ONE.errorType })).toBeUndefined();
    expect(
      likeness({ ...ONE, templates: [], errorType: '' }, { ...ELSE, ...place, templates: [], errorType: '' }),
    ).toBeUndefined();
  });

  test('of another kind, where half of the lines agree', () => {
    expect(scored({ kind: 'bottleneck', templates: ['t1', 't2', 't3'] }, ONE)).toBeDefined();
    expect(scored({ kind: 'bottleneck', templates: ['t1', 't8', 't9'] }, ONE)).toBeUndefined();
  });

  test('and say why in words', () => {
    const found = scored({ templates: ['t1', 't2', 't3'], operation: 'SELECT lines' }, ONE);
    expect(found?.same).toEqual([
      'same kind (slow-query)',
      'same service (orders)',
      '3 of 4 log templates the same',
      '2 of 2 callers and callees the same',
      'same type of error (TimeoutError)',
    ]);
    expect(found?.different).toEqual(['another operation']);
  });

  test('by nothing that neither has', () => {
    const bare = { ...ONE, templates: [], errorType: '', neighbours: [] };
    expect(likeness(bare, bare)).toMatchObject({ score: 1, different: [] });
  });
});

const names = fc.constantFrom('', 'a', 'b', 'c');
const sets = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
const anyFingerprint: fc.Arbitrary<Fingerprint> = fc.record({
  kind: names,
  service: names,
  operation: names,
  errorType: names,
  templates: sets,
  neighbours: sets,
});

test('is the same both ways, and complete with itself', () => {
  fc.assert(
    fc.property(anyFingerprint, anyFingerprint, (one, other) => {
      expect(likeness(one, other)?.score).toBe(likeness(other, one)?.score);
      const own = likeness(one, one);
      if (own !== undefined) expect(own).toMatchObject({ score: 1, different: [] });
    }),
  );
});

test('each example of the guides is like itself and like no other of another service or kind', async () => {
  const known: { name: string; fingerprint: Fingerprint }[] = [];
  for (const { name } of guideExamples) {
    const { report } = await guideMethods(name);
    if (report.fingerprint !== undefined) known.push({ name, fingerprint: report.fingerprint });
  }
  expect(known.length).toBeGreaterThan(15);
  for (const one of known) {
    for (const other of known) {
      const isSame =
        one.fingerprint.kind === other.fingerprint.kind && one.fingerprint.service === other.fingerprint.service;
      const found = likeness(one.fingerprint, other.fingerprint) !== undefined;
      expect(found, `${one.name} and ${other.name}`).toBe(isSame);
    }
  }
});
