import { beganWithin } from '#diagnose/rules/failing-spans.ts';
import { shareSpans } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Whether the mechanism says more than the origin does. What the callee itself said is more than that it was asked again. */
export function saysMoreThanOrigin(trace: Trace, mechanism: Finding, origin: Finding): boolean {
  if (mechanism.detector === 'swallowed-error') return false;
  const isRetry = mechanism.detector === 'retry-storm';
  const ofTheCaller = !isRetry || origin.service === mechanism.service;
  if (ofTheCaller && shareSpans(mechanism, origin)) return true;
  if (!beganWithin(trace, origin, mechanism)) return false;
  if (origin.facts.message === '') return true;
  if (mechanism.detector === 'poison-message') return origin.facts.reason === 'own';
  return isRetry && origin.facts.reason !== 'own' && multiplies(mechanism);
}

/** Three attempts are what clients make by default; more of them, or such as made it worse, are a load of their own. */
const USUAL_ATTEMPTS = 3;

function multiplies({ facts }: Finding): boolean {
  return Number(facts.load) > USUAL_ATTEMPTS || facts.madeWorse === true;
}
