/**
 * Replaces people by roles in every text of a record, so that no drafted sentence can name anybody. The fields for
 * authors (`source`, `owner`, `roles`) stay.
 */

import { isBlaming } from '#model/blameless/lint.ts';
import type { FiveWhys } from '#model/finding/methods.ts';
import type { ActionItem, Incident, TimelineEntry } from '#model/incident/incident.ts';
import { peopleAsRoles, RESPONDER } from '#model/incident/people-as-roles.ts';
import { namesNobody } from '#model/incident/people-in-words.ts';
import type {
  CountedRequests,
  DiagnosedEvidence,
  PathOperation,
  PostmortemRecord,
  ReportedDiagnosis,
  ReportedFinding,
} from '#model/incident/postmortem.ts';
import { roleIn } from '#model/incident/roles.ts';
import type { SaidCause } from '#model/incident/said-cause.ts';
import type { SimilarIncident } from '#model/incident/similar-incident.ts';

export function recordInRoles(record: PostmortemRecord): PostmortemRecord {
  const { incident, entries, actionItems, diagnoses, similar } = record;
  const clean = rolesFor(record);
  const cleanAt = rolesThen(record, clean);
  return {
    ...record,
    incident: { ...incident, ...incidentTexts(incident, clean) },
    entries: entries.map((entry) => ({ ...entry, text: entryText(entry, cleanAt(entry)) })),
    actionItems: actionItems.map(
      (item): ActionItem => ({ ...item, text: clean(item.text), reason: clean(item.reason) }),
    ),
    diagnoses: diagnoses.map((one) => diagnosedIn(one, clean)),
    similar: similar.map((one) => similarIn(one, clean)),
  };
}

type Clean = (text: string) => string;

type KnownPeople = Pick<PostmortemRecord, 'names' | 'otherNames'> &
  Readonly<{
    incident: Pick<Incident, 'roles' | 'declaredBy'>;
    entries: readonly Pick<TimelineEntry, 'source'>[];
  }>;

/** The same for the words of an entry, with the roles that people held when it was written: a handover comes later. */
function rolesThen(record: PostmortemRecord, now: Clean): (entry: TimelineEntry) => Clean {
  const steps = record.entries.filter(({ kind }) => kind === 'role').toSorted((a, b) => a.notedUs - b.notedUs);
  const given = [...new Set(steps.flatMap(({ value }) => roleIn(value) ?? []))];
  const known = new Map([[JSON.stringify(record.incident.roles), now]]);
  return ({ notedUs, kind }) => {
    if (kind === 'role') return now;
    const then: Record<string, string> = { ...record.incident.roles };
    for (const role of given) {
      const last = steps.findLast((step) => step.notedUs <= notedUs && roleIn(step.value) === role);
      const person = last?.value.slice(last.value.indexOf('=') + 1) ?? '';
      if (person === '') delete then[role];
      else then[role] = person;
    }
    const key = JSON.stringify(then);
    const clean = known.get(key) ?? rolesFor({ ...record, incident: { ...record.incident, roles: then } });
    known.set(key, clean);
    return clean;
  };
}

/** Replaces the people of an incident, and those whom its workspace knows by name. */
export function rolesFor({ incident: { roles, declaredBy }, entries, names, otherNames }: KnownPeople): Clean {
  const ids = new Set([...entries.map(({ source }) => source), ...Object.values(roles), declaredBy]);
  return peopleAsRoles({ roles, names: allNames({ names, otherNames }), ids });
}

/** Each person's names, by their id: all names in Slack, or the displayed name where Slack knows none. */
export function allNames({
  names,
  otherNames = new Map(),
}: Pick<PostmortemRecord, 'names' | 'otherNames'>): ReadonlyMap<string, readonly string[]> {
  const shown = [...names].map(([person, name]) => [person, otherNames.get(person) ?? [name]] as const);
  return new Map([...otherNames, ...shown]);
}

function incidentTexts({ title, detection }: Incident, clean: Clean): Pick<Incident, 'title' | 'detection'> {
  return { title: clean(title), detection: clean(detection) };
}

/** A role entry (`Incident commander: U0SARAH01 → U0MIKE001`) names the role already. */
function entryText({ kind, text }: TimelineEntry, clean: Clean): string {
  if (kind !== 'role') return clean(text);
  const names = text.indexOf(': ') + 2;
  const arrow = text.indexOf(' → ', names + 1);
  if (names < 2 || arrow < 0) return clean(text);
  const [from, to] = [text.slice(names, arrow), text.slice(arrow + ' → '.length)];
  if (from === 'nobody') return `${text.slice(0, names)}nobody → ${RESPONDER}`;
  return `${text.slice(0, names)}${RESPONDER} → ${to === 'nobody' ? to : 'another responder'}`;
}

