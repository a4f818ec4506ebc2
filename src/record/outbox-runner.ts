/**
 * Sends what the outbox holds. Of every channel the oldest row is in hand and no other, so order holds whatever fails
 * and however many processes there are; channels go side by side.
 *
 *   queued ──► sending ──► gone, its message marked sent (or with what Slack said for good)
 *     ▲           │
 *     ├───────────┤ limited, failed: surely not sent
 *     │           ▼ ambiguous, or the process died while sending
 *     │       uncertain ──► looked for in the conversation: there is sent, not there is queued again;
 *     └───────────┘         where nobody can look, `mayRepeat` has the rule
 *
 * What Slack objects to for a reason that nobody knows steps aside into a lane of its own, with what depends on it: it is
 * tried again for a day, and the channel goes on. A token that Slack does not accept holds the whole workspace.
 */
import { errorRecord } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import { type Backoff, backoffUs } from '#record/backoff.ts';
import { LEASE_US, whileLeased } from '#record/lease.ts';
import { type FindResult, type Message, respond, type Sender, type SendResult } from '#record/outbox.ts';
import { type Pace, pacer } from '#record/pace.ts';
import { type Runner, startRunner, type Taken } from '#record/runner.ts';
import type { MessageState, Schema } from '#record/schema.ts';
import type { Store, Tx } from '#record/store.ts';

export type RunOutboxOptions = Readonly<{
  store: Store;
  sender: Sender;
  log: Log;
  /** Runs in the transaction that notes that something will never arrive, so that what depends on it can say so. */
  onUndelivered?: (tx: Tx, failed: Failed) => Promise<void>;
  /** What the one who asked reads where they asked, while Slack does not accept the token; the reason is Slack's. */
  unauthorizedText?: (reason: string) => string;
  /** How many channels at once. */
  concurrency?: number;
  /** How long a killed process keeps its channels from going on. */
  leaseUs?: number;
  /** In [0, 1): spreads the retries. */
  random?: () => number;
}>;

export type Failed = Readonly<{
  messageId: string;
  workspaceId: string;
  kind: Schema['outbox']['kind'];
  state: Exclude<MessageState, 'queued' | 'sent'>;
  reason: string;
}>;

/** Slack allows a workspace several hundred posts a minute; each call takes a few hundred milliseconds. */
const CONCURRENCY = 8;

/**
 * Slack: one message a second and channel, short bursts allowed, so that a question is taken up at once though the last
 * answer's detail has just gone out; updates are tier 3 (50 a minute), files tier 4 (100), pins tier 2 (20), over the workspace.
 */
const POST_PACE: Pace = { everyUs: 1_000_000, burst: 3 };
const UPDATE_PACE: Pace = { everyUs: 1_200_000, burst: 10 };
const ATTACH_PACE: Pace = { everyUs: 600_000, burst: 10 };
const PIN_PACE: Pace = { everyUs: 3_000_000, burst: 5 };
/** A response URL takes five uses in all; a workspace is only ever held as a whole. */
const NO_PACE: Pace = { everyUs: 0, burst: 1 };

const BACKOFF: Backoff = { firstUs: 1_000_000, capUs: 60_000_000 };
/** Slack may learn to take what it objects to; nobody should be asked about it every minute. */
const ASIDE_BACKOFF: Backoff = { firstUs: 5_000_000, capUs: 600_000_000 };
/** Somebody has to bring a new token: minutes, at night longer. */
const HOLD_BACKOFF: Backoff = { firstUs: 5_000_000, capUs: 300_000_000 };
const ASIDE = 'aside/';
/** Slack counts Retry-After in whole seconds; one that is missing must not become a busy loop. */
const SHORTEST_QUIET_MS = 1_000;
/** A wait of days is a mistake of somebody in between: Slack asks for seconds, rarely minutes. */
const LONGEST_QUIET_MS = 600_000;

/** A day late, an answer misleads more than none. */
const MESSAGE_LIVES_US = 24 * 3_600 * 1_000_000;
/** Slack takes a response URL for 30 minutes. */
const RESPONSE_LIVES_US = 30 * 60 * 1_000_000;
/** Slack's clock is not ours: a post is looked for from before it was tried. Slack refuses clocks that are five minutes off. */
const CLOCK_SLACK_US = 600_000_000;

