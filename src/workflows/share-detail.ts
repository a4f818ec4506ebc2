/** The buttons under a diagnosis that add detail to the thread: the log lines, and the report as a file. */
import { preformatted, richText } from '#present/slack/rich-text.ts';
import { audit } from '#record/audit.ts';
import { done } from '#record/inbox.ts';
import { findInvestigation, type Investigation } from '#record/investigations.ts';
import { attach, post, respond } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';

export type ShareDetailRequest = Readonly<{
  inboxId: string;
  workspaceId: string;
  investigationId: string;
  /** The person who pressed the button. */
  userId: string;
  responseUrl: string;
  detail: 'logs' | 'markdown';
}>;

export type ShareDetail = (request: ShareDetailRequest) => Promise<void>;

/** The button may outlive the stored diagnosis: retention deleted it, or the store is new. */
export const FORGOTTEN = 'I no longer have this diagnosis. Run `/trace <id>` again to have a new one.';

/** Makes an id safe for a file name: the person may have asked for anything. */
const NAME_LENGTH = 64;

/** More lines come as a file, because they would fill the thread. Well below Slack's limit for one block. */
const INLINE_LOG_CHARS = 2_500;
const INLINE_LOG_LINES = 20;

export function detailSharer({ store, kick }: Readonly<{ store: Store; kick(): void }>): ShareDetail {
  return async ({ inboxId, workspaceId, investigationId, userId, responseUrl, detail }) => {
    const investigation = await findInvestigation(store, { id: investigationId, workspaceId });
    await store.transaction(async (tx) => {
      const text = investigation === undefined ? FORGOTTEN : await SHARE[detail](tx, investigation);
      if (investigation !== undefined) {
        await audit(tx, {
          workspaceId,
          actor: userId,
          action: 'evidence.shown',
          subject: investigationId,
          detail: { what: detail },
        });
      }
      await respond(tx, { workspaceId, responseUrl, message: { text }, key: inboxId });
      await done(tx, inboxId);
    });
    kick();
  };
}

/** Each adds its part to the thread and answers the person who pressed. A second press adds nothing. */
const SHARE = { logs: shareLogs, markdown: shareMarkdown };

async function shareLogs(tx: Tx, { id, workspaceId, channelId, state, logs }: Investigation): Promise<string> {
  if (state !== 'done') return 'The logs are not ready yet: I am still working on it.';
  if (logs === '') return 'I have no log lines of this trace. The end of the message says what could not be read.';
  const lines = logs.trimEnd().split('\n');
  if (lines.length <= INLINE_LOG_LINES && logs.length <= INLINE_LOG_CHARS) {
    const message = {
      text: `${lines.length} log lines of the trace`,
      blocks: [richText(preformatted(lines.join('\n')))],
    };
    await post(tx, { messageId: `${id}/logs`, workspaceId, channelId, threadOf: id, message });
  } else {
    await attach(tx, {
      attachmentId: `${id}/logs`,
      workspaceId,
      channelId,
      threadOf: id,
      name: 'trace.log',
      title: `${lines.length} log lines of the trace`,
      content: new TextEncoder().encode(logs),
    });
  }
  return `The trace has ${lines.length} log ${lines.length === 1 ? 'line' : 'lines'}: see the thread of the message.`;
}

async function shareMarkdown(
  tx: Tx,
  { id, workspaceId, channelId, traceId, state, markdown }: Investigation,
): Promise<string> {
  if (state !== 'done') return 'The report is not ready yet: I am still working on it.';
  await attach(tx, {
    attachmentId: `${id}/markdown`,
    workspaceId,
    channelId,
    threadOf: id,
    name: `trace-${traceId.replace(/[^\w.-]+/g, '-').slice(0, NAME_LENGTH)}.md`,
    title: `Diagnosis of trace ${traceId}`,
    content: new TextEncoder().encode(markdown),
  });
  return 'The report as Markdown is in the thread of the message.';
}