function diagnosedIn(diagnosed: DiagnosedEvidence, clean: Clean): DiagnosedEvidence {
  const { request, path, healthy, fixed, affected, changes, findings, diagnosis, gaps, whys, answers } = diagnosed;
  const withoutChanges = changesUnquoted(findings);
  const said = (text: string) => withoutChanges(clean(text));
  return {
    ...diagnosed,
    request: request && { ...request, service: clean(request.service), operation: clean(request.operation) },
    path: path && pathIn(path, clean),
    healthy: healthy && { ...healthy, path: pathIn(healthy.path, clean) },
    fixed: fixed && { ...fixed, path: pathIn(fixed.path, clean) },
    affected: affected && countedIn(affected, clean),
    changes: changes?.map(({ atUs, text }) => ({ atUs, text: clean(text) })),
    findings: findings.map((finding) => ({ ...findingIn(finding, said), evidence: evidenceIn(finding, clean) })),
    diagnosis: diagnosis && diagnosisIn(diagnosis, said),
    gaps: gaps.map(({ source, problem, consequence }) => ({
      source: clean(source),
      problem: clean(problem),
      consequence: clean(consequence),
    })),
    whys: whys && whysIn(whys, said),
    ...(answers?.said && { answers: { ...answers, said: answers.said.map((one) => saidIn(one, clean)) } }),
  };
}

function pathIn(path: readonly PathOperation[], clean: Clean): readonly PathOperation[] {
  return path.map((one) => ({ ...one, service: clean(one.service), operation: clean(one.operation) }));
}

/** Words that look for a person at fault stay out, as everywhere in the draft. */
function saidIn(cause: SaidCause, clean: Clean): SaidCause {
  const text = clean(cause.text);
  return { ...cause, text: isBlaming(text) ? '…' : text, service: clean(cause.service) };
}

function countedIn(counted: CountedRequests, clean: Clean): CountedRequests {
  const { service, operations } = counted;
  return {
    ...counted,
    service: clean(service),
    ...(operations && { operations: operations.map((one) => ({ ...one, operation: clean(one.operation) })) }),
  };
}

/** A diagnosis quotes a commit's message, which people wrote. The evidence keeps it. */
function changesUnquoted(findings: readonly ReportedFinding[]): Clean {
  const changes = findings.flatMap(({ evidence }) => evidence.filter(({ kind }) => kind === 'change'));
  const services = findings.flatMap(({ service }) => (service === '' ? [] : [service]));
  const personal = changes
    .map(({ text }) => text.slice(text.indexOf(': ') + 2))
    .filter((text) => !namesNobody(text, services));
  return (text) => personal.reduce((rest, said) => rest.replaceAll(said, '…'), text);
}

function evidenceIn({ evidence }: ReportedFinding, clean: Clean): ReportedFinding['evidence'] {
  return evidence.map(({ kind, ref, text }) => ({ kind, ref, text: clean(text) }));
}

function findingIn(finding: ReportedFinding, clean: Clean): ReportedFinding {
  const { service, operation, title, explanation, remedy, check } = finding;
  return {
    ...finding,
    service: clean(service),
    operation: clean(operation),
    title: clean(title),
    explanation: clean(explanation),
    remedy: clean(remedy),
    check: clean(check),
  };
}

function diagnosisIn(diagnosis: ReportedDiagnosis, clean: Clean): ReportedDiagnosis {
  const { verdict, service, change, ruledOut } = diagnosis;
  return {
    ...diagnosis,
    verdict: clean(verdict),
    service: clean(service),
    change: change && { ...change, id: clean(change.id), service: clean(change.service) },
    ruledOut: ruledOut.map((one) => ({ ...one, service: clean(one.service), why: clean(one.why) })),
  };
}

function whysIn({ symptom, evidence, whys }: FiveWhys, clean: Clean): FiveWhys {
  return {
    symptom: clean(symptom),
    evidence,
    whys: whys.map((why) => ({ ...why, text: clean(why.text), lookAt: clean(why.lookAt) })),
  };
}

function similarIn(similar: SimilarIncident, clean: Clean): SimilarIncident {
  const { title, verdict, same } = similar;
  return { ...similar, title: clean(title), verdict: clean(verdict), same: same.map(clean) };
}
