/**
 * Sends the rows of the outbox. One row of each channel is in progress: of the best rank the oldest that does not wait for
 * another row, so the order holds despite failures and with any number of processes. Channels run in parallel.
 *
 *   queued ──► sending ──► gone, its message marked sent (or with Slack's permanent refusal)
 *     ▲           │
 *     ├───────────┤ limited, failed: surely not sent
 *     │           ▼ ambiguous, or the process died while sending
 *     │       uncertain ──► searched in the conversation: found means sent, not found means queued again;
 *     └───────────┘         if no search is possible, `mayRepeat` decides
 *
 * A message that Slack refuses for an unknown reason moves to its own lane, with its dependants. It is retried for a
 * day, and the channel continues. A token that Slack refuses stops the whole workspace.
 */
import { errorRecord } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import { type Backoff, backoffUs } from '#record/backoff.ts';
import { LEASE_US, whileLeased } from '#record/lease.ts';
import {
  ASIDE,
  type FileMarks,
  type FindResult,
  type Message,
  RANKS,
  respond,
  type Sender,
  type SendResult,
} from '#record/outbox.ts';
import { holdUntil, LONGEST_HOLD_US, type Pace, type Paces, pacesAt, spend } from '#record/pace.ts';
import { ageUs } from '#record/row-age.ts';
import { type Runner, startRunner, type Taken } from '#record/runner.ts';
import type { MessageState, Schema } from '#record/schema.ts';
import type { Store, Tx } from '#record/store.ts';
import { workspaceKey } from '#record/workspace-key.ts';

export type RunOutboxOptions = Readonly<{
  store: Store;
  sender: Sender;
  log: Log;
  /** Runs in the transaction that records a failed delivery, so that dependants can report it. */
  onUndelivered?: (tx: Tx, failed: Failed) => Promise<void>;
  /** The message for the person who asked while Slack refuses the token; the reason is Slack's. */
  unauthorizedText?: (reason: string) => string;
  /** Channels in parallel. */
  concurrency?: number;
  /** How long a killed process blocks its channels. */
  leaseUs?: number;
  /** @default what Slack allows */
  callPaces?: CallPaces | undefined;
  /** In [0, 1): spreads the retries. @default the store's */
  random?: () => number;
}>;

export type Failed = Readonly<{
  messageId: string;
  workspaceId: string;
  kind: Schema['outbox']['kind'];
  state: Exclude<MessageState, 'queued' | 'sent' | 'dropped'>;
  reason: string;
}>;

/** One of this many calls in a channel goes to its details while others wait. */
const DETAILS_SHARE = 4;

/** Slack allows a workspace several hundred posts a minute; each call takes a few hundred milliseconds. */
const CONCURRENCY = 8;

/** How often Slack takes each kind of call: posts of a channel, all others of a workspace. */
export type CallPaces = Readonly<Record<'post' | 'update' | 'attach' | 'pin', Pace>>;

/**
 * Slack: one message per second and channel, with short bursts, so a question starts at once even if the last answer's
 * detail was just sent. Updates are tier 3 (50 a minute), files tier 4 (100), pins tier 2 (20), per workspace.
 */
const SLACK_PACES: CallPaces = {
  post: { everyUs: 1_000_000, burst: 3 },
  update: { everyUs: 1_200_000, burst: 10 },
  attach: { everyUs: 600_000, burst: 10 },
  pin: { everyUs: 3_000_000, burst: 5 },
};
/** A response URL takes five uses in all; only a whole workspace is ever stopped. */
const NO_PACE: Pace = { everyUs: 0, burst: 1 };

const BACKOFF: Backoff = { firstUs: 1_000_000, capUs: 60_000_000 };
/** Slack may later accept what it refused; it should not be asked every minute. */
const ASIDE_BACKOFF: Backoff = { firstUs: 5_000_000, capUs: 600_000_000 };
/** An operator must set a new token: minutes, at night longer. */
const HOLD_BACKOFF: Backoff = { firstUs: 5_000_000, capUs: 300_000_000 };
/** Slack counts Retry-After in whole seconds; a missing one must not cause a busy loop. */
const SHORTEST_QUIET_MS = 1_000;
/** A wait of days comes from a proxy: Slack asks for seconds, rarely minutes. */
const LONGEST_QUIET_MS = LONGEST_HOLD_US / 1_000;

