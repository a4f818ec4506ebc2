/**
 * The answers to "Was this right?" under a diagnosis: one answer per person, the last one counts. The audit log says that
 * a person answered; it has a digest of the answer.
 */
import { CAUSE_FIELDS } from '#model/finding/cause-fields.ts';
import type { FeedbackAnswers, SaidCause } from '#model/incident/said-cause.ts';
import { redact } from '#model/redaction/redaction.ts';
import { audit } from '#record/audit.ts';
import { markOf } from '#record/marks.ts';
import { feedbackDigest } from '#record/row-digests.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

/** The mark that stands while feedback has no digests: see `feedback-proof.ts`. Version 10 of the store sets it. */
export const FEEDBACK_OPEN = 'feedback/open';

export type Feedback = Readonly<{
  investigationId: string;
  workspaceId: string;
  userId: string;
  right: boolean;
  /** What it was instead. Undefined where the person did not say; an answer Yes has none. */
  said?: SaidCause | undefined;
}>;

export async function recordFeedback(tx: Tx, feedback: Feedback): Promise<void> {
  const { investigationId, workspaceId, userId, right } = feedback;
  // Nobody seals the feedback of earlier versions between the look at the mark and the end of this transaction.
  await tx.lock('audit');
  const isOpen = (await markOf(tx, FEEDBACK_OPEN)) !== undefined;
  const answer = right ? 'right' : 'wrong';
  const before = await tx.db
    .selectFrom('feedback')
    .selectAll()
    .where('investigation_id', '=', investigationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  // A second No keeps the words of the first.
  const said = right ? undefined : (feedback.said ?? (before && saidIn(before)));
  const row = {
    investigation_id: investigationId,
    workspace_id: workspaceId,
    user_id: userId,
    answer,
    at_us: tx.nowUs,
    salt: isOpen ? null : tx.newId(),
    ...saidColumns(said, tx.nowUs),
  } as const;
  await tx.db
    .insertInto('feedback')
    .values(row)
    .onConflict((conflict) => conflict.columns(['investigation_id', 'user_id']).doUpdateSet(row))
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

function saidColumns(said: SaidCause | undefined, atUs: number) {
  if (said === undefined) return { said: null, said_us: null, said_service: null, said_field: null };
  const { text, service, field } = said;
  return { said: redact(text), said_us: atUs, said_service: redact(service), said_field: field ?? null };
}

function saidIn({ answer, at_us, said, said_us, said_service, said_field }: Schema['feedback']): SaidCause | undefined {
  if (answer !== 'wrong' || said === null || said_us !== at_us) return undefined;
  return { text: said, service: said_service ?? '', field: CAUSE_FIELDS.find((field) => field === said_field) };
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
    said: saidIn(row),
  }));
}

/** How many people gave each answer, and the time of the last; undefined without answers. */
export async function answersOn(reader: Reader, investigationId: string): Promise<FeedbackAnswers | undefined> {
  const given = await feedbackOn(reader, investigationId);
  const last = given.at(-1);
  if (last === undefined) return undefined;
  const right = given.filter((answer) => answer.right).length;
  const said = given.flatMap((answer) => answer.said ?? []);
  return { right, wrong: given.length - right, lastUs: last.atUs, ...(said.length > 0 && { said }) };
}
