/** The input of the sections of a postmortem. `postmortem-words.ts` has the sentences and their citations. */
import { memoize } from '#core/memoize.ts';
import { isBlaming } from '#model/blameless/lint.ts';
import {
  declaredSeverity,
  detectionEntry,
  type Incident,
  type IncidentMetrics,
  impactStartEntry,
  incidentMetrics,
  incidentStart,
  inTimelineOrder,
  isDetection,
  isImpactStart,
  START_NAMES,
  type StartBasis,
  type Status,
  type TimelineEntry,
  wordsOfStatus,
} from '#model/incident/incident.ts';
import { methodAnswers } from '#model/incident/method-answers.ts';
import { ROLE_WORDS } from '#model/incident/people-as-roles.ts';
import { withoutPeople } from '#model/incident/people-in-words.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import type {
  PostmortemEvidence,
  PostmortemFinding,
  PostmortemRecord,
  ReportedFinding,
  Said,
} from '#model/incident/postmortem.ts';
import {
  type Acceptance,
  acceptanceOf,
  declinedProposals,
  isAboutDraft,
  reviewerOf,
} from '#model/incident/postmortem-acceptance.ts';
import { type Comment, commentsOf } from '#model/incident/postmortem-comments.ts';
import { answersIn, type QuestionAnswers } from '#model/incident/postmortem-questions.ts';
import { recordInRoles } from '#model/incident/postmortem-roles.ts';
import { type Row, rowsOf } from '#model/incident/postmortem-rows.ts';
import { type Role, roleIn } from '#model/incident/roles.ts';
import { type FeedbackAnswers, peopleSaid } from '#model/incident/said-cause.ts';
import { saidSentences } from '#model/incident/said-sentences.ts';

/**
 * The record, and what several sections need from it. Severity, status, roles, start and end come from the timeline
 * instead of the incident's row, so that every sentence has an entry to cite.
 */
export type Facts = Readonly<
  PostmortemRecord & {
    evidence: readonly PostmortemEvidence[];
    /** The leading diagnosis of the incident. */
    lead: PostmortemEvidence | undefined;
    /** The one that people rejected before they confirmed the cause: it leads no more. */
    rejected: PostmortemEvidence | undefined;
    /** Without those of the rejected diagnosis. */
    findings: readonly PostmortemFinding[];
    /** Also those. */
    allFindings: readonly PostmortemFinding[];
    rows: readonly Row[];
    /**
     * The times that people entered for statuses and that are before everything began, by entry. `entries` has the time of
     * writing in their place, and `rows` what people entered.
     */
    untimely: ReadonlyMap<string, number>;
    milestones: Milestones;
    /** When it was noticed; undefined where the timeline has neither a detection, an alert nor a declaration. */
    origin: Origin | undefined;
    /** Where the duration begins, as `incidentStart` says; undefined where `origin` is. */
    start: Start | undefined;
    /** A failure in the evidence from before the start of the impact, or from before the origin where nobody knows that. */
    earlierFailure: Readonly<{ atUs: number; evidenceMark: string }> | undefined;
    /** Whether the declaration says what noticed it: typed without an alert, it names only who declared it. */
    isNoticeKnown: boolean;
    /** The last entry of each role. */
    holders: ReadonlyMap<Role, TimelineEntry>;
    acceptance: Acceptance | undefined;
    comments: readonly Comment[];
    reviewer: string | undefined;
    /** The ids of proposals that people declined. */
    declined: ReadonlySet<string>;
    answers: QuestionAnswers;
    metrics: IncidentMetrics;
    markOf: ReadonlyMap<string, string>;
    /** The names of the services in the evidence. */
    services: readonly string[];
  }
>;

export type Milestones = Readonly<
  Record<
    'declared' | 'impact' | 'alert' | 'response' | 'acknowledged' | Exclude<Status, 'investigating'>,
    TimelineEntry | undefined
  > & {
    /** Only where a person entered it. */
    detected: TimelineEntry | undefined;
    /** The newest status; the declaration where there is no other. */
    status: TimelineEntry | undefined;
  }
