/**
 * The answers to "Was this right?" under a diagnosis: one answer per person, the last one counts. The audit log says that
 * a person answered; it has a digest of the answer.
 */
import { audit } from '#record/audit.ts';
import { markOf } from '#record/marks.ts';
import { feedbackDigest } from '#record/row-digests.ts';
import type { Reader, Tx } from '#record/store.ts';

/** The mark that stands while feedback has no digests: see `feedback-proof.ts`. Version 10 of the store sets it. */
export const FEEDBACK_OPEN = 'feedback/open';

export type Feedback = Readonly<{ investigationId: string; workspaceId: string; userId: string; right: boolean }>;

export async function recordFeedback(tx: Tx, { investigationId, workspaceId, userId, right }: Feedback): Promise<void> {
  // Nobody seals the feedback of earlier versions between the look at the mark and the end of this transaction.
  await tx.lock('audit');
  const isOpen = (await markOf(tx, FEEDBACK_OPEN)) !== undefined;
  const answer = right ? 'right' : 'wrong';
  const row = {
    investigation_id: investigationId,
    workspace_id: workspaceId,
    user_id: userId,
    answer,
    at_us: tx.nowUs,
    salt: isOpen ? null : tx.newId(),
  } as const;
  const before = await tx.db
    .selectFrom('feedback')
    .selectAll()
    .where('investigation_id', '=', investigationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  await tx.db
    .insertInto('feedback')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['investigation_id', 'user_id']).doUpdateSet({ answer, at_us: row.at_us, salt: row.salt }),
    )
    .execute();
  const replaces = before === undefined || before.salt === null ? {} : { replaces: feedbackDigest(before) };
  await audit(tx, {
    workspaceId,
    actor: userId,
    action: 'feedback.given',
    subject: investigationId,
    detail: isOpen ? {} : { digest: feedbackDigest(row), ...replaces },
  });
}

export async function feedbackOn(
  { db }: Reader,
  investigationId: string,
): Promise<readonly (Feedback & { atUs: number })[]> {
  const rows = await db
    .selectFrom('feedback')
    .selectAll()
    .where('investigation_id', '=', investigationId)
    .orderBy('at_us')
    .execute();
  return rows.map((row) => ({
    investigationId: row.investigation_id,
    workspaceId: row.workspace_id,
    userId: row.user_id,
    right: row.answer === 'right',
    atUs: row.at_us,
  }));
}

/** How many people gave each answer, and the time of the last; undefined without answers. */
export async function answersOn(
  reader: Reader,
  investigationId: string,
): Promise<Readonly<{ right: number; wrong: number; lastUs: number }> | undefined> {
  const given = await feedbackOn(reader, investigationId);
  const last = given.at(-1);
  if (last === undefined) return undefined;
  const right = given.filter((answer) => answer.right).length;
  return { right, wrong: given.length - right, lastUs: last.atUs };
}
