/**
 * The job that answers an alert. It works like the job behind `/trace`, on the alert's trace or the traces of its
 * service.
 */

import type { Gap } from '#model/finding/gap.ts';
import type { Alert } from '#model/incident/alert.ts';
import { findAlert } from '#record/alerts.ts';
import { findInvestigation } from '#record/investigations.ts';
import type { Job, JobHandler } from '#record/jobs.ts';
import type { Tx } from '#record/store.ts';
import { IN_TIME_US, leaveUnlooked, stormIn } from '#workflows/alerts/alert-storm.ts';
import { foldBefore, foldUnlooked } from '#workflows/alerts/fold-alert.ts';
import { type AnswerParts, answerInvestigation } from '#workflows/traces/answer-trace.ts';
import type { DiagnosisStage } from '#workflows/traces/diagnose-trace.ts';

/** The content of the job's row. */
export type AnswerAlertRequest = Readonly<{
  investigationId: string;
  alert: Alert;
  /** What the alert itself did not contain. */
  gaps: readonly Gap[];
  /** Of a person's question. @default the usual window around the alert */
  window?: Readonly<{ fromUs: number; toUs: number }>;
  /** A person asked for another look at an alert: a storm does not leave it out. @default false */
  asked?: boolean;
}>;

export type AnswerAlertOptions = AnswerParts &
  Readonly<{
    diagnose(
      request: Pick<AnswerAlertRequest, 'alert' | 'gaps' | 'window'> &
        Readonly<{ workspaceId: string; channelId: string }>,
      signal: AbortSignal,
    ): AsyncIterable<DiagnosisStage>;
  }>;

export function answerAlert({ diagnose, ...parts }: AnswerAlertOptions): JobHandler {
  return async (job, signal) => {
    const request = job.payload as AnswerAlertRequest;
    const { workspaceId } = job;
    const isAnswered = await parts.store.transaction((tx) => answeredByStorm(tx, job));
    if (isAnswered) return parts.kick();
    await answerInvestigation(parts, job, signal, ({ channelId }) =>
      diagnose({ ...request, workspaceId, channelId }, signal),
    );
  };
}

/** In a storm: a verdict came since that covers this alert, or it waited too long. */
async function answeredByStorm(tx: Tx, { workspaceId, payload }: Job): Promise<boolean> {
  const { investigationId: id, asked = false } = payload as AnswerAlertRequest;
  if (asked) return false;
  const investigation = await findInvestigation(tx, { id, workspaceId });
  if (investigation?.alertId === undefined || investigation.state !== 'open') return false;
  const { channelId, alertId } = investigation;
  const storm = await stormIn(tx, { workspaceId, channelId });
  const alert = storm && (await findAlert(tx, { workspaceId, id: alertId }));
  if (alert === undefined || storm === undefined) return false;
  const folded = await foldBefore(tx, alert, { channelId, inStorm: true, except: id });
  if (folded?.story.cause !== undefined) await foldUnlooked(tx, investigation, folded);
  else if (tx.nowUs - alert.receivedUs > IN_TIME_US) await leaveUnlooked(tx, investigation, storm);
  else return false;
  return true;
}
