/**
 * A sentence to the bot: the trace or the service that it names is looked into, as by `/trace` or for an alert. The
 * answer comes in the thread of the sentence. Whatever cannot be read gets examples.
 *
 *   inbox row ──► investigation + first line + job ──► inbox row done      all keyed by the inbox row
 */
import { DAY_US, MINUTE_US } from '#core/time-units.ts';
import { type Alert, QUESTION } from '#model/incident/alert.ts';
import { redact } from '#model/redaction/redaction.ts';
import { alertFirstLine } from '#present/slack/alert-messages.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { questionExamples, questionProblem } from '#present/slack/question-messages.ts';
import { readableMinute } from '#present/words/instant.ts';
import { done } from '#record/inbox.ts';
import { openInvestigation } from '#record/investigations.ts';
import type { Jobs } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';
import type { AnswerAlertRequest } from '#workflows/alerts/answer-alert.ts';
import { answerMessage } from '#workflows/messages/answer-message.ts';
import { readQuestion } from '#workflows/sentences/read-question.ts';
import type { AskedTime } from '#workflows/times/asked-time.ts';
import { type TimeParts, whenOf } from '#workflows/times/when.ts';
import { ANSWER_ALERT } from '#workflows/traces/answer-trace.ts';

export type AskedQuestion = Readonly<{
  inboxId: string;
  workspaceId: string;
  channelId: string;
  /** The thread to answer in: that of the sentence. */
  threadTs: string;
  userId: string;
  text: string;
}>;

export type AskQuestion = (asked: AskedQuestion) => Promise<void>;

export type AskQuestionOptions = Omit<TimeParts, 'store'> &
  Readonly<{
    store: Store;
    jobs: Jobs;
    /** The sources to read, by name: `jaeger`. */
    sources: readonly string[];
    /** Something was stored: the jobs and the outbox may check for work. */
    kick(): void;
  }>;

export function questionAsker({ store, jobs, directory, sources, kick }: AskQuestionOptions): AskQuestion {
  return async (asked) => {
    const question = readQuestion(asked.text);
    const time = question?.kind === 'service' ? await timesOf({ store, directory }, asked.userId, question.time) : {};
    await store.transaction(async (tx) => {
      if (question === undefined) await reply(tx, asked, questionExamples());
      else if (question.kind === 'problem') await reply(tx, asked, questionProblem(question.problem));
      else if ('problem' in time) await reply(tx, asked, questionProblem(time.problem));
      else await lookInto(tx, { jobs, sources }, asked, { ...question, ...time });
      await done(tx, asked.inboxId);
    });
    kick();
  };
}

/** Nothing where the question names no time. */
type Times = Readonly<{ atUs?: number; window?: Readonly<{ fromUs: number; toUs: number }> }>;

/** A search through more time than this takes longer than anybody waits, and has no healthy time beside it. */
const LONGEST_US = DAY_US;

/** The times that a question names, on the clock of the person who asks. `problem`: a sentence that says what to write. */
export async function timesOf(
  parts: TimeParts,
  userId: string,
  time: AskedTime,
): Promise<Times | Readonly<{ problem: string }>> {
  if (time.kind === 'now') return {};
  const from = await whenOf(parts, { userId }, time.kind === 'around' ? time.at : time.from);
  if ('problem' in from) return from;
  if (time.kind === 'around') return from.atUs === undefined ? {} : { atUs: from.atUs };
  const to = await whenOf(parts, { userId }, time.to);
  if ('problem' in to) return to;
  const nowUs = await parts.store.nowUs();
  const [fromUs, toUs] = [from.atUs ?? nowUs, to.atUs ?? nowUs];
  if (fromUs >= toUs) return { problem: 'The beginning of that time window is not before its end.' };
  // A minute may pass between the reading of both times.
  if (toUs - fromUs > LONGEST_US + MINUTE_US)
    return { problem: 'I look into at most 24 hours at once. Name a shorter time window.' };
  return { atUs: toUs, window: { fromUs, toUs } };
}

async function lookInto(
  tx: Tx,
  { jobs, sources }: Pick<AskQuestionOptions, 'jobs' | 'sources'>,
  asked: AskedQuestion,
  { service, sentence, atUs = tx.nowUs, window }: Times & Readonly<{ service: string; sentence: string }>,
): Promise<void> {
  const { inboxId: id, workspaceId, channelId, userId } = asked;
  const since = window === undefined ? '' : `, ${readableMinute(window.fromUs)} to ${readableMinute(window.toUs)}`;
  await openInvestigation(tx, { id, workspaceId, traceId: '', askedBy: userId, channelId });
  await reply(tx, asked, alertFirstLine(`${service}${since}`, { from: sources, thisWeek: undefined }));
  const payload: AnswerAlertRequest = {
    investigationId: id,
    alert: askedAlert(id, { service, sentence, atUs }),
    gaps: [],
    ...(window && { window }),
  };
  await jobs.addJob(tx, { kind: ANSWER_ALERT, workspaceId, key: id, payload });
}

/** The question as the alert that it is like: something may be wrong with this service at that time. */
function askedAlert(
  id: string,
  { service, sentence, atUs }: Readonly<{ service: string; sentence: string; atUs: number }>,
): Alert {
  return {
    source: QUESTION,
    key: id,
    title: redact(sentence),
    service,
    severity: '',
    state: 'triggered',
    atUs,
    saidUs: atUs,
    url: '',
    traceId: '',
    labels: {},
  };
}

async function reply(tx: Tx, asked: AskedQuestion, message: SlackMessage): Promise<void> {
  const { inboxId, workspaceId, channelId, threadTs } = asked;
  await post(tx, { messageId: inboxId, workspaceId, channelId, threadTs, message: answerMessage(message, inboxId) });
}
