/**
 * A request for a trace: stores the question, its first line in the channel and its job in one transaction. Every
 * acknowledged request therefore gets an answer.
 *
 *   inbox row ──► investigation + message + job ──► inbox row done      all keyed by the inbox row
 */
import type { AskedReference } from '#model/trace/asked-for.ts';
import { firstLine } from '#present/slack/diagnosis-message.ts';
import { escapeMrkdwn } from '#present/slack/text.ts';
import { done } from '#record/inbox.ts';
import { openInvestigation } from '#record/investigations.ts';
import type { Jobs } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';
import { answerMessage } from '#workflows/messages/answer-message.ts';
import { ANSWER_TRACE, type AnswerTraceRequest } from '#workflows/traces/answer-trace.ts';

export type InvestigateRequest = Readonly<{
  inboxId: string;
  workspaceId: string;
  channelId: string;
  /** The thread to answer in, if the request came from a message. */
  threadTs?: string;
  askedBy: string;
  /** Where to report that the bot may not post in the channel; a message has no such address. */
  responseUrl?: string;
  references: readonly AskedReference[];
}>;

export type Investigate = (request: InvestigateRequest) => Promise<void>;

export type InvestigateOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  /** The sources to read, by name: `jaeger`. */
  sources: readonly string[];
  /** Something was stored: the jobs and the outbox may check for work. */
  kick(): void;
}>;

export function investigator(options: InvestigateOptions): Investigate {
  return async (request) => {
    await options.store.transaction(async (tx) => {
      await beginInvestigations(tx, options, request);
      await done(tx, request.inboxId);
    });
    options.kick();
  };
}

/** The first line in the channel and the job, for each trace. */
export async function beginInvestigations(
  tx: Tx,
  { jobs, sources }: Pick<InvestigateOptions, 'jobs' | 'sources'>,
  { inboxId, workspaceId, channelId, threadTs, askedBy, responseUrl, references }: InvestigateRequest,
): Promise<void> {
  for (const [index, reference] of references.entries()) {
    const id = investigationId(inboxId, index);
    const asked = nameOf(reference);
    await openInvestigation(tx, { id, workspaceId, traceId: asked, askedBy, channelId });
    await post(tx, {
      messageId: id,
      workspaceId,
      channelId,
      ...(threadTs === undefined ? {} : { threadTs }),
      message: answerMessage(firstLine(asked, sources), id),
      ...(responseUrl !== undefined && {
        fallbackResponseUrl: responseUrl,
        unreachableText: inviteText(asked, channelId),
      }),
    });
    const payload: AnswerTraceRequest = { investigationId: id, reference };
    await jobs.addJob(tx, { kind: ANSWER_TRACE, workspaceId, key: id, payload });
  }
}

/** Derived from the request, so a second delivery means the same investigation. Also the id of its message. */
function investigationId(inboxId: string, index: number): string {
  return index === 0 ? inboxId : `${inboxId}.${index + 1}`;
}

function nameOf(reference: AskedReference): string {
  return reference.kind === 'trace' ? reference.id : reference.text;
}

/** Nobody can invite an app into a direct message of two people. */
function inviteText(asked: string, channelId: string): string {
  const command = escapeMrkdwn(asked.replaceAll('`', "'"));
  if (channelId.startsWith('D')) {
    return `I cannot join a direct message of other people, so I cannot answer here. Type \`/trace ${command}\` in your direct messages with me (in Slack under *Apps*), or in a channel that I am in.`;
  }
  return `I am not in this conversation, so I cannot answer here. In a channel, type \`/invite @spanhound\`, then \`/trace ${command}\` again.`;
}
