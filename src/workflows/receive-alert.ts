/**
 * An alert arrived as a message or by webhook: it is recorded and answered once.
 *
 *   message ──────────────────────────────► record ──► first line in its thread, job    all in one transaction
 *   webhook ──► a job that waits a moment ──► record ──► first line in the channel for webhooks, job
 *                    └── if the alert's own message comes in the meantime, the answer is in its thread
 *
 * Later events (edits, second deliveries, acknowledgements, the other way in) change the recorded state. Its resolution
 * is posted once under the answer. If it fires again, that is a new round with its own answer.
 */
import { errorRecord } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import type { Alert, AlertMessage, Delivery } from '#model/incident/alert.ts';
import { redact } from '#model/redaction/redaction.ts';
import {
  alertFirstLine,
  alertLate,
  moreAlerts,
  resolvedAlert,
  unreadableAlert,
} from '#present/slack/alert-messages.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { answerAlertWith, findAlert, type Noted, type NotedAlert, noteAlert } from '#record/alerts.ts';
import { findInvestigation, openInvestigation } from '#record/investigations.ts';
import type { Job, JobHandler, Jobs } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';
import type { AnswerAlertRequest } from '#workflows/answer-alert.ts';
import { answerMessage } from '#workflows/answer-message.ts';
import { ANSWER_ALERT } from '#workflows/answer-trace.ts';

export const RECEIVE_DELIVERY = 'receive-delivery';

/**
 * Several listeners handle a message, so none of them completes its request: the inbox does when all have succeeded.
 * Must be idempotent, because each runs again if another failed.
 */
export type ReceiveAlertMessage = (request: Readonly<{ workspaceId: string; message: AlertMessage }>) => Promise<void>;

/** Resolves once it is stored. */
export type TakeDelivery = (delivery: Delivery) => Promise<void>;

export type ReceiveAlertOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  /** The sources to read, by name: `jaeger`. */
  sources: readonly string[];
  /** The alert fires for the first time, or is resolved. Its incident is notified. */
  alertHeard?(tx: Tx, alert: NotedAlert): Promise<void>;
  /** Something was stored: the jobs and the outbox may check for work. */
  kick(): void;
}>;

export function alertMessageReceiver({
  store,
  jobs,
  sources,
  alertHeard,
  kick,
}: ReceiveAlertOptions): ReceiveAlertMessage {
  return async ({ workspaceId, message }) => {
    const { channelId, ts } = message;
    await store.transaction(async (tx) => {
      if ('alert' in message) {
        const { alert } = message;
        const noted = await note(tx, { workspaceId, alert, channelId, messageTs: ts });
        await answerOnce(
          tx,
          { jobs, sources, ...(alertHeard && { alertHeard }) },
          { ...noted, place: { channelId, threadTs: ts }, gaps: [] },
        );
      } else {
        await post(tx, {
          messageId: `unreadable/${workspaceId}/${channelId}/${ts}`,
          workspaceId,
          channelId,
          threadTs: ts,
          message: answerMessage(unreadableAlert(message.unreadable), ''),
        });
      }
    });
    kick();
  };
}

/**
 * A monitoring system sends its webhook and its chat message at the same time, and people discuss under the message. It
 * gets this long to arrive first.
 */
const MESSAGE_MAY_COME_US = 5_000_000;

/**
 * Here the job is the inbox: its row is the stored body, and its key prevents a second delivery from being processed.
 */
export function deliveryTaker({
  store,
  jobs,
  messageSources,
  kick,
}: Pick<ReceiveAlertOptions, 'store' | 'jobs' | 'kick'> &
  Readonly<{
    /** The sources whose own app posts alerts into channels that the bot reads. */
    messageSources: ReadonlySet<string>;
  }>): TakeDelivery {
  return async (delivery) => {
    const { id, subject } = delivery;
    await store.transaction((tx) =>
      jobs.addJob(tx, {
        kind: RECEIVE_DELIVERY,
        workspaceId: '', // Slack must say which one it is for, and Slack may be unavailable now
        key: `${subject.source}/${id}`,
        payload: delivery,
        dueUs: tx.nowUs + (messageSources.has(subject.source) ? MESSAGE_MAY_COME_US : 0),
      }),
    );
    kick();
  };
}

export type DeliveryReceiverOptions = ReceiveAlertOptions &
  Readonly<{
    log: Log;
    /** The channel for answers to alerts from webhooks. */
    channelId: string | undefined;
    /** The workspace of our token, as Slack names it. */
    workspace(signal: AbortSignal): Promise<string>;
  }>;

export function deliveryReceiver(options: DeliveryReceiverOptions): JobHandler {
  const { log, channelId, workspace, kick } = options;
  return async (job, signal) => {
    const delivery = job.payload as Delivery;
    const workspaceId = await workspace(signal);
    const answered = await receivedOrLate(options, { ...delivery, workspaceId, job });
    const { source, title, state } = delivery.subject;
    if (channelId === undefined && !answered && state === 'triggered') {
      log.warn({ source, title }, 'an alert is not posted to Slack: ALERTS_CHANNEL is not set');
    }
    kick();
  };
}

/** The job is retried for a day, but people wait. After about a minute, the bot reports the failure. */
const LATE_ATTEMPT = 6;

type Received = Delivery & Readonly<{ workspaceId: string; job: Job }>;

