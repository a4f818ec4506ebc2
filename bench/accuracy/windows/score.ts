/** Drawn windows and what was said of each: how often the culprit comes first, by kind and share of the fault. */
import { evidenceSetOf } from '#diagnose/window/window-confidence.ts';
import type { Report } from '#present/json/report.ts';
import { calibrationErrorOf, reliabilityOf } from '../scores.ts';
import { reliabilityTable, table } from '../tables.ts';
import type { ToldWindow } from './calibrate.ts';
import type { DrawnWindow } from './draw.ts';
import { NAMES } from './fault.ts';

export type JudgedWindow = Readonly<{
  id: string;
  /** `cpu` and `0.1`; `two`, `healthy` or `without logs` and nothing. */
  family: string;
  share: string;
  isHealthy: boolean;
  /** Of the best placed culprit; infinite where none is named. */
  rank: number;
  /** Both, where there are two. */
  areAllNamed: boolean;
  isKindRight: boolean;
  confidence: number;
  /** Undefined where nobody is named. */
  told: ToldWindow | undefined;
  /** What was drawn, and what was said of it, for people. */
  faults: string;
  verdict: string;
}>;

export function judgedWindow(window: DrawnWindow, report: Report | undefined): JudgedWindow {
  const diagnosis = report?.diagnosis ?? undefined;
  const ranking = diagnosis?.ranking ?? [];
  const ranks = window.faults.map(({ service }) => rankIn(ranking, service));
  const [, family = '', share = ''] = window.id.split('/');
  const isRight = window.faults.length > 0 && Math.min(...ranks) === 1;
  const culprit = window.faults.find(({ service }) => service === diagnosis?.service);
  return {
    id: window.id,
    family,
    share: Number(share) > 0 ? share : '',
    isHealthy: window.faults.length === 0,
    rank: Math.min(...ranks),
    areAllNamed: ranks.every((rank) => rank <= 3),
    isKindRight: culprit !== undefined && NAMES[culprit.kind].includes(diagnosis?.kind ?? ''),
    confidence: diagnosis?.confidence ?? 0,
    told: diagnosis && {
      set: evidenceSetOf(has(window)),
      score: ranking[0]?.score ?? 0,
      signals: diagnosis.signals,
      isRight,
    },
    faults: window.faults.map(({ kind, service, share }) => `${kind} @ ${service} on ${share}`).join(', '),
    verdict:
      diagnosis === undefined
        ? 'nothing'
        : `${diagnosis.kind} @ ${diagnosis.service} (${diagnosis.confidence.toFixed(2)})`,
  };
}

function has({ missing }: DrawnWindow): Parameters<typeof evidenceSetOf>[0] {
  return {
    requests: 0,
    areRequests: !missing.includes('traces'),
    areLines: !missing.includes('logs'),
    areMetrics: !missing.includes('metrics'),
  };
}

/** Of a service, from 1; a tie counts as lost. */
export function rankIn(ranking: readonly Readonly<{ service: string; score: number }>[], service: string): number {
  const own = ranking.find((one) => one.service === service);
  if (own === undefined || own.score === 0) return Number.POSITIVE_INFINITY;
  return (
    1 +
    new Set(ranking.filter((one) => one.service !== service && one.score >= own.score).map((one) => one.service)).size
  );
}

export function windowTables(all: readonly JudgedWindow[]): string {
  const faulty = all.filter(({ isHealthy }) => !isHealthy);
  const healthy = all.filter(({ isHealthy }) => isHealthy);
  const told = all.map(({ isHealthy, rank, confidence }) => ({
    isRight: !isHealthy && rank === 1,
    verdict: { confidence },
  }));
  const blamed = healthy.filter(({ confidence }) => confidence >= 0.5).length;
  const brier =
    told.reduce((sum, { isRight, verdict }) => sum + (verdict.confidence - Number(isRight)) ** 2, 0) / told.length;
  const right = told.filter(({ isRight }) => isRight).length / told.length;
  const bins = reliabilityOf(told);
  return [
    `${all.length} drawn windows: many requests, log lines and metrics of systems at random.`,
    table([
      ['fault', 'of the calls', 'windows', 'first', 'first three', 'kind', 'blamed at 0.5'],
      ...[...Map.groupBy(faulty, ({ family, share }) => `${family}\n${share}`)].map(([key, of]) => [
        ...key.split('\n'),
        ...rowOf(of),
      ]),
      ['all', '', ...rowOf(faulty)],
    ]),
    table([
      ['all together', 'windows', 'is'],
      ['nothing is wrong, and somebody is blamed', `${healthy.length}`, (blamed / healthy.length).toFixed(3)],
      ['Brier', `${all.length}`, brier.toFixed(3)],
      ['Brier of the best constant', `${all.length}`, (right * (1 - right)).toFixed(3)],
      ['expected calibration error', `${all.length}`, calibrationErrorOf(bins).toFixed(3)],
    ]),
    reliabilityTable(bins),
  ].join('\n\n');
}

function rowOf(of: readonly JudgedWindow[]): readonly string[] {
  const share = (is: (one: JudgedWindow) => boolean) => (of.filter(is).length / of.length).toFixed(2);
  return [
    `${of.length}`,
    share(({ rank }) => rank === 1),
    share(({ areAllNamed }) => areAllNamed),
    share(({ rank, isKindRight }) => rank === 1 && isKindRight),
    share(({ confidence }) => confidence >= 0.5),
  ];
}
