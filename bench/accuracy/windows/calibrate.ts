/** The curve of `src/diagnose/window/window-confidence.ts`, fitted on drawn windows, and the file that it is written to. */

import { scoreLogit, WINDOW_SIGNALS } from '#diagnose/window/window-confidence.ts';
import type { WindowCurve } from '#diagnose/window/window-curve.ts';
import { EVIDENCE_SETS, type EvidenceSet } from '#diagnose/window/window-curve.ts';
import type { Signals } from '#model/finding/diagnosis.ts';
import { descended } from '../calibrate.ts';

/** A verdict that is known to be right or wrong, with what was known when it was given. */
export type ToldWindow = Readonly<{ set: EvidenceSet; score: number; signals: Signals; isRight: boolean }>;

export function fittedWindowCurve(told: readonly ToldWindow[]): WindowCurve {
  const rows = told.map(({ set, score, signals }) => [
    ...EVIDENCE_SETS.map((one) => Number(one === set)),
    scoreLogit(score),
    ...WINDOW_SIGNALS.map((name) => signals[name]),
  ]);
  const rights = told.map(({ isRight }) => Number(isRight));
  const weights = descended(rows, rights, EVIDENCE_SETS.length).map((weight) => Number(weight.toFixed(2)));
  const named = (name: keyof Signals) => weights[EVIDENCE_SETS.length + 1 + WINDOW_SIGNALS.indexOf(name)] ?? 0;
  const base = (set: EvidenceSet) => weights[EVIDENCE_SETS.indexOf(set)] ?? 0;
  return {
    base: {
      'requests and more': base('requests and more'),
      requests: base('requests'),
      lines: base('lines'),
      metrics: base('metrics'),
    },
    score: weights[EVIDENCE_SETS.length] ?? 0,
    weights: {
      lead: named('lead'),
      said: named('said'),
      seen: named('seen'),
      answered: named('answered'),
      intact: named('intact'),
      shown: named('shown'),
    },
  };
}

export function windowDataModule(
  { base, score, weights }: WindowCurve,
  seeds: readonly string[],
  verdicts: number,
): string {
  const pairs = (values: Readonly<Record<string, number>>) =>
    Object.entries(values)
      .map(([name, value]) => `${/\W/.test(name) ? `'${name}'` : name}: ${value}`)
      .join(', ');
  return `/** Written by \`node bench/accuracy.ts calibrate-windows\` from windows that are drawn with their answers (${verdicts} verdicts, seeds ${seeds.join(', ')}): see docs/windows.md. */
import type { WindowCurve } from '#diagnose/window/window-curve.ts';

export const WINDOW_CURVE: WindowCurve = {
  base: { ${pairs(base)} },
  score: ${score},
  weights: { ${pairs(weights)} },
};
`;
}
