/**
 * What the incidents of a period show together: causes that come back, detection gaps by service, and how often verdicts
 * were right. Silence settles nothing: a verdict is right only if somebody said so.
 *
 *   verdict ──► a hypothesis answered before the acceptance ──► right or wrong, by the accepted postmortem
 *           ──► Yes or No ────────────────────────────────────► right or wrong, by the answers
 *           ──► it leads an accepted postmortem ──────────────► right, by the accepted postmortem
 *           ──► none of these ────────────────────────────────► nobody answered
 */
import { type ActionItem, type Incident, isOver, type TimelineEntry } from '#model/incident/incident.ts';
import { type EndNote, endedBy } from '#model/incident/incident-end.ts';
import {
  type CountedIncident,
  detectionUs,
  type IncidentStats,
  incidentStats,
} from '#model/incident/incident-stats.ts';
import { methodAnswers } from '#model/incident/method-answers.ts';
import type { ReportedDiagnosis } from '#model/incident/postmortem.ts';
import { acceptanceOf } from '#model/incident/postmortem-acceptance.ts';
import { leading } from '#model/incident/postmortem-facts.ts';
import { shareInterval } from '#model/stats/proportion.ts';
import { medianOf } from '#model/stats/robust.ts';

/** A claim that this is the cause. `title`: the kind in words. */
export type Claim = Readonly<{ kind: string; title: string; service: string }>;

export type ReviewedDiagnosis = Claim &
  Readonly<{
    investigationId: string;
    status: ReportedDiagnosis['status'];
    /** How many people gave each answer to "Was this right?": the last one of each person. */
    answers?: Readonly<{ right: number; wrong: number }> | undefined;
    hypotheses: readonly (Claim & Readonly<{ id: string }>)[];
  }>;

export type ReviewedIncident = CountedIncident &
  Readonly<{
    actionItems: readonly ActionItem[];
    /** Oldest first; only those with a verdict. */
    diagnoses: readonly ReviewedDiagnosis[];
    /** The service of its alert or its request; '' if unknown. */
    service: string;
  }>;

/** Why this is taken for the cause: an accepted postmortem has it, people answered Yes, or only the verdict says it. */
export type CauseBasis = 'accepted' | 'answered' | 'verdict';

export type ReturningCause = Claim &
  Readonly<{
    /** Newest first, at least two. */
    incidents: readonly Readonly<{
      incident: Incident;
      basis: CauseBasis;
      /** The note that says how it ended: the fix before the mitigation before the end. Undefined without one. */
      ended: EndNote | undefined;
      openItems: readonly ActionItem[];
    }>[];
  }>;

/** Times in microseconds. */
export type DetectionGap = Readonly<{
  /** '' if unknown. */
  service: string;
  incidents: number;
  byAlert: number;
  byPerson: number;
  /** How many have a known start of the impact; the times are those of them. */
  known: number;
  medianUs: number | undefined;
  largest: Readonly<{ us: number; incident: Incident }> | undefined;
}>;

export const VERDICT_WORDS = ['confirmed', 'likely', 'unsure'] as const;
export type VerdictWord = (typeof VERDICT_WORDS)[number];

const WORD_OF = { confirmed: 'confirmed', likely: 'likely', inconclusive: 'unsure' } as const;

/** `split`: people disagree. The last six add up to `verdicts`. */
export type Reliability = Readonly<{
  word: VerdictWord;
  verdicts: number;
  yes: number;
  no: number;
  acceptedRight: number;
  acceptedWrong: number;
  split: number;
  unanswered: number;
  /** How many of the settled verdicts were right. */
  right: number;
  settled: number;
  /** 0 to 1, with the ends of Wilson's 95 % interval; undefined if fewer than five are settled. */
  share: Readonly<{ share: number; low: number; high: number }> | undefined;
}>;

export type IncidentReview = Readonly<{
  count: number;
  /** How many incidents have no cause that could come back. */
  withoutCause: number;
  /** The most frequent first; of equals, the newest. */
  causes: readonly ReturningCause[];
  /** The largest gap first. */
  gaps: readonly DetectionGap[];
  /** One for each word, in the order of `VERDICT_WORDS`. */
  reliability: readonly Reliability[];
  /** How long they took. */
  stats: IncidentStats;
}>;

/** Fewer settled verdicts have no share, only counts. */
export const FEWEST_FOR_SHARE = 5;

