import { isFailure } from '#diagnose/finding-kinds.ts';
import { liesWithin } from '#diagnose/rules/failing-spans.ts';
import { type Pair, shareSpans } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { lengthOf } from '#model/trace/views/path-within.ts';

/**
 * A lock, a pool or a slow query explains failures that it caused: it failed the call, or used up the time of a call
 * that timed out. A call that failed because it was slow is not slow because it failed.
 */
export function slowAndFailed({ trace, cause, effect, detectors }: Pair): boolean | undefined {
  if (isFailure(cause.detector, detectors)) return shareSpans(cause, effect) ? false : undefined;
  if (cause.facts.failed === true && effect.facts.refused === true && holdsMost(trace, cause))
    return liesWithin(trace, cause, effect) ? true : undefined;
  // For an origin, only time decides.
  if (!isFailure(effect.detector, detectors) || effect.detector === 'error-origin') return undefined;
  if (cause.facts.failed === true && liesWithin(trace, cause, effect)) return true;
  return effect.facts.reason === 'timeout' && (shareSpans(cause, effect) || heldTheCall(cause, effect))
    ? true
    : undefined;
}

/** The call waited most of its time until somebody took it: its callee's span begins only then. */
function heldTheCall({ explains = [] }: Finding, { spans, wastedUs }: Finding): boolean {
  const heldUs = lengthOf(explains.filter(({ span }) => spans.includes(span)));
  return 2 * heldUs >= Math.max(1, wastedUs);
}

/** The service refused the request after it had waited in vain for most of its time. */
function holdsMost(trace: Trace, { wastedUs }: Finding): boolean {
  return 2 * wastedUs >= trace.durationOfUs(trace.root);
}
