/**
 * How sure the verdict on one request is: a word from the strength of its evidence, and a number from how often such
 * verdicts were right at first contact.
 */
import { kindOfEvidence, strengthOf } from '#diagnose/calibration.ts';
import { type Doubt, doubtOf } from '#diagnose/doubts.ts';
import { confidenceOf } from '#diagnose/first-contact.ts';
import { groundsOf, type Weighing } from '#diagnose/grounds.ts';
import { isLateOnRecord, isUnawaited, splitsBatch } from '#diagnose/rules/by-design.ts';
import { signalsOf } from '#diagnose/signals.ts';
import { LIKELY, MOST_INFERRED, type Standing, statusOf } from '#diagnose/status.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Grounds, Signals } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export type Sureness = Standing &
  Readonly<{
    signals: Signals;
    grounds: Grounds | undefined;
    /** How far such evidence carries, 0 to 1; see `calibration.ts`. */
    strength: number;
    /** The probability that it names the right cause in the right service, 0 to 1. */
    confidence: number;
    doubt: Doubt | undefined;
  }>;

/** Of the first finding; the findings are in order, best first. Undefined where there is none. */
export function surenessOf(
  trace: Trace,
  findings: readonly Omit<JudgedFinding, 'confidence'>[],
  { chain, symptom }: Pick<Weighing, 'chain' | 'symptom'>,
  detectors: Detectors,
): Sureness | undefined {
  const [root] = findings;
  if (root === undefined) return undefined;
  const signals = signalsOf(trace, findings, chain, detectors);
  const strength = strengthOf(kindOfEvidence(root), signals);
  // Where recorded words say it, nothing asks for the nature of the request.
  const splits = splitsBatch(trace, root);
  const isOnlyLong = !isLateOnRecord(root) && !splits && !failedThere(trace, root);
  const unawaited = signals.said !== 1 && isUnawaited(trace) && isOnlyLong;
  const doubt = doubtOf(trace, findings, { chain, signals, symptom }, detectors);
  const standing = statusOf(root, strength, signals, {
    detectors,
    isUnawaited: unawaited,
    isPlaced: isPlacedByEstimate(trace, root.spans[0]),
    doubt: doubt?.reason,
  });
  const grounds = groundsOf(trace, root, { chain, symptom, signals, isUnawaited: unawaited, doubt }, detectors);
  const confidence = inItsWord(confidenceOf(grounds), root, standing);
  return { ...standing, signals, grounds, strength, confidence, doubt };
}

/** The request failed, and so did each of these calls: that is no length. */
function failedThere(trace: Trace, { spans }: Pick<JudgedFinding, 'spans'>): boolean {
  return trace.failed(trace.root) && spans.length > 0 && spans.every((span) => trace.failed(span));
}

/** The number says no less than its word, and where nothing recorded distinguishes several causes, no more. */
function inItsWord(confidence: number, root: Pick<JudgedFinding, 'inferred' | 'facts'>, { status }: Standing): number {
  const among = 1 + Number(root.facts.rivals ?? 0);
  if (root.inferred) return Math.min(confidence, MOST_INFERRED, 1 / among);
  return status === 'inconclusive' ? confidence : Math.max(confidence, LIKELY);
}

/** Whether an edge between the span and the root is an estimate. */
function isPlacedByEstimate(trace: Trace, span: SpanIndex | undefined): boolean {
  if (trace.repairs.placedOrphan + trace.repairs.placedRoot === 0) return false;
  for (let above = span; above !== undefined; above = trace.parent(above)) if (trace.isEstimated(above)) return true;
  return false;
}