/** A day late, an answer misleads more than none. */
const MESSAGE_LIVES_US = 24 * 3_600 * 1_000_000;
/** Slack takes a response URL for 30 minutes. */
const RESPONSE_LIVES_US = 30 * 60 * 1_000_000;
/**
 * Slack's clock differs from ours: the search for a post begins before its attempt. Slack refuses clocks with an error
 * of five minutes.
 */
const CLOCK_SLACK_US = 600_000_000;

/** Slack shares a file in the background: it may appear in the conversation seconds after the call. */
const SHARING_US = 10_000_000;

/**
 * How often a row is sent again that cannot be looked for. One person alone sees a response, and Slack takes five at a
 * response_url; a channel would read a post twice.
 */
const REPEATS = { respond: 3, post: 1 } as const;

export function runOutbox(options: RunOutboxOptions): Runner {
  const { store, sender, log, onUndelivered, unauthorizedText } = options;
  const { concurrency = CONCURRENCY, leaseUs = LEASE_US, callPaces = SLACK_PACES, random = store.random } = options;
  const { clock } = store;
  /** The rows that this process holds: after the machine has slept, their leases look like those of a dead process. */
  const inHand = new Set<number>();
  /** How many rows this process has taken of each lane in which details wait behind others. */
  const taken = new Map<string, number>();
  return startRunner({ name: 'outbox', clock, nowUs: store.nowUs, log, concurrency, take });

  async function take(room: number): Promise<Taken> {
    const waiting = await nextOfEachLane(store);
    const nowUs = await store.nowUs();
    const keys = [...new Set(waiting.flatMap((head) => [paceOf(head).key, workspaceKey(head.workspace_id)]))];
    const paces = await pacesAt(store, { keys, nowUs });
    const heads = [...Map.groupBy(waiting, laneOf).values()]
      .map((ofLane) => nextOf(ofLane, paces, nowUs))
      .filter(({ seq }) => !inHand.has(seq));
    heads.sort((a, b) => readyUs(a, paces) - readyUs(b, paces) || a.seq - b.seq);

    const work: (() => Promise<void>)[] = [];
    try {
      return { work, nextUs: await takeDue(heads, { paces, nowUs, room }, work) };
    } catch (error) {
      // The rows taken so far must start: this process holds them, so nobody else takes them.
      if (work.length === 0) throw error;
      log.error({ err: error }, 'could not take a row of the outbox');
      return { work, nextUs: nowUs };
    }
  }

  /**
   * The head of the lane, or the detail behind it. The detail goes at every fourth call, and while the head waits for the
   * rate of its own kind of call.
   */
  function nextOf([first, detail]: readonly Head[], paces: Paces, nowUs: number): Head {
    if (first === undefined) throw new Error('a lane without a row');
    if (detail === undefined) {
      taken.delete(laneOf(first));
      return first;
    }
    const turn = taken.get(laneOf(first)) ?? 0;
    taken.set(laneOf(first), turn);
    if (first.state !== 'queued' || first.rank === RANKS.urgent) return first;
    const [one, other] = turn % DETAILS_SHARE === DETAILS_SHARE - 1 ? [detail, first] : [first, detail];
    const isOtherCall = paceOf(one).key !== paceOf(other).key;
    return isOtherCall && readyUs(one, paces) > nowUs && readyUs(other, paces) < readyUs(one, paces) ? other : one;
  }

  /** Adds the work to `work`, and returns when the next is due. */
  async function takeDue(
    heads: readonly Head[],
    { paces, nowUs, room }: Readonly<{ paces: Paces; nowUs: number; room: number }>,
    work: (() => Promise<void>)[],
  ): Promise<number | undefined> {
    let nextUs: number | undefined;
    for (const head of heads) {
      const headReadyUs = readyUs(head, paces); // again: the last rows may have used up the rate
      if (headReadyUs > nowUs || work.length === room) {
        nextUs = Math.min(nextUs ?? headReadyUs, headReadyUs);
        continue;
      }
      const held = await lease(head);
      if (held === undefined) continue; // another process was faster
      const { key, pace } = paceOf(head);
      paces.spent(key, pace);
      inHand.add(head.seq);
      const turn = taken.get(laneOf(head));
      if (turn !== undefined) taken.set(laneOf(head), turn + 1);
      work.push(() => run(held).finally(() => inHand.delete(head.seq)));
    }
    return nextUs;
  }

  function readyUs(head: Head, paces: Paces): number {
    if (head.state === 'sending') return head.lease_until_us ?? 0;
    const { key, pace } = paceOf(head);
    const heldUntilUs = head.kind === 'respond' ? 0 : paces.freeAtUs(workspaceKey(head.workspace_id), NO_PACE);
    return Math.max(head.due_us, paces.freeAtUs(key, pace), heldUntilUs);
  }

  function paceOf({ kind, workspace_id, lane }: Pick<Row, 'kind' | 'workspace_id' | 'lane'>): {
    key: string;
    pace: Pace;
  } {
    if (kind === 'respond') return { key: `respond ${lane}`, pace: NO_PACE };
    const place = kind === 'post' ? `${workspace_id} ${lane}` : workspace_id;
    return { key: `${kind} ${place}`, pace: callPaces[kind] };
  }

  /** The current row, marked as ours; undefined if another process has taken it since it was read. */
  async function lease(head: Head): Promise<Held | undefined> {
    const { key, pace } = paceOf(head);
    return await store.transaction(async (tx) => {
      const held = await leaseRow(tx, head);
      if (held !== undefined) await spend(tx, key, pace);
      return held;
    });
  }

  async function leaseRow({ db, nowUs }: Tx, head: Head): Promise<Held | undefined> {
    // It was being sent: its process died before the result.
    const uncertain = head.state !== 'queued';
    const row = await db
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
    if (ageUs(store, { nowUs: await store.nowUs(), sinceUs: row.created_us }) > livesUs(row)) {
      return await settle(row, uncertain ? 'unknown' : 'expired', 'it could not be delivered in time');
    }
    if (uncertain && !(await mayRepeat(row, target))) return;
    await conclude(row, target, await call(row, target));
  }

  /** Whether to resend a row that may have been sent. If not, its result has been recorded. */
  async function mayRepeat(row: Row, target: Target): Promise<boolean> {
    if (row.kind === 'update' || row.kind === 'pin') return true; // a repetition has no further effect
    if (row.kind === 'respond') return await onceMore(row, REPEATS.respond);

    const found = await look(row, target);
    switch (found.kind) {
      case 'found':
        await markSent(row, target, found.ts);
        return false;
      case 'absent':
        return true;
      case 'unreadable':
        // The lesser evil: two answers are better than none for the person who asked; nobody waits for anything else.
        return row.thread_of === null ? await onceMore(row, REPEATS.post) : await isUnknown(row, found.reason);
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

  /** Recorded before the send, so that a crash in between cannot cause one more. */
  async function onceMore(row: Row, most: number): Promise<boolean> {
    const { seq, resent } = row;
    if (resent >= most) return await isUnknown(row, `it was sent ${resent + 1} times without an answer`);
    await store.db
      .updateTable('outbox')
      .set({ resent: resent + 1 })
      .where('seq', '=', seq)
      .execute();
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
        // After a clock correction, the time may be earlier than the attempt's.
        sinceUs: Math.min(row.tried_us ?? row.created_us, await store.nowUs()) - CLOCK_SLACK_US,
        file: fileMarksOf(row),
      });
    } catch (error) {
      log.error({ messageId, err: error }, 'looking for a message failed');
      return { kind: 'failed', reason: errorRecord(error).message };
    }
  }

  /** A sender that throws has not reported what arrived. */
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
        return await settle(row, result.kind, result.reason, result.advice);
      case 'refused':
        return await settle(row, result.kind, result.reason);
      case 'limited': {
        const waitUs = quietUs(result);
        return await putBack(row, 'queued', waitUs, paceOf(row).key);
      }
      case 'failed':
      case 'ambiguous': {
        log.warn({ messageId: row.message_id, kind: row.kind, result: result.kind, reason: result.reason }, 'not sent');
        const state = result.kind === 'failed' ? 'queued' : 'uncertain';
        const leastUs = row.kind === 'attach' && state === 'uncertain' ? SHARING_US : 0;
        return await putBack(row, state, Math.max(retryInUs(row), leastUs));
      }
      case 'unauthorized':
        return await hold(row, 'queued', result.reason);
      case 'objected':
        return await stepAside(row, 'queued', result.reason);
    }
  }

  /** Nothing of the workspace can be sent: everything waits, and everybody who asked gets the reason. */
  async function hold(row: Row, state: 'queued' | 'uncertain', reason: string): Promise<void> {
    const { workspace_id: workspaceId, message_id: messageId } = row;
    log.error({ messageId, kind: row.kind, reason }, 'slack does not accept the token: all messages wait');
    const waitUs = backoffUs(HOLD_BACKOFF, row.attempts, random);
    await ifHeld(row, async (tx) => {
      await holdUntil(tx, workspaceKey(workspaceId), tx.nowUs + waitUs);
      await back(tx, row, state, waitUs);
      if (unauthorizedText !== undefined) await tellAskers(tx, workspaceId, unauthorizedText(reason));
    });
  }

  /** Each once. A message behind another in its channel is not tried itself. */
  async function tellAskers(tx: Tx, workspaceId: string, text: string): Promise<void> {
    const waiting = await tx.db
      .selectFrom('outbox')
      .select(['message_id', 'response_url'])
      .where('workspace_id', '=', workspaceId)
      .where('kind', '=', 'post')
      .where('response_url', 'is not', null)
      .execute();
    for (const { message_id, response_url: responseUrl } of waiting) {
      if (responseUrl === null) continue;
      await respond(tx, { workspaceId, responseUrl, message: { text }, key: `${message_id}/unauthorized` });
    }
  }

  /** Moves to its own lane, with the replies and updates that wait for it: the others of the channel continue. */
  async function stepAside(row: Row, state: 'queued' | 'uncertain', reason: string): Promise<void> {
    const { message_id: messageId, workspace_id: workspaceId } = row;
    log.error({ messageId, kind: row.kind, reason }, 'slack rejects a message: it waits, the others continue');
    await ifHeld(row, async (tx) => {
      await tx.lock(`lane/${workspaceId}/${row.lane}`);
      // An older state of the message would arrive after the newer one that continues without it.
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

  /** The message that it belongs to is not posted yet. If that moved to its own lane, this one follows. */
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

  /** Slack has it, and a private answer cannot be looked for: it stays in hand until the store has recorded it. */
  async function markSent(row: Row, { threadTs }: Target, ts: string): Promise<void> {
    const recorded = () =>
      ifHeld(row, async (tx) => {
        await remove(tx, row);
        if (row.kind === 'update') return;
        await tx.db
          .updateTable('messages')
          .set({ state: 'sent', sent_us: tx.nowUs, ...(row.kind === 'post' && { ts, thread_ts: threadTs ?? null }) })
          .where('id', '=', row.message_id)
          .execute();
      });
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await recorded();
      } catch (error) {
        log.error({ messageId: row.message_id, kind: row.kind, err: error }, 'a sent message could not be recorded');
      }
      await clock.sleep(backoffUs(BACKOFF, attempt, random) / 1_000);
    }
  }

  /** It will not be sent. A message in Slack stays sent if only its update is lost. */
  async function settle(
    row: Row,
    state: Exclude<MessageState, 'queued' | 'sent' | 'dropped'>,
    reason: string,
    advice?: string,
  ): Promise<void> {
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
        message: { text: advice ?? row.unreachable_text },
        key: row.message_id,
      });
    });
  }

  /** `heldKey`: all calls of this pace wait with it. */
  async function putBack(row: Row, state: 'queued' | 'uncertain', waitUs: number, heldKey?: string): Promise<void> {
    await ifHeld(row, async (tx) => {
      if (heldKey !== undefined) await holdUntil(tx, heldKey, tx.nowUs + waitUs);
      await back(tx, row, state, waitUs);
    });
  }

  /** If the lease was lost, the new holder of the row decides what happens. */
  async function ifHeld(row: Row, mark: (tx: Tx) => Promise<void>): Promise<void> {
    await store.transaction(async (tx) => {
      if (await keepsLease(tx, row)) await mark(tx);
    });
  }
}

