/**
 * Entries of the audit log that allow the store to differ from earlier entries: what was forgotten on request. Whoever
 * can write to the database could add such an entry to hide a change, so each has a signature of its own. It proves that
 * the holder of the private key asked for it.
 */
import { isSigned, type Signer, type TrustedKeys } from '#core/signature.ts';
import { incidentName } from '#model/incident/incident.ts';
import { type AuditEntry, audit } from '#record/audit.ts';
import type { Reader, Tx } from '#record/store.ts';

const ACTIONS = [
  'action-item.forgotten',
  'audit.blanked',
  'feedback.forgotten',
  'incident.forgotten',
  'record.forgotten',
  'timeline.forgotten',
] as const;

/** Who asked for it, and the key of the installation. */
export type SignedBy = Readonly<{ signer: Signer; actor: string }>;

export type SignedEntry = Readonly<Omit<AuditEntry, 'action'> & { action: (typeof ACTIONS)[number] }>;

export async function auditSigned(tx: Tx, signer: Signer, entry: SignedEntry): Promise<void> {
  const { keyId, value } = signer.sign(signedText(entry));
  await audit(tx, { ...entry, detail: { ...entry.detail, key: keyId, signature: value } });
}

/** Part of a row of an incident was forgotten. `detail`: the row, and the digest of what is left. */
export async function auditForgotten(
  tx: Tx,
  { signer, actor }: SignedBy,
  row: Readonly<{ incident_id: string; workspace_id: string }>,
  entry: Pick<SignedEntry, 'action' | 'detail'>,
): Promise<void> {
  const { number } = await tx.db
    .selectFrom('incidents')
    .select('number')
    .where('id', '=', row.incident_id)
    .executeTakeFirstOrThrow();
  await auditSigned(tx, signer, { workspaceId: row.workspace_id, actor, ...entry, subject: incidentName({ number }) });
}

/** `afterSeq`: earlier entries are covered by a signature of the whole log. Empty if all are signed. */
export async function signedEntriesProblem({ db }: Reader, afterSeq: number, known: TrustedKeys): Promise<string> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .where('action', 'in', ACTIONS)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .execute();
  for (const { seq, workspace_id, actor, action, subject, detail: text } of rows) {
    const { key, signature, ...detail } = JSON.parse(text) as AuditEntry['detail'];
    const said = signedText({ workspaceId: workspace_id, actor, action, subject, detail });
    if (!isSigned(said, { keyId: `${key}`, value: `${signature}` }, known))
      return `entry ${seq} says that something was forgotten, and has no valid signature of its own`;
  }
  return '';
}

function signedText({ workspaceId, actor, action, subject, detail }: AuditEntry): string {
  return JSON.stringify(['spanhound.forgotten/1', workspaceId, actor, action, subject, Object.entries(detail)]);
}