export function runOutbox(options: RunOutboxOptions): Runner {
  const { store, sender, log, onUndelivered, unauthorizedText } = options;
  const { concurrency = CONCURRENCY, leaseUs = LEASE_US, random = Math.random } = options;
  const { clock } = store;
  const paces = pacer();
  /** The rows in our own hands: after the machine has slept their leases look like those of a dead process. */
  const inHand = new Set<number>();
  return startRunner({ name: 'outbox', clock, nowUs: store.nowUs, log, concurrency, take });

  async function take(room: number): Promise<Taken> {
    const heads = (await oldestOfEachLane(store)).filter(({ seq }) => !inHand.has(seq));
    const nowUs = await store.nowUs();
    heads.sort((a, b) => readyUs(a, nowUs) - readyUs(b, nowUs) || a.seq - b.seq);

    const work: (() => Promise<void>)[] = [];
    let nextUs: number | undefined;
    for (const head of heads) {
      const headReadyUs = readyUs(head, nowUs); // again: what was just taken may have used up the pace
      if (headReadyUs > nowUs || work.length === room) {
        nextUs = Math.min(nextUs ?? headReadyUs, headReadyUs);
        continue;
      }
      const held = await lease(head, nowUs);
      if (held === undefined) continue; // another process was quicker
      const { key, pace } = paceOf(head);
      paces.spend(key, pace, clock.elapsedUs());
      inHand.add(head.seq);
      work.push(() => run(held).finally(() => inHand.delete(head.seq)));
    }
    return { work, nextUs };
  }

  function readyUs(head: Head, nowUs: number): number {
    if (head.state === 'sending') return head.lease_until_us ?? 0;
    const { key, pace } = paceOf(head);
    const heldUntilUs = head.kind === 'respond' ? 0 : paces.freeAtUs(workspaceKey(head), NO_PACE);
    const waitUs = Math.max(paces.freeAtUs(key, pace), heldUntilUs) - clock.elapsedUs();
    return Math.max(head.due_us, waitUs > 0 ? nowUs + waitUs : 0);
  }

  /** The row as it is now, marked as ours; undefined where another process has taken it since it was read. */
  async function lease(head: Head, nowUs: number): Promise<Held | undefined> {
    // Found in the middle of being sent: whoever sent it did not live to see what came of it.
    const uncertain = head.state !== 'queued';
    const row = await store.db
      .updateTable('outbox')
      .set(({ eb, fn }) => ({
        state: 'sending',
        attempts: eb('attempts', '+', 1),
        lease: store.newId(),
        lease_until_us: nowUs + leaseUs,
        tried_us: uncertain ? fn.coalesce('tried_us', 'created_us') : nowUs,
      }))
      .where('seq', '=', head.seq)
      .where('state', '=', head.state)
      .where(head.state === 'sending' ? 'lease_until_us' : 'due_us', '<=', nowUs)
      .returningAll()
      .executeTakeFirst();
    return row && { row, uncertain };
  }

  async function run(held: Held): Promise<void> {
    const renew = () => renewLease(store, held.row, leaseUs);
    await whileLeased({ clock, log, leaseUs, renew }, () => deliver(held));
  }

  async function deliver({ row, uncertain }: Held): Promise<void> {
    const target = await targetOf(store, row);
    if (target === 'not yet') return await waitForOther(row, uncertain ? 'uncertain' : 'queued');
    if (target === 'never') return await settle(row, 'refused', 'the message that it belongs to was never posted');
    if ((await store.nowUs()) - row.created_us > livesUs(row)) {
      return await settle(row, uncertain ? 'unknown' : 'expired', 'it could not be delivered in time');
    }
    if (uncertain && !(await mayRepeat(row, target))) return;
    await conclude(row, target, await call(row, target));
  }

  /** Whether a row that may have been sent is to be sent again. Where not, what became of it has been noted. */
  async function mayRepeat(row: Row, target: Target): Promise<boolean> {
    if (row.kind === 'update' || row.kind === 'pin') return true; // twice the same is once
    if (row.kind === 'respond') return await onceMore(row);
    if (row.kind === 'attach') return await isUnknown(row, 'nothing shows whether a file was posted');

    const found = await look(row, target);
    switch (found.kind) {
      case 'found':
        await markSent(row, target, found.ts);
        return false;
      case 'absent':
        return true;
      case 'unreadable':
        // Of two evils: whoever asked and gets no answer is worse off than with two; nobody waits for anything else.
        return row.thread_of === null ? await onceMore(row) : await isUnknown(row, found.reason);
      case 'limited':
        await putBack(row, 'uncertain', quietUs(found));
        return false;
      case 'failed':
        await putBack(row, 'uncertain', retryInUs(row));
        return false;
      case 'unauthorized':
        await hold(row, 'uncertain', found.reason);
        return false;
      case 'objected':
        await stepAside(row, 'uncertain', found.reason);
        return false;
    }
  }

  /** Noted before it is sent, so that a crash in between cannot make it three. */
  async function onceMore(row: Row): Promise<boolean> {
    if (row.resent > 0) return await isUnknown(row, 'it was sent twice without an answer');
    await store.db.updateTable('outbox').set({ resent: 1 }).where('seq', '=', row.seq).execute();
    return true;
  }

  async function isUnknown(row: Row, reason: string): Promise<false> {
    await settle(row, 'unknown', reason);
    return false;
  }

  async function look(row: Row, { channelId, threadTs }: Target): Promise<FindResult> {
    const { message_id: messageId, workspace_id: workspaceId } = row;
    try {
      return await sender.find({
        messageId,
        workspaceId,
        channelId,
        threadTs,
        // A clock that was corrected since says less than the attempt's instant.
        sinceUs: Math.min(row.tried_us ?? row.created_us, await store.nowUs()) - CLOCK_SLACK_US,
      });
    } catch (error) {
      log.error({ messageId, err: error }, 'looking for a message failed');
      return { kind: 'failed', reason: errorRecord(error).message };
    }
  }

  /** A sender that throws has said nothing about what arrived. */
  async function call(row: Row, target: Target): Promise<SendResult> {
    try {
      return await callSender(sender, row, target);
    } catch (error) {
      log.error({ messageId: row.message_id, kind: row.kind, err: error }, 'sending failed');
      return { kind: 'ambiguous', reason: errorRecord(error).message };
    }
  }

  async function conclude(row: Row, target: Target, result: SendResult): Promise<void> {
    switch (result.kind) {
      case 'sent':
        return await markSent(row, target, result.ts);
      case 'unreachable':
      case 'refused':
        return await settle(row, result.kind, result.reason);
      case 'limited': {
        const waitUs = quietUs(result);
        paces.holdUntil(paceOf(row).key, clock.elapsedUs() + waitUs);
        return await putBack(row, 'queued', waitUs);
      }
      case 'failed':
      case 'ambiguous': {
        log.warn({ messageId: row.message_id, kind: row.kind, result: result.kind, reason: result.reason }, 'not sent');
        const state = result.kind === 'failed' ? 'queued' : 'uncertain';
        return await putBack(row, state, retryInUs(row));
      }
      case 'unauthorized':
        return await hold(row, 'queued', result.reason);
      case 'objected':
        return await stepAside(row, 'queued', result.reason);
    }
  }

  /** Nothing of the workspace would get through: all of it waits, and whoever asked for this learns why. */
  async function hold(row: Row, state: 'queued' | 'uncertain', reason: string): Promise<void> {
    const { workspace_id: workspaceId, message_id: messageId, response_url: responseUrl } = row;
    log.error({ messageId, kind: row.kind, reason }, 'slack does not accept the token: all messages wait');
    const waitUs = backoffUs(HOLD_BACKOFF, row.attempts, random);
    paces.holdUntil(workspaceKey(row), clock.elapsedUs() + waitUs);
    await ifHeld(row, async (tx) => {
      await back(tx, row, state, waitUs);
      if (responseUrl === null || unauthorizedText === undefined) return;
      const message = { text: unauthorizedText(reason) };
      await respond(tx, { workspaceId, responseUrl, message, key: `${messageId}/unauthorized` });
    });
  }

  /** Into a lane of its own, with the replies and updates that wait for it: the others of the channel go on. */
  async function stepAside(row: Row, state: 'queued' | 'uncertain', reason: string): Promise<void> {
    const { message_id: messageId, workspace_id: workspaceId } = row;
    log.error({ messageId, kind: row.kind, reason }, 'slack rejects a message: it waits, the others continue');
    await ifHeld(row, async (tx) => {
      await tx.lock(`lane/${workspaceId}/${row.lane}`);
      // An older state of the message would come after the newer one that goes on without it.
      if (row.kind === 'update' && (await hasNewer(tx, row))) return await remove(tx, row);
      await back(tx, row, state, backoffUs(ASIDE_BACKOFF, row.attempts, random));
      await tx.db
        .updateTable('outbox')
        .set({ lane: ASIDE + messageId })
        .where('workspace_id', '=', workspaceId)
        .where('lane', '=', row.lane)
        .where(({ or, eb }) => or([eb('message_id', '=', messageId), eb('thread_of', '=', messageId)]))
        .execute();
    });
  }

  /** What it belongs to is not there yet. Where that has stepped aside, it goes along. */
  async function waitForOther(row: Row, state: 'queued' | 'uncertain'): Promise<void> {
    const waitsFor = row.thread_of ?? row.message_id;
    await ifHeld(row, async (tx) => {
      await back(tx, row, state, retryInUs(row));
      await tx.db
        .updateTable('outbox')
        .set({ lane: ASIDE + waitsFor })
        .where('seq', '=', row.seq)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('outbox')
              .select('seq')
              .where('lane', '=', ASIDE + waitsFor),
          ),
        )
        .execute();
    });
  }

  function retryInUs({ attempts }: Row): number {
    return backoffUs(BACKOFF, attempts, random);
  }

  async function markSent(row: Row, { threadTs }: Target, ts: string): Promise<void> {
    await ifHeld(row, async (tx) => {
      await remove(tx, row);
      if (row.kind === 'update') return;
      await tx.db
        .updateTable('messages')
        .set({ state: 'sent', sent_us: tx.nowUs, ...(row.kind === 'post' && { ts, thread_ts: threadTs ?? null }) })
        .where('id', '=', row.message_id)
        .execute();
    });
  }

  /** It will not be sent any more. A message that stands in Slack stays sent when only its update is lost. */
  async function settle(row: Row, state: Exclude<MessageState, 'queued' | 'sent'>, reason: string): Promise<void> {
    log.warn({ messageId: row.message_id, kind: row.kind, state, reason }, 'not delivered');
    await ifHeld(row, async (tx) => {
      await remove(tx, row);
      if (row.kind === 'update') return;
      await tx.db.updateTable('messages').set({ state, reason }).where('id', '=', row.message_id).execute();
      const { message_id: messageId, workspace_id: workspaceId, kind } = row;
      await onUndelivered?.(tx, { messageId, workspaceId, kind, state, reason });
      if (state !== 'unreachable' || row.response_url === null || row.unreachable_text === null) return;
      await respond(tx, {
        workspaceId: row.workspace_id,
        responseUrl: row.response_url,
        message: { text: row.unreachable_text },
        key: row.message_id,
      });
    });
  }

  async function putBack(row: Row, state: 'queued' | 'uncertain', waitUs: number): Promise<void> {
    await ifHeld(row, async (tx) => await back(tx, row, state, waitUs));
  }

  /** Where the lease was lost, whoever has the row now decides what becomes of it. */
  async function ifHeld(row: Row, mark: (tx: Tx) => Promise<void>): Promise<void> {
    await store.transaction(async (tx) => {
      if (await keepsLease(tx, row)) await mark(tx);
    });
  }
}