type Row = Omit<Schema['outbox'], 'seq'> & { seq: number };

type Head = Pick<Row, (typeof OF_HEAD)[number]>;
const OF_HEAD = ['seq', 'workspace_id', 'lane', 'kind', 'state', 'due_us', 'lease', 'lease_until_us', 'rank'] as const;

/** A row that this process holds: its `lease` is the proof. */
type Held = Readonly<{ row: Row; uncertain: boolean }>;

/** The destination of a row, in Slack's terms. */
type Target = Readonly<{ channelId: string; ts: string; threadTs: string | undefined }>;

/**
 * The head of each lane, and behind it the first detail if the head is none. A row in progress keeps its lane. A reply
 * waits until its parent has left the outbox, an update until the older rows of its message have.
 */
async function nextOfEachLane({ db }: Store): Promise<Head[]> {
  return await db
    .with('placed', (rows) =>
      rows
        .selectFrom('outbox as row')
        .select(OF_HEAD)
        .select(({ fn, eb }) => {
          const queued = eb.case().when('row.state', '=', 'queued').then(1).else(0).end();
          const isDetail = eb.case().when('row.rank', '>=', RANKS.detail).then(1).else(0).end();
          const place = fn.agg<number>('row_number');
          return [
            place
              .over((over) =>
                over
                  .partitionBy(['row.workspace_id', 'row.lane'])
                  .orderBy(queued)
                  .orderBy('row.rank')
                  .orderBy('row.seq'),
              )
              .as('place'),
            place
              .over((over) =>
                over.partitionBy(['row.workspace_id', 'row.lane']).orderBy(isDetail, 'desc').orderBy('row.seq'),
              )
              .as('place_of_class'),
          ];
        })
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('outbox as parent')
                .select('parent.seq')
                .whereRef('parent.message_id', '=', 'row.thread_of')
                .where('parent.kind', '=', 'post'),
            ),
          ),
        )
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('outbox as older')
                .select('older.seq')
                .whereRef('older.message_id', '=', 'row.message_id')
                .whereRef('older.seq', '<', 'row.seq'),
            ),
          ),
        ),
    )
    .selectFrom('placed')
    .select(OF_HEAD)
    .where(({ or, and, eb }) =>
      or([eb('place', '=', 1), and([eb('place_of_class', '=', 1), eb('rank', '>=', RANKS.detail)])]),
    )
    .orderBy('place')
    .execute();
}

function laneOf({ workspace_id, lane }: Pick<Row, 'workspace_id' | 'lane'>): string {
  return `${workspace_id} ${lane}`;
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

/** Whether we hold the lease, and keep it until the transaction ends: other writers of the row wait for that. */
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
      const { name, title } = fileNames(row);
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

function fileNames({ payload }: Row): Pick<FileMarks, 'name' | 'title'> {
  return JSON.parse(payload);
}

function fileMarksOf(row: Row): FileMarks | undefined {
  if (row.kind !== 'attach') return undefined;
  const { name, title } = fileNames(row);
  return { name, title, size: row.bytes?.byteLength ?? 0 };
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
