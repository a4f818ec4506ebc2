/** What has to be forgotten: which incidents, answers and alerts as a whole, and which id in all other texts. */
import type { ExpressionBuilder } from 'kysely';
import type { Incident } from '#model/incident/incident.ts';
import { rowsMentioning } from '#record/mentioning-rows.ts';
import { type Mentions, mentionsOfPerson, mentionsOfTrace } from '#record/mentions.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader } from '#record/store.ts';

export type ForgetScope = Readonly<{
  what: 'a person' | 'a trace' | 'an incident';
  mentions: Mentions | undefined;
  personId: string | undefined;
  incident: Incident | undefined;
  investigations: readonly string[];
  alerts: readonly string[];
  /** Answers and alerts of the incident that stay, because another incident has them too. */
  shared: number;
}>;

export function scopeOfPerson(personId: string): ForgetScope {
  const mentions = mentionsOfPerson(personId);
  return { ...NOTHING, what: 'a person', mentions, personId };
}

/** Every answer that mentions the trace is about it, at least in part. */
export async function scopeOfTrace(reader: Reader, traceId: string): Promise<ForgetScope> {
  const mentions = mentionsOfTrace(traceId);
  const columns = ['trace_id', 'report', 'markdown', 'logs', 'error'] as const;
  const rows = await rowsMentioning(reader, mentions, { table: 'investigations', columns });
  return { ...NOTHING, what: 'a trace', mentions, investigations: rows.map(({ id }) => `${id}`) };
}

export async function scopeOfIncident(reader: Reader, incident: Incident): Promise<ForgetScope> {
  const { db } = reader;
  const entries = await db
    .selectFrom('timeline_entries')
    .select(['kind', 'key', 'value'])
    .where('incident_id', '=', incident.id)
    .execute();
  const alerts = distinct([
    incident.alertId,
    ...entries.map(({ key }) => (key.startsWith(ALERT) ? key.slice(ALERT.length) : undefined)),
  ]);
  const answers = await db
    .selectFrom('investigations')
    .select('id')
    .where((row) =>
      row.or([
        row('alert_id', 'in', [...alerts, NO_ID]),
        row(
          'id',
          'in',
          row
            .selectFrom('alerts')
            .select(coalesced)
            .where('id', 'in', [...alerts, NO_ID]),
        ),
      ]),
    )
    .execute();
  const investigations = distinct([
    incident.investigationId,
    ...entries.map(({ kind, value }) => (kind === 'diagnosis' ? value : undefined)),
    ...answers.map(({ id }) => id),
  ]);
  const ofOthers = await idsOfOthers(reader, incident.id);
  const own = (ids: readonly string[]) => ids.filter((id) => !ofOthers.has(id));
  const kept = { investigations: own(investigations), alerts: own(alerts) };
  const shared = investigations.length + alerts.length - kept.investigations.length - kept.alerts.length;
  return { ...NOTHING, what: 'an incident', incident, ...kept, shared };
}

const NOTHING = {
  mentions: undefined,
  personId: undefined,
  incident: undefined,
  investigations: [],
  alerts: [],
  shared: 0,
} as const;

const ALERT = 'alert:';
/** Postgres refuses an empty list. */
const NO_ID = '';

function coalesced(row: ExpressionBuilder<Schema, 'alerts'>) {
  return row.fn.coalesce('investigation_id', row.val('')).as('id');
}

/** The alerts and answers that belong to another incident as well. */
async function idsOfOthers({ db }: Reader, incidentId: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('incidents')
    .select(['alert_id', 'investigation_id'])
    .where('id', '!=', incidentId)
    .execute();
  const entries = await db
    .selectFrom('timeline_entries')
    .select(['key', 'value'])
    .where('incident_id', '!=', incidentId)
    .where('kind', 'in', ['alert', 'diagnosis'])
    .execute();
  return new Set([
    ...rows.flatMap((row) => [row.alert_id ?? '', row.investigation_id ?? '']),
    ...entries.flatMap(({ key, value }) => [key.slice(key.indexOf(':') + 1), value]),
  ]);
}

function distinct(ids: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== undefined && id !== ''))] as string[];
}
