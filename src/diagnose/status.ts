/** The status of a verdict, and why it is not higher. */
import { isAboutTrace, isDescription } from '#diagnose/finding-kinds.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement, Signals, Status } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';

/** At most one in twenty is wrong, and the evidence has to name the cause. */
export const CONFIRMED = 0.95;
/** More likely right than wrong. */
export const LIKELY = 0.5;
/** Twenty to one that nothing is wrong: then nothing is blamed. */
export const HARDLY = 0.05;
/** Where nothing recorded distinguishes several causes, the named one is wrong more often than right. */
export const MOST_INFERRED = 0.49;
/** With less than a third explained, two thirds of the symptom lie elsewhere. */
export const LEAST_SHARE = 1 / 3;
/** A confirmed cause explains most of the symptom. */
const MOST_OF_IT = 0.5;

/**
 * `doubt`: why it stays open, as a clause; see `doubts.ts`. `isPlaced`: its place in the request is an estimate, because a
 * parent above it is lost.
 */
type StatusFacts = Readonly<{
  detectors: Detectors;
  isUnawaited?: boolean;
  isPlaced?: boolean;
  doubt?: string | undefined;
}>;

export type Standing = Readonly<{ status: Status; reason: string }>;

/** `strength`: how far such evidence carries, 0 to 1; see `calibration.ts`. */
export function statusOf(
  root: Pick<JudgedFinding, 'detector' | 'share' | 'inferred'>,
  strength: number,
  { said }: Signals,
  { detectors, isUnawaited = false, isPlaced = false, doubt }: StatusFacts,
): Standing {
  const { detector, share, inferred } = root;
  if (isAboutTrace(detector, detectors))
    return { status: 'inconclusive', reason: 'it describes the trace data, not the request' };
  if (isDescription(detector, detectors))
    return { status: 'inconclusive', reason: 'the trace shows where the time goes, but not why' };
  if (inferred) return { status: 'inconclusive', reason: 'nothing recorded shows which of several causes it is' };
  if (strength < LIKELY)
    return { status: 'inconclusive', reason: 'with evidence like this, such a verdict is wrong more often than right' };
  if (share < LEAST_SHARE) return { status: 'inconclusive', reason: 'most of the problem lies elsewhere' };
  if (said === 0 && isUnawaited)
    return {
      status: 'inconclusive',
      reason: 'nobody waits for the end of this request, so its length alone proves nothing',
    };
  if (doubt !== undefined) return { status: 'inconclusive', reason: doubt };
  if (said === 0)
    return { status: 'likely', reason: 'the shape of the trace suggests it, but nothing in the trace says so' };
  if (share < MOST_OF_IT) return { status: 'likely', reason: 'the evidence says so, but it explains less than half' };
  if (isPlaced)
    return {
      status: 'likely',
      reason: 'the evidence says so, but a parent is lost: its place in the request is an estimate',
    };
  if (strength < CONFIRMED)
    return {
      status: 'likely',
      reason: 'the evidence says so, but more than one in twenty verdicts like this is wrong',
    };
  return { status: 'confirmed', reason: 'the evidence says so explicitly' };
}

/** The judgement as an unsure one, and why; the reason of one that is unsure already stays. */
export function asUnsure(judgement: Judgement, statusReason: string): Judgement {
  const { diagnosis, findings } = judgement;
  if (diagnosis === undefined) return judgement;
  const atMost = (confidence: number) => Math.min(MOST_INFERRED, confidence);
  return {
    ...judgement,
    findings: findings.map((finding) => ({ ...finding, confidence: atMost(finding.confidence) })),
    diagnosis: {
      ...diagnosis,
      ...(diagnosis.status !== 'inconclusive' && { status: 'inconclusive', statusReason }),
      confidence: atMost(diagnosis.confidence),
      ranking: diagnosis.ranking.map((rank) => ({ ...rank, score: atMost(rank.score) })),
    },
  };
}
