/**
 * Proves the feedback by the audit log. Each answer has a digest there; a second answer of a person names the digest of
 * the first, which it replaces. An entry does not need the person: digests are unique.
 *
 *   feedback.given 7c…   ◄── feedback.given e1…, replaces 7c…   ◄──compared──►  the row
 *
 * Versions before 10 wrote no entries. Replicas of such a version may go on for a while after an upgrade, so the digests
 * of all earlier answers are added a day later, in one transaction.
 */
import { type AuditEntry, audit } from '#record/audit.ts';
import { FEEDBACK_OPEN } from '#record/feedback.ts';
import { clearMark, markOf, setMark } from '#record/marks.ts';
import { rowsMentioning } from '#record/mentioning-rows.ts';
import type { Mentions } from '#record/mentions.ts';
import { feedbackDigest } from '#record/row-digests.ts';
import { firstProblems, loggedEntries, type RowProof } from '#record/row-proof.ts';
import type { Schema } from '#record/schema.ts';
import { auditSigned, type SignedBy } from '#record/signed-entries.ts';
import type { Reader, Store, Tx } from '#record/store.ts';

type FeedbackRow = Schema['feedback'];

/** Whether each person's answer is the one that the person gave. The log itself is checked elsewhere. */
export async function verifyFeedback(reader: Reader): Promise<RowProof> {
  const { digests, isSealed } = await loggedDigests(reader);
  const isOpen = !isSealed && (await markOf(reader, FEEDBACK_OPEN)) !== undefined;
  const rows = await feedbackRows(reader);
  const strangers: string[] = [];
  let withoutDigest = 0;
  for (const row of rows) {
    if (isOpen && row.salt === null) withoutDigest += 1;
    else if (!digests.delete(feedbackDigest(row))) strangers.push(row.investigation_id);
  }
  const missing = [...digests.values()];
  const changed = strangers.filter((id) => missing.includes(id));
  const problems = [
    ...new Set(changed.map((id) => `an answer about ${id} was changed`)),
    ...strangers.filter((id) => !changed.includes(id)).map((id) => `an answer about ${id} was added outside Spanhound`),
    ...missing.filter((id) => !changed.includes(id)).map((id) => `an answer about ${id} was deleted`),
  ];
  return { ok: problems.length === 0, rows: rows.length, withoutDigest, problems: firstProblems(problems) };
}

/** Longer than a rolling upgrade takes. */
const OPEN_US = 24 * 3_600 * 1_000_000;

/** Adds the digests of answers from before version 10, once. Returns how many. Call it every hour. */
export async function sealEarlierFeedback(store: Store): Promise<number> {
  if ((await markOf(store, FEEDBACK_OPEN)) === undefined) return 0;
  return await store.transaction(async (tx) => {
    await tx.lock('audit');
    const mark = await markOf(tx, FEEDBACK_OPEN);
    if (mark === undefined) return 0;
    if (mark.atUs === 0) await setMark(tx, FEEDBACK_OPEN, '');
    if (mark.atUs === 0 || tx.nowUs - mark.atUs < OPEN_US) return 0;
    const { digests, isSealed } = await loggedDigests(tx);
    // Somebody set the mark to add answers: the log must not approve that.
    const isDone = isSealed || digests.size > 0;
    const earlier = isDone ? [] : (await feedbackRows(tx)).filter(({ salt }) => salt === null);
    const sealed = earlier.map((row) => ({ ...row, salt: tx.newId() }));
    for (let at = 0; at < sealed.length; at += LISTED) {
      const part = sealed.slice(at, at + LISTED);
      await tx.db
        .insertInto('feedback')
        .values(part)
        .onConflict((conflict) =>
          conflict.columns(['investigation_id', 'user_id']).doUpdateSet({ salt: (row) => row.ref('excluded.salt') }),
        )
        .execute();
      await audit(tx, { ...SEALED, detail: { answers: part.map(listed).join(' ') } });
    }
    if (!isDone) await audit(tx, { ...SEALED, detail: { all: sealed.length } });
    await clearMark(tx, FEEDBACK_OPEN);
    return sealed.length;
  });
}

