/**
 * Mutes: for a time, one alert, all alerts of a service, or all that fit a form get no answer in a channel. A mute ends
 * by itself.
 */
import { audit } from '#record/audit.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

type Place = Readonly<{ workspaceId: string; channelId: string }>;

/** Which alerts a form mutes, as in a rule of the configuration: an empty list fits everything. */
export type MuteRule = Readonly<{
  senders: readonly string[];
  services: readonly string[];
  severities: readonly string[];
  /** `line`: one line says that an alert is not answered. */
  answer: 'line' | 'none';
  /** Why, in the words of the person; may be empty. */
  reason: string;
}>;

/**
 * `service` is empty for a mute of one alert: then `source` and `key` name the alert. With `rule` all of them are empty.
 */
export type Mute = Place &
  Readonly<{
    id: string;
    alertId: string;
    source: string;
    key: string;
    title: string;
    service: string;
    by: string;
    fromUs: number;
    untilUs: number;
    /** Undefined unless somebody ended it before its time. */
    endedUs: number | undefined;
    rule: MuteRule | undefined;
  }>;

export type NewMute = Pick<Mute, 'id' | 'workspaceId' | 'channelId' | 'alertId' | 'service' | 'by' | 'untilUs'> &
  Partial<Pick<Mute, 'rule'>>;

/** A second request with the same id changes nothing. */
export async function addMute(tx: Tx, mute: NewMute): Promise<void> {
  const { id, workspaceId, channelId, alertId, service, by, untilUs, rule } = mute;
  const added = await tx.db
    .insertInto('mutes')
    .values({
      id,
      workspace_id: workspaceId,
      channel_id: channelId,
      alert_id: alertId,
      service,
      muted_by: by,
      from_us: tx.nowUs,
      until_us: untilUs,
      ended_us: null,
      ended_by: null,
      rule: rule === undefined ? '' : JSON.stringify(rule),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (added === undefined) return;
  const what = rule === undefined ? (service === '' ? 'alert' : 'service') : 'rule';
  const detail = { mute: id, channel: channelId, what, untilUs };
  await audit(tx, { workspaceId, actor: by, action: 'alert.muted', subject: alertId || id, detail });
}

/** False if it is over already. */
export async function endMute(
  tx: Tx,
  { workspaceId, id, by }: Readonly<{ workspaceId: string; id: string; by: string }>,
): Promise<boolean> {
  const ended = await tx.db
    .updateTable('mutes')
    .set({ ended_us: tx.nowUs, ended_by: by })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .where('ended_us', 'is', null)
    .where('until_us', '>', tx.nowUs)
    .returning(['alert_id', 'channel_id'])
    .executeTakeFirst();
  if (ended === undefined) return false;
  const detail = { mute: id, channel: ended.channel_id };
  await audit(tx, {
    workspaceId,
    actor: by,
    action: 'alert.unmuted',
    subject: ended.alert_id || id,
    detail,
  });
  return true;
}

export async function findMute(
  reader: Reader,
  { workspaceId, id }: Readonly<{ workspaceId: string; id: string }>,
): Promise<Mute | undefined> {
  const row = await muteRows(reader, workspaceId).where('mutes.id', '=', id).executeTakeFirst();
  return row && muteOf(row);
}

/** The mutes that are in force at this time, ordered by when they end. Without a channel or a workspace: of all of them. */
export async function mutesInForce(
  reader: Reader,
  {
    workspaceId,
    channelId,
    nowUs,
  }: Readonly<{ workspaceId?: string | undefined; channelId?: string | undefined; nowUs: number }>,
): Promise<readonly Mute[]> {
  const rows = await muteRows(reader, workspaceId)
    .where('mutes.until_us', '>', nowUs)
    .where('mutes.ended_us', 'is', null)
    .$if(channelId !== undefined, (query) => query.where('mutes.channel_id', '=', channelId ?? ''))
    .orderBy('mutes.until_us')
    .execute();
  return rows.map(muteOf);
}

function muteRows({ db }: Reader, workspaceId: string | undefined) {
  return db
    .selectFrom('mutes')
    .leftJoin('alerts', 'alerts.id', 'mutes.alert_id')
    .selectAll('mutes')
    .select(['alerts.source', 'alerts.key', 'alerts.title'])
    .$if(workspaceId !== undefined, (query) => query.where('mutes.workspace_id', '=', workspaceId ?? ''));
}

type MuteRow = Schema['mutes'] & Readonly<Record<'source' | 'key' | 'title', string | null>>;

function muteOf(row: MuteRow): Mute {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    channelId: row.channel_id,
    alertId: row.alert_id,
    source: row.source ?? '',
    key: row.key ?? '',
    title: row.title ?? '',
    service: row.service,
    by: row.muted_by,
    fromUs: row.from_us,
    untilUs: row.until_us,
    endedUs: row.ended_us ?? undefined,
    rule: row.rule === '' ? undefined : (JSON.parse(row.rule) as MuteRule),
  };
}
