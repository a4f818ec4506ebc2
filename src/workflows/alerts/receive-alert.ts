/**
 * An alert arrived as a message or by webhook: it is recorded and answered once.
 *
 *   message ──────────────────────────────► record ──► first line in its thread, job    all in one transaction
 *   webhook ──► a job that waits a moment ──► record ──► first line in the channel for webhooks, job
 *                    └── if the alert's own message comes in the meantime, the answer is in its thread
 *
 * An alert of a known cause gets no answer of its own: see `fold-alert.ts`. Neither does an alert that another group has
 * brought: see `group-alerts.ts`. People may choose that an alert gets none: see `keep-quiet.ts`. In a storm the first
 * line is left out.
 *
 * Later events (edits, second deliveries, acknowledgements, the other way in) change the recorded state. Its resolution
 * is posted once under the answer. If it fires again, that is a new round with its own answer in its own thread.
 */
import { dayFromUs } from '#core/clock.ts';
import { errorRecord } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import type { Alert, AlertMessage, Delivery } from '#model/incident/alert.ts';
import { isSameService } from '#model/incident/alert-service.ts';
import { ruleOf } from '#model/incident/story.ts';
import { redact } from '#model/redaction/redaction.ts';
import {
  alertFirstLine,
  alertLate,
  moreAlerts,
  unknownSender,
  unreadableAlert,
} from '#present/slack/alert-messages.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import {
  answerAlertWith,
  type EarlierRounds,
  earlierRounds,
  findAlert,
  type NotedAlert,
  noteAlert,
} from '#record/alerts.ts';
import { findInvestigation, openInvestigation } from '#record/investigations.ts';
import type { Job, JobHandler, Jobs } from '#record/jobs.ts';
import { deliveryOf, post } from '#record/outbox.ts';
import { isQuietAlert } from '#record/quiet-alerts.ts';
import { redactedAlert, redactedDelivery } from '#record/redacted-alert.ts';
import type { Store, Tx } from '#record/store.ts';
import { endStory, foldOf, openStory, storiesAround } from '#record/stories.ts';
import { noticeStorm, stormIn } from '#workflows/alerts/alert-storm.ts';
import type { AnswerAlertRequest } from '#workflows/alerts/answer-alert.ts';
import { foldBefore, foldInto, sayResolved, tellOccurrences } from '#workflows/alerts/fold-alert.ts';
import {
  answerMembers,
  firesAnew,
  type Grouping,
  groupingOf,
  type Member,
  noteMembers,
  otherServicesGap,
  titleOfEnd,
} from '#workflows/alerts/group-alerts.ts';
import { countQuietAlerts, keptQuiet } from '#workflows/alerts/keep-quiet.ts';
import { noteReply } from '#workflows/alerts/note-alert.ts';
import type { QuietRule } from '#workflows/alerts/quiet-rules.ts';
import { RECALL_ALERT } from '#workflows/alerts/recall-alert.ts';
import { answerMessage } from '#workflows/messages/answer-message.ts';
import { hearOwnPage } from '#workflows/pagers/own-pages.ts';
import { ANSWER_ALERT } from '#workflows/traces/answer-trace.ts';

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
  /** More alerts in a minute that need a look, in one channel, are a storm. 0: there are no storms. */
  stormPerMinute: number;
  /** How long nothing was received before an alert is new without a resolution. @default an hour */
  quietMinutes?: number | undefined;
  /** Which alerts get no answer. Without it, every alert gets one. */
  quietRules?: readonly QuietRule[] | undefined;
  /** The alert fires for the first time, is acknowledged, or is resolved. Its incident is notified. */
  alertHeard?(tx: Tx, alert: NotedAlert): Promise<void>;
  /** Something was stored: the jobs and the outbox may check for work. */
  kick(): void;
}>;

