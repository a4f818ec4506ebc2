import type { DetectorTraits } from '#model/finding/detector-traits.ts';
import type { Evidence, EvidenceKind } from '#model/finding/evidence.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';

/** A knob as data: the catalogue, the configuration's schema and its error messages are made of it. */
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
 * A detector is a pure function and its description. It may not do I/O, read the clock or the environment, log, or
 * remember anything between calls; the runner in `run.ts` handles missing evidence and exceptions, so a detector has
 * no try/catch.
 */
export type Detector<Needs extends EvidenceKind = EvidenceKind, Name extends string = string> = DetectorTraits &
  Readonly<{
    /** Equals the file name. Names the failing state with a noun: `lock-contention`, not `detect-locks`. */
    id: string;
    /** Why a responder should care, in one sentence. How to fix it belongs in the runbook. */
    why: string;
    /** What its silence says, as the end of "ruled out: …": no database call held the critical path long enough to matter. */
    clear: string;
    /** Why it may stay silent where something is wrong, a sentence each: what it cannot see, what it leaves alone on purpose. */
    silent: readonly string[];
    /** Without these it is skipped. */
    needs: readonly Needs[];
    /** Without any of these it is skipped, too: one of them is enough. */
    needsOneOf?: readonly EvidenceKind[];
    /** Read when it is there. */
    uses?: readonly EvidenceKind[];
    thresholds: Readonly<Record<Name, Threshold>>;
    detect(evidence: Pick<Evidence, Needs> & Partial<Evidence>, thresholds: Readonly<Record<Name, number>>): Sighting[];
    /** The sighting in words; `facts` are the sighting's own and its `service`, `operation` and `wastedMs`. */
    say(facts: Facts): Words;
  }>;

/** What a detector is about, told by what it cannot do without: one trace, the lines of a log, or a window of time. */
export function subjectOf({ needs }: Pick<Detector, 'needs'>): 'trace' | 'logs' | 'window' {
  if (needs.includes('trace')) return 'trace';
  return needs.every((kind) => OF_LOGS.has(kind)) ? 'logs' : 'window';
}

const OF_LOGS: ReadonlySet<EvidenceKind> = new Set(['logs', 'templates', 'baselineLogs']);

/** The folder of `detect/` in which it stands: the kind of evidence that it cannot do without. */
export function folderOf(detector: Pick<Detector, 'needs'>): string {
  const subject = subjectOf(detector);
  if (subject !== 'window') return subject;
  return (['platform', 'changes', 'metrics'] as const).find((kind) => detector.needs.includes(kind)) ?? 'window';
}

/** Identity at run time; at compile time it infers `needs` and `thresholds`, so that `detect` sees only what it declared. */
export function defineDetector<const Needs extends EvidenceKind, const Name extends string>(
  detector: Detector<Needs, Name>,
): Detector<Needs, Name> {
  return detector;
}
