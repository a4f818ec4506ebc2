/** The change that caused it, according to the finding about it. */
import { isChangeKind } from '#model/changes/change.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';

/** Whether a finding is about a change that people made. */
export function isOfChange({ detector }: Finding, detectors: Detectors): boolean {
  return detectors.of(detector).coverage === 'change';
}

/** Undefined where no change did. */
export function blamedChange(findings: readonly Finding[], detectors: Detectors): Diagnosis['change'] {
  const facts = findings.find((finding) => isOfChange(finding, detectors))?.facts;
  if (facts === undefined || typeof facts.kind !== 'string' || !isChangeKind(facts.kind)) return undefined;
  return { id: String(facts.id), kind: facts.kind, service: String(facts.changedService), atUs: Number(facts.atUs) };
}
