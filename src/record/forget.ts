/**
 * Forgets a person, a trace or an incident in every table, in one transaction.
 *
 * Rows that others refer to stay as tombstones: the number of an incident, the place of an answer in the chain of seals,
 * the entries of the audit log with their hashes. Signed entries say what was taken out, without its content.
 */
import { incidentName } from '#model/incident/incident.ts';
import { dropWork } from '#record/drop-work.ts';
import { dropCopy, type FileRow } from '#record/entry-files.ts';
import { forgetFeedback, forgetInSaidCauses } from '#record/feedback-proof.ts';
import { blankEntries } from '#record/forget-audit.ts';
import { forgetInItems } from '#record/forget-items.ts';
import type { ForgetScope } from '#record/forget-scope.ts';
import { forgetInTimelines } from '#record/forget-timeline.ts';
import { incidentsTouched } from '#record/forget-touched.ts';
import { refuseHeld } from '#record/holds.ts';
import { rowsMentioning, takeOutMentions } from '#record/mentioning-rows.ts';
import { FORGOTTEN, FORGOTTEN_TEXT } from '#record/mentions.ts';
import type { Schema } from '#record/schema.ts';
import { auditSigned, type SignedBy } from '#record/signed-entries.ts';
import type { Tx } from '#record/store.ts';

/** How many rows of each kind were deleted or blanked. */
export type ForgottenRows = Readonly<Record<string, number>>;

export type ForgetOptions = SignedBy &
  Readonly<{
    /** Cases that become tombstones. */
    cases: readonly string[];
    /** Evidence files that are deleted, for the audit log. */
    files: number;
    /** Files of messages whose copies are deleted. */
    copies: readonly FileRow[];
  }>;

/** Throws LegalHoldError, and changes nothing then. */
export async function forgetRows(tx: Tx, scope: ForgetScope, options: ForgetOptions): Promise<ForgottenRows> {
  const { signer, actor, files, copies } = options;
  const { incident } = scope;
  if (incident !== undefined) await tx.lock(`incident/${incident.id}`);
  await refuseHeld(tx, await incidentsTouched(tx, scope));
  const timelines = await forgetInTimelines(tx, scope, { signer, actor });
  if (incident === undefined) for (const file of copies) await dropCopy(tx, file, 'forgotten');
  const rows: Record<string, number> = {
    'files of messages': copies.length,
    ...(await dropWork(tx, scope)),
    ...(await forgetAnswers(tx, scope, options)),
    ...(await forgetAlerts(tx, scope)),
    ...(await forgetMentions(tx, scope)),
    ...(await forgetPerson(tx, scope, { signer, actor })),
    'mentions in feedback': scope.mentions === undefined ? 0 : await forgetInSaidCauses(tx, scope.mentions, options),
    'action items': await forgetInItems(tx, scope, { signer, actor }),
    'entries of timelines': timelines,
    'entries of the audit log': await blankAudit(tx, scope, { signer, actor }),
  };
  if (incident !== undefined) {
    const gone = await forgetIncident(tx, scope, { signer, actor });
    for (const [kind, count] of Object.entries(gone)) rows[kind] = (rows[kind] ?? 0) + count;
  }
  const found = Object.fromEntries(Object.entries(rows).filter(([, count]) => count > 0));
  await auditSigned(tx, signer, {
    workspaceId: incident?.workspaceId ?? '',
    actor,
    action: 'record.forgotten',
    subject: incident === undefined ? scope.what : incidentName(incident),
    detail: { ...found, 'files of evidence': files },
  });
  return found;
}

const BLANK_ANSWER = {
  trace_id: '',
  asked_by: FORGOTTEN,
  state: 'forgotten',
  report: null,
  markdown: null,
  logs: null,
  error: null,
} as const;

async function forgetAnswers(
  tx: Tx,
  { investigations }: ForgetScope,
  { signer, actor, cases }: ForgetOptions,
): Promise<ForgottenRows> {
  const ids = [...investigations];
  const { db, nowUs } = tx;
  if (cases.length > 0) {
    await db.updateTable('evidence').set({ files: 0, bytes: 0 }).where('investigation_id', 'in', cases).execute();
  }
  if (ids.length === 0) return {};
  await forgetFeedback(tx, { investigations: ids }, { signer, actor });
  await db.deleteFrom('fingerprints').where('investigation_id', 'in', ids).execute();
  await db.deleteFrom('folds').where('investigation_id', 'in', ids).execute();
  await db.deleteFrom('stories').where('investigation_id', 'in', ids).execute();
  await db
    .updateTable('investigations')
    .set((row) => ({ ...BLANK_ANSWER, finished_us: row.fn.coalesce('finished_us', row.val(nowUs)) }))
    .where('id', 'in', ids)
    .execute();
  return { answers: ids.length };
}

