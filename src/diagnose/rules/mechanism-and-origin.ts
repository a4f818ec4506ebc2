import { beganWithin } from '#diagnose/rules/failing-spans.ts';
import { shareSpans } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Whether the mechanism says more than the origin. The callee's own error says more than the retries. */
export function saysMoreThanOrigin(trace: Trace, mechanism: Finding, origin: Finding): boolean {
  if (mechanism.detector === 'swallowed-error') return false;
  const isRetry = mechanism.detector === 'retry-storm';
  if (isRetry && isCalleesFault(origin) && !multiplies(mechanism)) return false;
  const ofTheCaller = !isRetry || (origin.facts.caller ?? origin.service) === mechanism.service;
  if (ofTheCaller && shareSpans(mechanism, origin)) return true;
  if (!beganWithin(trace, origin, mechanism)) return false;
  if (origin.facts.message === '') return true;
  if (mechanism.detector === 'poison-message') return origin.facts.reason === 'own';
  return isRetry && origin.facts.reason !== 'own' && multiplies(mechanism);
}

/** Words or an answer of the callee show that it failed, and not its caller: as many attempts as usual are no load. */
function isCalleesFault({ facts }: Finding): boolean {
  return String(facts.calleeFault ?? '') !== '';
}

/** Clients make three attempts by default. More attempts, or harmful ones, are a load of their own. */
const USUAL_ATTEMPTS = 3;

function multiplies({ facts }: Finding): boolean {
  return Number(facts.load) > USUAL_ATTEMPTS || facts.madeWorse === true;
}
