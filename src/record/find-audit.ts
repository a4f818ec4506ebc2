/** Reads the audit log with filters, for people. */
import type { AuditEntry } from '#record/audit.ts';
import type { Reader } from '#record/store.ts';

export type AuditFilter = Readonly<{
  actor?: string | undefined;
  /** `evidence.read`, or its beginning: `evidence.` */
  action?: string | undefined;
  /** `INC-4`, the id of an investigation. */
  subject?: string | undefined;
  sinceUs?: number | undefined;
  untilUs?: number | undefined;
  limit: number;
}>;

export type StoredEntry = AuditEntry & Readonly<{ seq: number; atUs: number }>;

/** The newest `limit` entries that match, oldest first. */
export async function auditEntries(
  { db }: Reader,
  { actor, action, subject, sinceUs, untilUs, limit }: AuditFilter,
): Promise<readonly StoredEntry[]> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .$if(actor !== undefined, (query) => query.where('actor', '=', actor ?? ''))
    .$if(subject !== undefined, (query) => query.where('subject', '=', subject ?? ''))
    .$if(action !== undefined, (query) =>
      query
        .where('action', '>=', action ?? '')
        // The end of the range of texts with this beginning: no action has a character as high as this.
        .where('action', '<', `${action}\u{ffff}`),
    )
    .$if(sinceUs !== undefined, (query) => query.where('at_us', '>=', sinceUs ?? 0))
    .$if(untilUs !== undefined, (query) => query.where('at_us', '<=', untilUs ?? 0))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return rows.toReversed().map((row) => ({
    seq: row.seq,
    workspaceId: row.workspace_id,
    atUs: row.at_us,
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    detail: JSON.parse(row.detail) as AuditEntry['detail'],
  }));
}
