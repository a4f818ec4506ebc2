/** What the confidence of a verdict on one request is computed from. Each ground is 0 to 1; more is better. */
import { type Because, followingFrom } from '#diagnose/chain.ts';
import type { Doubt } from '#diagnose/doubts.ts';
import { isAboutTrace, isDescription } from '#diagnose/finding-kinds.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Grounds, Signals, Symptom } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { KEEPS_ATTENTION_US } from '#model/trace/views/request-nature.ts';

/** With less, most of the symptom lies elsewhere. */
const MOST_OF_IT = 0.5;

export type Weighing = Readonly<{
  chain: readonly Because[];
  symptom: Symptom;
  signals: Signals;
  /** Nobody waits for the end of the request. */
  isUnawaited: boolean;
  doubt: Doubt | undefined;
}>;

/** The grounds of the first finding; missing where it describes the trace data. */
export function groundsOf(
  trace: Trace,
  { detector, share }: Pick<JudgedFinding, 'detector' | 'share'>,
  { chain, symptom, signals: { said, lead, shown, intact }, isUnawaited, doubt }: Weighing,
  detectors: Detectors,
): Grounds | undefined {
  if (isAboutTrace(detector, detectors)) return undefined;
  const isHarmed = symptom.kind === 'failed' || symptom.kind === 'degraded';
  const isWatched = isHarmed || trace.durationOfUs(trace.root) <= KEEPS_ATTENTION_US;
  return {
    said,
    reason: isDescription(detector, detectors) ? 0 : 1,
    awaited: said === 1 || !isUnawaited ? 1 : 0,
    watched: isWatched ? 1 : 0,
    backed: followingFrom(chain, 0).size > 1 ? 1 : 0,
    clear: doubt === undefined ? 1 : 0,
    most: share >= MOST_OF_IT ? 1 : 0,
    lead,
    shown,
    intact,
  };
}
