import { detectors } from '#detect/registry.ts';
import type { Citation } from '#model/finding/methods.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { methodsOfTrace } from '#test/methods-of-trace.ts';

/** Everything that the methods cite, and what there is to be cited beside spans and lines. */
export function diagnosedCitations(trace: Trace, logs: readonly LogLine[]) {
  const { fiveWhys, hypotheses, fishbone, firstFailures, checklist } = methodsOfTrace(trace, logs);
  const { findings, diagnosis } = diagnosed(trace, logs);
  const citations: readonly Citation[] = [
    ...(fiveWhys?.evidence ?? []),
    ...(fiveWhys?.whys ?? []).flatMap(({ evidence }) => evidence),
    ...hypotheses.flatMap(({ supports, contradicts }) => [...supports, ...contradicts]),
    ...fishbone.categories.flatMap(({ entries }) => entries.flatMap(({ evidence }) => evidence)),
    ...firstFailures.map(({ evidence }) => evidence),
    ...checklist.flatMap(({ items }) => items.flatMap(({ evidence }) => evidence)),
  ];
  const known: Readonly<Record<string, readonly string[]>> = {
    finding: findings.map((_, index) => `${index}`),
    'ruled-out': (diagnosis?.ruledOut ?? []).map((_, index) => `${index}`),
    detector: detectors.map(({ id }) => id),
  };
  return { citations, known };
}
