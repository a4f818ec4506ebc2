/**
 * Stores what Slack sends before anything else happens to it, so that a process that ends in between has lost nothing.
 *
 *   Slack ──► inner receiver ──► [ insert body ] ──► app.processEvent ──► listener ──► [ job, first line, done ] ──► ack
 *                                     │ done before: acknowledged and dropped
 *                                     ▼
 *                                  replay() at the next start: the same way, with an ack that goes nowhere
 *
 * What people say to each other is none of our business: a channel's message that no listener takes up is acknowledged
 * and never stored.
 *
 * Bolt acknowledges events before any listener runs and does not wait for listeners when it stops: both are mended here.
 */
import type { AckFn, App, Receiver, ReceiverEvent } from '@slack/bolt';
import type { Log } from '#core/log.ts';
import { done, type Incoming, type PendingRow, pending, receive } from '#record/inbox.ts';
import type { Store } from '#record/store.ts';

export type InboxReceiver = Receiver &
  Readonly<{
    /** Works on what an earlier process left. Call once, after the listeners are registered. */
    replay(): Promise<void>;
    /** Waits until nothing is being worked on, or for the deadline; answers how many were left then. */
    drain(deadlineMs: number): Promise<number>;
  }>;

const SOURCE = 'slack';

/** What a person reads when nothing could be stored: the command did not happen. */
const NOT_STORED = 'I could not store this request, so nothing will come of it. Please try again in a minute.';

/** Whether a message in a channel is for us: an alert. Edits and deletions are decided by what was said before. */
export type IsForUs = (message: Readonly<Record<string, unknown>>) => boolean;

export function inboxReceiver(inner: Receiver, store: Store, log: Log, isForUs: IsForUs): InboxReceiver {
  const inFlight = new Set<Promise<void>>();
  let process: (event: ReceiverEvent) => Promise<void> = async () => {
    throw new Error('a request came before the app was there');
  };

  async function take(event: ReceiverEvent): Promise<void> {
    if (isPeoplesTalk(event.body, isForUs)) return event.ack();
    const incoming = incomingOf(event.body);
    if (incoming === undefined) return processAndAcknowledge(event);
    let received: Awaited<ReturnType<typeof receive>>;
    try {
      received = await receive(store, incoming);
    } catch (error) {
      log.error({ err: error }, 'a request could not be stored');
      if (event.body.command === undefined) throw error; // not acknowledged: Slack sends events again
      return event.ack({ response_type: 'ephemeral', text: NOT_STORED });
    }
    if (received.state === 'done') return event.ack();
    await processAndAcknowledge(event, received.inboxId);
  }

  async function processAndAcknowledge(event: ReceiverEvent, inboxId?: string): Promise<void> {
    let acknowledged = false;
    const ack: AckFn<unknown> = async (response) => {
      acknowledged = true;
      await event.ack(response);
    };
    await process({ ...event, ack, customProperties: { ...event.customProperties, ...(inboxId && { inboxId }) } });
    // A listener that stored something has marked the row itself, in the same transaction. What is left is answered by
    // its ack alone, or failed and the person was told: neither is to happen again at the next start.
    if (inboxId !== undefined) await store.transaction((tx) => done(tx, inboxId));
    if (!acknowledged) await event.ack();
  }

  async function replayRow(row: PendingRow): Promise<void> {
    const body: unknown = JSON.parse(row.body);
    if (typeof body !== 'object' || body === null) return;
    await processAndAcknowledge({ body, ack: async () => undefined }, row.inboxId);
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

  return {
    init(app) {
      process = (event) => app.processEvent(event);
      // The inner receiver knows of the app only where to hand events to.
      const stored: App = Object.create(app, {
        processEvent: { value: (event: ReceiverEvent) => tracked(take(event)) },
      });
      inner.init(stored);
    },
    start: (...args) => inner.start(...args),
    stop: (...args) => inner.stop(...args),
    async replay() {
      for (const row of await pending(store)) {
        if (row.source !== SOURCE) continue;
        // One that fails must not keep the others waiting; it stays where it is.
        await tracked(replayRow(row)).catch((error: unknown) =>
          log.error({ err: error, inboxId: row.inboxId }, 'a request of an earlier run failed'),
        );
      }
    },
    async drain(deadlineMs) {
      const deadline = new AbortController();
      await Promise.race([Promise.all(inFlight), store.clock.sleep(deadlineMs, deadline.signal)]);
      deadline.abort();
      return inFlight.size;
    },
  };
}

const FOLLOWS_A_MESSAGE = new Set<unknown>(['message_changed', 'message_deleted']);

function isPeoplesTalk({ event }: ReceiverEvent['body'], isForUs: IsForUs): boolean {
  if (event?.type !== 'message' || FOLLOWS_A_MESSAGE.has(event.subtype)) return false;
  return !isForUs(event);
}

/** Nothing where Slack gives no id that a second delivery would have again (`view_closed`, options). */
function incomingOf(body: ReceiverEvent['body']): Incoming | undefined {
  const key: unknown = body.event_id ?? body.trigger_id;
  if (typeof key !== 'string' || key === '') return undefined;
  const workspaceId: unknown = body.team_id ?? body.team?.id ?? body.user?.team_id ?? body.enterprise_id;
  // `token` proves to old apps what the signature proves to us: there is no reason to keep it.
  const { token: _, ...kept } = body;
  return {
    workspaceId: typeof workspaceId === 'string' ? workspaceId : '',
    key,
    source: SOURCE,
    body: JSON.stringify(kept),
  };
}
