/** The change that did it, as the finding about it says. */
import { isChangeKind } from '#model/changes/change.ts';
import type { Diagnosis } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';

export const SUSPECT_CHANGE = 'suspect-change';

/** Undefined where none did. */
export function blamedChange(findings: readonly Finding[]): Diagnosis['change'] {
  const facts = findings.find(({ detector }) => detector === SUSPECT_CHANGE)?.facts;
  if (facts === undefined || typeof facts.kind !== 'string' || !isChangeKind(facts.kind)) return undefined;
  return { id: String(facts.id), kind: facts.kind, service: String(facts.changedService), atUs: Number(facts.atUs) };
}