/** Give it no merged incident: the incident into which it was merged has its entries and diagnoses. */
export function incidentReview(reviewed: readonly ReviewedIncident[]): IncidentReview {
  const judged = reviewed.map((one) => ({ ...one, cause: causeOf(one) }));
  return {
    count: reviewed.length,
    withoutCause: judged.filter(({ cause }) => cause === undefined).length,
    causes: returning(judged),
    gaps: gapsOf(judged),
    reliability: reliabilityOf(reviewed),
    stats: incidentStats(reviewed),
  };
}

type Cause = Claim & Readonly<{ basis: CauseBasis }>;
type Judged = ReviewedIncident & Readonly<{ cause: Cause | undefined }>;

function isSame(a: Claim, b: Claim): boolean {
  return a.kind === b.kind && a.service === b.service;
}

/** The record as it was when its postmortem was accepted. */
type Accepted = Readonly<{ entries: readonly TimelineEntry[]; diagnoses: readonly ReviewedDiagnosis[] }>;

/** Undefined without an acceptance that holds: an incident that was reopened needs a new one. */
function acceptedOf({ incident, entries, actionItems, diagnoses }: ReviewedIncident): Accepted | undefined {
  const acceptance = acceptanceOf({ entries, actionItems });
  if (acceptance === undefined || !isOver(incident)) return undefined;
  const { atUs } = acceptance;
  const isOwnStep = ({ kind, from }: TimelineEntry) => kind === 'status' && from === undefined;
  if (entries.some((entry) => isOwnStep(entry) && entry.notedUs > atUs)) return undefined;
  const later = new Set(
    entries.flatMap(({ kind, value, notedUs }) => (kind === 'diagnosis' && notedUs > atUs ? [value] : [])),
  );
  return {
    entries: entries.filter(({ notedUs }) => notedUs <= atUs),
    diagnoses: diagnoses.filter(({ investigationId: id }) => id === incident.investigationId || !later.has(id)),
  };
}

/** What people said about the hypotheses of a diagnosis: those confirmed, and those refuted. */
function hypothesesOf(entries: readonly TimelineEntry[], { investigationId, hypotheses }: ReviewedDiagnosis) {
  const answered = methodAnswers(entries, investigationId).hypotheses;
  const inState = (state: string) => hypotheses.filter(({ id }) => answered.get(id)?.state === state);
  return { confirmed: inState('confirmed'), refuted: inState('refuted') };
}

/** Undefined without a hypothesis that says anything about the verdict. */
function byHypotheses(entries: readonly TimelineEntry[], diagnosis: ReviewedDiagnosis): 'right' | 'wrong' | undefined {
  const { confirmed, refuted } = hypothesesOf(entries, diagnosis);
  if (confirmed.some((one) => isSame(one, diagnosis))) return 'right';
  if (confirmed.length > 0 || refuted.some((one) => isSame(one, diagnosis))) return 'wrong';
  return undefined;
}

/** Whether nobody said No, and no hypothesis contradicts it. */
function isTrusted(entries: readonly TimelineEntry[], diagnosis: ReviewedDiagnosis): boolean {
  return (diagnosis.answers?.wrong ?? 0) === 0 && byHypotheses(entries, diagnosis) !== 'wrong';
}

/** An unsure verdict that nobody approved names no cause. */
function namesCause({ status, service, answers }: ReviewedDiagnosis): boolean {
  return service !== '' && (status !== 'inconclusive' || (answers?.right ?? 0) > 0);
}

/** The verdict that an accepted postmortem rests on. Its readers accepted no unsure verdict as the cause. */
function acceptedLead({ incident }: ReviewedIncident, { entries, diagnoses }: Accepted): ReviewedDiagnosis | undefined {
  const lead = leading(
    incident,
    diagnoses.filter((one) => isTrusted(entries, one)),
  );
  return lead !== undefined && namesCause(lead) ? lead : undefined;
}

function causeOf(one: ReviewedIncident): Cause | undefined {
  const accepted = acceptedOf(one);
  if (accepted !== undefined) {
    const [confirmed] = accepted.diagnoses.flatMap((each) => hypothesesOf(accepted.entries, each).confirmed);
    const cause = confirmed ?? acceptedLead(one, accepted);
    if (cause !== undefined && cause.service !== '') return claimed(cause, 'accepted');
  }
  const trusted = one.diagnoses.filter((each) => isTrusted(one.entries, each) && namesCause(each));
  const lead = leading(one.incident, trusted);
  return lead && claimed(lead, (lead.answers?.right ?? 0) > 0 ? 'answered' : 'verdict');
}

function claimed({ kind, title, service }: Claim, basis: CauseBasis): Cause {
  return { kind, title, service, basis };
}

