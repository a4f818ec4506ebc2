/** Verifies the audit log and names the first altered entry, checks its signatures, and proves the record by it. */
import { publicKeysIn } from '#core/signature.ts';
import type { CheckStamp } from '#model/incident/timestamp.ts';
import { verifyActionItems } from '#record/action-item-proof.ts';
import { type AuditState, verifyAudit } from '#record/audit.ts';
import { type SignatureState, verifySignatures } from '#record/audit-signatures.ts';
import { verifyFeedback } from '#record/feedback-proof.ts';
import { type AuditFilter, auditEntries, type StoredEntry } from '#record/find-audit.ts';
import type { RowProof } from '#record/row-proof.ts';
import type { Store } from '#record/store.ts';
import { type TimelineState, verifyTimelines } from '#record/timeline-proof.ts';
import { anchorsIn } from '#workflows/audit/sign-audit.ts';
import { type StampsState, verifyStamps } from '#workflows/audit/stamp-audit.ts';

export type AuditCheck = Readonly<{
  /** A head of an earlier day, kept elsewhere. */
  head?: string | undefined;
  /** The public key, or several; undefined if there is none yet. */
  keyText?: string | undefined;
  /** Lines with anchored heads. */
  anchorText?: string | undefined;
  /** Entries that the bot has not signed yet are no problem. */
  mayBeUnsigned?: boolean;
  /** Undefined: timestamps are not checked. */
  checkStamp?: CheckStamp | undefined;
}>;

export type CheckedAudit = AuditState &
  Readonly<{
    /** Undefined: there is no key, so nothing is signed. */
    signatures: SignatureState | undefined;
    /** Undefined in a store of a version that had no digests. */
    timelines: TimelineState | undefined;
    /** Undefined in a store of a version that had no digests of them. */
    actionItems: RowProof | undefined;
    feedback: RowProof | undefined;
    /** Undefined if they were not checked, or the store is of a version without them. */
    stamps: StampsState | undefined;
  }>;

/** The versions of the store that brought the signatures, and the digests: of timeline entries, then of other rows. */
const SIGNED_SINCE = 7;
const TIMELINES_SINCE = 8;
const ROWS_SINCE = 10;

export async function checkAudit(
  store: Store,
  { head, keyText, anchorText = '', mayBeUnsigned = false, checkStamp }: AuditCheck = {},
): Promise<CheckedAudit> {
  const state = await verifyAudit(store, head?.toLowerCase());
  const isChecked = keyText !== undefined && store.version >= SIGNED_SINCE;
  const check = { keys: publicKeysIn(keyText ?? ''), anchors: anchorsIn(anchorText), mayBeUnsigned };
  return {
    ...state,
    signatures: isChecked ? await verifySignatures(store, check) : undefined,
    timelines: store.version >= TIMELINES_SINCE ? await verifyTimelines(store) : undefined,
    actionItems: store.version >= ROWS_SINCE ? await verifyActionItems(store) : undefined,
    feedback: store.version >= ROWS_SINCE ? await verifyFeedback(store) : undefined,
    stamps: checkStamp && store.version >= ROWS_SINCE ? await verifyStamps(store, checkStamp) : undefined,
  };
}

/** The newest entries that match, oldest first. */
export async function showEntries(store: Store, filter: AuditFilter): Promise<readonly StoredEntry[]> {
  return await auditEntries(store, filter);
}

/** Whether everything that was checked holds. */
export function isProved({ ok, signatures, timelines, actionItems, feedback, stamps }: CheckedAudit): boolean {
  return ok && [signatures, timelines, actionItems, feedback, stamps].every((part) => part?.ok ?? true);
}
