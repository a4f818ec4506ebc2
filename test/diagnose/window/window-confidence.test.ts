import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import type { Suspect } from '#diagnose/window/culprit.ts';
import {
  type Available,
  mostConfidence,
  WINDOW_SIGNALS,
  windowConfidence,
  windowSignals,
} from '#diagnose/window/window-confidence.ts';
import type { Signals } from '#model/finding/diagnosis.ts';

const known = knownDetectors(detectors);

const ALL: Available = { requests: 60, areRequests: true, areLines: true, areMetrics: true };
const NONE: Signals = { lead: 0, said: 0, seen: 0, answered: 0, intact: 0, shown: 0 };

test('no signal lowers the confidence, and it stays a probability', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, fc.constantFrom(...WINDOW_SIGNALS), (score, value, name) => {
      const confidence = windowConfidence(score, { ...NONE, [name]: value }, ALL);
      expect(confidence).toBeGreaterThanOrEqual(windowConfidence(score, NONE, ALL));
      expect(confidence).toBeGreaterThan(0);
      expect(confidence).toBeLessThan(1);
    }),
  );
});

test('a higher score is never less sure', () => {
  const of = (score: number) => windowConfidence(score, NONE, ALL);
  expect([0, 0.2, 0.5, 0.9, 1].map(of)).toEqual([0, 0.2, 0.5, 0.9, 1].map(of).toSorted((a, b) => a - b));
});

const suspect: Suspect = {
  service: 'a',
  kind: 'cpu',
  operation: '',
  detector: 'latency',
  kinds: 1,
  score: 0.9,
  chance: 0.01,
  isAskedFor: false,
  mayBeFewerAsked: false,
};

test('signals tell of the lead, of words and numbers, of how many requests there are and what agrees', () => {
  const second = { ...suspect, service: 'b', score: 0.45 };
  expect(windowSignals([suspect, second], { ...ALL, requests: 32 }, known)).toEqual({
    lead: 0.5,
    said: 0,
    seen: 0.5,
    answered: 0,
    intact: 1,
    shown: 1,
  });
  const cut = windowSignals([{ ...suspect, mayBeFewerAsked: true, kinds: 2 }], { ...ALL, requests: 1000 }, known);
  expect(cut).toMatchObject({ seen: 1, answered: 0.5, intact: 0 });
});

test('what one operation alone shows may be what users ask for', () => {
  expect(windowSignals([{ ...suspect, isAskedFor: true }], ALL, known)).toMatchObject({ shown: 0, intact: 1 });
});

test('one kind of evidence is not called likely where chance, or what users ask for, does as well', () => {
  expect(mostConfidence({ ...suspect, chance: 0.051 }, ALL)).toBeLessThan(0.5);
  expect(mostConfidence({ ...suspect, chance: 0.05 }, ALL)).toBe(1);
  expect(mostConfidence({ ...suspect, chance: 0.051, kinds: 2 }, ALL)).toBe(1);
  expect(mostConfidence({ ...suspect, mayBeFewerAsked: true }, ALL)).toBeLessThan(0.5);
  expect(mostConfidence({ ...suspect, mayBeFewerAsked: true, kinds: 2 }, ALL)).toBe(1);
  expect(mostConfidence({ ...suspect, chance: 1, kinds: 0 }, { ...ALL, areRequests: false })).toBe(1);
});
