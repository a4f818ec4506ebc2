/**
 * The last step of a window's judgement: no verdict where nothing is wrong, and no sure one without proof.
 *
 *   confidence below 1 in 20   no verdict: nothing wrong was found; the findings stay, without confidence. Where no
 *                              pod of a service runs, or answers take twice as long, something is wrong: unsure
 *   one or two lines of a   no verdict: somebody went away, which happens in every hour
 *   connection that broke
 *   complaints in lines only   unsure: who complains is often not who is at fault
 *   a call that is gone        unsure, unless a change says so: it may be meant
 *
 * First verdicts of `windows-3` to `windows-6`: 31 had less than 1 in 20, and 26 of these windows were healthy. Where no
 * requests were compared, 17 verdicts that were called likely rested on complaints in lines, and 12 of them were wrong.
 */
import type { Doubt } from '#diagnose/doubts.ts';
import { HARDLY } from '#diagnose/status.ts';
import { AT_MOST } from '#diagnose/window/window-confidence.ts';
import type { Change } from '#model/changes/change.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import { CALLER_LEFT, CONNECTION_CUT } from '#model/instruments/cut-words.ts';

type Judged = Readonly<{
  /** One request, found by its id in the lines: it is judged by the order of its lines. */
  requestId?: string | undefined;
  /** Requests of the window were compared with those of its baseline. */
  areCompared: boolean;
  toUs: number;
  /** All that were gathered; missing where none could be. */
  changes?: readonly Change[] | undefined;
}>;

export function modestVerdict(judgement: Judgement, judged: Judged, detectors: Detectors): Judgement {
  const { diagnosis } = judgement;
  if (diagnosis === undefined || judged.requestId !== undefined) return judgement;
  // Lines that only say how long something takes have no confidence, and may be all that there is.
  const isOfLines = judgement.findings[0]?.lines !== undefined;
  const isTrouble = judgement.findings.some((finding) => isSeenTrouble(finding, detectors));
  if (diagnosis.confidence < HARDLY && !isOfLines && !isTrouble) return withoutVerdict(judgement);
  if (diagnosis.status === 'inconclusive' && areStrays(judgement.findings, detectors)) return withoutVerdict(judgement);
  const doubt =
    diagnosis.status === 'inconclusive' ? undefined : doubtOf(judgement, diagnosis, judged.areCompared, detectors);
  const open = doubt === undefined ? judgement : leftOpen(judgement, diagnosis, doubt);
  return withOpenChanges(open, judged, detectors);
}

/**
 * Changes came before it, and none fits what is known of it. That rules none out: of 121 first verdicts that were called likely
 * and named no change although there were some, 57 had one behind them (`windows-3` to `windows-6`).
 */
function withOpenChanges(judgement: Judgement, { changes = [], toUs }: Judged, detectors: Detectors): Judgement {
  const { diagnosis } = judgement;
  const known = new Set(changes.filter(({ atUs }) => atUs <= toUs).map(({ id }) => id)).size;
  if (diagnosis === undefined || known === 0) return judgement;
  const ruledOut = diagnosis.ruledOut.filter(({ kind }) => detectors.of(kind).coverage !== 'change');
  const isNamed = diagnosis.change !== undefined || diagnosis.status === 'inconclusive';
  const open = isNamed ? '' : `; ${unfitting(known)}`;
  return { ...judgement, diagnosis: { ...diagnosis, ruledOut, statusReason: `${diagnosis.statusReason}${open}` } };
}

function unfitting(changes: number): string {
  return changes === 1
    ? 'the one known change does not fit, which does not rule it out'
    : `none of the ${changes} known changes fits, which does not rule them out`;
}

/** One or two such lines come in every hour. */
const FEWEST_LINES = 3;
/** A few lines say only that the other side went away, and nothing else was found. */
function areStrays(findings: readonly JudgedFinding[], detectors: Detectors): boolean {
  const others = findings.filter((finding) => !isStray(finding));
  const areHarmless = others.every(({ detector }) => detectors.of(detector).coverage === 'harmless-lines');
  return others.length < findings.length && areHarmless;
}

function isStray({ facts, lines = [] }: JudgedFinding): boolean {
  const said = String(facts.said ?? '');
  return lines.length > 0 && lines.length < FEWEST_LINES && (CONNECTION_CUT.test(said) || CALLER_LEFT.test(said));
}

/**
 * It is certain that something is wrong, although several services may be at fault. The service in question gets far fewer
 * requests, and so do those that it calls.
 */
function isSeenTrouble({ detector, facts }: JudgedFinding, detectors: Detectors): boolean {
  const isDown = detectors.of(detector).coverage === 'pod' && facts.ready === 0 && (facts.over ?? '') === '';
  return isDown || facts.isFelt === true || facts.isAsked === true;
}

function withoutVerdict({ symptom, findings }: Judgement): Judgement {
  return {
    symptom,
    findings: findings.map((finding) => ({ ...finding, share: 0, confidence: 0, severity: 'low' })),
    diagnosis: undefined,
    seenShare: undefined,
  };
}

function doubtOf(
  { findings: [first] }: Judgement,
  { change }: Diagnosis,
  areCompared: boolean,
  detectors: Detectors,
): Doubt | undefined {
  if (first === undefined) return undefined;
  if (!areCompared && detectors.of(first.detector).coverage === 'failing-lines') return COMPLAINTS;
  const isLost = first.detector === detectors.named('lost-call').id;
  return isLost && change?.knownBy !== 'evidence' ? NOT_CALLED : undefined;
}

function leftOpen(judgement: Judgement, diagnosis: Diagnosis, doubt: Doubt): Judgement {
  const confidence = Math.min(diagnosis.confidence, AT_MOST);
  const { reason, couldBe = [] } = doubt;
  return {
    ...judgement,
    findings: judgement.findings.map((finding, at) => (at === 0 ? { ...finding, confidence, couldBe } : finding)),
    diagnosis: { ...diagnosis, status: 'inconclusive', statusReason: reason, confidence, couldBe },
  };
}

const COMPLAINTS: Doubt = {
  reason: 'log lines complain, but no requests were compared, so it is unknown what fails first',
  couldBe: [
    { what: 'a fault of its own', shownBy: 'what it calls answers others as before' },
    { what: 'something that it calls', shownBy: 'the lines name a service, a host or a store that does not answer' },
    { what: 'clients that ask for something else', shownBy: 'the lines share a client, a key or a version' },
  ],
};

const NOT_CALLED: Doubt = {
  reason: 'a call is no longer made, and nothing recorded shows whether that is meant',
  couldBe: [
    { what: 'a condition that is wrong now', shownBy: 'users miss what the call brought' },
    { what: 'a feature that was switched off', shownBy: 'its owners know of it, or a flag or a deploy says so' },
    { what: 'requests that need it less often', shownBy: 'the same request made the call before' },
  ],
};