>;

export type Origin = Readonly<{ entry: TimelineEntry; name: (typeof START_NAMES)[Exclude<StartBasis, 'impact'>] }>;
export type Start = Readonly<{ entry: TimelineEntry; name: (typeof START_NAMES)[StartBasis] }>;

export function factsOf(recorded: PostmortemRecord): Facts {
  const record = recordInRoles(recorded);
  const entered = inTimelineOrder(record.entries.filter((entry) => !isAboutDraft(entry)));
  const rows = rowsOf(entered);
  const untimely = untimelyIn(entered);
  const entries = untimely.size === 0 ? entered : inTimelineOrder(entered.map((entry) => asWritten(entry, untimely)));
  const markOf = new Map(rows.flatMap((row, index) => row.map(({ id }) => [id, `T${index + 1}`] as const)));
  const evidence = record.diagnoses.map((diagnosed, index): PostmortemEvidence => {
    const { answers, hypothesis = '' } = diagnosed;
    const told = methodAnswers(entries, diagnosed.investigationId).hypotheses.get(hypothesis);
    return {
      ...diagnosed,
      mark: `E${index + 1}`,
      doubt: joined([
        answeredNo(answers),
        told?.state === 'refuted' ? byHypothesis('refuted', told.entry, markOf) : [],
      ]),
      support: joined([
        answeredYes(answers),
        told?.state === 'confirmed' ? byHypothesis('confirmed', told.entry, markOf) : [],
      ]),
    };
  });
  const milestones = milestonesOf(entries);
  const judged = leadOf(record.incident, evidence);
  const rejected = isRejected(judged, milestones.identified) ? judged : undefined;
  const lead = rejected === undefined ? judged : undefined;
  const allFindings = marked(judged, evidence);
  const origin = originOf(milestones);
  const timed = origin && { ...record.incident, ...timesOf(milestones, origin) };
  return {
    ...record,
    entries,
    evidence,
    lead,
    rejected,
    findings: allFindings.filter(({ evidenceMark }) => evidenceMark !== rejected?.mark),
    allFindings,
    rows,
    untimely,
    milestones,
    origin,
    start: timed && startOf(timed, entries, { milestones, origin }),
    earlierFailure: earlierFailureOf(evidence, { milestones, origin }),
    isNoticeKnown:
      recorded.incident.detectedBy !== 'employee' || recorded.incident.detection !== recorded.incident.declaredBy,
    holders: holdersOf(entries),
    acceptance: acceptanceOf(record),
    comments: commentsOf(record.entries),
    reviewer: reviewerOf(record.entries),
    declined: declinedProposals(record.entries),
    answers: answersIn(entries),
    metrics: timed === undefined ? NOT_KNOWN : timely(incidentMetrics(timed, entries), milestones, untimely),
    markOf,
    services: servicesIn(record.diagnoses),
  };
}

function servicesIn(diagnoses: PostmortemRecord['diagnoses']): readonly string[] {
  const named = diagnoses.flatMap(({ request, affected, diagnosis, findings }) =>
    [request, affected, diagnosis, ...findings].map((one) => one?.service ?? ''),
  );
  return [...new Set(named)].filter((service) => service !== '');
}

function leadOf(incident: Incident, evidence: readonly PostmortemEvidence[]): PostmortemEvidence | undefined {
  const judged = evidence.filter(({ diagnosis }) => diagnosis !== undefined);
  const trusted = judged.filter(({ doubt }) => doubt === undefined);
  return leading(incident, trusted.length > 0 ? trusted : judged);
}

/** A cause that people noted before they answered No may be the same mistake; one that names somebody cannot lead. */
function isRejected(judged: PostmortemEvidence | undefined, identified: TimelineEntry | undefined): boolean {
  const { right = 1, lastUs = 0 } = judged?.answers ?? {};
  if (judged?.doubt === undefined || right > 0 || identified === undefined || identified.notedUs <= lastUs)
    return false;
  return !looksForFault(identified) && !namesPerson(identified);
}

