/**
 * Reports jobs that were given up and cannot report it themselves, in the place where people would miss their result:
 * an alert in the channel for alerts, an incident's work in its conversation, a request where it was asked. The log,
 * `doctor` and App Home also list all of them.
 */
import type { Delivery } from '#model/incident/alert.ts';
import { incidentName } from '#model/incident/incident.ts';
import { redact } from '#model/redaction/redaction.ts';
import { alertGivenUp } from '#present/slack/alert-messages.ts';
import { failureMessage } from '#present/slack/diagnosis-message.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Job, RunJobsOptions } from '#record/jobs.ts';
import { type NewPost, post, respond } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';
import { REMIND_OWNER } from '#workflows/action-items/remind-owner.ts';
import { REPORT_OVERDUE } from '#workflows/action-items/report-overdue.ts';
import { FOLLOW_ISSUES, SYNC_ISSUE } from '#workflows/action-items/sync-issue.ts';
import { RECEIVE_DELIVERY } from '#workflows/alerts/receive-alert.ts';
import { TELL_TOO_LARGE } from '#workflows/alerts/tell-too-large.ts';
import { ARCHIVE_CHANNEL } from '#workflows/channels/keep-channel.ts';
import { CALL_COMMANDER } from '#workflows/commander/call-commander.ts';
import { conversationOf } from '#workflows/incidents/incident-thread.ts';
import { LOOK_AFTER } from '#workflows/incidents/look-after.ts';
import { REMIND } from '#workflows/incidents/remind.ts';
import { KEEP_CHANNEL, SHOW_OVERVIEW } from '#workflows/incidents/show-overview.ts';
import { KEEP_FILES } from '#workflows/messages/keep-files.ts';
import { LAPSE_MITIGATION, SEND_MITIGATION } from '#workflows/mitigations/send-mitigation.ts';
import { PAGE_NEXT } from '#workflows/pagers/page-next.ts';
import { SEND_PAGER_STEP } from '#workflows/pagers/queue-steps.ts';
import { DRAFT_POSTMORTEM } from '#workflows/postmortem/draft-postmortem.ts';
import { JUDGE_RELEASE } from '#workflows/releases/watch-release.ts';
import { MONTHLY_REVIEW } from '#workflows/reviews/monthly-review.ts';
import { SEND_EVENT, type SendEventRequest } from '#workflows/send-events.ts';
import { SEND_STATUS, STATUS_OVERDUE } from '#workflows/status/send-status.ts';
import { FOLLOW_MESSAGE, type NoticeRequest } from '#workflows/timeline/follow-message.ts';
import { SEND_REQUEST } from '#workflows/tools/send-request.ts';
import { LOOK_INTO_MESSAGE, type LookRequest } from '#workflows/traces/look-into-message.ts';

/** These are retried for a day: nobody is waiting who would ask again. */
export const LASTING_KINDS: ReadonlySet<string> = new Set([
  RECEIVE_DELIVERY,
  FOLLOW_MESSAGE,
  KEEP_FILES,
  SHOW_OVERVIEW,
  REMIND,
  CALL_COMMANDER,
  PAGE_NEXT,
  KEEP_CHANNEL,
  ARCHIVE_CHANNEL,
  REPORT_OVERDUE,
  REMIND_OWNER,
  LOOK_AFTER,
  SEND_STATUS,
  STATUS_OVERDUE,
  SEND_MITIGATION,
  LAPSE_MITIGATION,
  SEND_PAGER_STEP,
  SYNC_ISSUE,
  FOLLOW_ISSUES,
  SEND_EVENT,
  DRAFT_POSTMORTEM,
  TELL_TOO_LARGE,
  JUDGE_RELEASE,
  MONTHLY_REVIEW,
]);

export type GivenUpOptions = Readonly<{
  /** The channel for answers to alerts from webhooks; undefined if none is configured. */
  channelId: string | undefined;
}>;

