import type { Finding } from '#model/finding.ts';
import type { Trace } from '#model/trace.ts';

/** Indexes into the findings: `finding` happened because of `because`. */
export type Because = Readonly<{ finding: number; because: number }>;

/** Detectors that only say slow or failed: on the same span, whoever names a mechanism explains them. */
const WITHOUT_MECHANISM: ReadonlySet<string> = new Set(['slow-query', 'error-origin']);

/** What lies below explains what lies above when it holds at least this share of it. */
const LEAST_SHARE_BELOW = 0.5;

/**
 * One finding explains another
 * - when it sits on the same span and names a mechanism where the other only says slow or failed, or
 * - when its spans lie below the other's and hold at least half of what the other lost.
 */
export function chainOf(trace: Trace, findings: readonly Finding[], descriptive: ReadonlySet<string>): Because[] {
  const chain: Because[] = [];
  findings.forEach((effect, finding) => {
    findings.forEach((cause, because) => {
      if (finding === because || descriptive.has(cause.detector)) return;
      if (isMechanismOf(cause, effect)) chain.push({ finding, because });
      else if (!isMechanismOf(effect, cause) && canFollowFromTime(effect) && liesBelow(trace, cause, effect)) {
        chain.push({ finding, because });
      }
    });
  });
  return chain;
}

function isMechanismOf(cause: Finding, effect: Finding): boolean {
  if (!WITHOUT_MECHANISM.has(effect.detector) || WITHOUT_MECHANISM.has(cause.detector)) return false;
  const spans = new Set(effect.spans);
  return cause.spans.some((span) => spans.has(span));
}

/** What is slow below makes slow what lies above; of failures it makes only time-outs. */
function canFollowFromTime({ detector, facts }: Finding): boolean {
  if (detector !== 'error-origin') return true;
  return /\b(?:time-?d?[ -]?out|deadline|504|408)\b/i.test(`${facts.status} ${facts.message}`);
}

function liesBelow(trace: Trace, cause: Finding, effect: Finding): boolean {
  const same = new Set(effect.spans);
  const below = trace.under(cause.spans, effect.spans).filter((span) => !same.has(span));
  return below.length === cause.spans.length && trace.pathUs(below) >= LEAST_SHARE_BELOW * Math.max(1, effect.wastedUs);
}
