/** The alerts that got no answer by choice: by a rule of the configuration or by a mute. None is lost. */
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

type Place = Readonly<{ workspaceId: string; channelId: string }>;

export type NewQuietAlert = Place & Readonly<{ alertId: string; by: Schema['quiet_alerts']['by']; reason: string }>;

/** Idempotent: the first reason stays. */
export async function noteQuietAlert(tx: Tx, { alertId, by, reason, ...place }: NewQuietAlert): Promise<void> {
  await tx.db
    .insertInto('quiet_alerts')
    .values({
      alert_id: alertId,
      workspace_id: place.workspaceId,
      channel_id: place.channelId,
      by,
      reason,
      quiet_us: tx.nowUs,
      told_by: null,
    })
    .onConflict((conflict) => conflict.column('alert_id').doNothing())
    .execute();
}

export async function isQuietAlert({ db }: Reader, alertId: string): Promise<boolean> {
  const query = db.selectFrom('quiet_alerts').select('alert_id').where('alert_id', '=', alertId);
  return (await query.executeTakeFirst()) !== undefined;
}

/** It gets its answer after all. */
export async function endQuietAlert(tx: Tx, alertId: string): Promise<void> {
  await tx.db.deleteFrom('quiet_alerts').where('alert_id', '=', alertId).execute();
}

/** Those of a channel that no answer has counted yet. `newest`: newest first. */
export type UntoldAlerts = Readonly<{
  count: number;
  sinceUs: number;
  newest: readonly Readonly<{ title: string; reason: string }>[];
}>;

export async function untoldQuietAlerts({ db }: Reader, place: Place, most: number): Promise<UntoldAlerts> {
  const untold = db
    .selectFrom('quiet_alerts')
    .where('quiet_alerts.workspace_id', '=', place.workspaceId)
    .where('quiet_alerts.channel_id', '=', place.channelId)
    .where('told_by', 'is', null);
  const all = await untold
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min('quiet_us').as('since')])
    .executeTakeFirst();
  const newest = await untold
    .innerJoin('alerts', 'alerts.id', 'quiet_alerts.alert_id')
    .select(['alerts.title', 'quiet_alerts.reason'])
    .orderBy('quiet_us', 'desc')
    .orderBy('alert_id', 'desc')
    .limit(most)
    .execute();
  return { count: Number(all?.count ?? 0), sinceUs: all?.since ?? 0, newest };
}

/** This message counts them. */
export async function tellQuietAlerts(tx: Tx, place: Place, toldBy: string): Promise<void> {
  await tx.db
    .updateTable('quiet_alerts')
    .set({ told_by: toldBy })
    .where('workspace_id', '=', place.workspaceId)
    .where('channel_id', '=', place.channelId)
    .where('told_by', 'is', null)
    .execute();
}

/** How many are stored, by what kept them quiet. */
export async function quietCounts({ db }: Reader): Promise<Readonly<Record<Schema['quiet_alerts']['by'], number>>> {
  const rows = await db
    .selectFrom('quiet_alerts')
    .select(({ fn }) => ['by', fn.countAll<number>().as('count')])
    .groupBy('by')
    .execute();
  const of = (by: Schema['quiet_alerts']['by']) => Number(rows.find((row) => row.by === by)?.count ?? 0);
  return { rule: of('rule'), mute: of('mute') };
}