/** The diagnosis from which the incident was declared, else the newest. Give it those that nobody doubts. */
export function leading<One extends Readonly<{ investigationId: string }>>(
  { investigationId }: Pick<Incident, 'investigationId'>,
  among: readonly One[],
): One | undefined {
  return among.find((one) => one.investigationId === investigationId) ?? among.at(-1);
}

type Part = readonly [] | readonly [Said];
type Answers = Pick<FeedbackAnswers, 'right' | 'wrong' | 'said'>;
const NOBODY: Answers = { right: 0, wrong: 0 };

function answeredNo({ right, wrong, said }: Answers = NOBODY): Part {
  if (wrong === 0) return [];
  const words = peopleSaid(said);
  const instead = words === '' ? '' : `. ${words}`;
  if (right === 0)
    return [{ text: `${responders(wrong)} answered No to the question whether it was right${instead}`, cites: [] }];
  return [{ text: `responders disagree whether it was right (${right} Yes, ${wrong} No)${instead}`, cites: [] }];
}

function answeredYes({ right, wrong }: Answers = NOBODY): Part {
  if (right === 0 || wrong > 0) return [];
  return [{ text: `${responders(right)} answered Yes to the question whether it was right`, cites: [] }];
}

function responders(count: number): string {
  return count === 1 ? 'a responder' : `${count} responders`;
}

function byHypothesis(did: 'confirmed' | 'refuted', { id }: TimelineEntry, markOf: Facts['markOf']): Part {
  return [{ text: `a responder ${did} it among the hypotheses`, cites: [markOf.get(id) ?? ''] }];
}

function joined(parts: readonly Part[]): Said | undefined {
  const said = parts.flat();
  if (said.length === 0) return undefined;
  return { text: said.map(({ text }) => text).join(', and '), cites: said.flatMap(({ cites }) => cites) };
}

function milestonesOf(entries: readonly TimelineEntry[]): Milestones {
  const declared = entries.find((entry) => declaredSeverity(entry) !== undefined);
  const steps = entries.filter((entry) => entry.kind === 'status' && entry !== declared);
  const reached = (status: Status) => steps.find(({ value }) => value === status);
  const alert = entries.find(({ kind, value }) => kind === 'alert' && value !== 'resolved');
  const status = endIn(steps) ?? steps.at(-1) ?? declared;
  const known = detectionEntry(entries);
  const since = known ?? declared;
  const isResponse = (entry: TimelineEntry) => isPersonId(entry.source) && !isImpactStart(entry) && !isDetection(entry);
  const written = entries.filter(isResponse).toSorted((a, b) => writtenUs(a) - writtenUs(b));
  const response = since && written.find((entry) => writtenUs(entry) >= since.atUs);
  const pressed = entries.find(({ kind, value }) => kind === 'alert' && value === 'acknowledged');
  return {
    declared,
    impact: impactStartEntry(entries),
    detected: known && isDetection(known) ? known : undefined,
    alert,
    response,
    acknowledged: pressed === undefined || (response && writtenUs(response) <= pressed.atUs) ? response : pressed,
    identified: reached('identified'),
    // A later one says that the earlier one was not enough.
    mitigated: steps.findLast(({ value }) => value === 'mitigated'),
    fixed: reached('fixed'),
    // An incident may be reopened: its end is the last one.
    resolved: status?.value === 'resolved' ? status : undefined,
    status,
  };
}

/**
 * The last end, unless it was opened again. A cause that people find after the end, or a mitigation that they enter then,
 * undoes no end.
 */
function endIn(steps: readonly TimelineEntry[]): TimelineEntry | undefined {
  const last = steps.findLastIndex(({ value }) => value === 'resolved');
  return steps.slice(last + 1).some(({ value }) => opensAgain(value)) ? undefined : steps[last];
}

