/** A comparison as JSON. docs/compare.md lists the names, which are stable: added, never renamed. Times in microseconds. */
import type {
  AttributeChange,
  ComparedCall,
  ComparedSide,
  Comparison,
  DurationChange,
  Range,
  Told,
} from '#model/requests/comparison.ts';
import { comparisonSummary } from '#present/words/comparison-summary.ts';
import { shownValue } from '#present/words/comparison-words.ts';
import { isoInstant } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

export type ComparisonReport = ReturnType<typeof comparisonReport>;

export function comparisonReport(comparison: Comparison) {
  const { verdict, standing } = comparisonSummary(comparison);
  const { healthy, failing, whole, structure, durations, attributes, logs, responses, conclusion } = comparison;
  return {
    schema: 'spanhound.comparison/1',
    relation: comparison.relation,
    healthy: side(healthy),
    failing: side(failing),
    conclusion: {
      sentence: verdict,
      standing,
      certainty: conclusion.told,
      kind: conclusion.main === undefined ? 'none' : conclusion.main.kind,
    },
    duration: whole === undefined ? null : duration(whole),
    structure: structure.map(({ change, at, told, below, failure, afterFailure, from, failed, ...counts }) => ({
      change,
      ...place(at),
      certainty: told,
      healthy: { count: range(counts.healthyCount), traces: counts.healthyTraces },
      failing: { count: range(counts.failingCount), traces: counts.failingTraces, failed },
      callsBelow: below,
      criticalPathUs: Math.round(counts.pathUs),
      failure: shown(failure),
      afterFailure,
      from: from.map(shown),
    })),
    durations: durations.map(duration),
    attributes: attributes.map(attribute),
    responses: responses.map(({ at, measure, told, healthy, failing }) => ({
      ...place(at),
      measure,
      certainty: told,
      healthy: range(healthy),
      failing,
    })),
    /** null where a side has no lines. */
    logs:
      logs === undefined
        ? null
        : logs.map(({ change, template, example, service, level, told, ...counts }) => ({
            change,
            template: shown(template),
            example: shown(example),
            service: shown(service),
            level: shown(level),
            certainty: told,
            healthy: { linesPerTrace: counts.healthyCount, traces: counts.healthyTraces },
            failing: { linesPerTrace: counts.failingCount },
          })),
    gaps: [...(comparison.few === undefined ? [] : [comparison.few]), ...comparison.gaps].map((gap) => ({
      source: shown(gap.source),
      problem: shown(gap.problem),
      consequence: shown(gap.consequence),
    })),
  };
}

function side({ traces, request, chosen, durationUs, failed, statuses, lines }: ComparedSide) {
  return {
    ...(lines !== undefined && { logLines: lines }),
    request: shown(request),
    chosen: shown(chosen),
    traces: traces.map((trace) => ({
      traceId: shown(trace.traceId),
      startTime: isoInstant(trace.startUs),
      durationUs: trace.durationUs,
      failed: trace.failed,
    })),
    durationUs: range(durationUs),
    failed,
    statuses,
  };
}

function place({ service, operation, path, healthySpanId, failingSpanId }: ComparedCall) {
  return {
    service: shown(service),
    operation: shown(operation),
    path: path.map(shown),
    healthySpanId: shown(healthySpanId),
    failingSpanId: shown(failingSpanId),
  };
}

function range({ median, low, high }: Range): Range {
  return { median, low, high };
}

function duration({ at, told, healthyUs, failingUs, healthyOwnUs, failingOwnUs, pathUs, share }: DurationChange) {
  return {
    ...place(at),
    certainty: told satisfies Told,
    healthyUs: range(healthyUs),
    failingUs: range(failingUs),
    healthyOwnUs: Math.round(healthyOwnUs),
    failingOwnUs: Math.round(failingOwnUs),
    ratio: healthyUs.median === 0 ? null : Number((failingUs.median / healthyUs.median).toPrecision(3)),
    criticalPathUs: Math.round(pathUs),
    shareOfDifference: Number(share.toPrecision(3)),
  };
}

function attribute({
  name,
  of,
  at,
  also,
  told,
  healthy,
  failing,
  healthyWith,
  isEmptied,
  role,
  ratio,
}: AttributeChange) {
  return {
    name: shown(name),
    of,
    ...place(at),
    furtherCalls: also,
    certainty: told,
    role,
    healthy: healthy.map((value) => shownValue(name, value)),
    failing: failing.map((value) => shownValue(name, value)),
    healthyTracesWithIt: healthyWith,
    emptied: isEmptied,
    ratio: ratio === 0 ? null : Number(ratio.toPrecision(3)),
  };
}
