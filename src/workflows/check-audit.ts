/** Whether the audit log is as it was written. */
import { type AuditState, verifyAudit } from '#record/audit.ts';
import type { Store } from '#record/store.ts';

export async function checkAudit(store: Store, knownHead?: string): Promise<AuditState> {
  return await verifyAudit(store, knownHead?.toLowerCase());
}