type Row = Omit<Schema['outbox'], 'seq'> & { seq: number };

type Head = Pick<Row, 'seq' | 'workspace_id' | 'lane' | 'kind' | 'state' | 'due_us' | 'lease' | 'lease_until_us'>;

/** A row that is ours for now: its `lease` is the proof. */
type Held = Readonly<{ row: Row; uncertain: boolean }>;

/** Where a row goes, in Slack's terms. */
type Target = Readonly<{ channelId: string; ts: string; threadTs: string | undefined }>;

async function oldestOfEachLane({ db }: Store): Promise<Head[]> {
  return await db
    .selectFrom('outbox')
    .select(['seq', 'workspace_id', 'lane', 'kind', 'state', 'due_us', 'lease', 'lease_until_us'])
    .where('seq', 'in', (oldest) =>
      oldest
        .selectFrom('outbox')
        .select((row) => row.fn.min('seq').as('seq'))
        .groupBy(['workspace_id', 'lane']),
    )
    .execute();
}

function paceOf({ kind, workspace_id, lane }: Pick<Row, 'kind' | 'workspace_id' | 'lane'>): {
  key: string;
  pace: Pace;
} {
  switch (kind) {
    case 'post':
      return { key: `post ${workspace_id} ${lane}`, pace: POST_PACE };
    case 'update':
      return { key: `update ${workspace_id}`, pace: UPDATE_PACE };
    case 'attach':
      return { key: `attach ${workspace_id}`, pace: ATTACH_PACE };
    case 'pin':
      return { key: `pin ${workspace_id}`, pace: PIN_PACE };
    case 'respond':
      return { key: `respond ${lane}`, pace: NO_PACE };
  }
}

