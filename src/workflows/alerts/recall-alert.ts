/**
 * An alert fires again: the thread of the new answer says how often, how the last time ended, and where its answer is.
 * The thread of the last answer gets a link to the new one.
 */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { endedBy } from '#model/incident/incident-end.ts';
import { alertFiresAgain, alertHistory } from '#present/slack/alert-messages.ts';
import { earlierRounds, findAlert, type NotedAlert } from '#record/alerts.ts';
import { incidentDeclaredFrom, incidentOfInvestigation } from '#record/find-incidents.ts';
import { findInvestigation, type Investigation } from '#record/investigations.ts';
import type { JobHandler } from '#record/jobs.ts';
import { deliveryOf, post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { answerMessage } from '#workflows/messages/answer-message.ts';

export const RECALL_ALERT = 'recall-alert';

export type RecallAlertOptions = Readonly<{
  store: Store;
  /** '' if Slack does not say. */
  permalink(place: Readonly<{ channelId: string; ts: string }>): Promise<string>;
  kick(): void;
}>;

export function recallAlert({ store, permalink, kick }: RecallAlertOptions): JobHandler {
  async function addressOf(answer: Investigation): Promise<string> {
    const ts = (await deliveryOf(store, answer.id))?.ts;
    return ts === undefined ? '' : await permalink({ channelId: answer.channelId, ts });
  }

  async function lastRound(last: NotedAlert, answer: Investigation) {
    const incident = await incidentOf(store, last, answer);
    return {
      atUs: last.atUs,
      verdict: verdictOf(answer),
      lastedUs: last.state === 'resolved' ? Math.max(0, last.saidUs - last.atUs) : undefined,
      endedBy: incident === undefined ? '' : await endOf(store, incident),
      url: await addressOf(answer),
    };
  }

  return async (job) => {
    const { alertId } = job.payload as Readonly<{ alertId: string }>;
    const { workspaceId } = job;
    const alert = await findAlert(store, { workspaceId, id: alertId });
    if (alert === undefined) return;
    const { thisWeek, last } = await earlierRounds(store, alert);
    const now = await answerOf(store, alert);
    const before = last && (await answerOf(store, last));
    // Readers of another channel may not see what happened there.
    if (last === undefined || now === undefined || before?.channelId !== now.channelId) return;

    // A storm leaves out messages: without one there is no thread.
    const messages = [await deliveryOf(store, now.id), await deliveryOf(store, before.id)];
    if (messages.includes(undefined)) return;
    const place = { workspaceId, channelId: now.channelId };
    const history = alertHistory(thisWeek, await lastRound(last, before));
    await store.transaction((tx) =>
      post(tx, {
        ...place,
        messageId: `${now.id}/history`,
        threadOf: now.id,
        message: answerMessage(history, now.id),
        rank: 'detail',
      }),
    );
    kick();
    const address = await addressOf(now);
    if (address === '' && !job.lastAttempt) throw new Error('the new answer is not in Slack yet');
    const message = answerMessage(alertFiresAgain(address), before.id);
    await store.transaction((tx) =>
      post(tx, { ...place, messageId: `${before.id}/again`, threadOf: before.id, message, rank: 'detail' }),
    );
    kick();
  };
}

async function answerOf(
  store: Store,
  { workspaceId, investigationId }: NotedAlert,
): Promise<Investigation | undefined> {
  return investigationId === undefined
    ? undefined
    : await findInvestigation(store, { workspaceId, id: investigationId });
}

function verdictOf({ report }: Investigation): string {
  const { diagnosis } = (report ?? {}) as { diagnosis?: { verdict?: string } | null };
  return diagnosis?.verdict ?? '';
}

/** The resolved incident of that round, if it is in the same channel. */
async function incidentOf(store: Store, last: NotedAlert, answer: Investigation): Promise<Incident | undefined> {
  const asked = { workspaceId: last.workspaceId, investigationId: answer.id };
  const incident =
    (await incidentDeclaredFrom(store, { alertId: last.id })) ?? (await incidentOfInvestigation(store, asked));
  return incident?.channelId === answer.channelId && incident.status === 'resolved' ? incident : undefined;
}

/** The last note that people wrote when they ended it: `INC-4: rolled back stock`. */
async function endOf(store: Store, incident: Incident): Promise<string> {
  const note = endedBy(await timelineOf(store, incident.id)).at(-1);
  return note === undefined ? `${incidentName(incident)} is resolved` : `${incidentName(incident)}: ${note.text}`;
}