/** Whether a status after an end opens the incident again. */
export function opensAgain(value: string): boolean {
  return value === 'investigating' || value === 'merged';
}

/** A cause or a mitigation from before the impact, the detection and the declaration has a wrong time, as of a wrong day. */
function untimelyIn(entries: readonly TimelineEntry[]): ReadonlyMap<string, number> {
  const { declared, impact, detected, alert } = milestonesOf(entries);
  const known = [declared, impact, detected, alert].flatMap((one) => (one === undefined ? [] : [one.atUs]));
  const startUs = known.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...known);
  const isUntimely = (entry: TimelineEntry) =>
    entry.kind === 'status' && entry !== declared && entry.atUs < startUs && entry.notedUs >= startUs;
  return new Map(entries.filter(isUntimely).map(({ id, atUs }) => [id, atUs]));
}

function asWritten(entry: TimelineEntry, untimely: Facts['untimely']): TimelineEntry {
  return untimely.has(entry.id) ? { ...entry, atUs: entry.notedUs } : entry;
}

/** Nobody knows how long it took until a step whose time is wrong. */
function timely(
  metrics: IncidentMetrics,
  { identified, fixed }: Milestones,
  untimely: Facts['untimely'],
): IncidentMetrics {
  const isKnown = (step: TimelineEntry | undefined) => step === undefined || !untimely.has(step.id);
  return {
    ...metrics,
    confirmationMinutes: isKnown(identified) ? metrics.confirmationMinutes : undefined,
    repairMinutes: isKnown(fixed) ? metrics.repairMinutes : undefined,
  };
}

/**
 * When somebody wrote it: a note may tell of an earlier time, and nobody answered then. A message of Slack and a step of
 * an alert have their own time, whenever they came into the record.
 */
export function writtenUs({ kind, atUs, notedUs }: Pick<TimelineEntry, 'kind' | 'atUs' | 'notedUs'>): number {
  return kind === 'message' || kind === 'image' || kind === 'alert' ? atUs : Math.max(atUs, notedUs);
}

function originOf({ detected, alert, declared }: Milestones): Origin | undefined {
  if (detected !== undefined) return { entry: detected, name: START_NAMES.detection };
  if (alert !== undefined) return { entry: alert, name: START_NAMES.alert };
  return declared && { entry: declared, name: START_NAMES.declaration };
}

/** Longer before the alert, a failed request may have had another cause. */
const EARLIER_US = 60 * 60_000_000;

function earlierFailureOf(
  evidence: readonly PostmortemEvidence[],
  { milestones, origin }: Pick<Facts, 'milestones' | 'origin'>,
): Facts['earlierFailure'] {
  const { impact } = milestones;
  if (impact !== undefined && !isImpactStart(impact)) return undefined;
  const originUs = (impact ?? origin?.entry)?.atUs;
  if (originUs === undefined) return undefined;
  const [first] = evidence
    .flatMap(({ mark, firstFailureUs: atUs }) => (atUs === undefined ? [] : [{ atUs, evidenceMark: mark }]))
    .filter(({ atUs }) => atUs < originUs && atUs >= originUs - EARLIER_US)
    .sort((a, b) => a.atUs - b.atUs);
  return first;
}

/** The last assignment counts, by the time of the note. */
function holdersOf(entries: readonly TimelineEntry[]): ReadonlyMap<Role, TimelineEntry> {
  const holders = new Map<Role, TimelineEntry>();
  for (const entry of entries.toSorted((a, b) => a.notedUs - b.notedUs)) {
    const role = entry.kind === 'role' ? roleIn(entry.value) : undefined;
    if (role === undefined) continue;
    if (entry.value.endsWith('=')) holders.delete(role);
    else holders.set(role, entry);
  }
  return holders;
}

/** Those of the timeline, so that each has an entry to cite. */
function timesOf({ impact, resolved }: Milestones, { entry }: Origin) {
  return { impactStartUs: impact?.atUs, resolvedUs: resolved?.atUs, declaredUs: entry.atUs };
}

