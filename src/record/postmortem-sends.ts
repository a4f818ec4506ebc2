/**
 * Where the postmortem of an incident is sent: one row for each target. It is an outbox of its own, as `item-issues.ts`: a
 * request stores the row with a job, and `workflows/postmortem/send-there.ts` sends the draft as it is then.
 *
 *   queued ──► sent ──► queued      a person asked again: what is there is updated
 *     └──► refused ──► queued
 */
import type { Incident } from '#model/incident/incident.ts';
import type { SentPostmortem, SentThere } from '#model/incident/postmortem-target.ts';
import { type Claim, claimed, FREE, type PutBack, putBack, type Stop, stopped } from '#record/claims.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

type Row = Schema['postmortem_sends'];

export type StoredSend = SentPostmortem &
  Readonly<{
    incidentId: string;
    askedBy: string;
    /** How often somebody asked: more than before means that it is sent once more. */
    asks: number;
    remote: string;
    /** The titles of the attempts whose end nobody knows, oldest first. */
    titles: readonly string[];
    attempts: number;
    isUncertain: boolean;
    /** The earliest instant of the next call: it is due, and nobody else calls. */
    nextCallUs: number;
  }>;

type SendKey = Readonly<{ incidentId: string; target: string }>;

/** Asked while it is being sent: it is sent once more, because the draft may have changed. */
export async function queueSend(
  tx: Tx,
  { id: incidentId, workspaceId }: Pick<Incident, 'id' | 'workspaceId'>,
  { target, askedBy }: Readonly<{ target: string; askedBy: string }>,
): Promise<void> {
  const asked = { state: 'queued', reason: '', asked_by: askedBy, asked_us: tx.nowUs, attempts: 0 } as const;
  await tx.db
    .insertInto('postmortem_sends')
    .values({
      incident_id: incidentId,
      target,
      workspace_id: workspaceId,
      ...asked,
      asks: 1,
      remote: '',
      titles: null,
      key: '',
      url: '',
      sent_us: null,
      due_us: tx.nowUs,
      is_uncertain: 0,
      ...FREE,
    })
    .onConflict((conflict) =>
      conflict.columns(['incident_id', 'target']).doUpdateSet(({ eb }) => ({
        ...asked,
        asks: eb('postmortem_sends.asks', '+', 1),
        due_us: tx.nowUs,
      })),
    )
    .execute();
}

/** In the order of their targets' names. */
export async function sendsOf({ db }: Reader, incidentId: string): Promise<readonly StoredSend[]> {
  const rows = await db
    .selectFrom('postmortem_sends')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .orderBy('target')
    .execute();
  return rows.map(sendOf);
}

export async function findSend(reader: Reader, { incidentId, target }: SendKey): Promise<StoredSend | undefined> {
  return (await sendsOf(reader, incidentId)).find((send) => send.target === target);
}

/** Before the call: whoever finds it so later does not know how the call ended. */
export async function claimPostmortem(tx: Tx, key: SendKey, claim: Claim): Promise<void> {
  await change(tx, key, claimed(claim));
}

/** False if another process has taken it since, or the incident was forgotten. */
export async function holdsPostmortem({ db }: Tx, { incidentId, target }: SendKey, claim: string): Promise<boolean> {
  const row = await db
    .selectFrom('postmortem_sends')
    .select('claim')
    .where('incident_id', '=', incidentId)
    .where('target', '=', target)
    .executeTakeFirst();
  return row?.claim === claim;
}

export async function keepRemote(tx: Tx, key: SendKey, remote: string): Promise<void> {
  await change(tx, key, { remote });
}

/** Before the call: a target that made something under one of them is found again. */
export async function keepTitles(tx: Tx, key: SendKey, titles: readonly string[]): Promise<void> {
  await change(tx, key, { titles: JSON.stringify(titles) });
}

/** `isAskedAgain`: since the draft that was sent. Then it stays queued. */
export async function markPostmortemSent(
  tx: Tx,
  key: SendKey,
  { sent, isAskedAgain }: Readonly<{ sent: SentThere; isAskedAgain: boolean }>,
): Promise<void> {
  await change(tx, key, {
    ...FREE,
    ...sent,
    state: isAskedAgain ? 'queued' : 'sent',
    reason: '',
    attempts: 0,
    is_uncertain: 0,
    sent_us: tx.nowUs,
  });
}

/** Tries again later. */
export async function putPostmortemBack(tx: Tx, key: SendKey, left: PutBack): Promise<void> {
  await change(tx, key, putBack(left));
}

export async function refusePostmortem(tx: Tx, key: SendKey, why: Omit<Stop<'refused'>, 'state'>): Promise<void> {
  await change(tx, key, stopped({ ...why, state: 'refused' }));
}

async function change(tx: Tx, { incidentId, target }: SendKey, set: Partial<Row>): Promise<void> {
  await tx.db
    .updateTable('postmortem_sends')
    .set(set)
    .where('incident_id', '=', incidentId)
    .where('target', '=', target)
    .execute();
}

function sendOf(row: Row): StoredSend {
  return {
    incidentId: row.incident_id,
    target: row.target,
    state: row.state,
    reason: row.reason,
    remote: row.remote,
    titles: row.titles === null ? [] : (JSON.parse(row.titles) as string[]),
    key: row.key,
    url: row.url,
    askedBy: row.asked_by,
    askedUs: row.asked_us,
    asks: row.asks,
    sentUs: row.sent_us ?? undefined,
    attempts: row.attempts,
    isUncertain: row.is_uncertain === 1,
    nextCallUs: Math.max(row.due_us, row.claim_until_us),
  };
}
