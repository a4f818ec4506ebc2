/** A time in which something went wrong, with what was changed before it: drawn by hand, and what is said of it. */

import { suspectChange } from '#detect/changes/suspect-change.ts';
import { runDetector, type ThresholdValues } from '#detect/run.ts';
import type { Change } from '#model/changes/change.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logTemplates } from '#model/logs/log-templates.ts';
import type { Series } from '#model/metrics/series.ts';
import { every, said } from '#test/window.ts';

/** 2025-01-06T14:30:00Z: times below are seconds from then. */
const AT_US = Date.UTC(2025, 0, 6, 14, 30) * 1000;

export function usAt(seconds: number): number {
  return AT_US + seconds * 1_000_000;
}

/** A deploy of checkout; whatever else it is, is said. */
export function changed(at: number, more: Partial<Change> = {}): Change {
  const usual = {
    kind: 'deploy',
    service: 'checkout',
    id: `deploy-${at}`,
    text: '',
    url: '',
    files: [],
    diff: '',
  } as const;
  return { atUs: usAt(at), ...usual, ...more };
}

/** A point a minute, from three hours before to ten minutes after. */
export function metric(name: string, at: (seconds: number) => number, service = 'checkout'): Series {
  const seconds = Array.from({ length: 190 }, (_, minute) => (minute - 180) * 60);
  return {
    name,
    labels: { service },
    atUs: Float64Array.from(seconds, usAt),
    // Nothing that is measured stands still.
    values: Float64Array.from(seconds, (second, n) => at(second) * (1 + 0.02 * ((n * 7) % 5))),
  };
}

/** Fails from 14:30 on. */
export const ERRORS = metric('http_5xx_ratio', (at) => (at < 0 ? 0.002 : 0.6));

export function failing(line: string, service = 'checkout', level = 'error'): LogLine[] {
  return every(20, 5, 500, (at, n) => said(at, service, level, line.replaceAll('$n', `${100 + n * 7}`)));
}

const HEALTHY = every(200, -7000, -400, (at, n) => said(at, 'checkout', 'info', `order ${n} placed in ${n % 50} ms`));

export type DrawnTrouble = Readonly<{
  changes: readonly Change[];
  logs?: readonly LogLine[];
  healthy?: readonly LogLine[];
  metrics?: readonly Series[];
  thresholds?: ThresholdValues;
  service?: string;
  /** Seconds: since when its requests are bad, where they say so. */
  onset?: number;
}>;

export function suspected({
  changes,
  logs = [],
  healthy = HEALTHY,
  metrics = [ERRORS],
  thresholds,
  service = 'checkout',
  onset,
}: DrawnTrouble): readonly Finding[] {
  const window = { service, fromUs: usAt(-300), toUs: usAt(600), ...(onset !== undefined && { onsetUs: usAt(onset) }) };
  const lines = { logs, baselineLogs: healthy, templates: logTemplates([...logs, ...healthy]) };
  const evidence = { window, changes, metrics, ...(logs.length > 0 && lines) };
  const outcome = runDetector(suspectChange, evidence, thresholds);
  if (outcome.kind === 'broken') throw outcome.error;
  return outcome.kind === 'found' ? outcome.findings : [];
}
