/** The answers to "Was this right?" under a diagnosis: one answer per person, the last one counts. */
import type { Reader, Tx } from '#record/store.ts';

export type Feedback = Readonly<{ investigationId: string; workspaceId: string; userId: string; right: boolean }>;

export async function recordFeedback(tx: Tx, { investigationId, workspaceId, userId, right }: Feedback): Promise<void> {
  const answer = right ? 'right' : 'wrong';
  await tx.db
    .insertInto('feedback')
    .values({
      investigation_id: investigationId,
      workspace_id: workspaceId,
      user_id: userId,
      answer,
      at_us: tx.nowUs,
    })
    .onConflict((conflict) =>
      conflict.columns(['investigation_id', 'user_id']).doUpdateSet({ answer, at_us: tx.nowUs }),
    )
    .execute();
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
