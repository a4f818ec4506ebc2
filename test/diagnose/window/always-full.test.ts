import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { isAlwaysFull } from '#diagnose/window/always-full.ts';
import type { Finding } from '#model/finding/finding.ts';

const known = knownDetectors(detectors);

function full(before: number, level: number, resource = 'memory'): Finding {
  return {
    detector: 'resource-saturation',
    runbook: '',
    service: 'cache',
    operation: '',
    spans: [],
    wastedUs: 0,
    facts: { resource, before, level },
    title: 't.',
    explanation: 'e.',
    remedy: 'r.',
    check: 'c.',
  };
}

function judged(seen: readonly Finding[], service = 'cache'): boolean {
  return isAlwaysFull({ detector: 'resource-saturation', service }, { seen, detectors: known });
}

test('a resource that was as full in the baseline always is', () => {
  expect(judged([full(1, 1)])).toBe(true);
  expect(judged([full(0.97, 1)])).toBe(true);
});

test('one that filled up is not, nor one that had room', () => {
  expect(judged([full(0.92, 1)])).toBe(false);
  expect(judged([full(0.85, 0.88)])).toBe(false);
  expect(judged([full(1, 1), full(0.2, 1)])).toBe(false);
});

test('a disk that has no room left is not, however full it was', () => {
  expect(judged([full(0.98, 1, 'disk')])).toBe(false);
  expect(judged([full(0.97, 0.98, 'disk')])).toBe(true);
  expect(judged([full(1, 1, 'disk')])).toBe(true);
});

test('what is not known is not', () => {
  expect(judged([])).toBe(false);
  expect(judged([full(1, 1)], 'other')).toBe(false);
  expect(isAlwaysFull({ detector: 'latency', service: 'cache' }, { seen: [full(1, 1)], detectors: known })).toBe(false);
});
