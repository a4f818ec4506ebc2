/** Whether numbers show only that something is used more, and nobody who suffers from it. */
import { saysQueueGrows, saysWhyAllWait } from '#diagnose/rules/seen-by-many.ts';
import type { Suspect } from '#diagnose/window/culprit.ts';
import { isNewComplaint } from '#diagnose/window/log-switches.ts';
import { findingsOf } from '#diagnose/window/seen-findings.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';

/** Metrics of what a service uses. */
const OF_USE = /^(?:cpu|memory|heap|io_wait|context_switches)/;
/** More of them is what users want; whether fewer are a problem, nobody knows. */
const OF_DEMAND = /^requests$/;

export function isOfUse(first: Suspect, seen: readonly Finding[]): boolean {
  const own = findingsOf(first, seen);
  return (
    own.length > 0 &&
    own.every(
      ({ facts }) => facts.critical !== true && (OF_USE.test(String(facts.concept ?? '')) || isMoreDemand(facts)),
    )
  );
}

export function isLessDemand({ concept, now, usual }: Finding['facts']): boolean {
  return OF_DEMAND.test(String(concept ?? '')) && Number(now) < Number(usual);
}

function isMoreDemand({ concept, now, usual }: Finding['facts']): boolean {
  return OF_DEMAND.test(String(concept ?? '')) && Number(now) > Number(usual);
}

/** They may be at their limit while work goes on: who waits for them shows in other numbers. */
const OF_ONE: ReadonlySet<string> = new Set(['CPU', 'memory', 'cache', 'burst credits']);

/** A processor or a memory is used more, and neither numbers of requests nor lines show that anybody suffers from it. */
export function isUseAlone(
  first: Suspect,
  { switches, moved }: Pick<WindowSigns, 'switches' | 'moved'>,
  { seen, detectors }: Readonly<{ seen: readonly Finding[]; detectors: Detectors }>,
): boolean {
  const own = findingsOf(first, seen);
  const isFullUse =
    first.detector === detectors.named('full-resource').id &&
    own.every(({ facts }) => OF_ONE.has(String(facts.resource)) && facts.isAlarm !== true);
  if (!isFullUse && !isOfUse(first, seen)) return false;
  return !(areUsersAffected({ moved }, { seen, detectors }) || switches.some((one) => isNewComplaint(one)));
}

/** Whether numbers show that requests fail, take longer or wait. */
export function areUsersAffected(
  { moved }: Pick<WindowSigns, 'moved'>,
  { seen, detectors }: Readonly<{ seen: readonly Finding[]; detectors: Detectors }>,
): boolean {
  return (
    seen.some((finding) => isOfUsers(finding, detectors)) ||
    moved.some(({ measures }) => measures === 'latency' || measures === 'errors' || measures === 'connections')
  );
}

/** Requests fail or take longer, a queue grows, or something else that all wait for is used up. */
function isOfUsers(finding: Finding, detectors: Detectors): boolean {
  const isOf = (sign: 'slow-answers' | 'failing-requests') => finding.detector === detectors.named(sign).id;
  const { resource, isAlarm } = finding.facts;
  const waits = saysWhyAllWait(finding) && (isAlarm === true || !OF_ONE.has(String(resource)));
  return isOf('slow-answers') || isOf('failing-requests') || saysQueueGrows(finding) || waits;
}
