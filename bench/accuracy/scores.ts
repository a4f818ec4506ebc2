/** All judged traces together, as numbers. Shares are from 0 to 1; where there was nothing to count they are not numbers. */
import type { Judged, Verdict } from './judged.ts';
import { DETECTORS, type DetectorId } from './label.ts';

export type Ratio = Readonly<{ of: number; hits: number; share: number }>;

export type DetectorScore = Readonly<{
  id: DetectorId;
  /** Of the traces in which it is expected, in how many it fired and blamed the right service. */
  recall: Ratio;
  /** Of its own near misses, in how many it fired all the same. */
  nearMisses: Ratio;
  /** Of all traces where it has no business, near misses included. */
  falseAlarms: Ratio;
  /** Of the traces in which it fired and is judged, in how many rightly. */
  precision: Ratio;
  /** Of its traces that have a right verdict (near misses with another problem as well), in how many it was given. */
  verdicts: Ratio;
}>;

export type Bin = Readonly<{ from: number; to: number; count: number; confidence: number; right: number }>;

export type Scores = Readonly<{
  traces: number;
  detectors: readonly DetectorScore[];
  verdicts: Ratio;
  pairs: Ratio;
  /** Of the healthy traces, how many have a finding above medium. */
  healthyAlarmed: Ratio;
  /** Of the healthy traces, how many have any finding but where the time goes. */
  healthyFound: Ratio;
  reliability: readonly Bin[];
  /** Expected calibration error of the verdict's confidence. */
  calibrationError: number;
  /** The part of it by which verdicts are surer than right. */
  tooSure: number;
}>;

const BINS = 10;

export function scoresOf(all: readonly Judged[]): Scores {
  const healthy = all.filter(({ part }) => part === 'healthy');
  const reliability = reliabilityOf(toldVerdicts(all));
  return {
    traces: all.length,
    detectors: DETECTORS.map((id) => detectorScore(id, all)),
    verdicts: rightOf(all.filter(hasVerdict)),
    pairs: rightOf(all.filter(({ part }) => part === 'pair')),
    healthyAlarmed: ratio(healthy, ({ found }) =>
      found.some(({ severity }) => severity === 'high' || severity === 'critical'),
    ),
    healthyFound: ratio(healthy, ({ falseAlarms }) => falseAlarms.some((kind) => kind !== 'bottleneck')),
    reliability,
    calibrationError: calibrationErrorOf(reliability),
    tooSure: tooSureOf(reliability),
  };
}

function detectorScore(id: DetectorId, all: readonly Judged[]): DetectorScore {
  const recalls = all.flatMap(({ recalled }) => recalled).filter(({ expected }) => expected.kind === id);
  const idle = all.filter(
    ({ label }) => !label.allowed.includes(id) && !label.expected.some(({ kind }) => kind === id),
  );
  const falseAlarms = ratio(idle, ({ falseAlarms }) => falseAlarms.includes(id));
  const recall = ratio(recalls, ({ isFound }) => isFound);
  return {
    id,
    recall,
    nearMisses: ratio(
      idle.filter(({ part, family }) => part === 'near miss' && family === id),
      (one) => one.falseAlarms.includes(id),
    ),
    falseAlarms,
    precision: ratioOf(recall.hits + falseAlarms.hits, recall.hits),
    verdicts: rightOf(all.filter((one) => one.family === id && hasVerdict(one))),
  };
}

function hasVerdict({ part, label }: Judged): boolean {
  return part === 'positive' || (part === 'near miss' && label.verdicts.length > 0);
}

function rightOf(traces: readonly Judged[]): Ratio {
  return ratio(
    traces.filter(({ isRight }) => isRight !== undefined),
    ({ isRight }) => isRight === true,
  );
}

/** A verdict that is known to be right or wrong. */
export type ToldVerdict = Readonly<{ verdict: Omit<Verdict, 'service'>; isRight: boolean }>;

/** That a trace is broken is no claim about the request: where no such verdict is labelled, none counts but a wrong one. */
export function toldVerdicts(all: readonly Judged[]): ToldVerdict[] {
  return all.flatMap(({ verdict, isRight, label }) => {
    if (verdict === undefined || isRight === undefined || (isRight && label.verdicts.length === 0)) return [];
    const isApart = verdict.kind === 'broken-trace' && label.allowed.includes('broken-trace');
    return isApart ? [] : [{ verdict, isRight }];
  });
}

/** By how much the mean confidence of a bin is off, over all verdicts. */
export function calibrationErrorOf(bins: readonly Bin[]): number {
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, { count, confidence, right }) => sum + (count / all) * Math.abs(right - confidence), 0);
}

/** By how much the mean confidence of a bin is above its share of right ones, over all verdicts. */
export function tooSureOf(bins: readonly Bin[]): number {
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, { count, confidence, right }) => sum + (count / all) * Math.max(0, confidence - right), 0);
}

export function reliabilityOf(
  told: readonly Readonly<{ verdict: Pick<Verdict, 'confidence'>; isRight: boolean }>[],
): Bin[] {
  return binsOf(told.map(({ verdict, isRight }) => ({ confidence: verdict.confidence, isRight })));
}

function binsOf(told: readonly Readonly<{ confidence: number; isRight: boolean }>[]): Bin[] {
  return Array.from({ length: BINS }, (_, bin) => {
    const inside = told.filter(({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === bin);
    return {
      from: bin / BINS,
      to: (bin + 1) / BINS,
      count: inside.length,
      confidence: mean(inside.map(({ confidence }) => confidence)),
      right: mean(inside.map(({ isRight }) => Number(isRight))),
    };
  });
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function ratio<T>(all: readonly T[], isHit: (one: T) => boolean): Ratio {
  return ratioOf(all.length, all.filter(isHit).length);
}

function ratioOf(of: number, hits: number): Ratio {
  return { of, hits, share: of === 0 ? Number.NaN : hits / of };
}
