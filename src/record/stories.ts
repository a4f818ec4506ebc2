/** Alerts of one cause: the story of the first, and the others that are folded into it. */
import type { AlertState } from '#model/incident/alert.ts';
import { type Cause, type FoldReason, STORY_LIVES_US, type Story } from '#model/incident/story.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

type Place = Readonly<{ workspaceId: string; channelId: string }>;

export type NewStory = Place & Pick<Story, 'investigationId' | 'service' | 'rule'> & Readonly<{ atUs: number }>;

/** Two alerts of one cause may come at once: whoever reads stories and then opens or folds holds this lock. */
export async function lockStories(tx: Tx, { workspaceId, channelId }: Place): Promise<void> {
  await tx.lock(`stories/${workspaceId}/${channelId}`);
}

/** An alert is looked at: until its verdict is there, its story has no cause. */
export async function openStory(tx: Tx, { workspaceId, channelId, atUs, ...story }: NewStory): Promise<void> {
  await tx.db
    .insertInto('stories')
    .values({
      investigation_id: story.investigationId,
      workspace_id: workspaceId,
      channel_id: channelId,
      service: story.service,
      rule: story.rule,
      looked_us: atUs,
      cause: null,
      ended_us: null,
    })
    .onConflict((conflict) => conflict.column('investigation_id').doNothing())
    .execute();
}

/** The stories in this channel to which an alert of that time may belong. */
export async function storiesAround({ db }: Reader, place: Place & Readonly<{ atUs: number }>): Promise<Story[]> {
  const { workspaceId, channelId, atUs } = place;
  const rows = await db
    .selectFrom('stories')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('looked_us', '>=', atUs - STORY_LIVES_US)
    .where('looked_us', '<=', atUs + STORY_LIVES_US)
    .where('ended_us', 'is', null)
    .execute();
  return rows.map(storyOf);
}

export async function setCause(tx: Tx, investigationId: string, cause: Cause): Promise<void> {
  await tx.db
    .updateTable('stories')
    .set({ cause: JSON.stringify(cause) })
    .where('investigation_id', '=', investigationId)
    .execute();
}

/** Another alert was looked at and has its cause. */
export async function confirmStory(
  tx: Tx,
  { investigationId, cause }: Readonly<{ investigationId: string; cause: Cause }>,
  atUs: number,
): Promise<void> {
  await setCause(tx, investigationId, cause);
  await tx.db
    .updateTable('stories')
    .set({ looked_us: atUs })
    .where('investigation_id', '=', investigationId)
    .where('looked_us', '<', atUs)
    .execute();
}

/** No further alert belongs to it. */
export async function endStory(tx: Tx, investigationId: string): Promise<void> {
  await tx.db
    .updateTable('stories')
    .set({ ended_us: tx.nowUs })
    .where('investigation_id', '=', investigationId)
    .where('ended_us', 'is', null)
    .execute();
}

export type NewFold = Place &
  Readonly<{
    alertId: string;
    /** Undefined for an alert that a storm left without a look. */
    investigationId: string | undefined;
    /** Our message that tells of it. */
    toldBy: string;
    reason: FoldReason;
  }>;

export async function foldAlert(tx: Tx, { workspaceId, channelId, alertId, ...fold }: NewFold): Promise<void> {
  await tx.db
    .insertInto('folds')
    .values({
      alert_id: alertId,
      workspace_id: workspaceId,
      channel_id: channelId,
      investigation_id: fold.investigationId ?? null,
      told_by: fold.toldBy,
      reason: fold.reason,
      folded_us: tx.nowUs,
    })
    .onConflict((conflict) => conflict.column('alert_id').doNothing())
    .execute();
}

export type Fold = Readonly<{
  alertId: string;
  title: string;
  service: string;
  state: AlertState;
  reason: FoldReason;
  toldBy: string;
  investigationId: string | undefined;
}>;

export async function foldOf({ db }: Reader, alertId: string): Promise<Fold | undefined> {
  const row = await folds(db).where('folds.alert_id', '=', alertId).executeTakeFirst();
  return row && foldOfRow(row);
}

export type FoldsTold = Readonly<{
  count: number;
  resolved: number;
  newest: readonly Fold[];
}>;

/** What belongs to a story beside its first alert. */
export async function foldsInto(reader: Reader, investigationId: string, most: number): Promise<FoldsTold> {
  return await told(reader, { column: 'folds.investigation_id', id: investigationId }, most);
}

/** What one message tells of. */
export async function foldsToldBy(reader: Reader, messageId: string, most: number): Promise<FoldsTold> {
  return await told(reader, { column: 'folds.told_by', id: messageId }, most);
}

