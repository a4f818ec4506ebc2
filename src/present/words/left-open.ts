/** The failure that makes an answer incomplete, where the verdict is about time and does not explain it. */
import type { Diagnosed, WindowAnalysis } from '#model/finding/analysis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';

/** Undefined where nothing failed below the request, or where the verdict's finding or an effect of it is such a failure. */
export function failureLeftOpen(
  { trace, judgement: { symptom, findings, diagnosis } }: Diagnosed | WindowAnalysis,
  root: JudgedFinding | undefined,
): JudgedFinding | undefined {
  if (trace === undefined || symptom.kind !== 'degraded' || root === undefined) return undefined;
  const explained = new Set([findings.indexOf(root)]);
  // A set grows while it is read, so effects of effects follow.
  for (const at of explained)
    for (const { finding, because } of diagnosis?.chain ?? []) if (because === at) explained.add(finding);
  const isFailure = ({ facts }: JudgedFinding) => facts.reachedRoot === false;
  if (isFailure(root) || [...explained].some((at) => findings[at]?.facts.reachedRoot === false)) return undefined;
  return findings.find(isFailure);
}