async function receivedOrLate(options: DeliveryReceiverOptions, received: Received): Promise<boolean> {
  const { store, channelId, kick } = options;
  const { workspaceId, job, subject } = received;
  try {
    return await store.transaction((tx) => receiveDelivery(tx, options, received));
  } catch (error) {
    if (job.attempt === LATE_ATTEMPT && channelId !== undefined) {
      const reason = redact(errorRecord(error).message);
      const message = alertLate({ title: redact(subject.title), source: subject.source, reason });
      await store.transaction((tx) => post(tx, { messageId: `late/${job.id}`, workspaceId, channelId, message }));
      kick();
    }
    throw error;
  }
}

async function receiveDelivery(
  tx: Tx,
  options: DeliveryReceiverOptions,
  { subject, members, truncated, workspaceId, job }: Received,
): Promise<boolean> {
  const { channelId } = options;
  const noted = await note(tx, { workspaceId, alert: subject, channelId });
  const notedMembers: (Noted & { alert: Alert })[] = [];
  for (const alert of members) {
    notedMembers.push({ alert, ...(await noteAlert(tx, { workspaceId, alert, channelId })) });
  }
  const gaps = truncated > 0 ? [truncatedGap(subject.source, truncated)] : [];
  const place = channelId === undefined ? undefined : { channelId };
  const answer = await answerOnce(tx, options, { ...noted, place, gaps });
  if (answer === undefined) return false;
  const { id: investigationId } = answer;
  for (const { alertId } of notedMembers) await answerAlertWith(tx, { alertId, investigationId });
  const joined = notedMembers.filter(({ isNew, alert }) => isNew && alert.state === 'triggered');
  if (!answer.isNew && joined.length > 0) {
    const message = moreAlerts(joined.map(({ alert }) => alert.title));
    await sayUnder(tx, { workspaceId, investigationId, messageId: `${investigationId}/${job.id}`, message });
  }
  return true;
}

type Known = Readonly<{ alert: Alert; known: NotedAlert; justResolved: boolean }>;

async function note(tx: Tx, given: Parameters<typeof noteAlert>[1]): Promise<Known> {
  const { alert, workspaceId } = given;
  const { alertId, previousState } = await noteAlert(tx, given);
  const known = await findAlert(tx, { workspaceId, id: alertId });
  if (known === undefined) throw new Error('an alert was not there after it was noted');
  return { alert, known, justResolved: known.state === 'resolved' && previousState !== 'resolved' };
}

type Answering = Known &
  Readonly<{
    place: Readonly<{ channelId: string; threadTs?: string }> | undefined;
    gaps: AnswerAlertRequest['gaps'];
  }>;

/**
 * The one answer of this round of the alert: the existing one, or a new one if it fires and has a channel. Its id is
 * the id of the round, so a second answer cannot exist.
 */
async function answerOnce(
  tx: Tx,
  { jobs, sources, alertHeard }: Pick<ReceiveAlertOptions, 'jobs' | 'sources' | 'alertHeard'>,
  { alert, known, justResolved, place, gaps }: Answering,
): Promise<{ id: string; isNew: boolean } | undefined> {
  if (known.investigationId !== undefined) {
    if (justResolved) {
      await sayResolved(tx, known);
      await alertHeard?.(tx, known);
    }
    return { id: known.investigationId, isNew: false };
  }
  const where = placeOf(known) ?? place;
  if (alert.state !== 'triggered' || where === undefined) return undefined;

  const { id, workspaceId, round, atUs, traceId } = known;
  const { channelId } = where;
  await openInvestigation(tx, {
    id,
    workspaceId,
    traceId,
    askedBy: alert.source,
    channelId,
    alertId: id,
  });
  await post(tx, {
    messageId: id,
    workspaceId,
    ...where,
    message: answerMessage(alertFirstLine(alert.title, { from: sources, again: round > 0 }), id),
  });
  await answerAlertWith(tx, { alertId: id, investigationId: id });
  await alertHeard?.(tx, { ...known, channelId });
  const payload: AnswerAlertRequest = { investigationId: id, alert: { ...alert, atUs, traceId }, gaps };
  await jobs.addJob(tx, { kind: ANSWER_ALERT, workspaceId, key: id, payload });
  // Deliveries may be out of order: its end may arrive before its beginning.
  if (known.state === 'resolved') await sayResolved(tx, { ...known, investigationId: id });
  return { id, isNew: true };
}

/** Under the alert's own message; a webhook has none. */
function placeOf({ channelId, messageTs }: NotedAlert): Answering['place'] {
  return channelId === undefined || messageTs === undefined ? undefined : { channelId, threadTs: messageTs };
}

async function sayResolved(tx: Tx, { id, title, ...known }: NotedAlert): Promise<void> {
  await sayUnder(tx, { ...known, messageId: `${id}/resolved`, message: resolvedAlert(title) });
}

type Saying = Readonly<{
  workspaceId: string;
  investigationId?: string | undefined;
  messageId: string;
  message: SlackMessage;
}>;

/** In the thread of the answer, wherever it is: the alert's message may have arrived since. */
async function sayUnder(tx: Tx, { workspaceId, investigationId = '', messageId, message }: Saying): Promise<void> {
  const answer = await findInvestigation(tx, { id: investigationId, workspaceId });
  if (answer === undefined) return;
  await post(tx, {
    messageId,
    workspaceId,
    channelId: answer.channelId,
    threadOf: answer.id,
    message: answerMessage(message, answer.id),
  });
}

function truncatedGap(source: string, count: number): AnswerAlertRequest['gaps'][number] {
  return {
    source,
    problem: `did not send ${count === 1 ? 'one more alert' : `${count} more alerts`} of this group`,
    consequence: 'the content of those alerts is not known',
  };
}
