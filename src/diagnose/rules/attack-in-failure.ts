import type { JudgedFinding } from '#model/finding/finding.ts';

/**
 * Whether the very line that a failure quotes holds the attack: the database refused a statement that somebody else's input
 * had become a part of.
 */
export function isAttackInFailure(failure: JudgedFinding, attack: JudgedFinding): boolean {
  if (failure.detector !== 'error-origin' || attack.detector !== 'sql-injection') return false;
  const { service, facts, evidence = [] } = attack;
  if (facts.isSql !== true || facts.reached !== true || service !== failure.service) return false;
  const quoted = new Set((failure.evidence ?? []).filter(({ kind }) => kind === 'log').map(({ ref }) => ref));
  return evidence.some(({ ref }) => quoted.has(ref));
}
