import type { Because } from '#diagnose/chain.ts';
import { givesNoReason, isAboutTrace, isDescription } from '#diagnose/finding-kinds.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Finding, Severity } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Half of a request of a second or more: a person waits and notices (Nielsen's limit for an uninterrupted thought). */
const HIGH_SHARE = 0.5;
const NOTICED_US = 1_000_000;
const MEDIUM_SHARE = 0.2;

/**
 * How much the finding affects the user of this request. One trace never makes `critical`: that needs the number of
 * users, which one request does not show. `share` is of the request's time.
 */
export function severityOf(trace: Trace, finding: Finding, share: number, detectors: Detectors): Severity {
  if (finding.facts.refused === true || isAboutTrace(finding.detector, detectors)) return 'low';
  if (finding.facts.reachedRoot === true) return 'high';
  if (givesNoReason(finding.detector, detectors)) return 'low';
  const tookUs = Math.max(trace.durationOfUs(trace.root), finding.lateUs ?? 0);
  // Unexplained time may be normal for the operation.
  if (share >= HIGH_SHARE && tookUs >= NOTICED_US && !isDescription(finding.detector, detectors)) return 'high';
  return share >= MEDIUM_SHARE || finding.facts.reachedRoot === false ? 'medium' : 'low';
}

/** The impact of log findings on people, as their detectors define it. */
export function logSeverityOf({ detector, facts }: Finding, detectors: Detectors): Severity {
  if (isDescription(detector, detectors)) return 'low';
  return detectors.of(detector).logSeverity?.(facts) ?? 'high';
}

/** The most severe first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Raises the severity of a cause to that of its effects. By finding, as `own`. */
export function withEffects(own: readonly Severity[], chain: readonly Because[]): Severity[] {
  const severities = [...own];
  const isLouder = (one: Severity, other: Severity) => SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other);
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const { finding, because } of chain) {
      const ofEffect = severities[finding];
      const ofCause = severities[because];
      if (ofEffect === undefined || ofCause === undefined || !isLouder(ofEffect, ofCause)) continue;
      severities[because] = ofEffect;
      isSettled = false;
    }
  }
  return severities;
}

/** Applies the severities that the configuration sets by detector. The order stays. */
export function calledAsConfigured(
  judgement: Judgement,
  severities: Readonly<Record<string, Severity>> = {},
): Judgement {
  if (Object.keys(severities).length === 0) return judgement;
  const findings = judgement.findings.map((finding) => ({
    ...finding,
    severity: severities[finding.detector] ?? finding.severity,
  }));
  return { ...judgement, findings };
}
