/** What is known, when a verdict is given, of how far it can be trusted. Each is 0 to 1; more is better. */
import type { Because } from '#diagnose/chain.ts';
import { ABOUT_THE_TRACE } from '#diagnose/finding-kinds.ts';
import { answeredShare, seenShare } from '#diagnose/unseen.ts';
import type { Signals } from '#model/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding.ts';
import type { Trace } from '#model/trace.ts';

/** Of the first finding; they are in order, best first. */
export function signalsOf(
  trace: Trace,
  findings: readonly Omit<JudgedFinding, 'confidence'>[],
  chain: readonly Because[],
): Signals {
  const [first] = findings;
  const rivals = findings.map((other, at) => (at === 0 || followsFrom(chain, at, 0) ? 0 : other.share));
  // What a finding about the record claims has nothing to do with the request's time.
  const isApart = first === undefined || ABOUT_THE_TRACE.has(first.detector);
  return {
    lead: isApart ? 1 : Math.max(0, first.share - Math.max(0, ...rivals)),
    said: first !== undefined && saysIt(trace, first) ? 1 : 0,
    seen: seenShare(trace),
    answered: answeredShare(trace),
    intact: trace.repairs.orphan + trace.repairs.extraRoot === 0 ? 1 : 0,
  };
}

/** Whether `effect` happened because of `cause`, over however many steps. */
function followsFrom(chain: readonly Because[], effect: number, cause: number): boolean {
  const reached = new Set([cause]);
  for (const from of reached) {
    for (const { finding, because } of chain) if (because === from) reached.add(finding);
  }
  return effect !== cause && reached.has(effect);
}

/** Detectors that speak only where a span, an event or a line names what they claim. */
const ALWAYS_SAID: ReadonlySet<string> = new Set(['circuit-open', 'cold-start', 'gc-pause', 'poison-message']);

/** Whether the evidence names the cause, rather than that its shape suggests it. */
function saysIt(trace: Trace, { detector, facts, evidence = [], spans }: Finding): boolean {
  if (ALWAYS_SAID.has(detector)) return true;
  if (detector === 'error-origin') return facts.message !== '';
  if (detector === 'slow-query') return evidence.length > 0; // a plan; a guess from the statement cites nothing
  if (detector === 'pool-exhaustion') return facts.guessed !== true;
  // A statement that takes a lock does not say that it waited for one.
  if (detector === 'lock-contention') return facts.said !== trace.queryShape(spans[0] ?? trace.root);
  return false;
}
