/**
 * Messages to Slack, stored in the transaction that decided them and sent afterwards by `outbox-runner.ts`: by rank and
 * in order per channel, at Slack's rate, once.
 *
 * A message has our id before it is posted. Storing the same id again is a no-op, so work that is repeated after a
 * crash posts nothing twice.
 */
import { SENT_BACK, sealed } from '#model/redaction/sealed.ts';
import { beginsWith } from '#record/begins-with.ts';
import type { MessageState, Schema } from '#record/schema.ts';
import type { Reader, Store, Tx } from '#record/store.ts';

export type Message = Readonly<{
  /** The text for notifications and screen readers. Slack takes 4,000 characters in an update; the rest is cut. */
  text: string;
  /** Block Kit blocks, which only the sender understands. */
  blocks?: readonly object[];
  /** Is inserted before `blocks[at]`. */
  picture?: Picture;
  /** A reply that Slack also shows in the channel. It stays there when it is updated. */
  isBroadcast?: boolean;
}>;

export type Picture = Readonly<{ png: Uint8Array; at: number; alt: string; title: string }>;

/**
 * The order in a channel, first to last. A reply follows its parent and an update its message, whatever their ranks.
 * Details have a share of the calls, so that they are late and never left out.
 *
 *   urgent  an incident, a storm: nothing may delay it
 *   first   the first line of an alert: people see that it is heard
 *   asked   what a person asked for, and the verdict on an alert
 *   detail  an update, a picture, a detail in a thread
 */
export const RANKS = { urgent: 0, first: 1, asked: 2, detail: 3 } as const;
export type Rank = keyof typeof RANKS;

export type NewPost = Readonly<{
  messageId: string;
  workspaceId: string;
  channelId: string;
  /** Our message whose thread it goes into. */
  threadOf?: string;
  /** Another author's message whose thread it goes into. */
  threadTs?: string;
  message: Message;
  /** Where to send `unreachableText`, visible only to the person who asked, if the bot cannot post in the channel. */
  fallbackResponseUrl?: string;
  unreachableText?: string;
  /** Retries once more what could not be delivered under this id. */
  again?: boolean;
  /** @default asked */
  rank?: Rank;
}>;

export type NewAttachment = Readonly<{
  /** Must differ from every message id. */
  attachmentId: string;
  workspaceId: string;
  channelId: string;
  threadOf: string;
  name: string;
  title: string;
  content: Uint8Array;
}>;

export type NewResponse = Readonly<{
  workspaceId: string;
  responseUrl: string;
  message: Message;
  /** A second response with the same key is the same response. */
  key?: string;
}>;

export type NewPin = Readonly<{
  /** Must differ from every message id. */
  pinId: string;
  workspaceId: string;
  channelId: string;
  /** Our message to pin. */
  pinned: string;
  /** Retries once more what could not be pinned under this id. */
  again?: boolean;
}>;

/** The calls to Slack that the outbox needs. They do not retry, queue or wait: the outbox does. */
/** Identifies a shared file: the same file, shared by another request a moment ago, serves as well. */
export type FileMarks = Readonly<{ name: string; title: string; size: number }>;

export type Sender = Readonly<{
  post(
    message: Readonly<{
      messageId: string;
      workspaceId: string;
      channelId: string;
      threadTs: string | undefined;
      message: Message;
    }>,
  ): Promise<SendResult>;
  update(
    message: Readonly<{ messageId: string; workspaceId: string; channelId: string; ts: string; message: Message }>,
  ): Promise<SendResult>;
  /** Visible only to the person who asked. `ts` of the result is not read. */
  respond(response: Readonly<{ workspaceId: string; responseUrl: string; message: Message }>): Promise<SendResult>;
  /** `ts` of the result is not read. */
  attach(
    file: Readonly<{
      attachmentId: string;
      workspaceId: string;
      channelId: string;
      threadTs: string;
      name: string;
      title: string;
      content: Uint8Array;
    }>,
  ): Promise<SendResult>;
  /** Pinning a pinned message is `sent`. `ts` of the result is not read. */
  pin(message: Readonly<{ workspaceId: string; channelId: string; ts: string }>): Promise<SendResult>;
  /** Whether a post or a file of ours is in the conversation; it was sent at `sinceUs` or later, by our clock. */
  find(
    message: Readonly<{
      messageId: string;
      workspaceId: string;
      channelId: string;
      threadTs: string | undefined;
      sinceUs: number;
      /** For an attachment, which carries no id of ours. */
      file?: FileMarks | undefined;
    }>,
  ): Promise<FindResult>;
}>;

