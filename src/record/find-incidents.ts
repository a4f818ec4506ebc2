/** Finds incidents: by number, by place, by origin, by the time in which they were open. */
import type { ExpressionBuilder } from 'kysely';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader } from '#record/store.ts';

/** Whether the incident was declared in this channel, or has it for itself. */
export function isIn(channelId: string) {
  return (row: ExpressionBuilder<Schema, 'incidents'>) =>
    row.or([
      row('incidents.channel_id', '=', channelId),
      row(
        'incidents.id',
        'in',
        row.selectFrom('incident_channels').select('incident_id').where('incident_channels.channel_id', '=', channelId),
      ),
    ]);
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

/** Neither resolved nor merged, newest first. */
export async function openIncidents(
  reader: Reader,
  { workspaceId, channelId }: Readonly<{ workspaceId: string; channelId?: string | undefined }>,
): Promise<readonly Incident[]> {
  const rows = await reader.db
    .selectFrom('incidents')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('status', 'not in', ['resolved', 'merged'])
    .$if(channelId !== undefined, (query) => query.where(isIn(channelId ?? '')))
    .orderBy('number', 'desc')
    .execute();
  return await withRoles(reader, rows);
}

/** The one of this channel that was resolved last. */
export async function lastResolvedIn(
  reader: Reader,
  { workspaceId, channelId }: Readonly<{ workspaceId: string; channelId: string }>,
): Promise<Incident | undefined> {
  const row = await reader.db
    .selectFrom('incidents')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where(isIn(channelId))
    .where('status', '=', 'resolved')
    .orderBy('resolved_us', 'desc')
    .orderBy('number', 'desc')
    .executeTakeFirst();
  return row && (await withRoles(reader, [row]))[0];
}

/** The resolved incident that has this channel for itself. */
export async function resolvedWithChannel(
  reader: Reader,
  { workspaceId, channelId }: Readonly<{ workspaceId: string; channelId: string }>,
): Promise<Incident | undefined> {
  const row = await reader.db
    .selectFrom('incidents')
    .selectAll('incidents')
    .innerJoin('incident_channels', 'incident_channels.incident_id', 'incidents.id')
    .where('incidents.workspace_id', '=', workspaceId)
    .where('incidents.status', '=', 'resolved')
    .where('incident_channels.channel_id', '=', channelId)
    .where('incident_channels.state', '=', 'open')
    .executeTakeFirst();
  return row && (await withRoles(reader, [row]))[0];
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

/** Of every workspace with this number. */
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
 * The open incident of a message at this place: the one of this thread, else the only one of the channel. With several
 * open ones, it is ambiguous.
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

/** The incidents of this channel, including resolved ones, whose timeline has the entry with this key. */
export async function incidentsShowing(
  reader: Reader,
  { workspaceId, channelId, key }: Readonly<{ workspaceId: string; channelId: string; key: string }>,
): Promise<readonly Incident[]> {
  const rows = await reader.db
    .selectFrom('incidents')
    .selectAll('incidents')
    .innerJoin('timeline_entries', 'timeline_entries.incident_id', 'incidents.id')
    .where('incidents.workspace_id', '=', workspaceId)
    .where(isIn(channelId))
    .where('timeline_entries.key', '=', key)
    .where('timeline_entries.removed_us', 'is', null)
    .orderBy('incidents.number')
    .execute();
  return await withRoles(reader, rows);
}

/** The incidents of any channel whose timelines have one of these messages. `keys`: of their entries. */
export async function incidentsWithEntries(
  reader: Reader,
  { workspaceId, keys }: Readonly<{ workspaceId: string; keys: readonly string[] }>,
): Promise<readonly Incident[]> {
  const rows = await reader.db
    .selectFrom('incidents')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', (rows) =>
      rows
        .selectFrom('timeline_entries')
        .select('incident_id')
        .where('timeline_entries.workspace_id', '=', workspaceId)
        .where('key', 'in', [...keys]),
    )
    .orderBy('number')
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

/** The incident that was declared from the first of these alerts that has one. */
export async function incidentOfAlerts(reader: Reader, alertIds: readonly string[]): Promise<Incident | undefined> {
  for (const alertId of alertIds) {
    const incident = await incidentDeclaredFrom(reader, { alertId });
    if (incident !== undefined) return incident;
  }
  return undefined;
}

/** The newest incident that was declared from this investigation, or whose timeline has its diagnosis. */
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

/** Throws if there is none with this id. */
export async function incidentById(reader: Reader, id: string): Promise<Incident> {
  const row = await reader.db.selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return incidentOf(row, await rolesOf(reader, [id]));
}

/** When an incident was open. `services`: those of its alert and its diagnosis; none if unknown. */
export type IncidentTime = Readonly<{
  id: string;
  name: string;
  services: readonly string[];
  channelId: string;
  fromUs: number;
  toUs: number;
}>;

/** An incident without a new entry for this long was forgotten and no longer counts as open. */
const FORGOTTEN_US = 48 * 3_600 * 1_000_000;

/** Incidents that were open in this time window, in order. */
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
    .map(({ id, number, channel_id, declared_us, impact_start_us, resolved_us, service, report, noted_us }) => ({
      id,
      name: incidentName({ number }),
      channelId: channel_id,
      services: [...new Set([service ?? '', ...servicesIn(report)])].filter((name) => name !== ''),
      fromUs: Math.min(declared_us, impact_start_us ?? declared_us),
      toUs: resolved_us ?? Number(noted_us ?? declared_us) + FORGOTTEN_US,
    }))
    .filter((time) => time.fromUs <= toUs && time.toUs >= fromUs);
}

type IncidentRow = Schema['incidents'];

/** The service that a report is about, and the service at fault. */
function servicesIn(report: string | null): readonly string[] {
  const { subject, diagnosis } = (report === null ? {} : JSON.parse(report)) as {
    subject?: { service?: string };
    diagnosis?: { service?: string } | null;
  };
  return [subject?.service ?? '', diagnosis?.service ?? ''];
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
