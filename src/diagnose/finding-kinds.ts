/** What judgement asks of the detector of a finding, by its id. */

import type { CauseField } from '#model/finding/cause-fields.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';

/** The detectors that ran, with what their silence says. */
export type RunDetectors = Detectors &
  Readonly<{
    /** Detectors that looked and found nothing, with what that means; of no service. The same objects for many traces. */
    cleared: readonly Readonly<{ kind: string; service: ''; why: string }>[];
  }>;

/** Something failed. Whether anybody suffered from it stands in the facts, as `reachedRoot`. */
export function isFailure(detector: string, detectors: Detectors): boolean {
  return detectors.of(detector).role === 'failure';
}

/** It describes where time went, or that a number is odd, without naming a mechanism. */
export function isDescription(detector: string, detectors: Detectors): boolean {
  return detectors.of(detector).role === 'description';
}

const FIELDS_OF_THE_TRACE: ReadonlySet<CauseField> = new Set(['instrumentation', 'clock']);

/** About the record and not about the system: it causes nothing and follows from nothing. */
export function isAboutTrace(detector: string, detectors: Detectors): boolean {
  return FIELDS_OF_THE_TRACE.has(detectors.of(detector).field);
}

/** It says only whose time it is: never before a finding that says more, however small. */
export function givesNoReason(detector: string, detectors: Detectors): boolean {
  return detectors.of(detector).coverage === 'own-time';
}
