import { isAboutTrace, isDescription, isFailure } from '#diagnose/finding-kinds.ts';
import { askedAfterMiss } from '#diagnose/rules/asked-after-miss.ts';
import { attemptsAtMessage } from '#diagnose/rules/attempts-at-message.ts';
import { fullHeap } from '#diagnose/rules/full-heap.ts';
import { fullWorkers } from '#diagnose/rules/full-workers.ts';
import { loopOverQueries } from '#diagnose/rules/loop-over-queries.ts';
import { mechanismOnSpan } from '#diagnose/rules/mechanism-on-span.ts';
import { moreCallsThanUsual } from '#diagnose/rules/more-calls-than-usual.ts';
import { isMoreSpecific } from '#diagnose/rules/more-specific.ts';
import { notCalled } from '#diagnose/rules/not-called.ts';
import { nothingFromLess } from '#diagnose/rules/nothing-from-less.ts';
import { firstAnswer, type Pair, type PairRule } from '#diagnose/rules/pair.ts';
import { poolEmptiedByRetries } from '#diagnose/rules/pool-emptied-by-retries.ts';
import { queryAtLimit } from '#diagnose/rules/query-at-limit.ts';
import { sameException } from '#diagnose/rules/same-exception.ts';
import { slowAndFailed } from '#diagnose/rules/slow-and-failed.ts';
import { slowedLoop } from '#diagnose/rules/slowed-loop.ts';
import { slowerThanUsual } from '#diagnose/rules/slower-than-usual.ts';
import { smallAnswer } from '#diagnose/rules/small-answer.ts';
import { twoFailures } from '#diagnose/rules/two-failures.ts';
import { unusualIsNoReason } from '#diagnose/rules/unusual.ts';
import { wentAway } from '#diagnose/rules/went-away.ts';
import { costUs } from '#diagnose/time-to-win.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathUs } from '#model/trace/views/critical-path.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** Indexes into the findings: `finding` happened because of `because`. */
export type Because = Readonly<{ finding: number; because: number }>;

/**
 * Asked in this order; the first rule that covers a pair decides. Rules about a comparison with healthy traces come
 * first.
 */
const RULES: readonly PairRule[] = [
  notCalled,
  smallAnswer,
  nothingFromLess,
  slowerThanUsual,
  moreCallsThanUsual,
  slowedLoop,
  loopOverQueries,
  unusualIsNoReason,
  queryAtLimit,
  attemptsAtMessage,
  wentAway,
  fullHeap,
  fullWorkers,
  twoFailures,
  sameException,
  poolEmptiedByRetries,
  slowAndFailed,
];

/** A finding below explains one above when it holds at least this share of its time. */
const LEAST_SHARE_BELOW = 0.5;
/** A finding explains another only if it accounts for at least half as much as it leaves open. */
const LEAST_ACCOUNTED = 1 / 3;

/**
 * One finding explains another
 * - when a rule about such pairs says so (`rules/`),
 * - when it sits on the same span and names a mechanism where the other only says slow or failed,
 * - when both cover the same spans and it says more about them, or says why they ran at all, or
 * - when its spans lie below the other's and hold at least half of the time that the other lost.
 *
 * In each case it accounts for a third of the other's time or more; the rest stays the other's own.
 */
export function chainOf(trace: Trace, findings: readonly Finding[], detectors: Detectors): Because[] {
  const chain: Because[] = [];
  const areApart = findings.map(
    ({ detector }) => isAboutTrace(detector, detectors) || isDescription(detector, detectors),
  );
  findings.forEach((effect, finding) => {
    findings.forEach((cause, because) => {
      // A description covers only its own time. What accounts for that was removed before; spans below it cover other
      // time.
      if (finding === because || areApart[because] || areApart[finding]) return;
      const pair = { trace, cause, effect, detectors };
      if (explains(pair, findings) && reachesFar(pair)) chain.push({ finding, because });
    });
  });
  return chain;
}

function explains(pair: Pair, findings: readonly Finding[]): boolean {
  const byRule = firstAnswer(RULES, pair);
  if (byRule !== undefined) return byRule;
  if (saysMore(pair, findings)) return true;
  const turned = { ...pair, cause: pair.effect, effect: pair.cause };
  return !saysMore(turned, findings) && canFollowFromTime(pair) && liesBelow(pair);
}

/** Whether one finding's statement about the shared spans is the reason for the other finding. */
function saysMore(pair: Pair, findings: readonly Finding[]): boolean {
  return mechanismOnSpan(pair) || isMoreSpecific(pair.cause, pair.effect, findings) || askedAfterMiss(pair);
}

/** A slow span below slows the spans above. The only failures that it explains are timeouts. */
function canFollowFromTime({ effect, detectors }: Pair): boolean {
  return !isFailure(effect.detector, detectors) || effect.facts.reason === 'timeout';
}

function liesBelow({ trace, cause, effect }: Pair): boolean {
  const [first] = cause.spans;
  // The first span usually decides.
  if (first !== undefined && !effect.spans.some((span) => span !== first && trace.isUnder(first, span))) return false;
  const same = new Set(effect.spans);
  if (cause.spans.some((span) => same.has(span))) return false;
  return (
    under(trace, cause.spans, effect.spans).length === cause.spans.length &&
    pathUs(trace, cause.spans) >= LEAST_SHARE_BELOW * Math.max(1, effect.wastedUs)
  );
}

/**
 * A failure follows as a whole, and so does a query that a cache hit would have spared. Time follows only as far as the
 * cause's own time goes.
 */
function reachesFar(pair: Pair): boolean {
  const { effect, detectors } = pair;
  if (isFailure(effect.detector, detectors) || askedAfterMiss(pair)) return true;
  return accountedUs(pair) >= LEAST_ACCOUNTED * effect.wastedUs;
}

/**
 * How much of the effect's time goes with the cause, in microseconds. Without a loop, its longest call would still be
 * made.
 */
function accountedUs({ trace, cause, effect, detectors }: Pair): number {
  const us = Math.max(costUs(cause), cause.lateUs ?? 0);
  if (detectors.of(cause.detector).coverage !== 'calls' || detectors.of(effect.detector).coverage === 'calls')
    return us;
  const shared = under(trace, effect.spans, cause.spans);
  const longestUs = shared.reduce((most, span) => Math.max(most, pathBelowUs(trace, span)), 0);
  return Math.min(us, pathUs(trace, shared) - longestUs);
}

/** The finding and everything that follows from it, directly or indirectly. */
export function followingFrom(chain: readonly Because[], from: number): ReadonlySet<number> {
  const effects = Map.groupBy(chain, ({ because }) => because);
  const reached = new Set([from]);
  for (const each of reached) for (const { finding } of effects.get(each) ?? []) reached.add(finding);
  return reached;
}
