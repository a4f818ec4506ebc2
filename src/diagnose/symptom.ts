import { isAboutTrace } from '#diagnose/finding-kinds.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Symptom } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';
import { durationText } from '#model/text/duration.ts';
import type { Trace } from '#model/trace/trace.ts';

/** What a user of the root operation noticed. Without a baseline nobody can say "too slow", only how long it took. */
export function symptomOf(trace: Trace, findings: readonly Finding[], detectors: Detectors): Symptom {
  const { root } = trace;
  const what = `${trace.operation(root)} on ${trace.service(root)}`;
  const took = durationText(trace.durationOfUs(root));
  const status = trace.httpStatus(root);
  if (trace.failed(root))
    return { kind: 'failed', text: `${what} failed${status >= 400 ? ` with ${status}` : ''} after ${took}` };
  if (findings.some(({ facts }) => facts.refused === true))
    return { kind: 'failed', text: `${what} was refused with ${status}` };
  const shrunk = findings.find(({ detector }) => detectors.of(detector).coverage === 'answer');
  if (shrunk && findings.every(({ facts, detector }) => facts.reachedRoot !== false || detector === shrunk.detector)) {
    return { kind: 'degraded', text: `${what} answered after ${took}, with a far smaller response than usual` };
  }
  const hidden = findings.filter(({ facts }) => facts.reachedRoot === false);
  if (hidden.length > 0 && hidden.every(isLeftOut)) {
    return { kind: 'degraded', text: `${what} answered after ${took}, without a call that healthy requests make` };
  }
  if (hidden.length > 0) {
    return { kind: 'degraded', text: `${what} answered after ${took}, but some calls below it failed` };
  }
  const slower = findings.find(({ facts }) => facts.usualRootUs !== undefined);
  const usually = slower === undefined ? '' : `, usually ${durationText(Number(slower.facts.usualRootUs))}`;
  const lateUs = Math.max(0, ...findings.map((finding) => finding.lateUs ?? 0));
  if (lateUs > trace.durationOfUs(root))
    return { kind: 'slow', text: `${what} took ${took}, and the work that it started waited ${durationText(lateUs)}` };
  return findings.some(({ detector }) => !isAboutTrace(detector, detectors))
    ? { kind: 'slow', text: `${what} took ${took}${usually}` }
    : { kind: 'none', text: `${what} took ${took}` };
}

/** Nothing failed: a service was not called. */
function isLeftOut({ facts }: Finding): boolean {
  return facts.calledIn !== undefined && facts.cutShort !== true;
}