export function alertMessageReceiver({
  store,
  jobs,
  sources,
  stormPerMinute,
  quietMinutes,
  quietRules,
  alertHeard,
  kick,
}: ReceiveAlertOptions): ReceiveAlertMessage {
  return async ({ workspaceId, message }) => {
    const { channelId, ts } = message;
    await store.transaction(async (tx) => {
      if ('alert' in message) {
        const alert = redactedAlert(message.alert);
        if (await hearOwnPage(tx, jobs, { workspaceId, alert })) return;
        const noted = await note(tx, { workspaceId, alert, channelId, messageTs: ts, quietMinutes });
        await answerOnce(
          tx,
          { jobs, sources, stormPerMinute, quietRules, ...(alertHeard && { alertHeard }) },
          { ...noted, place: { channelId, threadTs: ts }, gaps: [] },
        );
      } else if ('note' in message) {
        await noteReply(tx, jobs, { workspaceId, channelId, threadTs: message.threadTs, note: message.note });
      } else if ('unreadable' in message) await sayUnreadable(tx, workspaceId, message);
    });
    kick();
  };
}

/** Once a day for each app: the outbox keeps the id, and posts it once. */
async function sayUnreadable(
  tx: Tx,
  workspaceId: string,
  { channelId, ts, unreadable, sender, hasReader }: Extract<AlertMessage, { unreadable: string }>,
): Promise<void> {
  await post(tx, {
    messageId: `unreadable/${workspaceId}/${sender}/${dayFromUs(tx.nowUs)}`,
    workspaceId,
    channelId,
    threadTs: ts,
    message: answerMessage(hasReader ? unreadableAlert(unreadable, sender) : unknownSender(sender), ''),
  });
}

/**
 * Here the job is the inbox: its row is the stored body, and its key prevents a second delivery from being processed.
 */
