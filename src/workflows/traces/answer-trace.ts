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
import { AnalysisEndedError, type ErrorRecord, errorRecord, SpanhoundError, TraceNotFoundError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import type { SimilarIncident } from '#model/incident/similar-incident.ts';
import { type OwnedService, ownedService } from '#model/services/owned-service.ts';
import { capitalised } from '#model/text/capitalised.ts';
import type { AskedReference } from '#model/trace/asked-for.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { failureMessage, unknownIdMessage } from '#present/slack/diagnosis-message.ts';
import { withAlertRow } from '#present/slack/quiet-messages.ts';
import { serviceMarkdown, withService } from '#present/slack/service-messages.ts';
import { similarJson, similarMarkdown, withSimilar } from '#present/words/similar-incidents.ts';
import { findAlert } from '#record/alerts.ts';
import { noteFingerprint } from '#record/fingerprints.ts';
import {
  failInvestigation,
  findInvestigation,
  finishInvestigation,
  type Investigation,
} from '#record/investigations.ts';
import type { Job, JobHandler, RunJobsOptions } from '#record/jobs.ts';
import { deliveryOf, post } from '#record/outbox.ts';
import { noteServicesSeen } from '#record/services.ts';
import type { Store, Tx } from '#record/store.ts';
import { endStory } from '#record/stories.ts';
import { stormIn } from '#workflows/alerts/alert-storm.ts';
import { askForService } from '#workflows/alerts/ask-service.ts';
import { causeIn, closeInto, concludeStory, foldAfter, sayAnswer } from '#workflows/alerts/fold-alert.ts';
import { serviceNames } from '#workflows/alerts/quiet-rules.ts';
import { type SayInChannel, sayInChannel } from '#workflows/alerts/say-in-channel.ts';
import type { KeepCase } from '#workflows/cases/keep-case.ts';
import { examinedIn, findSimilar } from '#workflows/incidents/find-similar.ts';
import { answerMessage, DETAILS_OF } from '#workflows/messages/answer-message.ts';
import type { MayShow } from '#workflows/rights/may-show.ts';
import { knownServices } from '#workflows/services/known-services.ts';
import type { NoteEvidence } from '#workflows/timeline/note-evidence.ts';
import type { DiagnosisStage } from '#workflows/traces/diagnose-trace.ts';
import { UnknownServiceError } from '#workflows/window/open-window.ts';

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
  /** Whether the person who asked there may do more than look. */
  mayAct(who: Readonly<{ userId: string; channelId: string }>): Promise<boolean>;
  /** The place of a message; '' if Slack does not say. */
  permalink(place: Readonly<{ channelId: string; ts: string }>): Promise<string>;
  /** @default never */
  sayInChannel?: SayInChannel | undefined;
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
  {
    store,
    log,
    keepCase,
    mayShowIn,
    mayAct,
    permalink,
    diagnosed,
    sayInChannel: inChannel = 'never',
    kick,
  }: AnswerParts,
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
    const owned = await ownerOf(store, investigation, step, (channelId) =>
      mayShowIn(investigation.channelId, channelId),
    );
    const url = await placeOfStory(store, investigation, step, permalink);
    const isFinal = step.kind === 'stage' && step.stage === 'final';
    const byGuest = isFinal && (await isByGuest(investigation, mayAct));
    const told: { how: Stored } = { how: 'said' };
    const stored = async (tx: Tx) => {
      told.how = await storeStep(tx, investigation, step, { similar, owned, url, inChannel });
      const isFolded = told.how === 'folded';
      if (isFolded || (isFinal && told.how === 'said')) await diagnosed?.(tx, { ...investigation, byGuest, isFolded });
    };
    if (keepCase && step.kind === 'stage' && step.evidence) {
      const { analysed, evidence } = step;
      const { subject } = analysed.report;
      await keepCase({ investigationId, workspaceId: job.workspaceId, subject, evidence }, stored);
    } else await store.transaction(stored);
    kick();
    if (step.kind === 'failed') note(log, investigationId, step.error);
    if (told.how === 'folded') return;
  }
}