function startOf(
  timed: Incident,
  entries: readonly TimelineEntry[],
  { milestones: { impact }, origin }: Pick<Facts, 'milestones' | 'origin'>,
): Start | undefined {
  const { basis } = incidentStart(timed, entries);
  return basis === 'impact' && impact !== undefined ? { entry: impact, name: START_NAMES.impact } : origin;
}

const NOT_KNOWN: IncidentMetrics = {
  detectionMinutes: undefined,
  confirmationMinutes: undefined,
  repairMinutes: undefined,
  durationMinutes: undefined,
};

/** The findings of the leading diagnosis come first; the same finding in several traces counts once. */
function marked(
  lead: PostmortemEvidence | undefined,
  evidence: readonly PostmortemEvidence[],
): readonly PostmortemFinding[] {
  const all = [...(lead ? [lead] : []), ...evidence.filter((other) => other !== lead)];
  const known = new Set<string>();
  const findings: PostmortemFinding[] = [];
  for (const { mark, link, findings: found } of all) {
    for (const finding of found) {
      const key = findingKey(finding);
      if (known.has(key)) continue;
      known.add(key);
      findings.push({ ...finding, mark: `F${findings.length + 1}`, evidenceMark: mark, link });
    }
  }
  return findings;
}

function findingKey({ detector, service, operation }: ReportedFinding): string {
  return JSON.stringify([detector, service, operation]);
}

export type ChainStep = readonly [finding: PostmortemFinding, because: PostmortemFinding];

/** From the symptom to its causes. */
export function chainOf({ lead, findings }: Facts): readonly ChainStep[] {
  if (lead?.diagnosis === undefined) return [];
  const byKey = new Map(findings.map((finding) => [findingKey(finding), finding]));
  const finding = (index: number) => {
    const reported = lead.findings[index];
    return reported && byKey.get(findingKey(reported));
  };
  const becauseOf = new Map(lead.diagnosis.chain.map((step) => [step.finding, step.because]));
  const causes = new Set(becauseOf.values());
  const steps: ChainStep[] = [];
  for (const start of becauseOf.keys()) {
    if (causes.has(start)) continue;
    const seen = new Set<number>();
    let index = start;
    for (;;) {
      const because = becauseOf.get(index);
      if (because === undefined || seen.has(index)) break;
      seen.add(index);
      const [from, to] = [finding(index), finding(because)];
      if (from && to && from !== to && !steps.some(([a, b]) => a === from && b === to)) steps.push([from, to]);
      index = because;
    }
  }
  return steps;
}

export function marks({ markOf }: Facts, ...entries: readonly (TimelineEntry | undefined)[]): readonly string[] {
  const found = entries.flatMap((entry) => (entry === undefined ? [] : [markOf.get(entry.id) ?? '']));
  return [...new Set(found)];
}

/** The finding of the verdict. */
export function rootOf({ lead, findings }: Facts): PostmortemFinding | undefined {
  const { diagnosis } = lead ?? {};
  return (
    findings.find(({ detector, service }) => detector === diagnosis?.kind && service === diagnosis.service) ??
    findings[0]
  );
}

/** Several sections ask it of each entry, and reading the words in seven languages takes the longest part of a draft. */
export const looksForFault = memoize(
  (entry: TimelineEntry): boolean => isPersonId(entry.source) && isBlaming(withoutPeople(wordsOfStatus(entry))),
);

/** Whether each sentence of it looks for somebody at fault: none can be quoted. */
export const onlyBlames = memoize(
  (entry: TimelineEntry): boolean =>
    looksForFault(entry) && saidSentences(withoutPeople(wordsOfStatus(entry))).every(isBlaming),
);

/** Whether the words mention a person: a role replaces each name. */
export function namesPerson(entry: TimelineEntry): boolean {
  const words = wordsOfStatus(entry).toLowerCase();
  return ROLE_WORDS.some((role) => words.includes(role));
}