function returning(judged: readonly Judged[]): readonly ReturningCause[] {
  const known = judged.flatMap(({ cause, ...one }) => (cause === undefined ? [] : [{ ...one, cause }]));
  const groups = Map.groupBy(known, ({ cause }) => JSON.stringify([cause.kind, cause.service]));
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((group) => {
      const newestFirst = group.toSorted((a, b) => b.incident.declaredUs - a.incident.declaredUs);
      const { kind, title, service } = (newestFirst[0] as (typeof group)[number]).cause;
      const incidents = newestFirst.map(({ incident, cause, entries, actionItems }) => ({
        incident,
        basis: cause.basis,
        ended: isOver(incident) ? endNoteOf(entries) : undefined,
        openItems: actionItems.filter(({ state }) => state === 'open'),
      }));
      return { kind, title, service, incidents };
    })
    .sort((a, b) => b.incidents.length - a.incidents.length || newestUs(b) - newestUs(a));
}

function newestUs({ incidents }: ReturningCause): number {
  return incidents[0]?.incident.declaredUs ?? 0;
}

/** The newest note of the first of these statuses that has one. */
function endNoteOf(entries: readonly TimelineEntry[]): EndNote | undefined {
  const notes = endedBy(entries);
  for (const wanted of ['fixed', 'mitigated', 'resolved']) {
    const note = notes.findLast(({ status }) => status === wanted);
    if (note !== undefined) return note;
  }
  return undefined;
}

/** By the service of the cause, else that of the alert or the request. */
function gapsOf(judged: readonly Judged[]): readonly DetectionGap[] {
  return [...Map.groupBy(judged, ({ cause, service }) => cause?.service ?? service)]
    .map(([service, group]): DetectionGap => {
      const known = group
        .flatMap((one) => {
          const us = detectionUs(one);
          return us === undefined ? [] : [{ us, incident: one.incident }];
        })
        .sort((a, b) => b.us - a.us);
      const byAlert = group.filter(({ incident }) => incident.detectedBy === 'alert').length;
      return {
        service,
        incidents: group.length,
        byAlert,
        byPerson: group.length - byAlert,
        known: known.length,
        medianUs: known.length === 0 ? undefined : medianOf(known.map(({ us }) => us)),
        largest: known[0],
      };
    })
    .sort((a, b) => (b.largest?.us ?? -1) - (a.largest?.us ?? -1) || b.incidents - a.incidents);
}

const OUTCOMES = ['yes', 'no', 'acceptedRight', 'acceptedWrong', 'split', 'unanswered'] as const;
type Outcome = (typeof OUTCOMES)[number];

function reliabilityOf(reviewed: readonly ReviewedIncident[]): readonly Reliability[] {
  const outcomes = new Map<string, Readonly<{ word: VerdictWord; outcome: Outcome }>>();
  for (const one of reviewed) {
    const accepted = acceptedOf(one);
    for (const diagnosis of one.diagnoses) {
      const { investigationId: id, status } = diagnosis;
      if (!outcomes.has(id)) outcomes.set(id, { word: WORD_OF[status], outcome: outcomeOf(one, accepted, diagnosis) });
    }
  }
  return VERDICT_WORDS.map((word) => {
    const own = [...outcomes.values()].filter((one) => one.word === word);
    const count = (outcome: Outcome) => own.filter((one) => one.outcome === outcome).length;
    const counts = Object.fromEntries(OUTCOMES.map((one) => [one, count(one)])) as Record<Outcome, number>;
    const right = counts.yes + counts.acceptedRight;
    const settled = right + counts.no + counts.acceptedWrong;
    return { word, verdicts: own.length, ...counts, right, settled, share: shareFrom(right, settled) };
  });
}

function outcomeOf(one: ReviewedIncident, accepted: Accepted | undefined, diagnosis: ReviewedDiagnosis): Outcome {
  const isCovered = accepted?.diagnoses.includes(diagnosis) === true;
  const said = accepted && isCovered ? byHypotheses(accepted.entries, diagnosis) : undefined;
  if (said !== undefined) return said === 'right' ? 'acceptedRight' : 'acceptedWrong';
  const { right, wrong } = diagnosis.answers ?? { right: 0, wrong: 0 };
  if (right > 0 && wrong > 0) return 'split';
  if (right + wrong > 0) return right > 0 ? 'yes' : 'no';
  const lead = accepted && acceptedLead(one, accepted);
  return isCovered && lead !== undefined && isSame(lead, diagnosis) && namesCause(diagnosis)
    ? 'acceptedRight'
    : 'unanswered';
}

function shareFrom(times: number, of: number): Reliability['share'] {
  if (of < FEWEST_FOR_SHARE) return undefined;
  return { share: times / of, ...shareInterval({ times, of }) };
}