/** Begins the lane of a message that Slack refuses for an unknown reason: the others do not wait for it. */
export const ASIDE = 'aside/';

export type SendResult =
  | Readonly<{ kind: 'sent'; ts: string }>
  /** Not sent: Slack asked to wait. */
  | Readonly<{ kind: 'limited'; retryAfterMs: number }>
  /**
   * Not sent: the bot cannot post in this channel (`not_in_channel`, `channel_not_found`, `is_archived`). `advice` is for
   * the person who asked, where an invitation does not help.
   */
  | Readonly<{ kind: 'unreachable'; reason: string; advice?: string | undefined }>
  /** Not sent, and it would be refused again: the reason is on the list of permanent ones. */
  | Readonly<{ kind: 'refused'; reason: string }>
  /** Surely not sent, and worth a retry: there was no connection. */
  | Readonly<{ kind: 'failed'; reason: string }>
  /**
   * Not sent, and nothing of this workspace can be sent until the token is replaced: revoked, expired, a closed
   * network.
   */
  | Readonly<{ kind: 'unauthorized'; reason: string }>
  /** Not sent, for a reason on no list: it may concern this message alone, and may pass. */
  | Readonly<{ kind: 'objected'; reason: string }>
  /** Unknown whether it was sent: a lost answer, a timeout, a 5xx, an answer that is not Slack's. */
  | Readonly<{ kind: 'ambiguous'; reason: string }>;

export type FindResult =
  | Readonly<{ kind: 'found'; ts: string }>
  | Readonly<{ kind: 'absent' }>
  /** The conversation cannot be read: a missing scope, not a member, too many messages since. */
  | Readonly<{ kind: 'unreadable'; reason: string }>
  | Readonly<{ kind: 'limited'; retryAfterMs: number }>
  | Readonly<{ kind: 'failed' | 'unauthorized' | 'objected'; reason: string }>;

export type Undelivered = Readonly<{
  messageId: string;
  workspaceId: string;
  channelId: string | undefined;
  kind: Schema['messages']['kind'];
  state: 'unknown' | 'unreachable' | 'refused' | 'expired';
  reason: string;
  createdUs: number;
}>;

export type Delivery = Readonly<{
  messageId: string;
  state: MessageState;
  reason: string;
  /** Slack's id of it, once it is posted. */
  ts: string | undefined;
  /** The thread it stands in; of a reply to our own message, once it is posted. */
  threadTs: string | undefined;
  createdUs: number;
}>;

/** Slack's `chat.update` refuses more with `msg_too_long`, and `chat.postMessage` may split it. */
const TEXT_LIMIT = 4_000;

export async function post(tx: Tx, given: NewPost): Promise<void> {
  const { messageId, workspaceId, channelId, message } = given;
  const isNew = await addMessage(tx, {
    id: messageId,
    workspaceId,
    kind: 'message',
    channelId,
    threadTs: given.threadTs ?? null,
    again: given.again,
  });
  if (!isNew) return;
  if (given.threadOf !== undefined) await messageById(tx, given.threadOf);
  await addRow(tx, {
    ...stored(message),
    message_id: messageId,
    workspace_id: workspaceId,
    lane: channelId,
    kind: 'post',
    thread_of: given.threadOf ?? null,
    response_url: given.fallbackResponseUrl ?? null,
    unreachable_text: given.unreachableText ?? null,
    rank: RANKS[given.rank ?? 'asked'],
  });
}

export type NewUpdate = Readonly<{
  messageId: string;
  message: Message;
  /** A first line that is still queued keeps its own. @default detail */
  rank?: Rank;
}>;

/**
 * Only the newest state of a message is worth sending. It replaces what is still queued, an older update or the post
 * itself.
 */
export async function update(tx: Tx, { messageId, message, rank = 'detail' }: NewUpdate): Promise<void> {
  const known = await messageById(tx, messageId);
  if (known.channel_id === null || (known.state !== 'queued' && known.state !== 'sent')) return;

  await tx.lock(`lane/${known.workspace_id}/${known.channel_id}`);
  const replaced = await tx.db
    .updateTable('outbox')
    .set(({ eb }) => ({
      ...stored(message),
      rank: eb.case().when('rank', '>', RANKS[rank]).then(RANKS[rank]).else(eb.ref('rank')).end(),
    }))
    .where('message_id', '=', messageId)
    .where('kind', 'in', ['post', 'update'])
    .where('state', '=', 'queued')
    .executeTakeFirst();
  if (replaced.numUpdatedRows > 0n) return;
  await addRow(tx, {
    ...stored(message),
    message_id: messageId,
    workspace_id: known.workspace_id,
    lane: known.channel_id,
    kind: 'update',
    rank: Math.max(RANKS[rank], RANKS.asked),
  });
}

