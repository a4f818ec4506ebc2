/** Timestamps of the audit log: each proves that a head, and with it all entries before it, existed at a time. */
import type { Reader, Tx } from '#record/store.ts';

/** `token`: RFC 3161, in base64. It stamps the hash, as its 64 hexadecimal digits. */
export type AuditStamp = Readonly<{ seq: number; hash: string; token: string }>;

export async function noteStamp(tx: Tx, { seq, hash, token }: AuditStamp): Promise<void> {
  await tx.db
    .insertInto('audit_stamps')
    .values({ seq, hash, token, at_us: tx.nowUs })
    .onConflict((conflict) => conflict.column('seq').doNothing())
    .execute();
}

export async function newestStampUs({ db }: Reader): Promise<number | undefined> {
  const row = await db.selectFrom('audit_stamps').select('at_us').orderBy('seq', 'desc').executeTakeFirst();
  return row?.at_us;
}

/** With the hash that the entry has now: undefined if the log does not have the entry any more. */
export async function stamps({
  db,
}: Reader): Promise<readonly (AuditStamp & Readonly<{ hashNow: string | undefined }>)[]> {
  const rows = await db
    .selectFrom('audit_stamps')
    .leftJoin('audit', 'audit.seq', 'audit_stamps.seq')
    .select(['audit_stamps.seq', 'audit_stamps.hash', 'audit_stamps.token', 'audit.hash as hashNow'])
    .orderBy('audit_stamps.seq')
    .execute();
  return rows.map(({ hashNow, ...row }) => ({ ...row, hashNow: hashNow ?? undefined }));
}
