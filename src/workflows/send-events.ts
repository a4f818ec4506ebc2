/**
 * Sends the events of incidents to programs outside, each at least once. A receiver that fails gets no other request until
 * its pause is over, so that it keeps no diagnosis waiting. The runner tries for a day, and then says so.
 *
 *   change + audit row ──► a job for each receiver ──► private? ──► dropped
 *                                                         └──► called ──┬─ 2xx ──► done
 *                                                                       └─ else ─► the receiver pauses, the job comes again
 */
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import type { EventReceiver } from '#model/incident/incident-event.ts';
import type { NotPublished } from '#model/incident/status-page.ts';
import { redact } from '#model/redaction/redaction.ts';
import { cutText } from '#model/text/cut-text.ts';
import { eventJson } from '#present/json/event-json.ts';
import { type Backoff, backoffUs } from '#record/backoff.ts';
import { findIncident } from '#record/find-incidents.ts';
import { takeEvents } from '#record/incident-events.ts';
import { type Job, type JobHandler, type Jobs, NotYetError } from '#record/jobs.ts';
import { clearMark, markOf, setMark } from '#record/marks.ts';
import type { Reader, Store, Tx } from '#record/store.ts';

export const SEND_EVENT = 'event-send';

export type SendEventRequest = Readonly<{ incidentId: string; eventId: string; receiver: string; body: string }>;

export type SendEventOptions = Readonly<{
  store: Store;
  clock: Clock;
  jobs: Jobs;
  receivers: readonly EventReceiver[];
  /** Whether every member of the workspace may read the channel; undefined if Slack did not say. */
  isForAll(channelId: string): Promise<boolean | undefined>;
  kick(): void;
}>;

/** Entries of the audit log in one transaction. */
const PAGE = 200;
/** A bot that was away for longer, or got its first receiver since, sends no old news. */
const NEWS_US = 86_400_000_000;
const ATTEMPT_MS = 12_000;
/** While one event is on its way to a receiver, the next one waits so long. */
const TURN_US = 1_000_000;
const PAUSE: Backoff = { firstUs: 5_000_000, capUs: 600_000_000 };
const LONGEST_PAUSE_US = 3_600_000_000;
const WHY_CHARS = 500;

/** Makes jobs of what happened since the last turn. */
export function eventQueuer({ store, jobs, receivers, kick }: SendEventOptions): () => Promise<void> {
  return async () => {
    for (;;) {
      const { count, isAll } = await store.transaction(async (tx) => {
        const taken = await takeEvents(tx, PAGE);
        const news = taken.events.filter(({ noted_us }) => tx.nowUs - noted_us < NEWS_US);
        for (const { id: eventId, incident_id: incidentId, workspace_id: workspaceId, ...event } of news) {
          const incident = await findIncident(tx, { workspaceId, id: incidentId });
          if (incident === undefined) continue;
          const body = JSON.stringify(eventJson(incident, { ...event, atUs: event.at_us }));
          for (const { name: receiver } of receivers) {
            const payload: SendEventRequest = { incidentId, eventId, receiver, body };
            await jobs.addJob(tx, { kind: SEND_EVENT, workspaceId, key: `${eventId}/${receiver}`, payload });
          }
        }
        return { count: news.length, isAll: taken.isAll };
      });
      if (count > 0) kick();
      if (isAll) return;
    }
  };
}

export function eventSender(options: SendEventOptions): JobHandler {
  const busy = new Set<string>();
  return async (job, signal) => {
    const { receiver: name } = job.payload as SendEventRequest;
    const receiver = options.receivers.find((one) => one.name === name);
    if (receiver === undefined) return;
    // The same job waits: a new one would live for another day, and leave a row for each turn.
    if (busy.has(name)) throw new NotYetError('another event is on its way', (await options.store.nowUs()) + TURN_US);
    busy.add(name);
    try {
      await send(options, receiver, job, signal);
    } finally {
      busy.delete(name);
    }
  };
}

/** Throws what is to be tried again. */
async function send(
  { store, clock, isForAll }: SendEventOptions,
  receiver: EventReceiver,
  { workspaceId, payload }: Job,
  signal: AbortSignal,
): Promise<void> {
  const { incidentId, eventId: id, body } = payload as SendEventRequest;
  const incident = await findIncident(store, { workspaceId, id: incidentId });
  if (incident === undefined) return;
  // Slack is asked each time: the channel may have become private since.
  const isOpen = receiver.takesPrivate || (await isForAll(incident.channelId));
  if (isOpen === undefined) throw new Error('Slack did not say whether the channel is private');
  if (!isOpen) return;
  const pause = await pauseOf(store, receiver);
  if (pause !== undefined && isOn(pause, await store.nowUs())) throw new Error(pause.why);
  const deadline = openDeadline(clock, ATTEMPT_MS, signal);
  const result = await receiver.take({ id, body }, deadline.signal).finally(deadline.close);
  if (result.kind === 'taken') {
    if (pause !== undefined) await store.transaction((tx) => clearMark(tx, markName(receiver)));
    return;
  }
  const why = cutText(redact(reasonOf(receiver, result)), WHY_CHARS);
  const failures = (pause?.failures ?? 0) + 1;
  await store.transaction((tx) => pauseReceiver(tx, receiver, { failures, why, result, random: store.random }));
  throw new Error(why);
}

type Pause = Readonly<{ untilUs: number; failures: number; why: string }>;

function markName({ name }: EventReceiver): string {
  return `event-receiver/${name}`;
}

/** Undefined if its last answer was good. */
async function pauseOf(reader: Reader, receiver: EventReceiver): Promise<Pause | undefined> {
  const mark = await markOf(reader, markName(receiver));
  return mark && (JSON.parse(mark.value) as Pause);
}

/** A longer one was dated by a clock that was ahead. */
function isOn({ untilUs }: Pause, nowUs: number): boolean {
  return untilUs > nowUs && untilUs - nowUs <= LONGEST_PAUSE_US;
}

async function pauseReceiver(
  tx: Tx,
  receiver: EventReceiver,
  {
    failures,
    why,
    result,
    random,
  }: Readonly<{ failures: number; why: string; result: NotPublished; random: () => number }>,
): Promise<void> {
  const askedUs = result.kind === 'limited' ? result.retryAfterMs * 1_000 : 0;
  const waitUs = Math.min(Math.max(backoffUs(PAUSE, failures, random), askedUs), LONGEST_PAUSE_US);
  const pause: Pause = { untilUs: tx.nowUs + waitUs, failures, why };
  await setMark(tx, markName(receiver), JSON.stringify(pause));
}

function reasonOf({ name }: EventReceiver, result: NotPublished): string {
  return result.kind === 'limited' ? `The webhook ${name} takes no more requests now.` : result.reason;
}
