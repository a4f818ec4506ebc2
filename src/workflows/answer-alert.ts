/**
 * The job that answers an alert. It works like the job behind `/trace`, on the alert's trace or the traces of its
 * service.
 */

import type { Gap } from '#model/finding/gap.ts';
import type { Alert } from '#model/incident/alert.ts';
import type { JobHandler } from '#record/jobs.ts';
import { type AnswerParts, answerInvestigation } from '#workflows/answer-trace.ts';
import type { DiagnosisStage } from '#workflows/diagnose-trace.ts';

/** The content of the job's row. */
export type AnswerAlertRequest = Readonly<{
  investigationId: string;
  alert: Alert;
  /** What the alert itself did not contain. */
  gaps: readonly Gap[];
}>;

export type AnswerAlertOptions = AnswerParts &
  Readonly<{
    diagnose(
      request: Pick<AnswerAlertRequest, 'alert' | 'gaps'> & Readonly<{ workspaceId: string; channelId: string }>,
      signal: AbortSignal,
    ): AsyncIterable<DiagnosisStage>;
  }>;

export function answerAlert({ diagnose, ...parts }: AnswerAlertOptions): JobHandler {
  return async (job, signal) => {
    const request = job.payload as AnswerAlertRequest;
    const { workspaceId } = job;
    await answerInvestigation(parts, job, signal, ({ channelId }) =>
      diagnose({ ...request, workspaceId, channelId }, signal),
    );
  };
}