async function forgetAlerts({ db }: Tx, { alerts }: ForgetScope): Promise<ForgottenRows> {
  for (const id of alerts) {
    const blank = {
      key: `${FORGOTTEN}/${id}`,
      title: FORGOTTEN_TEXT,
      service: '',
      url: '',
      trace_id: '',
      labels: '{}',
      links: '{}',
    };
    await db.updateTable('alerts').set(blank).where('id', '=', id).execute();
    await db.updateTable('mutes').set({ service: '' }).where('alert_id', '=', id).execute();
    await db.updateTable('quiet_alerts').set({ reason: '' }).where('alert_id', '=', id).execute();
    await db.deleteFrom('alert_notes').where('alert_id', '=', id).execute();
    await db.deleteFrom('alert_keys').where('alert_id', '=', id).execute();
  }
  return { alerts: alerts.length };
}

/** Each text of each table but those with their own rules: timelines, action items, the audit log, and open work. */
const TEXTS = [
  { table: 'investigations', keys: ['id'], columns: ['trace_id', 'asked_by', 'report', 'markdown', 'logs', 'error'] },
  { table: 'alerts', keys: ['id'], columns: ['key', 'title', 'service', 'url', 'trace_id', 'labels', 'links'] },
  { table: 'alert_notes', keys: ['alert_id', 'entry_key'], columns: ['text', 'source', 'link'] },
  { table: 'entry_files', keys: ['id'], columns: ['name', 'reason'] },
  { table: 'incidents', keys: ['id'], columns: ['title', 'declared_by', 'detection'] },
  { table: 'incident_channels', keys: ['incident_id'], columns: ['name', 'topic'] },
  {
    table: 'status_updates',
    keys: ['id'],
    columns: ['title', 'text', 'components', 'confirmed', 'drafted_by', 'approved_by'],
  },
  { table: 'status_sends', keys: ['update_id', 'target'], columns: ['reason', 'url'] },
  { table: 'item_issues', keys: ['item_id'], columns: ['reason', 'key', 'url'] },
  {
    table: 'mitigations',
    keys: ['id'],
    columns: ['command', 'service', 'body', 'requested_by', 'approved_by', 'reason'],
  },
  { table: 'pager_steps', keys: ['id'], columns: ['place', 'text', 'reason', 'url'] },
  {
    table: 'postmortem_sends',
    keys: ['incident_id', 'target'],
    columns: ['reason', 'titles', 'key', 'url', 'asked_by'],
  },
  { table: 'changes', keys: ['kind', 'service', 'id', 'at_us'], columns: ['text', 'url', 'files', 'diff'] },
  { table: 'fingerprints', keys: ['investigation_id'], columns: ['features'] },
  { table: 'stories', keys: ['investigation_id'], columns: ['service', 'rule', 'cause'] },
  { table: 'service_answers', keys: ['id'], columns: ['said', 'service', 'said_by'] },
  { table: 'service_facts', keys: ['source'], columns: ['facts', 'warnings'] },
  { table: 'legal_holds', keys: ['incident_id'], columns: ['held_by', 'reason'] },
  { table: 'mutes', keys: ['id'], columns: ['service', 'rule', 'muted_by', 'ended_by'] },
  { table: 'quiet_alerts', keys: ['alert_id'], columns: ['reason'] },
  { table: 'marks', keys: ['name'], columns: ['value'] },
  { table: 'installations', keys: ['workspace_id'], columns: ['installed_by'] },
  { table: 'messages', keys: ['id'], columns: ['reason'] },
  { table: 'inbox', keys: ['id'], columns: ['error'] },
  { table: 'jobs', keys: ['id'], columns: ['error'] },
] as const;

const NAMES: Partial<Readonly<Record<keyof Schema, string>>> = {
  investigations: 'mentions in answers',
  alerts: 'mentions in alerts',
  incidents: 'mentions in incidents',
};

