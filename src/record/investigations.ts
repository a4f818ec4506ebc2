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
    .execute();
}

export async function failInvestigation(
  tx: Tx,
  { id, error }: Readonly<{ id: string; error: ErrorRecord }>,
): Promise<void> {
  await tx.db
    .updateTable('investigations')
    .set({ state: 'failed', error: JSON.stringify(error), finished_us: tx.nowUs })
    .where('id', '=', id)
    .execute();
}

/** Limited to the workspace: a button's value names the investigation, and Slack names the workspace. */
export async function findInvestigation(
  store: Reader,
  { id, workspaceId }: Readonly<{ id: string; workspaceId: string }>,
): Promise<Investigation | undefined> {
  const row = await store.db
    .selectFrom('investigations')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return row && investigationOf(row);
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
