import type { Because } from '#diagnose/chain.ts';
import { ABOUT_THE_TRACE, WITHOUT_A_REASON } from '#diagnose/finding-kinds.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Finding, Severity } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Half of a request that takes a second or more: a person waits and notices (Nielsen's limit for an uninterrupted thought). */
const HIGH_SHARE = 0.5;
const NOTICED_US = 1_000_000;
const MEDIUM_SHARE = 0.2;

/**
 * How much the people behind this request suffer from the finding. One trace never makes `critical`: that takes the
 * number of people, which one request does not show. `share` is of the request's time.
 */
export function severityOf(trace: Trace, finding: Finding, share: number, descriptive: ReadonlySet<string>): Severity {
  if (finding.facts.refused === true || ABOUT_THE_TRACE.has(finding.detector)) return 'low';
  if (finding.facts.reachedRoot === true) return 'high';
  if (finding.detector === WITHOUT_A_REASON) return 'low';
  const tookUs = Math.max(trace.durationOfUs(trace.root), finding.lateUs ?? 0);
  // Time that nothing explains may be how the operation works.
  if (share >= HIGH_SHARE && tookUs >= NOTICED_US && !descriptive.has(finding.detector)) return 'high';
  return share >= MEDIUM_SHARE || finding.facts.reachedRoot === false ? 'medium' : 'low';
}

/**
 * What findings of a log mean for people. An attack that got in is the only thing that a log alone shows to be critical.
 * A credential in a log has to be dealt with, and nobody suffers from it yet.
 */
export function logSeverityOf({ detector, facts }: Finding, descriptive: ReadonlySet<string>): Severity {
  if (descriptive.has(detector)) return 'low';
  if (detector === 'brute-force' && facts.succeeded === true) return 'critical';
  if (detector === 'secret-exposure') return 'medium';
  if (detector === 'error-burst') return Number(facts.share) >= ERROR_RATE ? 'high' : 'medium';
  if (detector === 'new-error') return facts.fatal === true ? 'high' : 'medium';
  return 'high';
}

/** The guide's rule for windows: more than one in twenty. */
const ERROR_RATE = 0.05;

/** The loudest first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** People suffer from a cause what they suffer from all that follows from it. By finding, as `own`. */
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

/** By detector, where somebody said what its findings are to be called, whatever they cost. Their order stays. */
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
