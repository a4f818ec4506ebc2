import type { DetectorTraits } from '#model/finding/detector-traits.ts';
import type { Evidence, EvidenceKind } from '#model/finding/evidence.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';

/** A threshold as data. The catalogue, the configuration's schema and its error messages use it. */
export type Threshold = Readonly<{
  default: number;
  min?: number;
  max?: number;
  /** `ms`, `calls`, `share of the trace`… */
  unit: string;
  means: string;
  /** Why this default, with its source. */
  why: string;
}>;

/**
 * A detector is a pure function and its description. It does no I/O, reads no clock and no environment, logs nothing, and
 * remembers nothing between calls. `run.ts` handles missing evidence and exceptions, so a detector has no try/catch.
 */
export type Detector<Needs extends EvidenceKind = EvidenceKind, Name extends string = string> = DetectorTraits &
  Readonly<{
    /** The file name. A noun that names the failing state: `lock-contention`, not `detect-locks`. */
    id: string;
    /** Why a responder should care, in one sentence. How to fix it belongs in the runbook. */
    why: string;
    /** What it rules out when it finds nothing, without a capital: no database call held the critical path long enough to matter. */
    clear: string;
    /** Why it may find nothing although something is wrong, one sentence each: what it cannot see, what it ignores on purpose. */
    silent: readonly string[];
    /** It is skipped if one of these is missing. */
    needs: readonly Needs[];
    /** It is skipped if all of these are missing. */
    needsOneOf?: readonly EvidenceKind[];
    /** Evidence that it reads where there is some. */
    uses?: readonly EvidenceKind[];
    thresholds: Readonly<Record<Name, Threshold>>;
    detect(evidence: Pick<Evidence, Needs> & Partial<Evidence>, thresholds: Readonly<Record<Name, number>>): Sighting[];
    /** The words of a sighting. `facts` are the sighting's facts, with its `service`, `operation` and `wastedMs`. */
    say(facts: Facts): Words;
  }>;

/** What a detector examines, by the evidence that it needs: one trace, log lines, or a time window. */
export function subjectOf({ needs }: Pick<Detector, 'needs'>): 'trace' | 'logs' | 'window' {
  if (needs.includes('trace')) return 'trace';
  return needs.every((kind) => OF_LOGS.has(kind)) ? 'logs' : 'window';
}

const OF_LOGS: ReadonlySet<EvidenceKind> = new Set(['logs', 'templates', 'baselineLogs']);

/** The folder of `detect/` that holds its file, by the evidence that it needs. */
export function folderOf(detector: Pick<Detector, 'needs'>): string {
  const subject = subjectOf(detector);
  if (subject !== 'window') return subject;
  return (['platform', 'changes', 'metrics'] as const).find((kind) => detector.needs.includes(kind)) ?? 'window';
}

/** Returns its argument. For the compiler it infers `needs` and `thresholds`, so that `detect` sees only what it declared. */
export function defineDetector<const Needs extends EvidenceKind, const Name extends string>(
  detector: Detector<Needs, Name>,
): Detector<Needs, Name> {
  return detector;
}
