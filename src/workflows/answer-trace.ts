/**
 * The job behind `/trace`: gathers, diagnoses, and keeps the investigation's one message up to date.
 *
 *   first line ──► verdict of the trace alone ──► verdict with its logs, detail in the thread
 *        │                                           its evidence kept as a case
 *        └───────────────────────────────────────► what went wrong and what to do about it
 *
 * It may run more than once. Each message id is derived from the investigation's id, and a finished message stays
 * unchanged.
 */

import type { Forms } from '#analyse/session.ts';
import { AnalysisEndedError, type ErrorRecord, errorRecord, SpanhoundError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import type { SimilarIncident } from '#model/incident/similar-incident.ts';
import { capitalised } from '#model/text/capitalised.ts';
import type { AskedReference } from '#model/trace/asked-for.ts';
import { failureMessage } from '#present/slack/diagnosis-message.ts';
import { similarJson, similarMarkdown, withSimilar } from '#present/words/similar-incidents.ts';
import { noteFingerprint } from '#record/fingerprints.ts';
import {
  failInvestigation,
  findInvestigation,
  finishInvestigation,
  type Investigation,
} from '#record/investigations.ts';
import type { Job, JobHandler, RunJobsOptions } from '#record/jobs.ts';
import { post, update } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';
import { answerMessage } from '#workflows/answer-message.ts';
import type { DiagnosisStage } from '#workflows/diagnose-trace.ts';
import { examinedIn, findSimilar, type MayShow } from '#workflows/find-similar.ts';
import type { KeepCase } from '#workflows/keep-case.ts';
import type { NoteEvidence } from '#workflows/note-evidence.ts';

export const ANSWER_TRACE = 'answer-trace';
/** The job of `answer-alert.ts`, which ends like this one. */
export const ANSWER_ALERT = 'answer-alert';

/** The content of the job's row. */
export type AnswerTraceRequest = Readonly<{ investigationId: string; reference: AskedReference }>;

/** The answer shown in Slack, and the part stored for its buttons. */
export const ANSWER_FORMS: Forms = { slack: true, png: true, markdown: true, logs: true };

export type Diagnose = (reference: AskedReference, signal: AbortSignal) => AsyncIterable<DiagnosisStage>;

export type AnswerTraceOptions = Readonly<{
  store: Store;
  diagnose: Diagnose;
  log: Log;
  /** Set if there is a folder for cases. */
  keepCase: KeepCase | undefined;
  /** Whether every reader of the first channel may read the second. The answer names incidents of other channels. */
  mayShowIn(shownIn: string, channelId: string): Promise<boolean>;
  /** The diagnosis is stored. The incident that it belongs to is notified. */
  diagnosed?: NoteEvidence['diagnosed'] | undefined;
  /** Something was stored: the outbox may check for work. */
  kick(): void;
}>;

export function answerTrace({ diagnose, ...parts }: AnswerTraceOptions): JobHandler {
  return async (job, signal) => {
    const { reference } = job.payload as AnswerTraceRequest;
    await answerInvestigation(parts, job, signal, () => diagnose(reference, signal));
  };
}

export type AnswerParts = Omit<AnswerTraceOptions, 'diagnose'>;

/** Works on the job's investigation and keeps its one message up to date. */
export async function answerInvestigation(
  { store, log, keepCase, mayShowIn, diagnosed, kick }: AnswerParts,
  job: Job,
  signal: AbortSignal,
  diagnose: (investigation: Investigation) => AsyncIterable<DiagnosisStage>,
): Promise<void> {
  const { investigationId } = job.payload as Pick<AnswerTraceRequest, 'investigationId'>;
  const investigation = await findInvestigation(store, { id: investigationId, workspaceId: job.workspaceId });
  if (investigation === undefined || investigation.state !== 'open') return;

  for await (const step of stepsOf(diagnose(investigation))) {
    // The process is stopping, or another analysis ended this one: the job will be retried, and the person gets one
    // message.
    if (step.kind === 'failed' && (signal.aborted || isWorthAnotherTry(step.error, job))) throw step.error;
    const similar = await similarTo(store, investigation, step, (channelId) =>
      mayShowIn(investigation.channelId, channelId),
    );
    const stored = async (tx: Tx) => {
      await storeStep(tx, investigation, step, similar);
      if (step.kind === 'stage' && step.stage === 'final') await diagnosed?.(tx, investigation);
    };
    if (keepCase && step.kind === 'stage' && step.evidence) {
      const { analysed, evidence } = step;
      const { subject } = analysed.report;
      await keepCase({ investigationId, workspaceId: job.workspaceId, subject, evidence }, stored);
    } else await store.transaction(stored);
    kick();
    if (step.kind === 'failed') note(log, investigationId, step.error);
  }
}

/** Whether another analysis is the only reason. */
export function isWorthAnotherTry(error: unknown, { lastAttempt }: Pick<Job, 'lastAttempt'>): boolean {
  return error instanceof AnalysisEndedError && error.retryable && !lastAttempt;
}

/** The job was given up because its process died each time. Reports this where the question was asked. */
export const answerGivenUp: NonNullable<RunJobsOptions['onDead']> = async (tx: Tx, job: Job, reason: string) => {
  if (job.kind !== ANSWER_TRACE && job.kind !== ANSWER_ALERT) return;
  const { investigationId } = job.payload as Pick<AnswerTraceRequest, 'investigationId'>;
  const error = {
    code: 'SH_GAVE_UP',
    message: reason,
    advice: 'I tried several times and gave up. The log has the details.',
  };
  await failInvestigation(tx, { id: investigationId, error });
  await update(tx, {
    messageId: investigationId,
    message: answerMessage(failureMessage('I could not finish this investigation', error.advice), investigationId),
  });
};

export type Step = Readonly<{ kind: 'stage' } & DiagnosisStage> | Readonly<{ kind: 'failed'; error: unknown }>;

/** Decides what a failure means: no retry, but a clear answer to the person now. The only place that does. */
async function* stepsOf(stages: AsyncIterable<DiagnosisStage>): AsyncGenerator<Step> {
  let ended = false;
  try {
    for await (const stage of stages) {
      ended = stage.stage === 'final';
      yield { kind: 'stage', ...stage };
    }
  } catch (error) {
    yield { kind: 'failed', error };
    return;
  }
  if (!ended) yield { kind: 'failed', error: new Error('the diagnosis ended before its last stage') };
}

function note(log: Log, investigationId: string, error: unknown): void {
  const level = error instanceof SpanhoundError ? 'info' : 'error';
  log[level]({ err: error, investigationId }, 'an investigation ended without a diagnosis');
}

async function storeStep(
  tx: Tx,
  investigation: Investigation,
  step: Step,
  similar: readonly SimilarIncident[],
): Promise<void> {
  const { id } = investigation;
  if (step.kind === 'failed') {
    const error = errorRecord(step.error);
    const message = failureMessage(titleOf(error, investigation.traceId), adviceOf(error));
    await failInvestigation(tx, { id, error });
    await update(tx, { messageId: id, message: answerMessage(message, id) });
    return;
  }
  const { slack, png, report, markdown = '', logs = '', traceId } = step.analysed;
  if (slack === undefined) throw new Error('the analysis made no answer for Slack');
  if (step.stage !== 'final') {
    await update(tx, { messageId: id, message: answerMessage(slack, id, png) });
    return;
  }
  const { fingerprint } = report;
  if (fingerprint !== undefined) await noteFingerprint(tx, { investigationId: id, fingerprint });
  const answer = withSimilar(slack, similar);
  await update(tx, { messageId: id, message: answerMessage(answer, id, png) });
  for (const [index, detail] of answer.thread.entries()) {
    await post(tx, {
      messageId: `${id}/thread/${index}`,
      workspaceId: investigation.workspaceId,
      channelId: investigation.channelId,
      threadOf: id,
      message: answerMessage(detail, id),
    });
  }
  const kept = similar.length === 0 ? report : { ...report, similar: similarJson(similar) };
  const whole = markdown + similarMarkdown(similar);
  // A request without a trace keeps the name that the person asked for.
  const name = traceId || investigation.traceId;
  await finishInvestigation(tx, { id, traceId: name, report: kept, markdown: whole, logs });
}

/** Earlier incidents similar to the last verdict, limited to those that the readers of the answer may see. */
async function similarTo(
  store: Store,
  { id, workspaceId }: Investigation,
  step: Step,
  mayShow: MayShow,
): Promise<readonly SimilarIncident[]> {
  if (step.kind === 'failed' || step.stage !== 'final') return [];
  const { traceId, report } = step.analysed;
  const { fingerprint } = report;
  if (fingerprint === undefined) return [];
  const examined = examinedIn(report);
  return await findSimilar(store, { workspaceId, mayShow, investigationId: id, traceId, examined, fingerprint });
}

/** What happened, in the words of the person who asked. The advice says what to do. */
function titleOf({ code, message }: ErrorRecord, asked: string): string {
  if (asked === '') return `I could not look into this alert${code === 'SH_BUG' ? '' : `: ${message}`}`;
  switch (code) {
    case 'SH_TRACE_NOT_FOUND':
      return capitalised(message);
    case 'SH_BUG':
      return `I failed on trace ${asked}`;
    default:
      return `I could not read trace ${asked}`;
  }
}

/** For a configuration mistake, the message names it; its advice addresses the person at the terminal. */
function adviceOf({ code, message, advice }: ErrorRecord): string {
  return code === 'SH_CONFIG' ? `There is ${message}.` : advice;
}
