import { expect, it } from 'vitest';
import type { Report } from '#present/json/report.ts';
import type { DrawnTrace } from '../../bench/accuracy/draw.ts';
import { judged } from '../../bench/accuracy/judged.ts';
import { scoresOf } from '../../bench/accuracy/scores.ts';
import { scoreTables } from '../../bench/accuracy/tables.ts';

const LABEL = {
  expected: [{ kind: 'lock-contention', services: ['stock'] }],
  allowed: ['slow-query', 'bottleneck'],
  verdicts: [{ kind: 'lock-contention', services: ['stock'] }],
} as const;

function drawn(rest: Partial<DrawnTrace> = {}): DrawnTrace {
  return {
    id: 'lock-contention/positive/any/0',
    part: 'positive',
    family: 'lock-contention',
    label: LABEL,
    traceId: 'a',
    beginsUs: 0,
    spans: [],
    clocksMs: new Map(),
    missing: [],
    recording: { coarse: false, kindless: false, cutAt: Number.POSITIVE_INFINITY, twice: 0 },
    logs: [],
    format: 'jaeger',
    ...rest,
  };
}

/** `lock-contention@stock`, the first of which is the verdict. */
function report(confidence: number, ...findings: readonly string[]): Report {
  const found = findings.map((one) => {
    const [detector = '', service = ''] = one.split('@');
    return { detector, service, severity: 'high' };
  });
  const [first] = found;
  return {
    findings: found,
    diagnosis: first === undefined ? null : { kind: first.detector, service: first.service, confidence },
  } as unknown as Report;
}

const healthy = {
  id: 'any/healthy/any/0',
  part: 'healthy',
  family: undefined,
  label: { expected: [], allowed: ['bottleneck'], verdicts: [] },
} as const;
const nearMiss = {
  ...healthy,
  id: 'lock-contention/near miss/any/0',
  part: 'near miss',
  family: 'lock-contention',
} as const;

it('takes what is allowed beside what is expected, and counts the rest as false alarms', () => {
  const { recalled, falseAlarms, isRight } = judged(
    drawn(),
    report(0.9, 'lock-contention@stock', 'slow-query@stock', 'fan-out@web'),
  );
  expect(recalled.map(({ isFound }) => isFound)).toEqual([true]);
  expect(falseAlarms).toEqual(['fan-out']);
  expect(isRight).toBe(true);
});

it('does not take a finding that blames another service', () => {
  const { recalled, falseAlarms, isRight } = judged(drawn(), report(0.9, 'lock-contention@web'));
  expect(recalled.map(({ isFound }) => isFound)).toEqual([false]);
  expect(falseAlarms).toEqual([]);
  expect(isRight).toBe(false);
});

it('lets a healthy trace say where its time went, and nothing else', () => {
  expect(judged(drawn(healthy), report(0.9)).isRight).toBeUndefined();
  expect(judged(drawn(healthy), report(0.9, 'bottleneck@web')).isRight).toBeUndefined();
  expect(judged(drawn(healthy), report(0.9, 'slow-query@web')).isRight).toBe(false);
});

it('counts recall, false alarms, verdicts and the error of confidence', () => {
  const scores = scoresOf([
    judged(drawn(), report(0.95, 'lock-contention@stock')),
    judged(drawn(), report(0.95, 'slow-query@stock')),
    judged(drawn(nearMiss), report(0.35, 'lock-contention@stock')),
    judged(drawn(healthy), report(0.9)),
  ]);
  const lock = scores.detectors.find(({ id }) => id === 'lock-contention');
  expect(lock?.recall).toEqual({ of: 2, hits: 1, share: 0.5 });
  expect(lock?.nearMisses).toEqual({ of: 1, hits: 1, share: 1 });
  expect(lock?.falseAlarms).toEqual({ of: 2, hits: 1, share: 0.5 });
  expect(lock?.precision.share).toBe(0.5);
  expect(scores.verdicts.share).toBe(0.5);
  expect(scores.healthyAlarmed.share).toBe(0);
  // Two at 0.95, of which half are right, and one at 0.35, which is wrong.
  expect(scores.calibrationError).toBeCloseTo((2 / 3) * 0.45 + (1 / 3) * 0.35);
  expect(scores.tooSure).toBeCloseTo((2 / 3) * 0.45 + (1 / 3) * 0.35);
});

it('marks what falls short', () => {
  const table = scoreTables(scoresOf([judged(drawn(), report(0.95, 'slow-query@stock'))]));
  expect(table).toMatch(/\| lock-contention +\| 1 +\| 0\.000 ✗/);
  expect(table).toMatch(/\| slow-query +\| 0 +\| – /);
});
