/** The job under an alert: as the one behind `/trace`, over the alert's trace or the traces of its service. */

import type { Gap } from '#model/finding/gap.ts';
import type { Alert } from '#model/incident/alert.ts';
import type { JobHandler } from '#record/jobs.ts';
import { type AnswerParts, answerInvestigation } from '#workflows/answer-trace.ts';
import type { DiagnosisStage } from '#workflows/diagnose-trace.ts';

/** What the job's row holds. */
export type AnswerAlertRequest = Readonly<{
  investigationId: string;
  alert: Alert;
  /** What the alert itself could not say. */
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
