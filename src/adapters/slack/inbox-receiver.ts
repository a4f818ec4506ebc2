/**
 * Stores each Slack request before anything else happens, so that a process that ends loses nothing.
 *
 *   Slack ──► inner receiver ──► [ insert body ] ──► app.processEvent ──► listener ──► [ job, first line, done ] ──► ack
 *                                     │ done before: acknowledged and dropped         │ failed
 *                                     ▼                                               ▼
 *                              retried at the next start              an event: 5xx to Slack, retried later
 *                                                                     a person's request: they got an error, done
 *
 * Ordinary conversation is not stored: a channel message without a listener is acknowledged only.
 *
 * Bolt acknowledges events before any listener runs, and does not wait for listeners when it stops. This file fixes
 * both. It also redacts what an acknowledgement says: some listeners quote there what a person typed.
 */
import type { AckFn, App, Receiver, ReceiverEvent } from '@slack/bolt';
import { UnreadableInputError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import { timed } from '#core/measures.ts';
import { SENT_BACK, sealed } from '#model/redaction/sealed.ts';
import {
  done,
  type Incoming,
  nextRequestUs,
  type PendingRow,
  pending,
  postpone,
  receive,
  takeRequests,
} from '#record/inbox.ts';
import { type Runner, startRunner, type Taken } from '#record/runner.ts';
import type { Store } from '#record/store.ts';

export type InboxReceiver = Receiver &
  Readonly<{
    /** Processes what an earlier process left, then retries failures. Call once, after the listeners are registered. */
    replay(): Promise<void>;
    /** Stops retrying, and waits until nothing runs or until the deadline; returns how many requests were left. */
    drain(deadlineMs: number): Promise<number>;
  }>;

const SOURCE = 'slack';

/** The answer if nothing could be stored: the command did not happen. */
const NOT_STORED = 'I could not store this request, so I will not answer it. Please try again in a minute.';

/** Slack waits three seconds. */
export const ACKNOWLEDGE_WITHIN_MS = 2_000;
/** Parallel retries: their common cause may be overload. */
const CONCURRENCY = 4;

/** Whether a channel message is for the bot: an alert. For edits and deletions, the original message decides. */
export type IsForUs = (message: Readonly<Record<string, unknown>>) => boolean;

export type InboxOptions = Readonly<{
  store: Store;
  log: Log;
  isForUs: IsForUs;
  /** The row of a slower listener is in the store: its event is acknowledged, and repeated here if it fails. @default 2000 */
  acknowledgeWithinMs?: number | undefined;
}>;

/**
 * A listener's failure must reach `app.processEvent`: an error handler of the app returns only if the person got a
 * message.
 */
export function inboxReceiver(
  inner: Receiver,
  { store, log, isForUs, acknowledgeWithinMs = ACKNOWLEDGE_WITHIN_MS }: InboxOptions,
): InboxReceiver {
  const { clock } = store;
  const inFlight = new Set<Promise<void>>();
  const inHand = new Set<Readonly<{ inboxId: string }>>();
  /** Finished, but the store could not record it: a person who was answered must not be answered again. */
  const unmarked = new Set<string>();
  let runner: Runner | undefined;
  let process: (event: ReceiverEvent) => Promise<void> = async () => {
    throw new Error('a request came before the app was ready');
  };

  async function take(event: ReceiverEvent): Promise<void> {
    // Bolt parses any JSON.
    if (!isObject(event.body)) throw new UnreadableInputError('the body is no JSON object', 'Send what Slack sends.');
    if (isPeoplesTalk(event.body, isForUs)) return event.ack();
    const incoming = incomingOf(event.body);
    if (incoming === undefined) return await workUnstored(event);
    let received: Awaited<ReturnType<typeof receive>>;
    try {
      received = await receive(store, incoming);
    } catch (error) {
      log.error({ err: error }, 'a request could not be stored');
      if (event.body.command === undefined) throw error; // not acknowledged: Slack sends events again
      return event.ack({ response_type: 'ephemeral', text: NOT_STORED });
    }
    if (received.state === 'done' || unmarked.has(received.inboxId)) return event.ack();
    await work(event, received.inboxId);
  }

  async function workUnstored(event: ReceiverEvent): Promise<void> {
    const { ack } = watched(event.ack);
    await process({ ...event, ack });
    await ack();
  }

  /** Acknowledged once its work is stored. Throws if it is not, so that the sender gets no 200. */
  async function work(event: ReceiverEvent, inboxId: string): Promise<void> {
    const hand = { inboxId };
    const { ack, isAcknowledged } = watched(event.ack);
    const isEvent = event.body.type === 'event_callback';
    inHand.add(hand);
    try {
      await hear({ ...event, ack, customProperties: { ...event.customProperties, inboxId } }, isEvent);
      await markDone(inboxId, isEvent);
      await ack();
    } catch (error) {
      // Slack itself reports an unacknowledged request to the person; their retry must not have effect twice.
      if (isEvent || isAcknowledged()) await keepForLater(inboxId, error);
      else await markDone(inboxId, false);
      if (!isAcknowledged()) throw error;
    } finally {
      inHand.delete(hand);
    }
  }

  /**
   * Bolt acknowledges an event before it calls a listener: this holds the acknowledgement until the listeners have
   * ended.
   */
  async function hear(event: ReceiverEvent, isEvent: boolean): Promise<void> {
    if (!isEvent) return await process(event);
    const ended = new AbortController();
    void acknowledgeLate(event.ack, ended.signal);
    try {
      await process({ ...event, ack: async () => undefined });
    } finally {
      ended.abort();
    }
  }

  async function acknowledgeLate(ack: AckFn<unknown>, ended: AbortSignal): Promise<void> {
    await clock.sleep(acknowledgeWithinMs, ended);
    try {
      if (!ended.aborted) await ack();
    } catch (error) {
      // The request was ended in the meantime: the sender repeats it.
      log.warn({ err: error }, 'a request could not be acknowledged');
    }
  }

  /** A listener that stored something has marked the row in its own transaction; then this changes nothing. */
  async function markDone(inboxId: string, mayRepeat: boolean): Promise<void> {
    try {
      await store.transaction((tx) => done(tx, inboxId));
      unmarked.delete(inboxId);
    } catch (error) {
      if (mayRepeat) throw error;
      if (!unmarked.has(inboxId)) log.error({ err: error, inboxId }, 'a finished request could not be marked');
      unmarked.add(inboxId);
    }
  }

  async function keepForLater(inboxId: string, error: unknown): Promise<void> {
    try {
      const became = await postpone(store, { inboxId, error });
      if (became === 'done') return;
      runner?.kick();
      log[became === 'given up' ? 'error' : 'warn']({ err: error, inboxId }, `a request of Slack was ${became}`);
    } catch (cause) {
      log.error({ err: cause, inboxId }, 'a failed request could not be postponed; it will be retried anyway');
    }
  }

  async function replayRow(row: PendingRow): Promise<void> {
    const body: unknown = JSON.parse(row.body);
    if (typeof body !== 'object' || body === null) return;
    await work({ body, ack: async () => undefined }, row.inboxId);
  }

  function tracked(work: Promise<void>): Promise<void> {
    const settled = work
      .catch(() => undefined)
      .then(() => {
        inFlight.delete(settled);
      });
    inFlight.add(settled);
    return work;
  }

  /** Requests that failed, or that another process left, and that are due. */
  async function takeAgain(room: number): Promise<Taken> {
    for (const inboxId of unmarked) await markDone(inboxId, false);
    const asked = { source: SOURCE, except: [...[...inHand].map(({ inboxId }) => inboxId), ...unmarked] };
    const rows = await takeRequests(store, { ...asked, limit: room });
    const except = [...asked.except, ...rows.map(({ inboxId }) => inboxId)];
    const nextUs = await nextRequestUs(store, { source: SOURCE, except });
    return { work: rows.map((row) => () => again(row)), nextUs };
  }

  /** A failure must not delay the others; its row stays where it is. */
  function again(row: PendingRow): Promise<void> {
    return tracked(replayRow(row)).catch((error: unknown) =>
      log.error({ err: error, inboxId: row.inboxId }, 'a retried request failed'),
    );
  }

  return {
    init(app) {
      process = (event) => app.processEvent(event);
      // The inner receiver uses the app only to pass on events.
      const stored: App = Object.create(app, {
        processEvent: {
          value: (event: ReceiverEvent) => tracked(timed('received', SOURCE, () => take(withSealedAck(event)))),
        },
      });
      inner.init(stored);
    },
    start: (...args) => inner.start(...args),
    stop: (...args) => inner.stop(...args),
    async replay() {
      // Another process may be at work on a row that is not due.
      const left = store.isShared ? [] : await pending(store);
      for (const row of left) if (row.source === SOURCE) await again(row);
      runner = startRunner({
        name: 'inbox',
        clock,
        nowUs: store.nowUs,
        log,
        concurrency: CONCURRENCY,
        take: takeAgain,
      });
    },
    async drain(deadlineMs) {
      await runner?.stop(0);
      const deadline = new AbortController();
      await Promise.race([Promise.all(inFlight), clock.sleep(deadlineMs, deadline.signal)]);
      deadline.abort();
      return inFlight.size;
    },
  };
}

/** An acknowledgement with words leaves for Slack without the outbox, which redacts all other messages. */
function withSealedAck({ ack, ...event }: ReceiverEvent): ReceiverEvent {
  return { ...event, ack: (response) => ack(sealed(response, SENT_BACK)) };
}

/** Slack takes one answer to a request: later ones are dropped. */
function watched(ack: AckFn<unknown>): Readonly<{ ack: AckFn<unknown>; isAcknowledged(): boolean }> {
  let acknowledged = false;
  return {
    isAcknowledged: () => acknowledged,
    async ack(response) {
      if (acknowledged) return;
      acknowledged = true;
      await ack(response);
    },
  };
}

const FOLLOWS_A_MESSAGE = new Set<unknown>(['message_changed', 'message_deleted']);

function isObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function isPeoplesTalk({ event }: ReceiverEvent['body'], isForUs: IsForUs): boolean {
  if (event?.type !== 'message' || FOLLOWS_A_MESSAGE.has(event.subtype)) return false;
  return !isForUs(event);
}

/** Events whose answer is rendered each time: a late answer would only disturb. */
const NOT_KEPT = new Set<unknown>(['app_home_opened']);

/** Undefined if Slack gives no id that a second delivery would repeat (`view_closed`, options). */
function incomingOf(body: ReceiverEvent['body']): Incoming | undefined {
  if (NOT_KEPT.has(body.event?.type)) return undefined;
  const key: unknown = body.event_id ?? body.trigger_id;
  if (typeof key !== 'string' || key === '') return undefined;
  const workspaceId: unknown = body.team_id ?? body.team?.id ?? body.user?.team_id ?? body.enterprise_id;
  // `token` proves to old apps what the signature proves to us, so it is not stored.
  const { token: _, ...kept } = body;
  return {
    workspaceId: typeof workspaceId === 'string' ? workspaceId : '',
    key,
    source: SOURCE,
    body: JSON.stringify(kept),
  };
}
