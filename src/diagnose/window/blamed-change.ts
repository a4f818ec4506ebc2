/** The change that caused it, according to the finding about it. */
import { isChangeKind } from '#model/changes/change.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';
import { serviceKey } from '#model/incident/alert-service.ts';

/** Whether a finding is about a change that people made. */
export function isOfChange({ detector }: Finding, detectors: Detectors): boolean {
  return detectors.of(detector).coverage === 'change';
}

/** Whether another change fits as well, so that neither can be named. */
export function isTied({ facts }: Pick<Finding, 'facts'>): boolean {
  return (facts.tiedWith ?? '') !== '';
}

/** Whether only one sign leads to the change, so that it is named as possible. */
export function isPossible({ facts }: Pick<Finding, 'facts'>): boolean {
  return facts.isPossible === true;
}

/** Whether only the time of the change leads to it: nothing in it fits. */
export function isOnlyNear({ facts }: Pick<Finding, 'facts'>): boolean {
  return facts.isNear === true;
}

/** Time alone leads to a change of the service at fault. What else leads to it may be of any service. */
export function mayLeadTo(change: Finding, service: string): boolean {
  return !isOnlyNear(change) || serviceKey(String(change.facts.changedService)) === serviceKey(service);
}

/** Why a change that is only near stands in no chain. */
export const ONLY_TIME = 'only its time leads to this change';

/** Whether the change led to what stands before it, as far as evidence shows. */
export function isBehind(finding: Finding, detectors: Detectors): boolean {
  return isOfChange(finding, detectors) && !isOnlyNear(finding);
}

/** Undefined where no change did, one of two, or one that is only possible. */
export function blamedChange(findings: readonly Finding[], detectors: Detectors): Diagnosis['change'] {
  const found = findings.find((finding) => isOfChange(finding, detectors));
  if (found === undefined || isTied(found) || isPossible(found)) return undefined;
  const { facts } = found;
  if (typeof facts.kind !== 'string' || !isChangeKind(facts.kind)) return undefined;
  return {
    id: String(facts.id),
    kind: facts.kind,
    service: String(facts.changedService),
    atUs: Number(facts.atUs),
    knownBy: isOnlyNear(found) ? 'nearness' : 'evidence',
  };
}