/** One story has turned out to be another: what was folded into it goes along. */
export async function moveFolds(
  tx: Tx,
  { from, to, toldBy }: Readonly<{ from: string; to: string; toldBy: readonly [from: string, to: string] }>,
): Promise<void> {
  await tx.db.updateTable('folds').set({ told_by: toldBy[1] }).where('told_by', '=', toldBy[0]).execute();
  await tx.db.updateTable('folds').set({ investigation_id: to }).where('investigation_id', '=', from).execute();
  await tx.db
    .updateTable('alerts')
    .set({ investigation_id: to })
    .where('investigation_id', '=', from)
    .where('id', 'in', (folded) => folded.selectFrom('folds').select('alert_id').where('investigation_id', '=', to))
    .execute();
}

/** A storm left no time for the first alert of a story: neither for those that waited for its answer. */
export async function leaveFolds(
  tx: Tx,
  { investigationId, toldBy }: Readonly<{ investigationId: string; toldBy: string }>,
): Promise<void> {
  await tx.db
    .updateTable('folds')
    .set({ investigation_id: null, told_by: toldBy, reason: 'no time' })
    .where('investigation_id', '=', investigationId)
    .execute();
}

/** `stories`: by investigation, how many alerts share its answer. */
export type FoldedSince = Readonly<{ folded: number; unlooked: number; stories: ReadonlyMap<string, number> }>;

/** What a channel's alerts became since that instant. */
export async function foldedSince({ db }: Reader, place: Place & Readonly<{ sinceUs: number }>): Promise<FoldedSince> {
  const rows = await db
    .selectFrom('folds')
    .select(({ fn }) => ['reason', 'investigation_id', fn.countAll<number>().as('count')])
    .where('workspace_id', '=', place.workspaceId)
    .where('channel_id', '=', place.channelId)
    .where('folded_us', '>=', place.sinceUs)
    .groupBy(['reason', 'investigation_id'])
    .execute();
  const sum = (some: typeof rows) => some.reduce((all, { count }) => all + Number(count), 0);
  return {
    folded: sum(rows.filter(({ reason }) => reason !== 'no time')),
    unlooked: sum(rows.filter(({ reason }) => reason === 'no time')),
    stories: new Map(
      [...Map.groupBy(rows, ({ investigation_id }) => investigation_id ?? '')]
        .filter(([id]) => id !== '')
        .map(([id, some]) => [id, sum(some)]),
    ),
  };
}

async function told(
  { db }: Reader,
  { column, id }: Readonly<{ column: 'folds.investigation_id' | 'folds.told_by'; id: string }>,
  most: number,
): Promise<FoldsTold> {
  const counts = await db
    .selectFrom('folds')
    .innerJoin('alerts', 'alerts.id', 'folds.alert_id')
    .select(({ fn }) => ['alerts.state', fn.countAll<number>().as('count')])
    .where(column, '=', id)
    .groupBy('alerts.state')
    .execute();
  const newest = await folds(db)
    .where(column, '=', id)
    .orderBy('folds.folded_us', 'desc')
    .orderBy('folds.alert_id', 'desc')
    .limit(most)
    .execute();
  const sum = (some: typeof counts) => some.reduce((all, { count }) => all + Number(count), 0);
  return {
    count: sum(counts),
    resolved: sum(counts.filter(({ state }) => state === 'resolved')),
    newest: newest.map(foldOfRow),
  };
}

function folds(db: Reader['db']) {
  return db
    .selectFrom('folds')
    .innerJoin('alerts', 'alerts.id', 'folds.alert_id')
    .select([
      'folds.alert_id',
      'folds.investigation_id',
      'folds.told_by',
      'folds.reason',
      'alerts.title',
      'alerts.service',
      'alerts.state',
    ]);
}

type FoldRow = Pick<Schema['folds'], 'alert_id' | 'investigation_id' | 'told_by' | 'reason'> &
  Pick<Schema['alerts'], 'title' | 'service' | 'state'>;

function foldOfRow({ alert_id, investigation_id, told_by, reason, title, service, state }: FoldRow): Fold {
  return {
    alertId: alert_id,
    investigationId: investigation_id ?? undefined,
    toldBy: told_by,
    reason,
    title,
    service,
    state,
  };
}

function storyOf({ investigation_id, service, rule, looked_us, cause }: Schema['stories']): Story {
  return {
    investigationId: investigation_id,
    service,
    rule,
    lookedUs: looked_us,
    cause: cause === null ? undefined : JSON.parse(cause),
  };
}
