import { isAboutTrace, isDescription, isFailure } from '#diagnose/finding-kinds.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { saysClientError } from '#model/trace/views/error-origins.ts';
import { type RequestNature, requestNature, SATISFIES_US } from '#model/trace/views/request-nature.ts';

/** Loops of a job are its work. Queries one by one are still worth a look: one statement could do the same. */
const LOOKED_AT_IN_JOBS: ReadonlySet<string> = new Set(['n-plus-one-queries']);

/** A store that is warmed is empty on purpose. */
const COLD_ON_PURPOSE = 'cache-miss-cascade';

/** A message waits where it was put to wait. */
const LATE = 'consumer-lag';

/**
 * Leaves out what a request does by design. Length is judged only where somebody waits for the end, or where healthy
 * requests show how long it usually takes. Failures stay, and so does a mechanism that words name.
 */
export function withoutDesigned(
  trace: Trace,
  findings: readonly Finding[],
  says: (finding: Finding) => boolean,
  detectors: Detectors,
): readonly Finding[] {
  if (findings.length === 0 || findings.some(({ facts }) => facts.usualRootUs !== undefined)) return findings;
  const nature = requestNature(trace);
  return findings.filter((finding) => {
    const { detector } = finding;
    if (isAboutTrace(detector, detectors) || isFailure(detector, detectors)) return true;
    if (nature.kind === 'request') return true;
    if (nature.kind === 'unasked') return !isDescription(detector, detectors) || isForRequest(trace, finding);
    if (nature.kind === 'job' && isForRequest(trace, finding)) return true;
    return !isDescription(detector, detectors) && isFault(finding, nature, says(finding));
  });
}

/** A job waits for the requests that it makes: their work is judged as that of any request. */
function isForRequest(trace: Trace, { spans }: Finding): boolean {
  for (let above = spans[0]; above !== undefined; above = trace.parent(above))
    if (trace.kind(above) === 'server') return true;
  return false;
}

/** For a mechanism of time in a request that nobody waits for. */
function isFault({ detector }: Finding, { kind }: RequestNature, isSaid: boolean): boolean {
  if (kind === 'job' && detector === LATE) return true;
  if (kind === 'job' && detector === COLD_ON_PURPOSE) return false;
  return isSaid || (kind === 'job' && LOOKED_AT_IN_JOBS.has(detector));
}

/** Whether nobody waits for the end, so that its length alone proves nothing. */
export function isUnawaited(trace: Trace): boolean {
  const { kind } = requestNature(trace);
  return kind !== 'request' && kind !== 'unasked';
}

/** Nobody notices: it is quick, it did not fail, and nothing but its own time is known. */
export function isUnnoticed(trace: Trace, { detector, facts }: Finding, detectors: Detectors): boolean {
  if (trace.failed(trace.root) || facts.usualRootUs !== undefined) return false;
  return isDescription(detector, detectors) && trace.durationOfUs(trace.root) <= SATISFIES_US;
}

/**
 * The answer was a refusal that a service meant: a wrong password, no such page. It may have been refused further down,
 * and by code inside a service; a call that failed otherwise is a fault, whatever the root made of it.
 */
export function isRefusal(trace: Trace, { facts, inferred, spans, detector }: Finding, detectors: Detectors): boolean {
  if (inferred === true) return false;
  if (facts.refused === true) return true;
  if (!saysClientError(trace, trace.root) || !isFailure(detector, detectors)) return false;
  return spans.every((span) => {
    const isInside = trace.isInternal(span) && !trace.isDatabaseCall(span) && trace.httpStatus(span) === 0;
    return saysClientError(trace, span) || isInside;
  });
}
