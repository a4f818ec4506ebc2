/**
 * What a comparison with healthy traces adds to the chain. It says that something is other than usual, and not why:
 *
 *   a mechanism (a lock, a query, N+1) on the same spans   explains that they are slower, or more
 *   slower calls                                           explain a loop over them that healthy requests have as well
 *   a failure on the way                                   explains that a service was not reached
 *   a failure, or a service that was left out, below       explains that the answer is small
 */

import { AGAINST_BASELINE, FAILURES } from '#diagnose/finding-kinds.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** Undefined where these rules have nothing to say. */
export function comparisonExplains(trace: Trace, cause: Finding, effect: Finding): boolean | undefined {
  if (effect.detector === 'missing-service') return keptFromCalling(trace, cause, effect);
  if (effect.detector === 'shrunk-response') return leftOut(trace, cause, effect);
  if (cause.detector === 'missing-service' || cause.detector === 'shrunk-response') return false;
  if (effect.detector === 'slower-than-baseline') return slowedDown(cause, effect);
  if (effect.detector === 'span-count-anomaly') return repeated(trace, cause, effect);
  if (cause.detector === 'slower-than-baseline' && LOOPS.has(effect.detector) && sloweredLoop(cause, effect))
    return true;
  return AGAINST_BASELINE.has(cause.detector) && shareSpans(cause, effect) && !FAILURES.has(effect.detector)
    ? false
    : undefined;
}

/** That calls are many, or wait for one another, is not why each of them takes longer. */
const LOOPS: ReadonlySet<string> = new Set(['n-plus-one-queries', 'n-plus-one-calls', 'fan-out', 'sequential-calls']);

const LEAST_SHARE = 0.5;

/** It speaks of a span's own time: what runs below is other time, unless it says that it is the reason of this. */
function slowedDown(cause: Finding, slower: Finding): boolean {
  if (AGAINST_BASELINE.has(cause.detector) || FAILURES.has(cause.detector) || LOOPS.has(cause.detector)) return false;
  if (shareSpans(cause, slower)) return true;
  const own = new Set(slower.spans);
  const explainedUs = (cause.explains ?? [])
    .filter(({ span }) => own.has(span))
    .reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
  return explainedUs > 0 && explainedUs >= LEAST_SHARE * slower.wastedUs;
}

/** Only what repeats calls makes more of them. */
const REPEATING: ReadonlySet<string> = new Set([...LOOPS, 'cache-miss-cascade', 'retry-storm', 'poison-message']);

function repeated(trace: Trace, cause: Finding, more: Finding): boolean {
  if (cause.detector === 'sequential-calls' || !REPEATING.has(cause.detector)) return false;
  return shareSpans(cause, more) || under(trace, cause.spans, more.spans).length >= LEAST_SHARE * cause.spans.length;
}

function sloweredLoop(slower: Finding, loop: Finding): boolean {
  return shareSpans(slower, loop) && slower.wastedUs >= LEAST_SHARE * loop.wastedUs;
}

function keptFromCalling(trace: Trace, cause: Finding, missing: Finding): boolean {
  if (missing.facts.cutShort !== true || !FAILURES.has(cause.detector)) return false;
  return under(trace, cause.spans.slice(0, 1), missing.spans).length > 0;
}

function leftOut(trace: Trace, cause: Finding, shrunk: Finding): boolean {
  if (cause.detector !== 'missing-service' && !FAILURES.has(cause.detector)) return false;
  return under(trace, cause.spans.slice(0, 1), shrunk.spans).length > 0;
}

function shareSpans(a: Finding, b: Finding): boolean {
  const spans = new Set(b.spans);
  return a.spans.some((span) => spans.has(span));
}
