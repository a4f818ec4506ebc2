/** Takes a person or a trace out of the audit log. The entries keep their hashes, so the chain and its signatures hold. */
import { hashOf } from '#record/audit.ts';
import type { Schema } from '#record/schema.ts';
import { auditSigned, type SignedBy } from '#record/signed-entries.ts';
import type { Tx } from '#record/store.ts';

type AuditRow = Schema['audit'];

/** An entry of the log lists so many. */
const LISTED = 100;

/** `without` returns the row as it may stay. Returns how many entries were changed. */
export async function blankEntries(
  tx: Tx,
  rows: readonly AuditRow[],
  { without, signer, actor }: SignedBy & Readonly<{ without(row: AuditRow): AuditRow }>,
): Promise<number> {
  await tx.lock('audit');
  const left: string[] = [];
  for (const row of rows) {
    const next = without(row);
    const hash = hashOf(next);
    if (hash === hashOf(row)) continue;
    const { actor: by, subject, detail } = next;
    await tx.db.updateTable('audit').set({ actor: by, subject, detail }).where('seq', '=', row.seq).execute();
    left.push(`${row.seq}=${hash}`);
  }
  for (let at = 0; at < left.length; at += LISTED) {
    const entries = left.slice(at, at + LISTED).join(' ');
    await auditSigned(tx, signer, {
      workspaceId: '',
      actor,
      action: 'audit.blanked',
      subject: 'audit log',
      detail: { entries },
    });
  }
  return left.length;
}
