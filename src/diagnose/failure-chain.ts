/**
 * Which of two failures led to the other, by what each is:
 *
 *   an origin                explains what failed above it, where it gives a reason of its own
 *   a mechanism of failing   (time-out, retries, breaker, poison) explains the origin on its own calls, and one below that
 *                            gives no reason
 *   retries                  explain the time-outs of their attempts; an overload below does not explain them where they
 *                            multiply, and a pool that ran out only after the first attempt follows from them
 *   a swallowed error        follows from all of them
 *   a lock, a pool, a slow   explain failures that they made: by failing the call, or, of a time-out, by taking the time
 *   query …
 */

import { FAILURES } from '#diagnose/finding-kinds.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** Undefined where these rules have nothing to say: then time decides. */
export function failureExplains(trace: Trace, cause: Finding, effect: Finding): boolean | undefined {
  if (FAILURES.has(cause.detector) && FAILURES.has(effect.detector)) return explainsFailure(trace, cause, effect);
  if (cause.detector === 'retry-storm' && madeByStorm(trace, effect, cause)) return true;
  if (effect.detector === 'retry-storm' && madeByStorm(trace, cause, effect)) return false;
  // A call that failed for its slowness is not slow because it failed.
  if (FAILURES.has(cause.detector)) return shareSpans(cause, effect) ? false : undefined;
  if (!FAILURES.has(effect.detector) || effect.detector === 'error-origin') return undefined;
  if (cause.facts.failed === true && liesWithin(trace, cause, effect)) return true;
  return effect.facts.reason === 'timeout' && shareSpans(cause, effect) ? true : undefined;
}

function explainsFailure(trace: Trace, cause: Finding, effect: Finding): boolean {
  if (cause.detector === 'swallowed-error' || cause.facts.refused === true) return false;
  // A failure that was put up with is not why a request was refused, unless the refusal says so.
  if (effect.facts.refused === true) return cause.facts.isQuoted === true;
  const together = shareSpans(cause, effect);
  // Who called it failed as well, and not for this.
  if (cause.facts.isBeside === true && !together) return false;
  if (cause.detector === 'error-origin') return beganWithin(trace, cause, effect) && !isNamedBy(trace, effect, cause);
  if (effect.detector === 'error-origin') return isNamedBy(trace, cause, effect);
  if (effect.detector === 'swallowed-error') return together || liesWithin(trace, cause, effect);
  if (together) return LED_BY[effect.detector]?.includes(cause.detector) ?? false;
  return liesWithin(trace, cause, effect);
}

/** For each kind of failure those that came before it where both speak of the same calls. */
const LED_BY: Readonly<Record<string, readonly string[]>> = {
  'timeout-cascade': ['retry-storm', 'poison-message'],
  'circuit-open': ['retry-storm', 'timeout-cascade'],
  'retry-storm': ['poison-message'],
};

/** Whether the mechanism says more than the origin does. What the callee itself said is more than that it was asked again. */
function isNamedBy(trace: Trace, mechanism: Finding, origin: Finding): boolean {
  if (mechanism.detector === 'swallowed-error') return false;
  const isRetry = mechanism.detector === 'retry-storm';
  const ofTheCaller = !isRetry || origin.service === mechanism.service;
  if (ofTheCaller && shareSpans(mechanism, origin)) return true;
  if (!beganWithin(trace, origin, mechanism)) return false;
  if (origin.facts.message === '') return true;
  if (mechanism.detector === 'poison-message') return origin.facts.reason === 'own';
  return isRetry && origin.facts.reason !== 'own' && multiplies(mechanism);
}

/** Its decisive span lies there; failures of the same kind may have happened elsewhere, too. */
function beganWithin(trace: Trace, origin: Finding, other: Finding): boolean {
  return under(trace, origin.spans.slice(0, 1), ownSpans(other)).length > 0;
}

/** Of a cascade the calls that were waited for: below those who failed with it lies much else. */
function ownSpans({ detector, spans, facts }: Finding): readonly SpanIndex[] {
  return detector === 'timeout-cascade' ? spans.slice(0, Number(facts.attempts)) : spans;
}

/** Three attempts are what clients make by default; more of them, or such as made it worse, are a load of their own. */
const USUAL_ATTEMPTS = 3;

function multiplies({ facts }: Finding): boolean {
  return Number(facts.load) > USUAL_ATTEMPTS || facts.madeWorse === true;
}

/** Calls that got no connection only after the repeats had begun. */
function madeByStorm(trace: Trace, pool: Finding, storm: Finding): boolean {
  return pool.detector === 'pool-exhaustion' && storm.facts.madeWorse === true && liesWithin(trace, pool, storm);
}

function shareSpans(a: Finding, b: Finding): boolean {
  const spans = new Set(b.spans);
  return a.spans.some((span) => spans.has(span));
}

/** On the spans of the other, or below them. */
function liesWithin(trace: Trace, one: Finding, other: Finding): boolean {
  return under(trace, one.spans, ownSpans(other)).length === one.spans.length;
}