/** Deletes answers on request: all about an investigation, or all of a person. Returns how many. */
export async function forgetFeedback(
  tx: Tx,
  about: Readonly<{ investigations: readonly string[] } | { userId: string }>,
  { signer, actor }: SignedBy,
): Promise<number> {
  await tx.lock('audit');
  const gone = await tx.db
    .deleteFrom('feedback')
    .where((row) =>
      'userId' in about ? row('user_id', '=', about.userId) : row('investigation_id', 'in', [...about.investigations]),
    )
    .returningAll()
    .execute();
  const proved = gone.filter(({ salt }) => salt !== null);
  for (let at = 0; at < proved.length; at += LISTED) {
    const answers = proved
      .slice(at, at + LISTED)
      .map(listed)
      .join(' ');
    const entry = { workspaceId: '', actor, action: 'feedback.forgotten', subject: 'feedback' } as const;
    await auditSigned(tx, signer, { ...entry, detail: { answers } });
  }
  return gone.length;
}

/** Takes a person or a trace out of what others say that it was. Returns how many answers were changed. */
export async function forgetInSaidCauses(tx: Tx, mentions: Mentions, { signer, actor }: SignedBy): Promise<number> {
  await tx.lock('audit');
  const columns = ['said', 'said_service'] as const;
  const found = (await rowsMentioning(tx, mentions, { table: 'feedback', columns })) as unknown as FeedbackRow[];
  for (const row of found) {
    const without = (text: string | null) => text && mentions.without(text);
    const left = {
      ...row,
      said: without(row.said),
      said_service: without(row.said_service),
      salt: row.salt && tx.newId(),
    };
    await tx.db
      .updateTable('feedback')
      .set(left)
      .where('investigation_id', '=', row.investigation_id)
      .where('user_id', '=', row.user_id)
      .execute();
    if (row.salt === null) continue;
    const detail = { digest: feedbackDigest(left), replaces: feedbackDigest(row) };
    const entry = { workspaceId: row.workspace_id, actor, action: 'feedback.forgotten' } as const;
    await auditSigned(tx, signer, { ...entry, subject: row.investigation_id, detail });
  }
  return found.length;
}

const SEALED = { workspaceId: '', actor: 'spanhound', action: 'feedback.sealed', subject: 'feedback' } as const;

/** An entry of the log lists so many. */
const LISTED = 100;

function listed(row: FeedbackRow): string {
  return `${row.investigation_id}=${feedbackDigest(row)}`;
}

/** The investigation of each answer that should be in the table, by its digest. */
type Logged = Readonly<{ digests: Map<string, string>; isSealed: boolean }>;

async function loggedDigests(reader: Reader): Promise<Logged> {
  const digests = new Map<string, string>();
  let isSealed = false;
  for await (const { action, subject, detail } of loggedEntries(reader, 'feedback.')) {
    const { digest, replaces, answers } = detail;
    digests.delete(`${replaces}`);
    if (typeof digest === 'string') digests.set(digest, subject);
    isSealed ||= action === SEALED.action;
    for (const [id, sum] of pairsIn(answers)) {
      if (action === SEALED.action) digests.set(sum, id);
      else digests.delete(sum);
    }
  }
  return { digests, isSealed };
}

function pairsIn(answers: AuditEntry['detail'][string] | undefined): readonly (readonly [id: string, sum: string])[] {
  if (typeof answers !== 'string') return [];
  return answers.split(' ').map((pair) => {
    const [id = '', sum = ''] = pair.split('=');
    return [id, sum];
  });
}

async function feedbackRows({ db }: Reader): Promise<readonly FeedbackRow[]> {
  return await db.selectFrom('feedback').selectAll().orderBy('investigation_id').orderBy('at_us').execute();
}
