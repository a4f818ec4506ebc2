/** How far a verdict can be trusted, from what is known when it is given. Each signal is 0 to 1; more is better. */
import { type Because, followingFrom } from '#diagnose/chain.ts';
import { isAboutTrace } from '#diagnose/finding-kinds.ts';
import { answeredShare, isUnanswered, seenShare } from '#diagnose/unseen.ts';
import type { Coverage, Detectors } from '#model/finding/detector-traits.ts';
import type { Signals } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The signals of the first finding; the findings are in order, best first. */
export function signalsOf(
  trace: Trace,
  findings: readonly Omit<JudgedFinding, 'confidence'>[],
  chain: readonly Because[],
  detectors: Detectors,
): Signals {
  const [first] = findings;
  if (first === undefined || isAboutTrace(first.detector, detectors)) return OF_THE_RECORD;
  const following = followingFrom(chain, 0);
  const nextShare = findings.reduce((most, { share }, at) => (following.has(at) ? most : Math.max(most, share)), 0);
  return {
    lead: Math.max(0, first.share - nextShare),
    said: saysIt(first, detectors) ? 1 : 0,
    seen: seenShare(trace),
    answered: answeredShare(trace),
    intact: isIntact(trace) ? 1 : 0,
    shown: restsOnSpans(trace, first, detectors) ? 1 : 0,
  };
}

function isIntact({ repairs }: Trace): boolean {
  return repairs.orphan + repairs.extraRoot + repairs.placedRoot === 0;
}

/** Findings about missing records. */
const OF_WHAT_IS_NOT_THERE: ReadonlySet<Coverage> = new Set(['gap', 'own-time']);

/** False for a call whose callee sent no spans, and for time without spans where spans are known to be lost. */
function restsOnSpans(trace: Trace, { detector, facts, spans }: Finding, detectors: Detectors): boolean {
  const isOfNothing = OF_WHAT_IS_NOT_THERE.has(detectors.of(detector).coverage);
  if ((isOfNothing || facts.guessed === true) && !isIntact(trace)) return false;
  const [first] = spans;
  // Without a span, the callee's own line is its record. A caller that repeats its words is no second witness.
  if (facts.calleeSays === true) return true;
  return first === undefined || !isUnanswered(trace, first);
}

/** Such a finding claims a hole in the trace, so the hole does not count against it. */
const OF_THE_RECORD: Signals = { lead: 1, said: 0, seen: 1, answered: 1, intact: 1, shown: 1 };

/** For a verdict that no span supports. */
export const NO_SIGNALS: Signals = { lead: 0, said: 0, seen: 0, answered: 0, intact: 0, shown: 0 };

/** Whether the evidence names the cause, or only its shape suggests it. */
export function saysIt(finding: Finding, detectors: Detectors): boolean {
  const { detector, inferred, evidence = [] } = finding;
  // A line that may belong to another request says nothing about this one.
  if (evidence.length > 0 && evidence.every(({ unsure }) => unsure === true)) return false;
  const { namesCause } = detectors.of(detector);
  if (typeof namesCause === 'string') return namesCause === 'always';
  return !inferred && namesCause(finding);
}
