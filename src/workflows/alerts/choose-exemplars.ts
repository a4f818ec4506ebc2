/**
 * Chooses the few traces of an alert to examine: the failing ones nearest to it and the slowest of the rest. The order
 * of the traces does not change the choice.
 */
import type { AnalysedTrace } from '#analyse/session.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import { durationText } from '#model/text/duration.ts';
import type { Report } from '#present/json/report.ts';
import { isoInstant, shortClock } from '#present/words/instant.ts';

export type Exemplar = Report['exemplars'][number];

/** Per kind. One trace could be an accident, and people read no more than this. */
const EACH = 3;

/** `atUs`: when the alert began, or the end of the window that somebody asked about, in microseconds since the epoch. */
export function chooseExemplars(
  traces: readonly AnalysedTrace[],
  atUs: number,
  kind: WindowSubject['kind'] = 'alert',
): readonly Exemplar[] {
  const candidates = [...new Map(traces.map((trace) => [trace.traceId, candidateOf(trace)])).values()];
  const failing = candidates
    .filter(({ failed }) => failed > 0)
    .sort((a, b) => b.failed - a.failed || distance(a, atUs) - distance(b, atUs) || byId(a, b))
    .slice(0, EACH);
  const rest = candidates.filter((candidate) => !failing.includes(candidate));
  const slowest = rest.sort((a, b) => b.durationUs - a.durationUs || byId(a, b)).slice(0, EACH);
  return [
    ...failing.map((trace) => ({
      traceId: trace.traceId,
      role: 'failing' as const,
      why: `${trace.failed === FAILED ? 'it failed' : 'a call in it failed'}, ${kind === 'alert' ? fromAlert(trace, atUs) : `at ${shortClock(trace.startUs)} UTC`}`,
      ...(Number.isFinite(trace.startUs) && { at: isoInstant(trace.startUs) }),
    })),
    ...slowest.map((trace, rank) => ({
      traceId: trace.traceId,
      role: trace.healthy ? ('healthy' as const) : ('slow' as const),
      why: `${RANKS[rank] ?? 'among the slowest'} of ${counted(rest.length, failing.length > 0)}, ${durationText(trace.durationUs)}`,
    })),
  ];
}

type Candidate = Readonly<{
  traceId: string;
  startUs: number;
  durationUs: number;
  failed: number;
  healthy: boolean;
}>;

/** A failed request is stronger evidence than one that hid a failed call. */
const FAILED = 2;
const DEGRADED = 1;

function candidateOf({ traceId, symptom, report }: AnalysedTrace): Candidate {
  return {
    traceId,
    startUs: Date.parse(report.subject.from) * 1_000,
    durationUs: report.trace?.durationUs ?? 0,
    failed: symptom === 'failed' ? FAILED : symptom === 'degraded' ? DEGRADED : 0,
    healthy: report.diagnosis === null,
  };
}

function distance({ startUs }: Candidate, atUs: number): number {
  return Math.abs(startUs - atUs);
}

function byId(a: Candidate, b: Candidate): number {
  if (a.traceId === b.traceId) return 0;
  return a.traceId < b.traceId ? -1 : 1;
}

/** Whole seconds, because the clocks of the alert and of the trace differ. */
function fromAlert({ startUs }: Candidate, atUs: number): string {
  const seconds = Math.round((startUs - atUs) / 1e6);
  if (seconds === 0) return 'at the alert';
  return `${durationText(Math.abs(seconds) * 1e6)} ${seconds < 0 ? 'before' : 'after'} the alert`;
}

const RANKS = ['the slowest', 'the second slowest', 'the third slowest'];

function counted(count: number, someFailed: boolean): string {
  return `${count}${someFailed ? ' that did not fail' : ''}`;
}
