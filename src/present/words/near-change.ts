/** The change that a verdict names only because of its time. It is a hypothesis, and no part of the cause. */
import type { Diagnosed, WindowAnalysis } from '#model/finding/analysis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';

/** Undefined where the verdict names none, or is about nothing else. */
export function nearChange({ judgement }: Diagnosed | WindowAnalysis, root: JudgedFinding): JudgedFinding | undefined {
  const { diagnosis, findings } = judgement;
  const named = diagnosis?.change;
  if (named?.knownBy !== 'nearness') return undefined;
  return findings.find((one) => one !== root && one.facts.isNear === true && one.facts.id === named.id);
}