/** An answer visible to one person, where they asked. Slack takes it for 30 minutes. */
export async function respond(tx: Tx, { workspaceId, responseUrl, message, key }: NewResponse): Promise<void> {
  const id = `response/${key ?? tx.newId()}`;
  const isNew = await addMessage(tx, { id, workspaceId, kind: 'response', channelId: null, threadTs: null });
  if (!isNew) return;
  await addRow(tx, {
    ...stored(message),
    message_id: id,
    workspace_id: workspaceId,
    lane: id, // each on its own: one that hangs does not delay the others
    kind: 'respond',
    response_url: responseUrl,
  });
}

/** A file in the thread of one of our messages. */
export async function attach(tx: Tx, file: NewAttachment): Promise<void> {
  const { attachmentId, workspaceId, channelId, threadOf, name, title, content } = file;
  const isNew = await addMessage(tx, { id: attachmentId, workspaceId, kind: 'attachment', channelId, threadTs: null });
  if (!isNew) return;
  await messageById(tx, threadOf);
  await addRow(tx, {
    message_id: attachmentId,
    workspace_id: workspaceId,
    lane: channelId,
    kind: 'attach',
    payload: JSON.stringify(sealed({ name, title })),
    bytes: content,
    thread_of: threadOf,
  });
}

/** Pins one of our messages in its channel, once it is posted. */
export async function pin(tx: Tx, { pinId, workspaceId, channelId, pinned, again }: NewPin): Promise<void> {
  const isNew = await addMessage(tx, { id: pinId, workspaceId, kind: 'pin', channelId, threadTs: null, again });
  if (!isNew) return;
  await messageById(tx, pinned);
  await addRow(tx, {
    message_id: pinId,
    workspace_id: workspaceId,
    lane: channelId,
    kind: 'pin',
    payload: '{}',
    bytes: null,
    thread_of: pinned,
  });
}

/** In a channel where nothing queues, a detail goes out within seconds. */
const QUEUED_FOR_US = 30_000_000;

/**
 * Leaves out the details of an answer that have queued for long: a newer message made them useless. `prefix` begins
 * their ids.
 */
export async function dropDetails(tx: Tx, prefix: string): Promise<void> {
  const dropped = await tx.db
    .deleteFrom('outbox')
    .where(beginsWith('message_id', prefix))
    .where('state', '=', 'queued')
    .where('attempts', '=', 0)
    .where('created_us', '<', tx.nowUs - QUEUED_FOR_US)
    .returning('message_id')
    .execute();
  const ids = dropped.map(({ message_id }) => message_id);
  if (ids.length === 0) return;
  await tx.db
    .updateTable('messages')
    .set({ state: 'dropped' })
    .where('id', 'in', ids)
    .where('state', '=', 'queued')
    .execute();
}

/** The result of a message, an attachment or a pin; undefined if none has this id. */
export async function deliveryOf({ db }: Reader, messageId: string): Promise<Delivery | undefined> {
  const row = await db.selectFrom('messages').selectAll().where('id', '=', messageId).executeTakeFirst();
  return row && deliveryOfRow(row);
}

/** The newest message whose id begins like this. */
export async function newestDelivery({ db }: Reader, prefix: string): Promise<Delivery | undefined> {
  const row = await db
    .selectFrom('messages')
    .selectAll()
    .where(beginsWith('id', prefix))
    .orderBy('created_us', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row && deliveryOfRow(row);
}

/** The ids that begin like this; with `createdUs`, only those from transactions at these instants. */
export async function messageIdsWith(
  { db }: Reader,
  prefix: string,
  createdUs?: readonly number[],
): Promise<readonly string[]> {
  const all = db.selectFrom('messages').select('id').where(beginsWith('id', prefix));
  const rows = await (createdUs === undefined ? all : all.where('created_us', 'in', [...createdUs])).execute();
  return rows.map(({ id }) => id);
}

/** The messages whose ids begin like this and that were created at that time or later. */
export async function messageIdsSince({ db }: Reader, prefix: string, sinceUs: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('messages')
    .select('id')
    .where(beginsWith('id', prefix))
    .where('created_us', '>=', sinceUs)
    .execute();
  return rows.map(({ id }) => id);
}

/** When each message whose id begins like this was created, oldest first. */
export async function createdWith({ db }: Reader, prefix: string): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('messages')
    .select('created_us')
    .where(beginsWith('id', prefix))
    .orderBy('created_us')
    .orderBy('id')
    .execute();
  return rows.map(({ created_us }) => created_us);
}

