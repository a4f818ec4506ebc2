/**
 * The incidents and their timelines. Every change is one transaction that holds the incident's row, what the timeline
 * says of it and what the audit log says of it; a repeated request changes nothing, by its key.
 *
 * Timeline rows are never rewritten. A correction is a row that amends the first one, what was taken back is marked, and
 * what a system recorded can be neither corrected nor taken back.
 */
import { shortChangeId } from '#model/changes/change.ts';
import {
  declarationText,
  type EntryKind,
  type Incident,
  incidentName,
  inTimelineOrder,
  ONSET,
  ROLE_NAMES,
  type Role,
  type Severity,
  STATUSES,
  type Status,
  severityText,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import { redact } from '#model/redaction/redaction.ts';
import { audit } from '#record/audit.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

export type NewIncident = Readonly<
  Omit<Incident, 'number' | 'status' | 'declaredUs' | 'resolvedUs' | 'roles'> & {
    /** Derived from the request, so that a second delivery of it means the same incident. */
    id: string;
  }
>;

/** Also starts the timeline: the alert and the diagnosis that led here, when the impact began, the declaration. */
export async function declareIncident(tx: Tx, asked: NewIncident): Promise<Incident> {
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
  const incident = incidentOf(row, []);
  await auditIncident(tx, incident, asked.declaredBy, 'incident.declared', {
    severity: asked.severity,
    detectedBy: asked.detectedBy,
  });
  if (asked.alertId !== undefined) await addAlertEntry(tx, { incidentId: asked.id, alertId: asked.alertId });
  if (asked.investigationId !== undefined) {
    await addDiagnosisEntry(tx, { incidentId: asked.id, investigationId: asked.investigationId });
  }
  if (asked.impactStartUs !== undefined) await noteImpactStart(tx, incident, asked.impactStartUs, asked.declaredBy);
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

/** By number, as people name it, or by id. */
export async function findIncident(
  reader: Reader,
  wanted: Readonly<{ workspaceId: string; number: number } | { workspaceId: string; id: string }>,
): Promise<Incident | undefined> {
  const { db } = reader;
  const row = await db
    .selectFrom('incidents')
    .selectAll()
    .where('workspace_id', '=', wanted.workspaceId)
    .where((where) => ('id' in wanted ? where('id', '=', wanted.id) : where('number', '=', wanted.number)))
    .executeTakeFirst();
  return row && (await withRoles(reader, [row]))[0];
}

/** Not resolved, newest first. */
export async function openIncidents(
  reader: Reader,
  { workspaceId, channelId }: Readonly<{ workspaceId: string; channelId?: string | undefined }>,
): Promise<readonly Incident[]> {
  const rows = await reader.db
    .selectFrom('incidents')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('status', '!=', 'resolved')
    .$if(channelId !== undefined, (query) => query.where('channel_id', '=', channelId ?? ''))
    .orderBy('number', 'desc')
    .execute();
  return await withRoles(reader, rows);
}

/** Of every workspace, newest first. */
export async function allIncidents(reader: Reader): Promise<readonly Incident[]> {
  const rows = await reader.db
    .selectFrom('incidents')
    .selectAll()
    .orderBy('declared_us', 'desc')
    .orderBy('number', 'desc')
    .execute();
  return await withRoles(reader, rows);
}

/** Of every workspace that has one of this number. */
export async function incidentsNumbered(reader: Reader, number: number): Promise<readonly Incident[]> {
  const rows = await reader.db
    .selectFrom('incidents')
    .selectAll()
    .where('number', '=', number)
    .orderBy('workspace_id')
    .execute();
  return await withRoles(reader, rows);
}

/**
 * The open incident that something said at this place belongs to: the one of this thread, else the only one of the
 * channel. Where several are open, nothing says which is meant.
 */
export async function incidentInChannel(
  reader: Reader,
  {
    workspaceId,
    channelId,
    threadTs,
  }: Readonly<{ workspaceId: string; channelId: string; threadTs?: string | undefined }>,
): Promise<Incident | undefined> {
  const open = await openIncidents(reader, { workspaceId, channelId });
  const ofThread = threadTs === undefined ? undefined : open.find((incident) => incident.threadTs === threadTs);
  return ofThread ?? (open.length === 1 ? open[0] : undefined);
}

/** The incidents of this channel, resolved ones too, whose timeline shows the entry of this key. */
export async function incidentsShowing(
  reader: Reader,
  { workspaceId, channelId, key }: Readonly<{ workspaceId: string; channelId: string; key: string }>,
): Promise<readonly Incident[]> {
  const rows = await reader.db
    .selectFrom('incidents')
    .selectAll('incidents')
    .innerJoin('timeline_entries', 'timeline_entries.incident_id', 'incidents.id')
    .where('incidents.workspace_id', '=', workspaceId)
    .where('incidents.channel_id', '=', channelId)
    .where('timeline_entries.key', '=', key)
    .where('timeline_entries.removed_us', 'is', null)
    .orderBy('incidents.number')
    .execute();
  return await withRoles(reader, rows);
}

/** The newest incident that was declared from this alert or investigation. */
export async function incidentDeclaredFrom(
  reader: Reader,
  origin: Readonly<{ alertId: string } | { investigationId: string }>,
): Promise<Incident | undefined> {
  const row = await reader.db
    .selectFrom('incidents')
    .selectAll()
    .where((where) =>
      'alertId' in origin
        ? where('alert_id', '=', origin.alertId)
        : where('investigation_id', '=', origin.investigationId),
    )
    .orderBy('number', 'desc')
    .executeTakeFirst();
  return row && (await withRoles(reader, [row]))[0];
}

/** The newest incident that was declared from this investigation, or whose timeline shows its diagnosis. */
export async function incidentOfInvestigation(
  reader: Reader,
  { workspaceId, investigationId }: Readonly<{ workspaceId: string; investigationId: string }>,
): Promise<Incident | undefined> {
  const row = await reader.db
    .selectFrom('incidents')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where((where) =>
      where.or([
        where('investigation_id', '=', investigationId),
        where(
          'id',
          'in',
          where
            .selectFrom('timeline_entries')
            .select('incident_id')
            .where('kind', '=', 'diagnosis')
            .where('value', '=', investigationId)
            .where('removed_us', 'is', null),
        ),
      ]),
    )
    .orderBy('number', 'desc')
    .executeTakeFirst();
  return row && (await withRoles(reader, [row]))[0];
}

export type Change = Readonly<{
  incidentId: string;
  /** Of the request: the same one changes nothing the second time. */
  key: string;
  by: string;
  /** When it happened, where that is not now. */
  atUs?: number | undefined;
  /** What people should know of it. */
  text?: string | undefined;
  link?: string | undefined;
  title?: string | undefined;
  severity?: Severity | undefined;
  status?: Status | undefined;
  impactStartUs?: number | undefined;
}>;

export type Changed = Readonly<{ incident: Incident; changed: boolean }>;

/**
 * Changes what differs and says each change in the timeline, from what to what. A status that was reached before the
 * newest one is entered where it belongs, and the incident stays at the newest.
 */
export async function changeIncident(tx: Tx, change: Change): Promise<Changed> {
  const before = await incidentById(tx, change.incidentId);
  const changes = [
    change.title !== undefined &&
      change.title !== before.title &&
      (await changeTitle(tx, before, change, change.title)),
    change.severity !== undefined && (await changeSeverity(tx, before, change, change.severity)),
    change.status !== undefined && (await changeStatus(tx, before, change, change.status)),
    change.impactStartUs !== undefined && (await changeImpactStart(tx, before, change, change.impactStartUs)),
  ];
  return { incident: await incidentById(tx, change.incidentId), changed: changes.includes(true) };
}

export type Assignment = Readonly<{
  incidentId: string;
  /** Of the request. */
  key: string;
  role: Role;
  userId: string;
  by: string;
  atUs?: number | undefined;
  link?: string | undefined;
}>;

/** A role has one holder: who takes it relieves whoever had it. */
export async function assignRole(
  tx: Tx,
  { incidentId, key, role, userId, by, atUs = tx.nowUs, link = '' }: Assignment,
): Promise<Changed & Readonly<{ previous: string | undefined }>> {
  const before = await incidentById(tx, incidentId);
  const previous = before.roles[role];
  if (previous === userId) return { incident: before, changed: false, previous };
  const added = await addEntry(tx, {
    incidentId,
    key: `role:${key}`,
    atUs,
    kind: 'role',
    text: `${ROLE_NAMES[role]}: ${previous ?? 'nobody'} → ${userId}`,
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

export type NewEntry = Readonly<
  Omit<TimelineEntry, 'id' | 'notedUs' | 'value'> & {
    incidentId: string;
    /** What makes it one and the same entry: `message:<ts>`, `note:<inbox row>`. */
    key: string;
    value?: string | undefined;
    /** When it came into the record, where that was before it came into the timeline. */
    notedUs?: number | undefined;
  }
>;

/** False where there is an entry of this key already. One that was taken back comes back as it was. */
export async function addEntry(tx: Tx, entry: NewEntry): Promise<boolean> {
  const incident = await incidentById(tx, entry.incidentId);
  const inserted = await insertEntry(tx, incident, entry, null);
  if (!inserted && !(await comesBack(tx, entry))) return false;
  await auditEntry(tx, incident, entry.source, 'timeline.added', entry);
  return true;
}

export type EntryEdit = Readonly<{
  incidentId: string;
  key: string;
  text?: string | undefined;
  atUs?: number | undefined;
  by: string;
}>;

/** False where there is nothing to correct: no such entry, taken back, the same already, or recorded by a system. */
export async function editEntry(tx: Tx, { incidentId, key, text, atUs, by }: EntryEdit): Promise<boolean> {
  const entries = await rowsOf(tx, incidentId);
  const original = entries.find((row) => row.key === key);
  if (original === undefined || original.removed_us !== null || !isPeoples(original)) return false;

  const amendments = entries.filter(({ amends }) => amends === original.id);
  const now = corrected(original, amendments);
  const wanted = { ...now, text: text === undefined ? now.text : redact(text), atUs: atUs ?? now.atUs };
  if (wanted.text === now.text && wanted.atUs === now.atUs) return false;

  const incident = await incidentById(tx, incidentId);
  const amendment = { ...wanted, incidentId, key: `${key}#${amendments.length + 1}`, source: by, notedUs: tx.nowUs };
  await insertEntry(tx, incident, amendment, original.id);
  await auditEntry(tx, incident, by, 'timeline.edited', { key, kind: original.kind });
  return true;
}

/** Takes an entry back: it is marked and no longer shown. False where there is nothing that people may take back. */
export async function removeEntry(
  tx: Tx,
  { incidentId, key, by }: Readonly<{ incidentId: string; key: string; by: string }>,
): Promise<boolean> {
  const row = await rowByKey(tx, incidentId, key);
  if (row === undefined || row.removed_us !== null || !isPeoples(row)) return false;
  await tx.db.updateTable('timeline_entries').set({ removed_us: tx.nowUs }).where('id', '=', row.id).execute();
  const incident = await incidentById(tx, incidentId);
  await auditEntry(tx, incident, by, 'timeline.removed', row);
  return true;
}

/** Sources of timeline entries and holders of roles in a workspace, the latest first. */
export async function peopleOfRecord(
  { db }: Reader,
  { workspaceId, limit }: Readonly<{ workspaceId: string; limit: number }>,
): Promise<readonly string[]> {
  const said = await db
    .selectFrom('timeline_entries')
    .select('source')
    .where('workspace_id', '=', workspaceId)
    .groupBy('source')
    .orderBy((row) => row.fn.max('noted_us'), 'desc')
    .limit(limit)
    .execute();
  const held = await db
    .selectFrom('incident_roles')
    .select('user_id')
    .where('workspace_id', '=', workspaceId)
    .groupBy('user_id')
    .orderBy((row) => row.fn.max('since_us'), 'desc')
    .limit(limit)
    .execute();
  return [...new Set([...said.map(({ source }) => source), ...held.map(({ user_id }) => user_id)])].slice(0, limit);
}

/** As it is shown: corrected, without what was taken back, in the order in which things happened. */
export async function timelineOf(reader: Reader, incidentId: string): Promise<readonly TimelineEntry[]> {
  const rows = await rowsOf(reader, incidentId);
  const amendments = Map.groupBy(
    rows.filter(({ amends }) => amends !== null),
    ({ amends }) => amends,
  );
  const shown = rows
    .filter(({ amends, removed_us }) => amends === null && removed_us === null)
    .map((row) => corrected(row, amendments.get(row.id) ?? []));
  return inTimelineOrder(shown);
}

/** An alert in the timeline, once, at the instant that it names. */
export async function addAlertEntry(
  tx: Tx,
  { incidentId, alertId }: Readonly<{ incidentId: string; alertId: string }>,
): Promise<boolean> {
  const alert = await tx.db.selectFrom('alerts').selectAll().where('id', '=', alertId).executeTakeFirstOrThrow();
  return await addEntry(tx, {
    incidentId,
    key: `alert:${alertId}`,
    atUs: alert.at_us,
    notedUs: alert.received_us,
    kind: 'alert',
    text: alert.title,
    source: alert.source,
    link: alert.url,
    value: 'triggered',
  });
}

/** The verdict of a finished investigation in the timeline, once. Where it has none yet, nothing is added. */
export async function addDiagnosisEntry(
  tx: Tx,
  { incidentId, investigationId, link = '' }: Readonly<{ incidentId: string; investigationId: string; link?: string }>,
): Promise<boolean> {
  const investigation = await tx.db
    .selectFrom('investigations')
    .selectAll()
    .where('id', '=', investigationId)
    .executeTakeFirstOrThrow();
  const { verdict, onset, change } = toldBy(investigation.report);
  if (verdict === undefined || investigation.finished_us === null) return false;
  const entry = { incidentId, notedUs: investigation.finished_us, source: 'spanhound', link };
  if (onset !== undefined) {
    const key = `onset:${investigationId}`;
    await addEntry(tx, { ...entry, key, atUs: onset.atUs, kind: 'finding', text: onset.text, value: ONSET });
  }
  if (change !== undefined) {
    // Whichever diagnosis suspects it: it was changed once.
    const key = `change:${change.atUs} ${change.text}`;
    await addEntry(tx, { ...entry, key, kind: 'change', value: '', ...change });
  }
  const key = `diagnosis:${investigationId}`;
  return await addEntry(tx, {
    ...entry,
    key,
    atUs: investigation.finished_us,
    kind: 'diagnosis',
    text: verdict,
    value: investigationId,
  });
}

/** When an incident was open. `services`: those that its alert and its diagnosis are about; none where they are unknown. */
export type IncidentTime = Readonly<{
  name: string;
  services: readonly string[];
  channelId: string;
  fromUs: number;
  toUs: number;
}>;

/** An incident without a new entry for so long was forgotten and no longer counts as open. */
const FORGOTTEN_US = 48 * 3_600 * 1_000_000;

/** Incidents that were open in this time, in order. */
export async function incidentTimes(
  { db }: Reader,
  { workspaceId, fromUs, toUs }: Readonly<{ workspaceId: string; fromUs: number; toUs: number }>,
): Promise<readonly IncidentTime[]> {
  const rows = await db
    .selectFrom('incidents')
    .leftJoin('alerts', 'alerts.id', 'incidents.alert_id')
    .leftJoin('investigations', 'investigations.id', 'incidents.investigation_id')
    .select(['incidents.id', 'number', 'incidents.channel_id', 'declared_us', 'impact_start_us', 'resolved_us'])
    .select(['service', 'report'])
    .select((row) =>
      row
        .selectFrom('timeline_entries')
        .select((entry) => entry.fn.max('noted_us').as('noted_us'))
        .whereRef('incident_id', '=', 'incidents.id')
        .as('noted_us'),
    )
    .where('incidents.workspace_id', '=', workspaceId)
    .where('declared_us', '<=', toUs + FORGOTTEN_US)
    .where((where) => where.or([where('resolved_us', 'is', null), where('resolved_us', '>=', fromUs)]))
    .orderBy('declared_us')
    .execute();
  return rows
    .map(({ number, channel_id, declared_us, impact_start_us, resolved_us, service, report, noted_us }) => ({
      name: incidentName({ number }),
      channelId: channel_id,
      services: [...new Set([service ?? '', ...servicesIn(report)])].filter((name) => name !== ''),
      fromUs: Math.min(declared_us, impact_start_us ?? declared_us),
      toUs: resolved_us ?? Number(noted_us ?? declared_us) + FORGOTTEN_US,
    }))
    .filter((time) => time.fromUs <= toUs && time.toUs >= fromUs);
}

type IncidentRow = Schema['incidents'];
type EntryRow = Schema['timeline_entries'];

/** The keys of the entries that each incident has once. */
const DECLARED = 'declared';
const IMPACT_START = 'impact-start';

/** What systems and the incident's own rules put into the timeline: the record of facts that nobody may rewrite. */
const SYSTEM_KINDS: readonly EntryKind[] = ['alert', 'finding', 'diagnosis', 'status', 'severity', 'role'];

/** Inside the transaction that inserts it, which excludes every other writer. */
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
  if (!(await addChangeEntry(tx, change, { kind: 'update', key: 'title', text, value: '' }))) return false;
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

async function changeStatus(tx: Tx, before: Incident, change: Change, status: Status): Promise<boolean> {
  const atUs = change.atUs ?? tx.nowUs;
  const steps = (await rowsOf(tx, before.id)).filter(({ kind, key }) => kind === 'status' && key !== DECLARED);
  const earlier = steps.filter(({ at_us }) => at_us <= atUs);
  const from = latest(earlier)?.value ?? STATUSES[0];
  if (status === from) return false;
  const text = `${from} → ${status}`;
  if (!(await addChangeEntry(tx, change, { kind: 'status', key: 'status', text, value: status }))) return false;

  const isNewest = earlier.length === steps.length;
  if (isNewest) await update(tx, before, { status, resolved_us: status === 'resolved' ? atUs : null });
  await auditIncident(tx, before, change.by, 'incident.status-changed', { from, to: status });
  return true;
}

async function changeImpactStart(tx: Tx, before: Incident, change: Change, atUs: number): Promise<boolean> {
  if (before.impactStartUs === atUs) return false;
  await noteImpactStart(tx, before, atUs, change.by);
  await update(tx, before, { impact_start_us: atUs });
  await auditIncident(tx, before, change.by, 'incident.impact-start-changed', { atUs });
  return true;
}

/** Stands in the timeline at the instant that it names. */
async function noteImpactStart(tx: Tx, { id }: Incident, atUs: number, by: string): Promise<void> {
  const entry = { incidentId: id, key: IMPACT_START, atUs, kind: 'note', text: 'Impact began', source: by } as const;
  if (!(await addEntry(tx, { ...entry, link: '', value: IMPACT_START }))) await editEntry(tx, { ...entry, by });
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

async function update(tx: Tx, { id }: Incident, set: Partial<IncidentRow>): Promise<void> {
  await tx.db.updateTable('incidents').set(set).where('id', '=', id).execute();
}

async function insertEntry(tx: Tx, incident: Incident, entry: NewEntry, amends: string | null): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('timeline_entries')
    .values({
      id: tx.newId(),
      incident_id: incident.id,
      workspace_id: incident.workspaceId,
      key: entry.key,
      amends,
      at_us: entry.atUs,
      noted_us: entry.notedUs ?? tx.nowUs,
      kind: entry.kind,
      text: redact(entry.text),
      source: entry.source,
      link: entry.link,
      value: entry.value ?? '',
      removed_us: null,
    })
    .onConflict((conflict) => conflict.columns(['incident_id', 'key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** A pin that was taken off and set again is the same entry. */
async function comesBack(tx: Tx, { incidentId, key }: NewEntry): Promise<boolean> {
  const revived = await tx.db
    .updateTable('timeline_entries')
    .set({ removed_us: null })
    .where('incident_id', '=', incidentId)
    .where('key', '=', key)
    .where('removed_us', 'is not', null)
    .executeTakeFirst();
  return revived.numUpdatedRows > 0n;
}

async function rowsOf({ db }: Reader, incidentId: string): Promise<readonly EntryRow[]> {
  return await db.selectFrom('timeline_entries').selectAll().where('incident_id', '=', incidentId).execute();
}

async function rowByKey({ db }: Reader, incidentId: string, key: string): Promise<EntryRow | undefined> {
  return await db
    .selectFrom('timeline_entries')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .where('key', '=', key)
    .executeTakeFirst();
}

function isPeoples({ kind, amends }: EntryRow): boolean {
  return amends === null && !SYSTEM_KINDS.includes(kind);
}

function latest(rows: readonly EntryRow[]): EntryRow | undefined {
  let found: EntryRow | undefined;
  for (const row of rows) if (found === undefined || isLater(row, found)) found = row;
  return found;
}

function isLater(row: EntryRow, than: EntryRow): boolean {
  return (row.at_us - than.at_us || row.noted_us - than.noted_us || (row.id > than.id ? 1 : -1)) > 0;
}

/** Who said it first and when it was first noted stay; what is said of it and when it happened are as last corrected. */
function corrected(row: EntryRow, amendments: readonly EntryRow[]): TimelineEntry {
  const { at_us, text } = amendments.toSorted((a, b) => turnOf(a) - turnOf(b)).at(-1) ?? row;
  return {
    id: row.id,
    atUs: at_us,
    notedUs: row.noted_us,
    kind: row.kind,
    text,
    source: row.source,
    link: row.link,
    value: row.value,
  };
}

/** The number at the end of an amendment's key. */
function turnOf({ key }: EntryRow): number {
  return Number(key.slice(key.lastIndexOf('#') + 1));
}

type Told = Readonly<{ atUs: number; text: string }>;

/** What a stored report says for the timeline. */
function toldBy(report: string | null): {
  verdict: string | undefined;
  onset: Told | undefined;
  change: Told | undefined;
} {
  const { diagnosis, onset } = (report === null ? {} : JSON.parse(report)) as {
    diagnosis?: {
      verdict?: string;
      change?: { id: string; kind: string; service: string; at: string } | null;
    } | null;
    onset?: { at: string; why: string };
  };
  const { verdict, change } = diagnosis ?? {};
  return {
    verdict,
    onset: onset && toldAt(onset.at, `Trouble began: ${onset.why}`),
    change: change ? toldAt(change.at, changeText(change)) : undefined,
  };
}

/** The service that a report is about, and the one that it blames. */
function servicesIn(report: string | null): readonly string[] {
  const { subject, diagnosis } = (report === null ? {} : JSON.parse(report)) as {
    subject?: { service?: string };
    diagnosis?: { service?: string } | null;
  };
  return [subject?.service ?? '', diagnosis?.service ?? ''];
}

/** `deploy of stock: 7c41e0b29a, suspected of what went wrong` */
function changeText({ id, kind, service }: Readonly<{ id: string; kind: string; service: string }>): string {
  const whose = service === '' ? kind : `${kind} of ${service}`;
  return `${whose}: ${shortChangeId(id)}, suspected of what went wrong`;
}

/** Undefined where the time is none. */
function toldAt(iso: string, text: string): Told | undefined {
  const atUs = Date.parse(iso) * 1_000;
  return Number.isNaN(atUs) ? undefined : { atUs, text };
}

async function incidentById(reader: Reader, id: string): Promise<Incident> {
  const row = await reader.db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return incidentOf(row, await rolesOf(reader, [id]));
}

async function withRoles(reader: Reader, rows: readonly IncidentRow[]): Promise<readonly Incident[]> {
  const roles = Map.groupBy(
    await rolesOf(
      reader,
      rows.map(({ id }) => id),
    ),
    ({ incident_id }) => incident_id,
  );
  return rows.map((row) => incidentOf(row, roles.get(row.id) ?? []));
}

async function rolesOf({ db }: Reader, incidentIds: readonly string[]): Promise<readonly Schema['incident_roles'][]> {
  if (incidentIds.length === 0) return [];
  return await db.selectFrom('incident_roles').selectAll().where('incident_id', 'in', incidentIds).execute();
}

function incidentOf(row: IncidentRow, roles: readonly Schema['incident_roles'][]): Incident {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    number: row.number,
    title: row.title,
    severity: row.severity,
    status: row.status,
    channelId: row.channel_id,
    threadTs: row.thread_ts ?? undefined,
    declaredBy: row.declared_by,
    declaredUs: row.declared_us,
    impactStartUs: row.impact_start_us ?? undefined,
    detectedBy: row.detected_by,
    detection: row.detection,
    alertId: row.alert_id ?? undefined,
    investigationId: row.investigation_id ?? undefined,
    resolvedUs: row.resolved_us ?? undefined,
    roles: Object.fromEntries(roles.map(({ role, user_id }) => [role, user_id])),
  };
}

async function auditEntry(
  tx: Tx,
  incident: Incident,
  actor: string,
  action: string,
  { key, kind }: Readonly<{ key: string; kind: EntryKind }>,
): Promise<void> {
  await auditIncident(tx, incident, actor, action, { key, kind });
}

async function auditIncident(
  tx: Tx,
  incident: Incident,
  actor: string,
  action: string,
  detail: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  await audit(tx, { workspaceId: incident.workspaceId, actor, action, subject: incidentName(incident), detail });
}
