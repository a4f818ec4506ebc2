import {
  apartUs,
  DETECTED,
  declarationText,
  type EntryKind,
  IMPACT_START,
  type Incident,
  type Severity,
  STATUSES,
  type Status,
  severityText,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import { askedValue, confirmedValue, type Role, roleName } from '#model/incident/roles.ts';
import { placeOfStatus } from '#model/incident/status-steps.ts';
import { redact } from '#model/redaction/redaction.ts';
import { auditIncident } from '#record/audit.ts';
import { findIncident, incidentById } from '#record/find-incidents.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';
import { endStory } from '#record/stories.ts';
import { addEntry, editEntry, editStep, entriesOf, entryRows } from '#record/timeline.ts';
import { addAlertEntry, addDiagnosisEntry } from '#record/timeline-evidence.ts';

export type NewIncident = Readonly<
  Omit<Incident, 'number' | 'status' | 'declaredUs' | 'resolvedUs' | 'roles'> & {
    /** Derived from the request, so that a second delivery means the same incident. */
    id: string;
  }
>;

/** Also starts the timeline: the alert and the diagnosis that led here, the start of the impact, the declaration. */
export async function declareIncident(tx: Tx, asked: NewIncident): Promise<Incident> {
  await tx.lock(`incidents/${asked.workspaceId}`);
  const known = await findIncident(tx, asked);
  if (known) return known;

  const row: Schema['incidents'] = {
    id: asked.id,
    workspace_id: asked.workspaceId,
    number: await nextNumber(tx, asked.workspaceId),
    title: redact(asked.title),
    severity: asked.severity,
    status: STATUSES[0],
    channel_id: asked.channelId,
    thread_ts: asked.threadTs ?? null,
    declared_by: asked.declaredBy,
    declared_us: tx.nowUs,
    impact_start_us: asked.impactStartUs ?? null,
    detected_by: asked.detectedBy,
    detection: redact(asked.detection),
    alert_id: asked.alertId ?? null,
    investigation_id: asked.investigationId ?? null,
    resolved_us: null,
  };
  await tx.db.insertInto('incidents').values(row).execute();
  const incident = await incidentById(tx, asked.id);
  await auditIncident(tx, incident, asked.declaredBy, 'incident.declared', {
    severity: asked.severity,
    detectedBy: asked.detectedBy,
  });
  if (asked.alertId !== undefined) await addAlertEntry(tx, { incidentId: asked.id, alertId: asked.alertId });
  if (asked.investigationId !== undefined) {
    await addDiagnosisEntry(tx, { incidentId: asked.id, investigationId: asked.investigationId });
  }
  if (asked.impactStartUs !== undefined)
    await noteImpactStart(tx, incident, { atUs: asked.impactStartUs, by: asked.declaredBy });
  await addEntry(tx, {
    incidentId: asked.id,
    key: DECLARED,
    atUs: tx.nowUs,
    kind: 'status',
    text: declarationText(row),
    source: asked.declaredBy,
    link: '',
    value: row.status,
  });
  return incident;
}

export type Change = Readonly<{
  incidentId: string;
  /** The key of the request: a second one changes nothing. */
  key: string;
  by: string;
  /** The time of the event, if that is not now. */
  atUs?: number | undefined;
  /** A note for people. With a status whose time is set right, '' removes it, and undefined keeps it. */
  text?: string | undefined;
  link?: string | undefined;
  title?: string | undefined;
  severity?: Severity | undefined;
  status?: Status | undefined;
  impactStartUs?: number | undefined;
  /** When it was detected, as a person says it. */
  detectedUs?: number | undefined;
}>;

export type Changed = Readonly<{ incident: Incident; changed: boolean }>;

/** `movedAlong`: the steps that moved with a status whose time was set right; undefined where no time was. */
type MovedAlong = Readonly<{ movedAlong: readonly Step[] | undefined }>;

/**
 * Changes the fields that differ and records each change in the timeline, from old to new. A status that was reached
 * before the newest one is inserted at its time, and the incident keeps the newest; or its step moves to that time, as
 * `placeOfStatus` says.
 */
export async function changeIncident(tx: Tx, change: Change): Promise<Changed & MovedAlong> {
  await tx.lock(`incident/${change.incidentId}`);
  const before = await incidentById(tx, change.incidentId);
  const title =
    change.title !== undefined &&
    change.title !== before.title &&
    (await changeTitle(tx, before, change, change.title));
  const severity = change.severity !== undefined && (await changeSeverity(tx, before, change, change.severity));
  const { changed: status, movedAlong } =
    change.status === undefined ? UNCHANGED : await changeStatus(tx, before, change, change.status);
  const impact =
    change.impactStartUs !== undefined && (await changeImpactStart(tx, before, change, change.impactStartUs));
  const detection = change.detectedUs !== undefined && (await changeDetection(tx, before, change, change.detectedUs));
  const incident = await incidentById(tx, change.incidentId);
  // An alert after the end has a cause of its own.
  if (incident.status === 'resolved' && incident.investigationId !== undefined) {
    await endStory(tx, incident.investigationId);
  }
  return { incident, changed: title || severity || status || impact || detection, movedAlong };
}

export type Assignment = Readonly<{
  incidentId: string;
  /** The key of the request. */
  key: string;
  role: Role;
  userId: string;
  by: string;
  atUs?: number | undefined;
  link?: string | undefined;
}>;

/** A role has one holder: a new one replaces the old one. */
export async function assignRole(
  tx: Tx,
  { incidentId, key, role, userId, by, atUs = tx.nowUs, link = '' }: Assignment,
): Promise<Changed & Readonly<{ previous: string | undefined }>> {
  await tx.lock(`incident/${incidentId}`);
  const before = await incidentById(tx, incidentId);
  const previous = before.roles[role];
  if (previous === userId) return { incident: before, changed: false, previous };
  const added = await addEntry(tx, {
    incidentId,
    key: `role:${key}`,
    atUs,
    kind: 'role',
    text: `${roleName(role)}: ${previous ?? 'nobody'} → ${userId}`,
    source: by,
    link,
    value: `${role}=${userId}`,
  });
  if (!added) return { incident: before, changed: false, previous };

  await tx.db
    .insertInto('incident_roles')
    .values({ incident_id: incidentId, workspace_id: before.workspaceId, role, user_id: userId, since_us: atUs })
    .onConflict((conflict) =>
      conflict.columns(['incident_id', 'role']).doUpdateSet({ user_id: userId, since_us: atUs }),
    )
    .execute();
  await auditIncident(tx, before, by, 'incident.role-assigned', { role, from: previous ?? null, to: userId });
  return { incident: await incidentById(tx, incidentId), changed: true, previous };
}

type Holding = Readonly<{ incidentId: string; key: string; role: Role; by: string }>;

/** The holder confirms a role that somebody else gave them. */
export async function confirmRole(tx: Tx, { incidentId, key, role, by }: Holding): Promise<void> {
  await addEntry(tx, {
    incidentId,
    key: `role-confirmed:${key}`,
    atUs: tx.nowUs,
    kind: 'role',
    text: `${roleName(role)}: ${by} confirmed`,
    source: by,
    link: '',
    value: confirmedValue(role, by),
  });
}

/** After a reopening, the holder of a role is asked whether they still do it. */
export async function askHolder(
  tx: Tx,
  { incidentId, key, role, holder }: Omit<Holding, 'by'> & Readonly<{ holder: string }>,
): Promise<void> {
  await addEntry(tx, {
    incidentId,
    key: `role-asked:${key}`,
    atUs: tx.nowUs,
    kind: 'role',
    text: `${roleName(role)}: asked ${holder} again after the reopening`,
    source: 'spanhound',
    link: '',
    value: askedValue(role, holder),
  });
}

/** The holder gives a role back, or did not answer: nobody has it. */
export async function openRole(tx: Tx, { incidentId, key, role, by }: Holding): Promise<Incident> {
  await tx.lock(`incident/${incidentId}`);
  const before = await incidentById(tx, incidentId);
  await addEntry(tx, {
    incidentId,
    key: `role:${key}`,
    atUs: tx.nowUs,
    kind: 'role',
    text: `${roleName(role)}: ${before.roles[role] ?? 'nobody'} → nobody`,
    source: by,
    link: '',
    value: `${role}=`,
  });
  await tx.db.deleteFrom('incident_roles').where('incident_id', '=', incidentId).where('role', '=', role).execute();
  await auditIncident(tx, before, by, 'incident.role-assigned', { role, from: before.roles[role] ?? null, to: null });
  return await incidentById(tx, incidentId);
}

/** The keys of the entries that each incident has once. */
export const DECLARED = 'declared';

/** The transaction that inserts it holds the lock of the workspace's incidents. */
async function nextNumber(tx: Tx, workspaceId: string): Promise<number> {
  const last = await tx.db
    .selectFrom('incidents')
    .select((row) => row.fn.max('number').as('number'))
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return Number(last?.number ?? 0) + 1;
}

async function changeTitle(tx: Tx, before: Incident, change: Change, asked: string): Promise<boolean> {
  const title = redact(asked);
  const text = `Title: ${before.title} → ${title}`;
  if (!(await addChangeEntry(tx, change, { kind: 'update', key: 'title', text, value: 'title' }))) return false;
  await update(tx, before, { title });
  await auditIncident(tx, before, change.by, 'incident.retitled', {});
  return true;
}

async function changeSeverity(tx: Tx, before: Incident, change: Change, severity: Severity): Promise<boolean> {
  if (severity === before.severity) return false;
  const text = severityText(before.severity, severity);
  if (!(await addChangeEntry(tx, change, { kind: 'severity', key: 'severity', text, value: severity }))) return false;
  await update(tx, before, { severity });
  await auditIncident(tx, before, change.by, 'incident.severity-changed', { from: before.severity, to: severity });
  return true;
}

type StatusChanged = Pick<Changed, 'changed'> & MovedAlong;

const UNCHANGED: StatusChanged = { changed: false, movedAlong: undefined };

async function changeStatus(tx: Tx, before: Incident, change: Change, status: Status): Promise<StatusChanged> {
  const atUs = change.atUs ?? tx.nowUs;
  const place = placeOfStatus(await statusSteps(tx, before.id), { status, atUs });
  if (place.kind === 'moved') {
    const changed = change.atUs !== undefined && (await moveSteps(tx, before, change, place));
    return changed ? { changed, movedAlong: place.taken } : UNCHANGED;
  }
  const { from, isNewest } = place;
  if (status === from) return UNCHANGED;
  const text = `${from} → ${status}`;
  if (!(await addChangeEntry(tx, change, { kind: 'status', key: 'status', text, value: status }))) return UNCHANGED;

  if (isNewest) await update(tx, before, { status, resolved_us: status === 'resolved' ? atUs : null });
  await auditIncident(tx, before, change.by, 'incident.status-changed', { from, to: status });
  return { changed: true, movedAlong: undefined };
}

/**
 * People set right when a status was reached. What moves along stays in its order by microseconds, which nobody reads;
 * within one second, nothing moves.
 */
async function moveSteps(
  tx: Tx,
  before: Incident,
  { by, text, atUs = tx.nowUs }: Change,
  { step, taken }: Readonly<{ step: Step; taken: readonly Step[] }>,
): Promise<boolean> {
  const incidentId = before.id;
  const prefix = /^[a-z]+ → [a-z]+/.exec(step.text)?.[0] ?? step.value;
  const said = text === undefined ? {} : { text: text === '' ? prefix : `${prefix}: ${text}` };
  const toUs = apartUs(atUs, step.atUs) === 0 ? step.atUs : atUs + taken.length;
  if (!(await editStep(tx, { incidentId, key: step.key, atUs: toUs, by, ...said }))) return false;
  for (const [at, { key }] of taken.entries()) await editStep(tx, { incidentId, key, atUs: atUs + at, by });
  const last = (await statusSteps(tx, incidentId)).at(-1);
  if (before.status === 'resolved' && last?.value === 'resolved') await update(tx, before, { resolved_us: last.atUs });
  await auditIncident(tx, before, by, 'incident.status-moved', { status: step.value, fromUs: step.atUs, toUs });
  return true;
}

/** The statuses of an incident as corrected, without its declaration. */
export async function statusSteps(reader: Reader, incidentId: string): Promise<readonly Step[]> {
  const rows = await entryRows(reader, incidentId);
  const keys = new Map(rows.map(({ id, key }) => [id, key]));
  const steps = entriesOf(rows).filter(({ kind }) => kind === 'status');
  return steps.map((entry) => ({ ...entry, key: keys.get(entry.id) ?? '' })).filter(({ key }) => key !== DECLARED);
}

export type Step = TimelineEntry & Readonly<{ key: string }>;

async function changeImpactStart(tx: Tx, before: Incident, change: Change, atUs: number): Promise<boolean> {
  const isSame = before.impactStartUs === atUs;
  if (isSame && change.text === undefined) return false;
  const isNoted = await noteImpactStart(tx, before, { ...change, atUs });
  if (isSame && !isNoted) return false;
  await update(tx, before, { impact_start_us: atUs });
  await auditIncident(tx, before, change.by, 'incident.impact-start-changed', { atUs });
  return true;
}

type Moment = Readonly<{ atUs: number; by: string }> & Pick<Change, 'text'>;

async function noteImpactStart(tx: Tx, { id }: Incident, { atUs, by, text }: Moment): Promise<boolean> {
  return await noteMilestone(tx, {
    incidentId: id,
    key: IMPACT_START,
    text: withWords('Impact began', text),
    atUs,
    by,
  });
}

/** `Impact began: the graph drops there` */
function withWords(what: string, words = ''): string {
  return words === '' ? what : `${what}: ${words}`;
}

async function changeDetection(tx: Tx, before: Incident, { by, text }: Change, atUs: number): Promise<boolean> {
  const entry = { incidentId: before.id, key: DETECTED, text: withWords('Detected', text), atUs, by };
  if (!(await noteMilestone(tx, entry))) return false;
  await auditIncident(tx, before, by, 'incident.detection-changed', { atUs });
  return true;
}

/** Its timeline entry is at the instant that it names. False if it says that already. */
async function noteMilestone(
  tx: Tx,
  entry: Readonly<{ incidentId: string; key: string; text: string; atUs: number; by: string }>,
): Promise<boolean> {
  const { key, by } = entry;
  const isNew = await addEntry(tx, { ...entry, kind: 'note', source: by, link: '', value: key });
  return isNew || (await editEntry(tx, entry));
}

async function addChangeEntry(
  tx: Tx,
  change: Change,
  { kind, key, text, value }: Readonly<{ kind: EntryKind; key: string; text: string; value: string }>,
): Promise<boolean> {
  return await addEntry(tx, {
    incidentId: change.incidentId,
    key: `${key}:${change.key}`,
    atUs: change.atUs ?? tx.nowUs,
    kind,
    text: change.text ? `${text}: ${change.text}` : text,
    source: change.by,
    link: change.link ?? '',
    value,
  });
}

async function update(tx: Tx, { id }: Incident, set: Partial<Schema['incidents']>): Promise<void> {
  await tx.db.updateTable('incidents').set(set).where('id', '=', id).execute();
}
