import { expect, it } from 'vitest';
import { strengthOf } from '#diagnose/calibration.ts';
import { fittedCurve } from '../../bench/accuracy/calibrate.ts';
import { diagnosed } from '../../bench/accuracy/diagnose.ts';
import { drawTraces } from '../../bench/accuracy/draw.ts';
import { judged } from '../../bench/accuracy/judged.ts';
import { scoresOf, type ToldVerdict } from '../../bench/accuracy/scores.ts';

const ALL = { lead: 1, said: 1, seen: 1, answered: 1, intact: 1, shown: 1 };

function told(kind: string, said: number, right: number, wrong: number): ToldVerdict[] {
  return Array.from({ length: right + wrong }, (_, at) => ({
    verdict: { kind, confidence: 0, status: '', signals: { ...ALL, said } },
    isRight: at < right,
  }));
}

it('fits what the verdicts show, by kind and by signal', () => {
  const curve = fittedCurve([
    ...told('lock-contention', 1, 490, 10),
    ...told('lock-contention', 0, 350, 150),
    ...told('fan-out', 0, 100, 100),
  ]);
  const sure = (kind: string, said: number) => strengthOf(kind, { ...ALL, said }, curve);
  expect(sure('lock-contention', 1)).toBeCloseTo(0.98, 1);
  expect(sure('lock-contention', 0)).toBeCloseTo(0.7, 1);
  expect(sure('fan-out', 0)).toBeCloseTo(0.5, 1);
});

it('never turns a signal against what it speaks for', () => {
  const curve = fittedCurve([...told('slow-query', 1, 100, 100), ...told('slow-query', 0, 190, 10)]);
  expect(curve.weights.said).toBe(0);
});

it('is never surer than right on generated traces, which are easier than those of strangers', {
  tags: ['deep'],
}, async () => {
  const all = [];
  for (const trace of drawTraces('neither fitted nor shown', 8)) all.push(judged(trace, await diagnosed(trace)));
  expect(scoresOf(all).tooSure).toBeLessThan(0.02);
});