export function givenUpTeller({ channelId }: GivenUpOptions): NonNullable<RunJobsOptions['onDead']> {
  return async (tx, job, error) => {
    const reason = redact(error);
    switch (job.kind) {
      case RECEIVE_DELIVERY:
        if (channelId !== undefined) await tellAlert(tx, job, { channelId, reason });
        return;
      case FOLLOW_MESSAGE: {
        const { channelId, ts } = job.payload as NoticeRequest;
        const title = 'I could not put this message into the timeline';
        const advice = `${reason}. Type what it says with \`/incident note\`.`;
        return await tell(tx, job, { channelId, threadTs: ts, title, advice });
      }
      case LOOK_INTO_MESSAGE: {
        const { channelId, ts } = job.payload as LookRequest;
        const title = 'I could not read this message';
        return await tell(tx, job, { channelId, threadTs: ts, title, advice: `${reason}. Type /trace with its id.` });
      }
      case SHOW_OVERVIEW:
        return await tellIncident(tx, job, 'the overview could not be updated', `${reason}. The record is complete.`);
      case REMIND:
        return await tellIncident(tx, job, 'I could not ask for the next update', `${reason}. Please watch the time.`);
      case CALL_COMMANDER:
        return await tellIncident(tx, job, 'I could not call a commander', `${reason}. Please ask who leads.`);
      case PAGE_NEXT:
        return await tellIncident(tx, job, 'I could not page the next one', `${reason}. Please call them.`);
      case KEEP_CHANNEL:
        return await tellIncident(
          tx,
          job,
          'I could not keep its channel up to date',
          `${reason}. The record is complete.`,
        );
      case ARCHIVE_CHANNEL:
        return await tellIncident(tx, job, 'I could not archive its channel', `${reason}. Please archive it yourself.`);
      case SEND_MITIGATION:
        return await tellIncident(
          tx,
          job,
          'I could not send a mitigation',
          `${reason}. Look at your automation before you request it again.`,
        );
      case SEND_PAGER_STEP:
        return await tellIncident(tx, job, 'the paging system did not get a step', `${reason}. Look there yourself.`);
      case REPORT_OVERDUE:
        return await tellIncident(tx, job, 'I could not report what is overdue', `${reason}. Type /incident actions.`);
      case SYNC_ISSUE:
        return await tellIncident(
          tx,
          job,
          'I could not keep an issue up to date',
          `${reason}. Type /incident actions.`,
        );
      case SEND_EVENT: {
        const { receiver } = job.payload as SendEventRequest;
        return await tellIncident(
          tx,
          job,
          `the webhook ${receiver} did not get an event`,
          `${reason} I tried for a day.`,
        );
      }
      case DRAFT_POSTMORTEM:
        return await tellIncident(tx, job, 'I could not draft the postmortem', `${reason}. Type /postmortem again.`);
      case SEND_REQUEST:
        return await respondTo(tx, job, 'I could not send this request', reason);
    }
  };
}

/** A job that is restarted may be given up again. */
const KEY_OF = ({ id }: Job, { nowUs }: Tx) => `given-up/${id}/${nowUs}`;

async function tellAlert(
  tx: Tx,
  job: Job,
  { channelId, reason }: Readonly<{ channelId: string; reason: string }>,
): Promise<void> {
  const { subject } = job.payload as Delivery;
  const message = alertGivenUp({ title: subject.title, source: subject.source, reason });
  await post(tx, { messageId: KEY_OF(job, tx), workspaceId: job.workspaceId, channelId, message });
}

async function tellIncident(tx: Tx, job: Job, what: string, advice: string): Promise<void> {
  const { incidentId } = job.payload as Readonly<{ incidentId: string }>;
  const incident = await findIncident(tx, { workspaceId: job.workspaceId, id: incidentId });
  if (incident === undefined) return;
  const place = await conversationOf(tx, incident);
  await tell(tx, job, { ...place, title: `${incidentName(incident)}: ${what}`, advice });
}

type Told = Pick<NewPost, 'channelId' | 'threadTs' | 'threadOf'> & Readonly<{ title: string; advice: string }>;

async function tell(tx: Tx, job: Job, { title, advice, ...place }: Told): Promise<void> {
  await post(tx, {
    messageId: KEY_OF(job, tx),
    workspaceId: job.workspaceId,
    ...place,
    message: failureMessage(title, advice),
  });
}

async function respondTo(tx: Tx, job: Job, title: string, reason: string): Promise<void> {
  const { responseUrl } = job.payload as Readonly<{ responseUrl: string }>;
  const message = failureMessage(title, reason);
  await respond(tx, { workspaceId: job.workspaceId, responseUrl, message, key: KEY_OF(job, tx) });
}
