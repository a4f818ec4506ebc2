/** What is known, when a verdict is given, of how far it can be trusted. Each is 0 to 1; more is better. */
import type { Because } from '#diagnose/chain.ts';
import { ABOUT_THE_TRACE } from '#diagnose/finding-kinds.ts';
import { answeredShare, isUnanswered, seenShare } from '#diagnose/unseen.ts';
import type { Signals } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Of the first finding; they are in order, best first. */
export function signalsOf(
  trace: Trace,
  findings: readonly Omit<JudgedFinding, 'confidence'>[],
  chain: readonly Because[],
): Signals {
  const [first] = findings;
  if (first === undefined || ABOUT_THE_TRACE.has(first.detector)) return OF_THE_RECORD;
  const following = followingFromFirst(chain);
  const nextShare = findings.reduce((most, { share }, at) => (following.has(at) ? most : Math.max(most, share)), 0);
  return {
    lead: Math.max(0, first.share - nextShare),
    said: saysIt(first) ? 1 : 0,
    seen: seenShare(trace),
    answered: answeredShare(trace),
    intact: isIntact(trace) ? 1 : 0,
    shown: restsOnSpans(trace, first) ? 1 : 0,
  };
}

function isIntact({ repairs }: Trace): boolean {
  return repairs.orphan + repairs.extraRoot === 0;
}

/** They say that nothing was recorded. */
const OF_WHAT_IS_NOT_THERE: ReadonlySet<string> = new Set(['unexplained-gap', 'bottleneck']);

/** Not on a call whose callee sent nothing, nor on time without spans where spans are known to be lost. */
function restsOnSpans(trace: Trace, { detector, facts, spans }: Finding): boolean {
  if ((OF_WHAT_IS_NOT_THERE.has(detector) || facts.guessed === true) && !isIntact(trace)) return false;
  const [first] = spans;
  return first === undefined || !isUnanswered(trace, first);
}

/** A hole in the trace is what such a finding claims, and nothing that speaks against it. */
const OF_THE_RECORD: Signals = { lead: 1, said: 0, seen: 1, answered: 1, intact: 1, shown: 1 };

/** Of a verdict that no span supports. */
export const NO_SIGNALS: Signals = { lead: 0, said: 0, seen: 0, answered: 0, intact: 0, shown: 0 };

/** Everything that happened because of the first finding, over however many steps, and itself. */
function followingFromFirst(chain: readonly Because[]): Set<number> {
  const effects = Map.groupBy(chain, ({ because }) => because);
  const reached = new Set([0]);
  for (const from of reached) for (const { finding } of effects.get(from) ?? []) reached.add(finding);
  return reached;
}

/** Detectors that speak only where a span, an event or a line names what they claim. */
const ALWAYS_SAID: ReadonlySet<string> = new Set(['gc-pause']);

/** Whether the evidence names the cause, rather than that its shape suggests it. */
function saysIt({ detector, facts, inferred, evidence = [] }: Finding): boolean {
  // What may be another request's line says nothing of this one.
  if (evidence.length > 0 && evidence.every(({ unsure }) => unsure === true)) return false;
  if (ALWAYS_SAID.has(detector)) return true;
  if (inferred) return false;
  if (detector === 'error-origin') return facts.message !== '';
  if (detector === 'circuit-open') return facts.said !== '';
  // What the database counts may say that the statement is not why.
  if (detector === 'slow-query' && Number(facts.ranUs) >= 0) return false;
  // A plan, an error; a guess from the statement cites nothing.
  if (detector === 'slow-query' || detector === 'poison-message') return evidence.length > 0;
  if (detector === 'pool-exhaustion') return facts.guessed !== true;
  // A statement that takes a lock does not say that it waited for one.
  if (detector === 'lock-contention' || detector === 'cold-start') return facts.isNamed === true;
  return false;
}