/** Guests may look where a setting says so; what they ask changes no incident. An alert is by nobody. */
async function isByGuest(
  { askedBy: userId, alertId, channelId }: Investigation,
  mayAct: AnswerParts['mayAct'],
): Promise<boolean> {
  return alertId === undefined && !(await mayAct({ userId, channelId }));
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
  const investigation = await findInvestigation(tx, { id: investigationId, workspaceId: job.workspaceId });
  if (investigation === undefined) return;
  await failInvestigation(tx, { id: investigationId, error });
  await endStory(tx, investigationId);
  const message = failureMessage('I could not finish this investigation', error.advice);
  await sayAnswer(tx, investigation, answerMessage(message, investigationId));
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

/** `folded`: another alert's answer says it, and nothing more is examined. `later`: it may, and nothing is said yet. */
type Stored = 'said' | 'folded' | 'later';

/** What stands beside the verdict. */
type Beside = Readonly<{ similar: readonly SimilarIncident[]; owned: OwnedService | undefined }>;

/** Stores what is known now, and says it. */
async function storeStep(
  tx: Tx,
  investigation: Investigation,
  step: Step,
  { similar, owned, url, inChannel }: Beside & Readonly<{ url: string; inChannel: SayInChannel }>,
): Promise<Stored> {
  const { id } = investigation;
  if (step.kind === 'failed') {
    await storeFailure(tx, investigation, step.error);
    return 'said';
  }
  const { slack, png, report } = step.analysed;
  if (slack === undefined) throw new Error('the analysis made no answer for Slack');
  const isFinal = step.stage === 'final';
  const cause = investigation.alertId === undefined ? undefined : causeIn(report);
  const folded = cause && (await foldAfter(tx, investigation, cause));
  if (folded !== undefined) {
    // The rest of the evidence may show another cause. In a storm, other alerts need the time.
    if (!isFinal && (await stormIn(tx, investigation)) === undefined) return 'later';
    await finish(tx, investigation, step, { similar, owned });
    await closeInto(tx, investigation, folded, { url, cause });
    return 'folded';
  }
  if (cause !== undefined || isFinal) await concludeStory(tx, id, cause);
  const said = await ofAlert(tx, investigation, slack);
  if (!isFinal) {
    await sayAnswer(tx, investigation, answerMessage(said, id, png));
    return 'said';
  }
  const answer = withSimilar(withService(said, owned), similar);
  await sayAnswer(tx, investigation, answerMessage(answer, id, png));
  await sayInChannel(tx, investigation, answer, inChannel);
  for (const [index, detail] of answer.thread.entries()) {
    await post(tx, {
      messageId: `${DETAILS_OF(id)}${index}`,
      workspaceId: investigation.workspaceId,
      channelId: investigation.channelId,
      threadOf: id,
      message: answerMessage(detail, id),
      rank: 'detail',
    });
  }
  await askForService(tx, investigation, step.unknownAmong);
  await finish(tx, investigation, step, { similar, owned });
  return 'said';
}

async function storeFailure(tx: Tx, investigation: Investigation, failure: unknown): Promise<void> {
  const { id } = investigation;
  const error = errorRecord(failure);
  const [title, advice] = [titleOf(error, investigation), adviceOf(error)];
  const isUnknown = failure instanceof TraceNotFoundError && investigation.traceId !== '';
  const message = isUnknown
    ? unknownIdMessage(title, advice, {
        id: investigation.traceId,
        mayArrive: failure.mayArrive,
        isMoreToSearch: failure.isMoreToSearch,
      })
    : failureMessage(title, advice);
  await failInvestigation(tx, { id, error });
  await endStory(tx, id);
  await sayAnswer(tx, investigation, answerMessage(await ofAlert(tx, investigation, message), id));
  if (failure instanceof UnknownServiceError) await askForService(tx, investigation, failure.known);
}

/** The answer to an alert can be muted and looked at again, and has the alert's own links. */
async function ofAlert<Answer extends Pick<SlackMessage, 'blocks'>>(
  tx: Tx,
  { workspaceId, alertId }: Investigation,
  answer: Answer,
): Promise<Answer> {
  const alert = alertId === undefined ? undefined : await findAlert(tx, { workspaceId, id: alertId });
  return alert === undefined ? answer : withAlertRow(answer, serviceNames(alert)[0] ?? '', alert.links);
}

async function finish(
  tx: Tx,
  investigation: Investigation,
  { analysed }: DiagnosisStage,
  { similar, owned }: Beside,
): Promise<void> {
  const { id } = investigation;
  const { report, markdown = '', logs = '', traceId } = analysed;
  const { fingerprint } = report;
  if (fingerprint !== undefined) await noteFingerprint(tx, { investigationId: id, fingerprint });
  const kept = {
    ...report,
    ...(owned && { catalogue: owned }),
    ...(similar.length > 0 && { similar: similarJson(similar) }),
  };
  const whole = markdown + serviceMarkdown(owned) + similarMarkdown(similar);
  await noteServicesSeen(tx, investigation.workspaceId, report.trace?.services ?? []);
  // A request without a trace keeps the name that the person asked for.
  const name = traceId || investigation.traceId;
  await finishInvestigation(tx, { id, traceId: name, report: kept, markdown: whole, logs });
}

/** Where the answer is that has the same cause; '' if there is none, or Slack does not say. */
async function placeOfStory(
  store: Store,
  investigation: Investigation,
  step: Step,
  permalink: AnswerTraceOptions['permalink'],
): Promise<string> {
  if (step.kind === 'failed' || step.stage !== 'final' || investigation.alertId === undefined) return '';
  const cause = causeIn(step.analysed.report);
  const folded = cause && (await store.transaction((tx) => foldAfter(tx, investigation, cause)));
  const ts = folded && (await deliveryOf(store, folded.story.investigationId))?.ts;
  return ts === undefined ? '' : await permalink({ channelId: investigation.channelId, ts });
}

/** Whose the blamed service is, or else the service in question. */
async function ownerOf(
  store: Store,
  { workspaceId }: Investigation,
  step: Step,
  mayShow: MayShow,
): Promise<OwnedService | undefined> {
  if (step.kind === 'failed' || step.stage !== 'final') return undefined;
  const { diagnosis, subject } = step.analysed.report;
  const { catalogue } = await knownServices(store, { workspaceId, mayShow });
  return ownedService(catalogue, diagnosis?.service ?? '') ?? ownedService(catalogue, subject.service);
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
function titleOf({ code, message }: ErrorRecord, { traceId: asked, alertId }: Investigation): string {
  if (asked === '') {
    const what = alertId === undefined ? 'this' : 'this alert';
    return `I could not look into ${what}${code === 'SH_BUG' ? '' : `: ${message}`}`;
  }
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