export function deliveryTaker({
  store,
  jobs,
  messageSources,
  messageSeconds,
  kick,
}: Pick<ReceiveAlertOptions, 'store' | 'jobs' | 'kick'> &
  Readonly<{
    /** The sources whose own app posts alerts into channels that the bot reads. */
    messageSources: ReadonlySet<string>;
    /** People discuss under such a message: it has this long to arrive before the answer. */
    messageSeconds: number;
  }>): TakeDelivery {
  return async (received) => {
    const delivery = redactedDelivery(received);
    const { id, subject } = delivery;
    await store.transaction((tx) =>
      jobs.addJob(tx, {
        kind: RECEIVE_DELIVERY,
        workspaceId: '', // Slack must say which one it is for, and Slack may be unavailable now
        key: `${subject.source}/${id}`,
        payload: delivery,
        dueUs: tx.nowUs + (messageSources.has(subject.source) ? messageSeconds * 1_000_000 : 0),
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
      const message = alertLate({ title: subject.title, source: subject.source, reason });
      await store.transaction((tx) => post(tx, { messageId: `late/${job.id}`, workspaceId, channelId, message }));
      kick();
    }
    throw error;
  }
}

async function receiveDelivery(tx: Tx, options: DeliveryReceiverOptions, received: Received): Promise<boolean> {
  const { channelId, quietMinutes } = options;
  const { subject, truncated, workspaceId, job } = received;
  if (await hearOwnPage(tx, options.jobs, { workspaceId, alert: subject })) return true;
  const members = await noteMembers(tx, { ...received, channelId, quietMinutes });
  const grouping = groupingOf(received, members);
  const noted = await noteGroup(tx, { workspaceId, alert: grouping.subject, channelId, quietMinutes }, members);
  const gaps = [
    ...(truncated > 0 ? [truncatedGap(subject.source, truncated)] : []),
    ...otherServicesGap(grouping.subject, members),
  ];
  const place = channelId === undefined ? undefined : { channelId };
  const answer = await answerOnce(tx, options, { ...noted, place, gaps, grouping, members });
  if (answer === undefined) return false;
  const { id: investigationId } = answer;
  const joined = await answerMembers(tx, members, { answer, group: noted.known });
  // In a storm, the thread would grow by a message for each delivery.
  if (joined.length > 0 && !(await isStorm(tx, workspaceId, channelId))) {
    const where = investigationId === noted.known.id ? 'in this group' : 'with this one';
    const titles = joined.map(({ title }) => title);
    const message = moreAlerts(titles, where);
    await sayUnder(tx, { workspaceId, investigationId, messageId: `${investigationId}/${job.id}`, message });
  }
  return true;
}

async function noteGroup(tx: Tx, given: Parameters<typeof noteAlert>[1], members: readonly Member[]): Promise<Known> {
  const noted = await note(tx, given);
  if (!(await firesAnew(tx, noted.known, members))) return noted;
  return await note(tx, { ...given, alert: { ...given.alert, reopened: true } });
}

type Known = Readonly<{ alert: Alert; known: NotedAlert; justResolved: boolean; justAcknowledged: boolean }>;

async function note(tx: Tx, given: Parameters<typeof noteAlert>[1]): Promise<Known> {
  const { alert, workspaceId } = given;
  const { alertId, previousState } = await noteAlert(tx, given);
  const known = await findAlert(tx, { workspaceId, id: alertId });
  if (known === undefined) throw new Error('an alert was not there after it was noted');
  const isNow = (state: NotedAlert['state']) => known.state === state && previousState !== state;
  return { alert, known, justResolved: isNow('resolved'), justAcknowledged: isNow('acknowledged') };
}

type Answering = Known &
  Readonly<{
    place: Readonly<{ channelId: string; threadTs?: string }> | undefined;
    gaps: AnswerAlertRequest['gaps'];
    /** Of a group. */
    grouping?: Grouping;
    members?: readonly Member[];
  }>;

type AnswerParts = Pick<ReceiveAlertOptions, 'jobs' | 'sources' | 'alertHeard' | 'stormPerMinute' | 'quietRules'>;
type Place = NonNullable<Answering['place']>;

/**
 * The one answer of this round of the alert: the existing one, that of another alert with the same cause, or a new one
 * if it fires and has a channel. The id of a new answer is the id of the round, so a second answer cannot exist.
 */
async function answerOnce(
  tx: Tx,
  parts: AnswerParts,
  answering: Answering,
): Promise<{ id: string; isNew: boolean } | undefined> {
  const { alert, known, place, justAcknowledged, justResolved, grouping } = answering;
  if (known.investigationId !== undefined) return await heardAgain(tx, parts, answering);
  const { thisWeek, last } = await earlierRounds(tx, known);
  const { shared, isNews = true } = grouping ?? {};
  const where = placeOf(known, last) ?? place ?? (shared && { channelId: shared.channelId });
  if (alert.state !== 'triggered' || where === undefined) {
    if ((justAcknowledged || justResolved) && (await isQuietAlert(tx, known.id))) await parts.alertHeard?.(tx, known);
    return undefined;
  }

  if (isNews && (await keptQuiet(tx, known, { place: where, rules: parts.quietRules ?? [] }))) {
    await parts.alertHeard?.(tx, { ...known, channelId: where.channelId });
    return undefined;
  }
  if (shared !== undefined) {
    await answerAlertWith(tx, { alertId: known.id, investigationId: shared.id });
    return { id: shared.id, isNew: false };
  }
  return await foldOrBegin(tx, parts, answering, { where, thisWeek, last });
}

async function foldOrBegin(
  tx: Tx,
  parts: AnswerParts,
  answering: Answering,
  { where, thisWeek, last }: EarlierRounds & Readonly<{ where: Place }>,
): Promise<{ id: string; isNew: boolean }> {
  const { known } = answering;
  const { workspaceId } = known;
  const { channelId } = where;
  const isOn = (await stormIn(tx, { workspaceId, channelId })) !== undefined;
  const folded = await foldBefore(tx, known, { channelId, inStorm: isOn });
  if (folded !== undefined) {
    await foldInto(tx, known, folded, { ...where, inStorm: isOn });
    await parts.alertHeard?.(tx, { ...known, channelId });
    return { id: folded.story.investigationId, isNew: true };
  }
  const inStorm = (await noticeStorm(tx, { workspaceId, channelId }, parts.stormPerMinute)) !== undefined;
  await beginAnswer(tx, parts, answering, { where, thisWeek, inStorm });
  if (last?.investigationId !== undefined && !inStorm) {
    await parts.jobs.addJob(tx, { kind: RECALL_ALERT, workspaceId, key: known.id, payload: { alertId: known.id } });
  }
  return { id: known.id, isNew: true };
}

/** The end of an alert is said once, under its answer; of a folded one, in the list of its story. */
async function heardAgain(
  tx: Tx,
  { alertHeard }: AnswerParts,
  { known, justResolved, justAcknowledged, members = [] }: Answering,
): Promise<{ id: string; isNew: boolean }> {
  const { id, workspaceId, investigationId = id } = known;
  if (justResolved) {
    const answer = await findInvestigation(tx, { id: investigationId, workspaceId });
    const fold = await foldOf(tx, id);
    if (investigationId === id) await endStory(tx, id);
    if (answer !== undefined && (fold === undefined || investigationId === id)) {
      const title = await titleOfEnd(tx, known, { answer, members });
      if (title !== undefined) await sayResolved(tx, { id, title, under: answer });
    }
    if (answer !== undefined && fold?.investigationId !== undefined) {
      await tellOccurrences(tx, { ...answer, id: fold.investigationId });
    }
    await alertHeard?.(tx, known);
  } else if (justAcknowledged) await alertHeard?.(tx, known);
  return { id: investigationId, isNew: false };
}

/** In a storm, an alert of a service that is examined just now waits for that verdict. */
const BEHIND_US = 5_000_000;

/** The first line, the job, and the story that other alerts may fold into. A storm gets no first line. */
async function beginAnswer(
  tx: Tx,
  { jobs, sources, alertHeard }: AnswerParts,
  { alert, known, gaps }: Answering,
  { where, thisWeek, inStorm }: Readonly<{ where: Place; thisWeek: number; inStorm: boolean }>,
): Promise<void> {
  const { id, workspaceId, round, atUs, traceId, service } = known;
  const { channelId } = where;
  await openInvestigation(tx, { id, workspaceId, traceId, askedBy: alert.source, channelId, alertId: id });
  const line = alertFirstLine(alert.title, { from: sources, thisWeek: round > 0 ? thisWeek : undefined });
  if (!inStorm) {
    const message = answerMessage(line, id);
    await post(tx, { messageId: id, workspaceId, ...where, message, rank: 'first' });
  }
  await answerAlertWith(tx, { alertId: id, investigationId: id });
  if (!inStorm) await countQuietAlerts(tx, { investigationId: id, workspaceId, channelId });
  await alertHeard?.(tx, { ...known, channelId });
  const stories = inStorm ? await storiesAround(tx, { workspaceId, channelId, atUs }) : [];
  const isBehind = stories.some((story) => story.cause === undefined && isSameService(story.service, service));
  await openStory(tx, { investigationId: id, workspaceId, channelId, service, rule: ruleOf(known), atUs });
  const payload: AnswerAlertRequest = { investigationId: id, alert: { ...alert, atUs, traceId }, gaps };
  const dueUs = tx.nowUs + (isBehind ? BEHIND_US : 0);
  await jobs.addJob(tx, { kind: ANSWER_ALERT, workspaceId, key: id, payload, dueUs });
  // Deliveries may be out of order: its end may arrive before its beginning.
  if (known.state === 'resolved') {
    await endStory(tx, id);
    await sayResolved(tx, { id, title: known.title, under: { id, workspaceId, channelId } });
  }
}

async function isStorm(tx: Tx, workspaceId: string, channelId: string | undefined): Promise<boolean> {
  return channelId !== undefined && (await stormIn(tx, { workspaceId, channelId })) !== undefined;
}

/**
 * Under the alert's own message; a webhook has none. The thread of an edited message has the answer of the round before,
 * so the new answer begins a thread in the same channel.
 */
function placeOf({ channelId, messageTs }: NotedAlert, last: NotedAlert | undefined): Answering['place'] {
  if (channelId === undefined || messageTs === undefined) return undefined;
  const hasAnswer = last?.messageTs === messageTs && last.investigationId !== undefined;
  return hasAnswer ? { channelId } : { channelId, threadTs: messageTs };
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
  if (answer === undefined || (await deliveryOf(tx, answer.id)) === undefined) return;
  await post(tx, {
    messageId,
    workspaceId,
    channelId: answer.channelId,
    threadOf: answer.id,
    message: answerMessage(message, answer.id),
    rank: 'detail',
  });
}

function truncatedGap(source: string, count: number): AnswerAlertRequest['gaps'][number] {
  return {
    source,
    problem: `did not send ${count === 1 ? 'one more alert' : `${count} more alerts`} of this group`,
    consequence: 'the content of those alerts is not known',
  };
}
