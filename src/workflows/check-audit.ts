/** Verifies the audit log and names the first altered entry. */
import { type AuditState, verifyAudit } from '#record/audit.ts';
import type { Store } from '#record/store.ts';

export async function checkAudit(store: Store, knownHead?: string): Promise<AuditState> {
  return await verifyAudit(store, knownHead?.toLowerCase());
}
