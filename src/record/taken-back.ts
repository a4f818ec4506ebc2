/**
 * Takes words back that wait for Slack, once fewer people may read them. A row that is sent later, or sent again because
 * nobody knows whether it arrived, has them no more.
 */
import { beginsWith } from '#record/begins-with.ts';
import { type Message, update } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';

/** Says other words, also where a row with the first ones may be sent once more. The message has to be one of ours. */
export async function sayInstead(
  tx: Tx,
  { messageId, message }: Readonly<{ messageId: string; message: Message }>,
): Promise<void> {
  await emptied(tx, messageId, message.text);
  await update(tx, { messageId, message });
}

/**
 * A message that is drawn from the record. An update that waits is dropped, and a post says `text`: the caller stores the
 * job that draws it again.
 */
export async function drawLater(tx: Tx, messageId: string, text: string): Promise<void> {
  await tx.db
    .deleteFrom('outbox')
    .where('message_id', '=', messageId)
    .where('kind', '=', 'update')
    .where('state', '=', 'queued')
    .execute();
  await emptied(tx, messageId, text);
}

/** The files that wait and whose ids begin like this have `text` in place of their content. */
export async function emptyFiles(tx: Tx, prefix: string, text: string): Promise<void> {
  await tx.db
    .updateTable('outbox')
    .set({ bytes: new TextEncoder().encode(text) })
    .where(beginsWith('message_id', prefix))
    .where('kind', '=', 'attach')
    .execute();
}

/** Answers to one person, in which `saysIt` finds the words. */
export async function emptyAnswers(
  tx: Tx,
  { workspaceId, text, saysIt }: Readonly<{ workspaceId: string; text: string; saysIt(answer: string): boolean }>,
): Promise<void> {
  const rows = await tx.db
    .selectFrom('outbox')
    .select(['message_id', 'payload'])
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', 'respond')
    .execute();
  const ids = rows
    .filter(({ payload }) => saysIt(stringsIn(JSON.parse(payload)).join(' ')))
    .map((row) => row.message_id);
  for (const id of ids) await emptied(tx, id, text, 'respond');
}

async function emptied(tx: Tx, messageId: string, text: string, kind?: 'respond'): Promise<void> {
  await tx.db
    .updateTable('outbox')
    .set({ payload: JSON.stringify({ text }), bytes: null })
    .where('message_id', '=', messageId)
    .where('kind', 'in', kind === undefined ? ['post', 'update'] : [kind])
    .execute();
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
