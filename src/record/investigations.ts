/** The questions about traces, and their results. */
import type { ErrorRecord } from '#core/errors.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

export type NewInvestigation = Readonly<{
  id: string;
  workspaceId: string;
  traceId: string;
  askedBy: string;
  channelId: string;
  /** The alert that it answers. */
  alertId?: string | undefined;
}>;

export type Investigation = Readonly<
  NewInvestigation & {
    state: Schema['investigations']['state'];
    /** The report of the contract, parsed; only when done. */
    report: unknown;
    markdown: string;
    logs: string;
    error: ErrorRecord | undefined;
    createdUs: number;
    finishedUs: number | undefined;
  }
>;

/** A second request with the same id changes nothing. */
export async function openInvestigation(tx: Tx, asked: NewInvestigation): Promise<void> {
  await tx.db
    .insertInto('investigations')
    .values({
      id: asked.id,
      workspace_id: asked.workspaceId,
      trace_id: asked.traceId,
      asked_by: asked.askedBy,
      channel_id: asked.channelId,
      state: 'open',
      report: null,
      markdown: null,
      logs: null,
      error: null,
      created_us: tx.nowUs,
      finished_us: null,
      alert_id: asked.alertId ?? null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** The alerts of a channel that were given their own look since that instant, and how many of those are not done. */
export async function looksSince(
  { db }: Reader,
  { workspaceId, channelId, sinceUs }: Readonly<{ workspaceId: string; channelId: string; sinceUs: number }>,
): Promise<Readonly<{ begun: number; open: number }>> {
  const rows = await db
    .selectFrom('investigations')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .where('workspace_id', '=', workspaceId)
    .where('created_us', '>=', sinceUs)
    .where('channel_id', '=', channelId)
    .where('alert_id', 'is not', null)
    .groupBy('state')
    .execute();
  const open = rows.filter(({ state }) => state === 'open');
  const sum = (some: typeof rows) => some.reduce((all, { count }) => all + Number(count), 0);
  return { begun: sum(rows), open: sum(open) };
}

/** Whether a look into this alert is not done. An older one is not of interest: it ended, or was given up. */
export async function isLookedAt(
  { db, nowUs }: Tx,
  { workspaceId, channelId, alertId }: Readonly<Record<'workspaceId' | 'channelId' | 'alertId', string>>,
): Promise<boolean> {
  const row = await db
    .selectFrom('investigations')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('created_us', '>=', nowUs - LOOK_LASTS_US)
    .where('channel_id', '=', channelId)
    .where('alert_id', '=', alertId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return row !== undefined;
}

/** Longer than any deadline of a look; a person may ask again after that. */
const LOOK_LASTS_US = 600_000_000;

/** The trace id of the report, because the request may have been a link or another system's id. */
export async function finishInvestigation(
  tx: Tx,
  found: Readonly<{ id: string; traceId: string; report: object; markdown: string; logs: string }>,
): Promise<void> {
  await tx.db
    .updateTable('investigations')
    .set({
      state: 'done',
      trace_id: found.traceId,
      report: JSON.stringify(found.report),
      markdown: found.markdown,
      logs: found.logs,
      error: null,
      finished_us: tx.nowUs,
    })
    .where('id', '=', found.id)
    .where('state', '!=', 'forgotten')
    .execute();
}

/** Adds fields to a stored report; `undefined` removes one. Changes nothing where it is not done, or was forgotten. */
export async function addToReport(
  tx: Tx,
  { id, workspaceId, fields }: Readonly<{ id: string; workspaceId: string; fields: object }>,
): Promise<void> {
  const known = await findInvestigation(tx, { id, workspaceId });
  if (known?.state !== 'done' || typeof known.report !== 'object') return;
  const report = JSON.stringify({ ...known.report, ...fields });
  await tx.db.updateTable('investigations').set({ report }).where('id', '=', id).where('state', '=', 'done').execute();
}

export async function failInvestigation(
  tx: Tx,
  { id, error }: Readonly<{ id: string; error: ErrorRecord }>,
): Promise<void> {
  await tx.db
    .updateTable('investigations')
    .set({ state: 'failed', error: JSON.stringify(error), finished_us: tx.nowUs })
    .where('id', '=', id)
    .where('state', '!=', 'forgotten')
    .execute();
}

/**
 * Limited to the workspace: a button's value names the investigation, and Slack names the workspace. Undefined also if it
 * was forgotten on request.
 */
export async function findInvestigation(
  store: Reader,
  { id, workspaceId }: Readonly<{ id: string; workspaceId: string }>,
): Promise<Investigation | undefined> {
  const row = await store.db
    .selectFrom('investigations')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .where('state', '!=', 'forgotten')
    .executeTakeFirst();
  return row && investigationOf(row);
}

/** Deletes the log lines of answers from before that instant, except of these. The answers stay. */
export async function forgetLogsBefore({ db }: Reader, beforeUs: number, except: readonly string[]): Promise<void> {
  await db
    .updateTable('investigations')
    .set({ logs: null })
    .where('finished_us', '<=', beforeUs)
    .where('logs', 'is not', null)
    .$if(except.length > 0, (query) => query.where('id', 'not in', [...except]))
    .execute();
}

function investigationOf(row: Schema['investigations']): Investigation {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    traceId: row.trace_id,
    askedBy: row.asked_by,
    channelId: row.channel_id,
    alertId: row.alert_id ?? undefined,
    state: row.state,
    report: row.report === null ? undefined : JSON.parse(row.report),
    markdown: row.markdown ?? '',
    logs: row.logs ?? '',
    error: row.error === null ? undefined : JSON.parse(row.error),
    createdUs: row.created_us,
    finishedUs: row.finished_us ?? undefined,
  };
}
