/** What the sections of a postmortem are made from, and how they say and cite it. */
import { isBlaming } from '#model/blameless.ts';
import { durationText } from '#model/duration.ts';
import {
  type Incident,
  type IncidentMetrics,
  incidentMetrics,
  inTimelineOrder,
  isOnset,
  ROLE_NAMES,
  ROLES,
  type Role,
  type Status,
  type TimelineEntry,
  wordsOfStatus,
} from '#model/incident.ts';
import { PERSON_ID } from '#model/person-id.ts';
import type {
  PostmortemEvidence,
  PostmortemFinding,
  PostmortemRecord,
  PostmortemSection,
  ReportedDiagnosis,
  ReportedFinding,
  Statement,
  Words,
} from '#model/postmortem.ts';

/** The record, with what several sections need of it. */
export type Facts = Readonly<
  PostmortemRecord & {
    evidence: readonly PostmortemEvidence[];
    /** The diagnosis that the incident goes by. */
    lead: PostmortemEvidence | undefined;
    findings: readonly PostmortemFinding[];
    milestones: Milestones;
    metrics: IncidentMetrics;
    markOf: ReadonlyMap<string, string>;
  }
>;

export type Milestones = Readonly<
  Record<'declared' | 'impact' | 'alert' | 'response' | Exclude<Status, 'investigating'>, TimelineEntry | undefined>
>;

export function factsOf(record: PostmortemRecord): Facts {
  const { incident } = record;
  const entries = inTimelineOrder(record.entries);
  const evidence = record.diagnoses.map((diagnosed, index) => ({ ...diagnosed, mark: `E${index + 1}` }));
  const lead =
    evidence.find(({ investigationId, diagnosis }) => diagnosis && investigationId === incident.investigationId) ??
    evidence.findLast(({ diagnosis }) => diagnosis);
  return {
    ...record,
    entries,
    evidence,
    lead,
    findings: marked(lead, evidence),
    milestones: milestonesOf(incident, entries),
    metrics: incidentMetrics(incident, entries),
    markOf: new Map(entries.map(({ id }, index) => [id, `T${index + 1}`])),
  };
}

function milestonesOf(incident: Incident, entries: readonly TimelineEntry[]): Milestones {
  const reached = (status: Status) => entries.find(({ kind, value }) => kind === 'status' && value === status);
  const alert = entries.find(({ kind, value }) => kind === 'alert' && value !== 'resolved');
  const sinceUs = alert?.atUs ?? incident.declaredUs;
  return {
    declared: reached('investigating'),
    impact: entries.find(({ kind, value }) => kind === 'note' && value === 'impact-start') ?? entries.find(isOnset),
    alert,
    response: entries.find(
      ({ source, atUs, value }) => isPerson(source) && atUs >= sinceUs && value !== 'impact-start',
    ),
    identified: reached('identified'),
    mitigated: reached('mitigated'),
    fixed: reached('fixed'),
    // An incident may be opened again: its end is the last one.
    resolved:
      incident.resolvedUs === undefined
        ? undefined
        : entries.findLast(({ kind, value }) => kind === 'status' && value === 'resolved'),
  };
}

/** The findings of the diagnosis that the incident goes by come first; the same finding in several traces counts once. */
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

/** From what was felt to what lies behind it. */
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

export function section(
  title: string,
  { level = 2, statements = [], table, missing = [], questions = [] }: Partial<Omit<PostmortemSection, 'title'>> = {},
): PostmortemSection {
  return { title, level, statements, table, missing, questions };
}

export function said(facts: Facts, words: Words, entries: readonly (TimelineEntry | undefined)[]): Statement {
  return { words, cites: marks(facts, ...entries) };
}

/** What an entry says, in its own words; who said it stands in the timeline. */
export function recorded(facts: Facts, entry: TimelineEntry): Statement {
  return said(facts, [at(entry.atUs), `: ${ended(wordsOf(entry, facts) || 'see the timeline')}`], [entry]);
}

export function reachedAt(facts: Facts, reached: string, entry: TimelineEntry): Statement {
  const knownUs = facts.milestones.alert?.atUs ?? facts.incident.declaredUs;
  const minutes = (entry.atUs - knownUs) / MINUTE_US;
  const after = `${minutesText(Math.abs(minutes))} ${minutes < 0 ? 'before' : 'after'} ${origin(facts)}`;
  const text = wordsOf(entry, facts);
  return said(
    facts,
    [`${reached} on `, at(entry.atUs), `, ${after}${text === '' ? '.' : `: ${ended(text)}`}`],
    [entry],
  );
}

/** In people's own words, without what the record puts before them; '' where they look for somebody at fault. */
function wordsOf(entry: TimelineEntry, facts: Facts): string {
  if (looksForFault(facts, entry)) return '';
  return withoutNames(wordsOfStatus(entry), facts);
}

export function looksForFault(facts: Facts, entry: TimelineEntry): boolean {
  return isPerson(entry.source) && isBlaming(withoutNames(wordsOfStatus(entry), facts), ROLE_WORDS);
}

export function marks({ markOf }: Facts, ...entries: readonly (TimelineEntry | undefined)[]): readonly string[] {
  const found = entries.flatMap((entry) => (entry === undefined ? [] : [markOf.get(entry.id) ?? '']));
  return [...new Set(found)];
}

export function rootMark({ lead, findings }: Facts): string {
  const { diagnosis } = lead ?? {};
  const root =
    findings.find(({ detector, service }) => detector === diagnosis?.kind && service === diagnosis.service) ??
    findings[0];
  return root?.mark ?? '';
}

export function standing(diagnosis: ReportedDiagnosis | undefined): string {
  return diagnosis === undefined || diagnosis.status === 'inconclusive' ? 'unknown' : diagnosis.status;
}

export function origin({ milestones }: Facts): string {
  return milestones.alert === undefined ? 'the declaration' : 'the first alert';
}

export function at(atUs: number): Readonly<{ atUs: number }> {
  return { atUs };
}

export const MINUTE_US = 60_000_000;

/** A longer gap is to be answered by an action item, as incident guides ask. */
export const DETECTION_GOAL_MINUTES = 5;

/** `0 min`, `15 s`, `3 min`, `1 h 5 min` */
export function minutesText(minutes: number): string {
  return minutes === 0 ? '0 min' : durationText(minutes * MINUTE_US);
}

export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

export function ended(text: string): string {
  const words = text.trim();
  return /[.!?:]$/.test(words) ? words : `${words}.`;
}

export function isPerson(source: string): boolean {
  return source.replace(PERSON_ID, '') === '' && source !== '';
}

/** Analysis is of systems: who did something is in the timeline, and here it is the role that they had. */
export function withoutNames(text: string, { incident: { roles }, names }: Facts): string {
  const roleOf = (person: string) => {
    const role = ROLES.find((candidate) => roles[candidate] === person);
    return role === undefined ? RESPONDER : roleWords(role);
  };
  let clean = text.replace(PERSON_ID, roleOf);
  for (const [person, name] of names) clean = clean.replace(wholeName(name), roleOf(person));
  return clean;
}

const RESPONDER = 'a responder';
const ROLE_WORDS = [RESPONDER, ...ROLES.map(roleWords)];

function roleWords(role: Role): string {
  return `the ${ROLE_NAMES[role].toLowerCase()}`;
}

/** A name inside a longer word is another word. */
function wholeName(name: string): RegExp {
  const letters = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_])@?${letters}(?![\\p{L}\\p{N}_])`, 'gu');
}