function workspaceKey({ workspace_id }: Pick<Row, 'workspace_id'>): string {
  return `workspace ${workspace_id}`;
}

function livesUs({ kind }: Row): number {
  return kind === 'respond' ? RESPONSE_LIVES_US : MESSAGE_LIVES_US;
}

function quietUs({ retryAfterMs }: Readonly<{ retryAfterMs: number }>): number {
  return Math.min(Math.max(retryAfterMs, SHORTEST_QUIET_MS), LONGEST_QUIET_MS) * 1_000;
}

async function renewLease(store: Store, { seq, lease }: Row, leaseUs: number): Promise<boolean> {
  const renewed = await store.db
    .updateTable('outbox')
    .set({ lease_until_us: (await store.nowUs()) + leaseUs })
    .where('seq', '=', seq)
    .where('lease', '=', lease)
    .executeTakeFirst();
  return renewed.numUpdatedRows > 0n;
}

/** Whether the lease is ours, and stays ours until the transaction ends: a row that was written waits for that. */
async function keepsLease({ db }: Tx, { seq, lease }: Row): Promise<boolean> {
  const kept = await db
    .updateTable('outbox')
    .set({ lease })
    .where('seq', '=', seq)
    .where('lease', '=', lease)
    .executeTakeFirst();
  return kept.numUpdatedRows > 0n;
}

