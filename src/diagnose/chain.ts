import { comparisonExplains } from '#diagnose/baseline-chain.ts';
import { failureExplains } from '#diagnose/failure-chain.ts';
import { ABOUT_THE_TRACE, FAILURES } from '#diagnose/finding-kinds.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** Indexes into the findings: `finding` happened because of `because`. */
export type Because = Readonly<{ finding: number; because: number }>;

/** Detectors that only say slow or failed: on the same span, whoever names a mechanism explains them. */
const WITHOUT_MECHANISM: ReadonlySet<string> = new Set(['slow-query', 'error-origin']);

/** What lies below explains what lies above when it holds at least this share of it. */
const LEAST_SHARE_BELOW = 0.5;

/**
 * One finding explains another
 * - when it sits on the same span and names a mechanism where the other only says slow or failed,
 * - when both speak of the same spans and it says more of them (`MORE_SPECIFIC`), or says why they ran at all, or
 * - when its spans lie below the other's and hold at least half of what the other lost.
 * Which of two failures led to the other, and what makes calls fail, stands in `failure-chain.ts`; what follows from a
 * comparison with healthy traces, in `baseline-chain.ts`.
 */
export function chainOf(trace: Trace, findings: readonly Finding[], descriptive: ReadonlySet<string>): Because[] {
  const chain: Because[] = [];
  const isApart = ({ detector }: Finding) => ABOUT_THE_TRACE.has(detector);
  findings.forEach((effect, finding) => {
    findings.forEach((cause, because) => {
      if (finding === because || descriptive.has(cause.detector) || isApart(cause) || isApart(effect)) return;
      // Of its own time: what accounts for that was left out before, and what runs below it is other time.
      if (descriptive.has(effect.detector)) return;
      if (explains(trace, cause, effect, findings)) chain.push({ finding, because });
    });
  });
  return chain;
}

function explains(trace: Trace, cause: Finding, effect: Finding, findings: readonly Finding[]): boolean {
  const byRule = comparisonExplains(trace, cause, effect) ?? failureExplains(trace, cause, effect);
  if (byRule !== undefined) return byRule;
  if (says(trace, cause, effect, findings)) return true;
  return !says(trace, effect, cause, findings) && canFollowFromTime(effect) && liesBelow(trace, cause, effect);
}

/** Whether what one says of the spans that both speak of is why the other can be said. */
function says(trace: Trace, cause: Finding, effect: Finding, findings: readonly Finding[]): boolean {
  return (
    isMechanismOf(cause, effect) || isMoreSpecific(cause, effect, findings) || isWhyItWasAsked(trace, cause, effect)
  );
}

/** A query that only runs because the cache did not have the answer: with the cache nobody would have waited for it. */
function isWhyItWasAsked(trace: Trace, cause: Finding, effect: Finding): boolean {
  if (cause.detector !== 'cache-miss-cascade' || effect.detector !== 'slow-query') return false;
  return under(trace, effect.spans, cause.spans).length === effect.spans.length;
}

/**
 * For each detector those that say less of the same calls: that they are many, or that they wait for each other. A fan-out
 * whose calls are the elements of a list is an N+1; without a list, the number of calls is all that is known. What a cache
 * did not have is read one by one for that reason.
 */
const MORE_SPECIFIC: Readonly<Record<string, readonly string[]>> = {
  'n-plus-one-queries': ['fan-out', 'sequential-calls'],
  'n-plus-one-calls': ['fan-out', 'sequential-calls'],
  'fan-out': ['n-plus-one-calls', 'sequential-calls'],
  'cache-miss-cascade': ['n-plus-one-queries', 'n-plus-one-calls', 'fan-out', 'sequential-calls'],
};

function isMoreSpecific(cause: Finding, effect: Finding, findings: readonly Finding[]): boolean {
  if (MORE_SPECIFIC[cause.detector]?.includes(effect.detector) !== true) return false;
  if (cause.detector === 'fan-out' && effect.detector === 'n-plus-one-calls' && effect.facts.list !== '') return false;
  if (cause.detector === 'n-plus-one-calls' && effect.detector === 'fan-out' && cause.facts.list === '') return false;
  // Several of a kind say it of the same calls together.
  const alike = findings.filter(({ detector }) => detector === cause.detector);
  const ofAll = new Set(alike.flatMap(({ spans }) => spans));
  const own = new Set(cause.spans);
  const shared = effect.spans.filter((span) => ofAll.has(span));
  return shared.length >= LEAST_SHARE_BELOW * effect.spans.length && shared.some((span) => own.has(span));
}

function isMechanismOf(cause: Finding, effect: Finding): boolean {
  if (!WITHOUT_MECHANISM.has(effect.detector) || WITHOUT_MECHANISM.has(cause.detector)) return false;
  const spans = new Set(effect.spans);
  return cause.spans.some((span) => spans.has(span));
}

/** What is slow below makes slow what lies above; of failures it makes only time-outs. */
function canFollowFromTime({ detector, facts }: Finding): boolean {
  return !FAILURES.has(detector) || facts.reason === 'timeout';
}

function liesBelow(trace: Trace, cause: Finding, effect: Finding): boolean {
  const [first] = cause.spans;
  // Most often the first of them tells.
  if (first !== undefined && !effect.spans.some((span) => span !== first && trace.isUnder(first, span))) return false;
  const same = new Set(effect.spans);
  if (cause.spans.some((span) => same.has(span))) return false;
  return (
    under(trace, cause.spans, effect.spans).length === cause.spans.length &&
    pathUs(trace, cause.spans) >= LEAST_SHARE_BELOW * Math.max(1, effect.wastedUs)
  );
}
