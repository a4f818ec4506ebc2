/**
 * The cause that leads where nothing is compared: a handful of requests without a baseline. Each line is one alert.
 *
 *   lock, lock, N+1, slow query            the lock: the verdict of most requests
 *   lock, lock, slow query, slow query     unsure: as many requests show another problem
 *   gap, gap, gap that a log line names    what one request says in words: the others say only where the time goes
 */
import { isDescription } from '#diagnose/finding-kinds.ts';
import { saysWhatIsAsked, saysWhyAllWait, saysWhyOfMany } from '#diagnose/rules/seen-by-many.ts';
import { HARDLY } from '#diagnose/status.ts';
import type { RequestCause } from '#diagnose/window/request-causes.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';

/**
 * Nothing is compared, and no cause explains most of the affected requests, or the one that does is unsure: the verdict of
 * most requests. It is unsure as well where another one is the verdict of more than half as many.
 */
export function commonest(
  causes: readonly RequestCause[],
  together: Judgement,
  detectors: Detectors,
): RequestCause | undefined {
  const lead = commonestCause(causes, detectors);
  if (lead === undefined || lead.before[1] > 0 || !saysMoreThanAll(lead, together, detectors)) return undefined;
  const rivals = causes.filter(
    (cause) => cause !== lead && cause.verdicts > lead.verdicts / 2 && !isToldBy(lead, cause, detectors),
  );
  if (rivals.length === 0) return lead;
  const all = rivals.reduce((sum, { verdicts }) => sum + verdicts, lead.verdicts);
  const confidence = Math.min(lead.finding.confidence, lead.verdicts / all);
  const statusReason = 'nearly as many requests show another problem';
  return { ...lead, finding: { ...lead.finding, confidence }, status: 'inconclusive', statusReason };
}

/**
 * The verdict of most requests, each as sure as it is. Where that says only where the time goes, a cause with a name comes
 * first: in the same service in words, or of half as many. Undefined where no request has a verdict.
 */
export function commonestCause(causes: readonly RequestCause[], detectors: Detectors): RequestCause | undefined {
  const verdicts = causes.filter((cause) => cause.verdicts > 0).toSorted((a, b) => strengthOf(b) - strengthOf(a));
  const [most] = verdicts;
  if (most === undefined || !isDescribed(most.finding, detectors)) return most;
  const named = verdicts.find(
    (cause) =>
      !isDescribed(cause.finding, detectors) &&
      (strengthOf(cause) >= strengthOf(most) / 2 || (cause.isSaid && isToldBy(cause, most, detectors))),
  );
  return named ?? most;
}

function strengthOf({ verdicts, finding }: RequestCause): number {
  return verdicts * finding.confidence;
}

/** The other one says only that time goes into the service in which this one names a cause. */
function isToldBy({ finding }: RequestCause, other: RequestCause, detectors: Detectors): boolean {
  return isDescribed(other.finding, detectors) && other.finding.service === finding.service;
}

/**
 * What all evidence of the time shows stays first where it is a pod, a change, something that only many requests together
 * show, or surer. Where it only counts failures, an exception or a message says why.
 */
function saysMoreThanAll(
  { status, isSaid, finding }: RequestCause,
  { diagnosis, findings: [first] }: Judgement,
  detectors: Detectors,
): boolean {
  if (diagnosis === undefined || first === undefined || diagnosis.confidence < HARDLY) return true;
  const { coverage } = detectors.of(first.detector);
  if (coverage === 'pod' || coverage === 'change' || diagnosis.change !== undefined) return false;
  const isOfQueue = saysWhyAllWait(first) && first.facts.queue !== undefined;
  if (coverage === 'requests' || saysWhyOfMany(first) || isOfQueue) return false;
  if (saysOnlyThat(first, detectors)) return isSaid || finding.detector !== detectors.named('failure-origin').id;
  return status !== 'inconclusive' || diagnosis.status === 'inconclusive';
}

/** It says what is different, but not why: calls take longer, one operation is slow. */
export function isDescribed(finding: Finding, detectors: Detectors): boolean {
  return isDescription(finding.detector, detectors) || saysWhatIsAsked(finding);
}

/** It says only that requests fail or got slower, and where. */
export function saysOnlyThat(first: Finding | undefined, detectors: Detectors): boolean {
  if (first === undefined) return false;
  const counted = ['failing-requests', 'slow-answers', 'failure-origin'] as const;
  return counted.some((sign) => detectors.named(sign).id === first.detector);
}
