/**
 * The buttons "Compare with healthy" (under a diagnosis) and "Verify fix" (below a comparison and on an incident's
 * overview). The question is stored, and its job answers in the thread of the diagnosis.
 *
 *   pressed ──► job, and a note to the person ──► failing traces and others of the same request ──► thread
 */
import { errorRecord, SpanhoundError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import type { PresentedComparison } from '#present/present-comparison.ts';
import { failureMessage } from '#present/slack/diagnosis-message.ts';
import { audit } from '#record/audit.ts';
import { incidentDeclaredFrom } from '#record/find-incidents.ts';
import { done } from '#record/inbox.ts';
import { findInvestigation, type Investigation } from '#record/investigations.ts';
import type { Job, JobHandler, Jobs, RunJobsOptions } from '#record/jobs.ts';
import { deliveryOf, type Message, post, respond } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { knownTroubles } from '#workflows/evidence/known-troubles.ts';
import { answerMessage } from '#workflows/messages/answer-message.ts';
import { keepCompared } from '#workflows/postmortem/keep-compared.ts';
import { isWorthAnotherTry } from '#workflows/traces/answer-trace.ts';
import type { CompareSides, SideSource } from '#workflows/traces/compare.ts';
import { type ComparisonPayload, VERIFY_FIX } from '#workflows/traces/queue-verification.ts';
import { FORGOTTEN } from '#workflows/traces/share-detail.ts';

export const COMPARE_WITH_HEALTHY = 'compare-with-healthy';

export type ComparisonRequest = Readonly<{
  inboxId: string;
  workspaceId: string;
  investigationId: string;
  /** The person who pressed the button. */
  userId: string;
  responseUrl: string;
}>;

export type AskForComparison = (request: ComparisonRequest) => Promise<void>;

type AskParts = Readonly<{ store: Store; jobs: Jobs; kick(): void }>;

const NOT_YET = 'The diagnosis is not ready yet: I am still working on it.';
const NO_TRACE = 'This diagnosis is not about a trace, so there is nothing to compare.';

export function comparisonAsker({ store, jobs, kick }: AskParts): AskForComparison {
  return async (request) => {
    await ask({ store, jobs, kick }, request, async (tx, { id }) => {
      const messageId = `${id}/comparison`;
      if ((await deliveryOf(tx, messageId)) !== undefined)
        return { text: 'The comparison is in the thread of the diagnosis.' };
      return {
        text: 'I am looking for healthy traces of the same request. The comparison will appear in the thread.',
        // Pressing it again means the same comparison.
        job: { kind: COMPARE_WITH_HEALTHY, key: id, messageId },
      };
    });
  };
}

export function verificationAsker({ store, jobs, kick }: AskParts): AskForComparison {
  return async (request) => {
    await ask({ store, jobs, kick }, request, async (_, { id }) => ({
      text: 'I am looking for traces since the fix. The answer will appear in the thread of the diagnosis.',
      job: { kind: VERIFY_FIX, key: request.inboxId, messageId: `${id}/verification/${request.inboxId}` },
    }));
  };
}

type Asked = Readonly<{ text: string; job?: Readonly<{ kind: string; key: string; messageId: string }> }>;

async function ask(
  { store, jobs, kick }: AskParts,
  { inboxId, workspaceId, investigationId, userId, responseUrl }: ComparisonRequest,
  decide: (tx: Tx, investigation: Investigation) => Promise<Asked>,
): Promise<void> {
  await store.transaction(async (tx) => {
    const investigation = await findInvestigation(tx, { id: investigationId, workspaceId });
    const { text, job } = await answerTo(tx, investigation, decide);
    if (job !== undefined) {
      const payload: ComparisonPayload = { investigationId, messageId: job.messageId, askedUs: tx.nowUs };
      await jobs.addJob(tx, { kind: job.kind, workspaceId, key: job.key, payload });
      const detail = { what: job.kind };
      await audit(tx, { workspaceId, actor: userId, action: 'evidence.compared', subject: investigationId, detail });
    }
    await respond(tx, { workspaceId, responseUrl, message: { text }, key: inboxId });
    await done(tx, inboxId);
  });
  kick();
}

async function answerTo(
  tx: Tx,
  investigation: Investigation | undefined,
  decide: (tx: Tx, investigation: Investigation) => Promise<Asked>,
): Promise<Asked> {
  if (investigation === undefined) return { text: FORGOTTEN };
  if (investigation.state !== 'done') return { text: NOT_YET };
  return investigation.traceId === '' ? { text: NO_TRACE } : await decide(tx, investigation);
}

export type AnswerComparisonParts = Readonly<{
  store: Store;
  compare(sides: CompareSides): Promise<PresentedComparison>;
  /** Whether every reader of the first channel may read the second. */
  mayShowIn(shownIn: string, channelId: string): Promise<boolean>;
  log: Log;
  kick(): void;
}>;

const FORMS: CompareSides['forms'] = { slack: true, png: true };

export function compareWithHealthy(parts: AnswerComparisonParts): JobHandler {
  return (job, signal) =>
    answer(parts, job, signal, async ({ traceId, workspaceId, channelId }) => ({
      as: 'comparison',
      healthy: [],
      failing: [{ kind: 'trace', traceId }],
      known: knownTroubles(parts.store, workspaceId, (wanted) => parts.mayShowIn(channelId, wanted)),
      forms: FORMS,
      signal,
    }));
}

/** If the record has no fix: the traces of the last minutes, because somebody has just reported the fix. */
const JUST_NOW_US = 15 * 60_000_000;

export function verifyFix(parts: AnswerComparisonParts): JobHandler {
  return (job, signal) =>
    answer(parts, job, signal, async (investigation, askedUs) => {
      const fromUs = (await fixedUs(parts.store, investigation)) ?? askedUs - JUST_NOW_US;
      return { ...verificationSides(investigation, { fromUs, toUs: askedUs }), forms: FORMS, signal };
    });
}

/** The traces of the diagnosis, and those of a time window after the fix. */
export function verificationSides(
  investigation: Investigation,
  { fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>,
): Pick<CompareSides, 'as' | 'healthy' | 'failing'> {
  return {
    as: 'verification',
    healthy: [...failingTraces(investigation), ...timeBefore(investigation, fromUs)],
    failing: [{ kind: 'window', fromUs, toUs }],
  };
}

/** The time window of the alert, or the 15 minutes up to the single trace. Its requests show how many had the fault. */
function timeBefore({ report }: Investigation, fixedUs: number): SideSource[] {
  const { subject } = (report ?? {}) as Readonly<{ subject?: Readonly<{ kind: string; from: string; to: string }> }>;
  const [fromUs, toUs] = [subject?.from, subject?.to].map((iso) => Date.parse(iso ?? '') * 1_000);
  if (fromUs === undefined || toUs === undefined || !Number.isFinite(fromUs - toUs)) return [];
  const since = subject?.kind === 'trace' ? fromUs - JUST_NOW_US : fromUs;
  return since < fixedUs ? [{ kind: 'window', fromUs: since, toUs: Math.min(toUs, fixedUs) }] : [];
}

/** The alert's traces that show the fault; for a diagnosis of one trace, that trace. */
function failingTraces({ traceId, report }: Investigation): SideSource[] {
  const { exemplars = [] } = (report ?? {}) as Readonly<{
    exemplars?: readonly Readonly<{ traceId: string; role: string }>[];
  }>;
  const faulty = exemplars.filter(({ role }) => role !== 'healthy').map((exemplar) => exemplar.traceId);
  return [...new Set([traceId, ...faulty])].map((id) => ({ kind: 'trace', traceId: id }));
}

/** When the incident was last reported as fixed. */
async function fixedUs(store: Reader, { id, alertId }: Investigation): Promise<number | undefined> {
  const incident =
    (await incidentDeclaredFrom(store, { investigationId: id })) ??
    (alertId === undefined ? undefined : await incidentDeclaredFrom(store, { alertId }));
  if (incident === undefined) return undefined;
  const entries = await timelineOf(store, incident.id);
  return entries.findLast(({ kind, value }) => kind === 'status' && value === 'fixed')?.atUs;
}

async function answer(
  { store, compare, log, kick }: AnswerComparisonParts,
  job: Job,
  signal: AbortSignal,
  sidesOf: (investigation: Investigation, askedUs: number) => Promise<CompareSides>,
): Promise<void> {
  const { investigationId, messageId, askedUs } = job.payload as ComparisonPayload;
  const { workspaceId } = job;
  const investigation = await findInvestigation(store, { id: investigationId, workspaceId });
  if (investigation === undefined) return;
  const answered = await said(sidesOf(investigation, askedUs).then(compare), investigationId).catch(
    (error: unknown) => {
      // The process is stopping, or another analysis ended this one: the job will be retried.
      if (signal.aborted || isWorthAnotherTry(error, job)) throw error;
      log[error instanceof SpanhoundError ? 'info' : 'error']({ err: error, investigationId }, 'a comparison failed');
      return { message: refusal(error), report: undefined };
    },
  );
  const { message, report } = answered;
  const { channelId } = investigation;
  await store.transaction(async (tx) => {
    await keepCompared(tx, investigation, report);
    await post(tx, { messageId, workspaceId, channelId, threadOf: investigationId, message });
  });
  kick();
}

type Said = Readonly<{ message: Message; report: PresentedComparison['report'] | undefined }>;

async function said(compared: Promise<PresentedComparison>, investigationId: string): Promise<Said> {
  const { slack, png, report } = await compared;
  if (slack === undefined) throw new Error('the comparison made no answer for Slack');
  return { message: answerMessage(slack, investigationId, png), report };
}

function refusal(error: unknown): Message {
  const { code, message, advice } = errorRecord(error);
  return failureMessage(
    code === 'SH_BUG' ? 'I failed to compare these traces' : `I could not compare: ${message}`,
    advice,
  );
}

/** The job was given up because its process died each time. Reports this where the answer would be. */
export const comparisonGivenUp: NonNullable<RunJobsOptions['onDead']> = async (tx, job) => {
  if (job.kind !== COMPARE_WITH_HEALTHY && job.kind !== VERIFY_FIX) return;
  const { investigationId, messageId } = job.payload as ComparisonPayload;
  const { workspaceId } = job;
  const investigation = await findInvestigation(tx, { id: investigationId, workspaceId });
  if (investigation === undefined) return;
  const message = failureMessage(
    'I could not finish this comparison',
    'I tried several times and gave up. The log has the details.',
  );
  const { channelId } = investigation;
  await post(tx, { messageId, workspaceId, channelId, threadOf: investigationId, message });
};
