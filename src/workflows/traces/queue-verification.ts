/** The job that verifies a fix by traces. `answer-comparison.ts` does it, in the thread of the diagnosis. */
import type { Jobs } from '#record/jobs.ts';
import type { Tx } from '#record/store.ts';

export const VERIFY_FIX = 'verify-fix';

/** The content of a job's row. `askedUs`: when it was asked for. */
export type ComparisonPayload = Readonly<{ investigationId: string; messageId: string; askedUs: number }>;

/** Without a person: the answer stands where the button would have put it. */
export async function queueVerification(
  tx: Tx,
  jobs: Jobs,
  { investigationId, workspaceId, key }: Readonly<Record<'investigationId' | 'workspaceId' | 'key', string>>,
): Promise<void> {
  const messageId = `${investigationId}/verification/${key}`;
  const payload: ComparisonPayload = { investigationId, messageId, askedUs: tx.nowUs };
  await jobs.addJob(tx, { kind: VERIFY_FIX, workspaceId, key, payload });
}
