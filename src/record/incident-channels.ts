/**
 * The channel that an incident has for itself: one row for each incident that wants one. `workflows/channels/keep-channel.ts`
 * creates it; each step is stored before or after its call to Slack, so that a second run finds what the first one did.
 *
 *   wanted ──► open ──► closed      archived, gone, or read by people who may not see the incident
 *     ▲  └───► refused    │
 *     └────────┴──────────┘         somebody asks again
 */
import type { Incident } from '#model/incident/incident.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

type Row = Schema['incident_channels'];

export type IncidentChannel = Readonly<{
  incidentId: string;
  channelId: string | undefined;
  name: string;
  state: Row['state'];
  reason: string;
  topic: string;
  askedUs: number;
  triedUs: number | undefined;
  invitedUs: number;
}>;

export async function channelOf({ db }: Reader, incidentId: string): Promise<IncidentChannel | undefined> {
  const row = await db
    .selectFrom('incident_channels')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .executeTakeFirst();
  return (
    row && {
      incidentId,
      channelId: row.channel_id ?? undefined,
      name: row.name,
      state: row.state,
      reason: row.reason,
      topic: row.topic,
      askedUs: row.asked_us,
      triedUs: row.tried_us ?? undefined,
      invitedUs: row.invited_us,
    }
  );
}

/** Where people work on the incident, if it has a channel of its own that they can use. */
export async function openChannelOf(reader: Reader, incidentId: string): Promise<string | undefined> {
  const known = await channelOf(reader, incidentId);
  return known?.state === 'open' ? known.channelId : undefined;
}

/** Whether another incident has this channel for itself. */
export async function isChannelTaken({ db }: Reader, channelId: string, incidentId: string): Promise<boolean> {
  const row = await db
    .selectFrom('incident_channels')
    .select('incident_id')
    .where('channel_id', '=', channelId)
    .where('incident_id', '!=', incidentId)
    .executeTakeFirst();
  return row !== undefined;
}

/** False if it is wanted or open already. The channel of before is used again, if there was one. */
export async function wantChannel(tx: Tx, { id, workspaceId }: Pick<Incident, 'id' | 'workspaceId'>): Promise<boolean> {
  const known = await channelOf(tx, id);
  if (known?.state === 'wanted' || known?.state === 'open') return false;
  await tx.db
    .insertInto('incident_channels')
    .values({
      incident_id: id,
      workspace_id: workspaceId,
      channel_id: null,
      name: '',
      state: 'wanted',
      reason: '',
      topic: '',
      asked_us: tx.nowUs,
      tried_us: null,
      invited_us: 0,
    })
    .onConflict((conflict) => conflict.column('incident_id').doUpdateSet({ state: 'wanted', reason: '' }))
    .execute();
  return true;
}

/** Before the name is tried at Slack. */
export async function tryName(tx: Tx, incidentId: string, name: string): Promise<void> {
  await change(tx, incidentId, { name, tried_us: tx.nowUs });
}

export async function openChannel(tx: Tx, incidentId: string, channelId: string): Promise<void> {
  await change(tx, incidentId, { channel_id: channelId, state: 'open', reason: '' });
}

export async function refuseChannel(tx: Tx, incidentId: string, reason: string): Promise<void> {
  await change(tx, incidentId, { state: 'refused', reason });
}

export async function closeChannel(tx: Tx, incidentId: string, reason: string): Promise<void> {
  await change(tx, incidentId, { state: 'closed', reason });
}

export async function noteTopic(tx: Tx, incidentId: string, topic: string): Promise<void> {
  await change(tx, incidentId, { topic });
}

/** `untilUs`: everybody who took a role or was called until then. */
export async function noteInvited(tx: Tx, incidentId: string, untilUs: number): Promise<void> {
  await change(tx, incidentId, { invited_us: untilUs });
}

async function change(tx: Tx, incidentId: string, set: Partial<Row>): Promise<void> {
  await tx.db.updateTable('incident_channels').set(set).where('incident_id', '=', incidentId).execute();
}