/** Our message with this Slack id. */
export async function messageAt(
  { db }: Reader,
  { workspaceId, channelId, ts }: Readonly<{ workspaceId: string; channelId: string; ts: string }>,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('messages')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('ts', '=', ts)
    .executeTakeFirst();
  return row?.id;
}

/** Messages that did not arrive, or may not have, newest first. */
export async function undelivered(store: Store): Promise<readonly Undelivered[]> {
  const rows = await store.db
    .selectFrom('messages')
    .selectAll()
    .where('state', 'in', ['unknown', 'unreachable', 'refused', 'expired'])
    .orderBy('created_us', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => ({
    messageId: row.id,
    workspaceId: row.workspace_id,
    channelId: row.channel_id ?? undefined,
    kind: row.kind,
    state: row.state as Undelivered['state'],
    reason: row.reason ?? '',
    createdUs: row.created_us,
  }));
}

/** The id of a message that was never stored is a caller's mistake, better reported now than during sending. */
async function messageById(tx: Tx, id: string): Promise<Schema['messages']> {
  const message = await tx.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst();
  if (message === undefined) throw new Error(`there is no message ${id}`);
  return message;
}

function deliveryOfRow({ id, state, reason, ts, thread_ts, created_us }: Schema['messages']): Delivery {
  const threadTs = thread_ts ?? undefined;
  return { messageId: id, state, reason: reason ?? '', ts: ts ?? undefined, threadTs, createdUs: created_us };
}

type NewMessage = Readonly<{
  id: string;
  workspaceId: string;
  kind: Schema['messages']['kind'];
  channelId: string | null;
  threadTs: string | null;
  again?: boolean | undefined;
}>;

/** False if this id was stored before. */
async function addMessage(tx: Tx, { id, workspaceId, kind, channelId, threadTs, again }: NewMessage): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('messages')
    .values({
      id,
      workspace_id: workspaceId,
      kind,
      channel_id: channelId,
      ts: null,
      thread_ts: threadTs,
      state: 'queued',
      reason: null,
      created_us: tx.nowUs,
      sent_us: null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted !== undefined || !again) return inserted !== undefined;
  const revived = await tx.db
    .updateTable('messages')
    .set({ state: 'queued', reason: null, created_us: tx.nowUs })
    .where('id', '=', id)
    .where('state', 'in', ['unreachable', 'refused', 'expired'])
    .executeTakeFirst();
  return revived.numUpdatedRows > 0n;
}

type NewRow = Pick<Schema['outbox'], 'message_id' | 'workspace_id' | 'lane' | 'kind' | 'payload' | 'bytes'> &
  Partial<Pick<Schema['outbox'], 'thread_of' | 'response_url' | 'unreachable_text' | 'rank'>>;

async function addRow(tx: Tx, row: NewRow): Promise<void> {
  await tx.lock(`lane/${row.workspace_id}/${row.lane}`);
  const lane = (await laneOfOther(tx, row)) ?? row.lane;
  await tx.db
    .insertInto('outbox')
    .values({
      thread_of: null,
      response_url: null,
      unreachable_text: null,
      rank: RANKS.asked,
      ...row,
      lane,
      state: 'queued',
      attempts: 0,
      resent: 0,
      due_us: tx.nowUs,
      lease: null,
      lease_until_us: null,
      created_us: tx.nowUs,
      tried_us: null,
    })
    .execute();
}

/** The lane of the queued message that it belongs to, which may have moved to one of its own. */
async function laneOfOther({ db }: Tx, { message_id, thread_of = null }: NewRow): Promise<string | undefined> {
  const other = await db
    .selectFrom('outbox')
    .select('lane')
    .where('message_id', '=', thread_of ?? message_id)
    .where('kind', '=', 'post')
    .executeTakeFirst();
  return other?.lane;
}

/** Redacted here, whatever built the message. The bytes of the picture are stored next to the JSON, not in it. */
function stored(message: Message): Pick<Schema['outbox'], 'payload' | 'bytes'> {
  const { text, blocks, picture, isBroadcast } = sealed(message, SENT_BACK);
  const { png, ...placed } = picture ?? {};
  return {
    payload: JSON.stringify({
      text: cut(text),
      blocks,
      ...(picture && { picture: placed }),
      ...(isBroadcast && { isBroadcast }),
    }),
    bytes: png ?? null,
  };
}

function cut(text: string): string {
  return text.length <= TEXT_LIMIT ? text : `${text.slice(0, TEXT_LIMIT - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