async function targetOf(store: Store, row: Row): Promise<Target | 'not yet' | 'never'> {
  const message = await messageById(store, row.message_id);
  const target = {
    channelId: message.channel_id ?? '',
    ts: message.ts ?? '',
    threadTs: message.thread_ts ?? undefined,
  };
  if (row.kind === 'update' && message.ts === null) return message.state === 'queued' ? 'not yet' : 'never';
  if (row.thread_of === null) return target;

  const parent = await messageById(store, row.thread_of);
  if (parent.ts === null) return parent.state === 'queued' ? 'not yet' : 'never';
  if (row.kind === 'pin') return { ...target, ts: parent.ts };
  return { ...target, threadTs: parent.thread_ts ?? parent.ts }; // Slack's threads have one level
}

async function messageById({ db }: Store, id: string): Promise<Schema['messages']> {
  return await db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function callSender(sender: Sender, row: Row, { channelId, ts, threadTs }: Target): Promise<SendResult> {
  const { message_id: messageId, workspace_id: workspaceId } = row;
  switch (row.kind) {
    case 'post':
      return await sender.post({ messageId, workspaceId, channelId, threadTs, message: messageOf(row) });
    case 'update':
      return await sender.update({ messageId, workspaceId, channelId, ts, message: messageOf(row) });
    case 'respond':
      return await sender.respond({ workspaceId, responseUrl: row.response_url ?? '', message: messageOf(row) });
    case 'pin':
      return await sender.pin({ workspaceId, channelId, ts });
    case 'attach': {
      const { name, title } = JSON.parse(row.payload) as { name: string; title: string };
      const content = row.bytes ?? new Uint8Array();
      const attachmentId = messageId;
      return await sender.attach({
        attachmentId,
        workspaceId,
        channelId,
        threadTs: threadTs ?? '',
        name,
        title,
        content,
      });
    }
  }
}

function messageOf({ payload, bytes }: Row): Message {
  const { picture, ...message } = JSON.parse(payload) as Message;
  return picture && bytes ? { ...message, picture: { ...picture, png: bytes } } : message;
}

async function hasNewer(tx: Tx, { message_id, seq }: Row): Promise<boolean> {
  const newer = await tx.db
    .selectFrom('outbox')
    .select('seq')
    .where('message_id', '=', message_id)
    .where('seq', '>', seq)
    .executeTakeFirst();
  return newer !== undefined;
}

async function back(tx: Tx, { seq }: Row, state: 'queued' | 'uncertain', waitUs: number): Promise<void> {
  await tx.db
    .updateTable('outbox')
    .set({ state, due_us: tx.nowUs + waitUs, lease: null, lease_until_us: null })
    .where('seq', '=', seq)
    .execute();
}

async function remove(tx: Tx, { seq }: Row): Promise<void> {
  await tx.db.deleteFrom('outbox').where('seq', '=', seq).execute();
}
