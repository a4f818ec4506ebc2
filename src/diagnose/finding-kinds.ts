/** Looks up the traits of a finding's detector by its id. */

import type { CauseField } from '#model/finding/cause-fields.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';

/** The detectors that ran, with what their silence says. */
export type RunDetectors = Detectors &
  Readonly<{
    /**
     * Detectors that looked and found nothing, with what that means; they name no service. Many traces share the same
     * objects.
     */
    cleared: readonly Readonly<{ kind: string; service: ''; why: string }>[];
  }>;

/** Something failed. The fact `reachedRoot` says whether it affected the request. */
export function isFailure(detector: string, detectors: Detectors): boolean {
  return detectors.of(detector).role === 'failure';
}

/** It describes where time went, or an odd number, without naming a mechanism. */
export function isDescription(detector: string, detectors: Detectors): boolean {
  return detectors.of(detector).role === 'description';
}

const FIELDS_OF_THE_TRACE: ReadonlySet<CauseField> = new Set(['instrumentation', 'clock']);

/** It describes the trace data, not the system: it causes nothing and follows from nothing. */
export function isAboutTrace(detector: string, detectors: Detectors): boolean {
  return FIELDS_OF_THE_TRACE.has(detectors.of(detector).field);
}

/** Why such a finding is not the verdict. */
export const OF_THE_TRACE = 'it describes the trace data, not the request';

/** It says only which span owns the time: behind a finding that says more, unless that holds far less time. */
export function givesNoReason(detector: string, detectors: Detectors): boolean {
  return detectors.of(detector).coverage === 'own-time';
}