async function forgetMentions(tx: Tx, { mentions }: ForgetScope): Promise<ForgottenRows> {
  if (mentions === undefined) return {};
  const counts: Record<string, number> = {};
  for (const searched of TEXTS) {
    const name = NAMES[searched.table] ?? 'other mentions';
    counts[name] = (counts[name] ?? 0) + (await takeOutMentions(tx, mentions, searched));
  }
  return counts;
}

async function forgetPerson(tx: Tx, { personId }: ForgetScope, by: SignedBy): Promise<ForgottenRows> {
  if (personId === undefined) return {};
  const feedback = await forgetFeedback(tx, { userId: personId }, by);
  const roles = await tx.db.deleteFrom('incident_roles').where('user_id', '=', personId).executeTakeFirst();
  return { feedback, roles: Number(roles.numDeletedRows) };
}

async function forgetIncident(tx: Tx, { incident }: ForgetScope, by: SignedBy): Promise<ForgottenRows> {
  if (incident === undefined) return {};
  const { id, workspaceId } = incident;
  const { db } = tx;
  const entries = await db.deleteFrom('timeline_entries').where('incident_id', '=', id).executeTakeFirst();
  const roles = await db.deleteFrom('incident_roles').where('incident_id', '=', id).executeTakeFirst();
  const items = await db.deleteFrom('action_items').where('incident_id', '=', id).executeTakeFirst();
  // Our own feed shows them no more. A page, a tracker, a wiki or an automation outside keeps what it was sent.
  await db.deleteFrom('item_issues').where('incident_id', '=', id).execute();
  await db.deleteFrom('entry_files').where('incident_id', '=', id).execute();
  await db.deleteFrom('pager_steps').where('incident_id', '=', id).execute();
  await db.deleteFrom('postmortem_sends').where('incident_id', '=', id).execute();
  await db.deleteFrom('mitigations').where('incident_id', '=', id).execute();
  await db.deleteFrom('status_sends').where('incident_id', '=', id).execute();
  await db.deleteFrom('status_updates').where('incident_id', '=', id).execute();
  await db
    .updateTable('incidents')
    .set({
      title: FORGOTTEN_TEXT,
      declared_by: FORGOTTEN,
      detection: '',
      alert_id: null,
      investigation_id: null,
      impact_start_us: null,
      status: 'resolved',
      resolved_us: incident.resolvedUs ?? tx.nowUs,
    })
    .where('id', '=', id)
    .execute();
  await db.updateTable('incident_channels').set({ name: '', topic: '' }).where('incident_id', '=', id).execute();
  const entry = {
    workspaceId,
    actor: by.actor,
    action: 'incident.forgotten',
    subject: incidentName(incident),
  } as const;
  await auditSigned(tx, by.signer, { ...entry, detail: {} });
  return {
    incidents: incident.title === FORGOTTEN_TEXT ? 0 : 1,
    'entries of timelines': Number(entries.numDeletedRows),
    roles: Number(roles.numDeletedRows),
    'action items': Number(items.numDeletedRows),
  };
}

/** An earlier version wrote the text of a suspected change into the log. */
const CHANGE_KEY = /(?<!\\)"change:(\d+) (?:[^"\\]|\\.)*"/g;

async function blankAudit(tx: Tx, { mentions, incident }: ForgetScope, by: SignedBy): Promise<number> {
  if (mentions !== undefined) {
    const columns = ['actor', 'subject', 'detail'] as const;
    const rows = (await rowsMentioning(tx, mentions, { table: 'audit', columns })) as unknown as Schema['audit'][];
    const without = (row: Schema['audit']) => ({
      ...row,
      actor: mentions.without(row.actor),
      subject: mentions.without(row.subject),
      detail: mentions.without(row.detail),
    });
    return await blankEntries(tx, rows, { ...by, without });
  }
  if (incident === undefined) return 0;
  const rows = await tx.db
    .selectFrom('audit')
    .selectAll()
    .where('workspace_id', '=', incident.workspaceId)
    .where('subject', '=', incidentName(incident))
    .execute();
  const without = (row: Schema['audit']) => ({ ...row, detail: row.detail.replace(CHANGE_KEY, '"change:$1"') });
  return await blankEntries(tx, rows, { ...by, without });
}
