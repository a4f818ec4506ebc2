/** The buttons under a diagnosis that add detail to the thread: the log lines, and the report as a file. */
import { counted } from '#model/text/count-text.ts';
import { preformatted, richText } from '#present/slack/rich-text.ts';
import { audit } from '#record/audit.ts';
import { done } from '#record/inbox.ts';
import { findInvestigation, type Investigation } from '#record/investigations.ts';
import { attach, deliveryOf, post, respond } from '#record/outbox.ts';
import type { Store, Tx } from '#record/store.ts';

export type ShareDetailRequest = Readonly<{
  inboxId: string;
  workspaceId: string;
  investigationId: string;
  /** The person who pressed the button. */
  userId: string;
  responseUrl: string;
  /** The button was pressed in the thread that the detail goes to. */
  isInThread: boolean;
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
  return async ({ inboxId, workspaceId, investigationId, userId, responseUrl, isInThread, detail }) => {
    const investigation = await findInvestigation(store, { id: investigationId, workspaceId });
    await store.transaction(async (tx) => {
      const shared = investigation === undefined ? FORGOTTEN : await SHARE[detail](tx, investigation);
      const text = toldOf(shared, isInThread);
      if (investigation !== undefined) {
        await audit(tx, {
          workspaceId,
          actor: userId,
          action: 'evidence.shown',
          subject: investigationId,
          detail: { what: detail },
        });
      }
      if (text !== '') await respond(tx, { workspaceId, responseUrl, message: { text }, key: inboxId });
      await done(tx, inboxId);
    });
    kick();
  };
}

/** A text if nothing was shared. */
export type Shared = string | Readonly<{ isNew: boolean }>;

/** What only the person reads who pressed; '' if the detail has just appeared in the thread that they read. */
export function toldOf(shared: Shared, isInThread: boolean): string {
  if (typeof shared === 'string') return shared;
  if (!isInThread) return 'Look in the thread of this message.';
  return shared.isNew ? '' : 'It is in this thread already.';
}

/** Each adds its part to the thread. A second press adds nothing. */
const SHARE = { logs: shareLogs, markdown: shareMarkdown };

async function shareLogs(tx: Tx, { id, workspaceId, channelId, state, logs }: Investigation): Promise<Shared> {
  if (state !== 'done') return 'The logs are not ready yet: I am still working on it.';
  if (logs === '') return 'I have no log lines of this trace. The end of the message says what could not be read.';
  const lines = logs.trimEnd().split('\n');
  const isNew = (await deliveryOf(tx, `${id}/logs`)) === undefined;
  const title = `${counted(lines.length, 'log line')} of the trace`;
  if (lines.length <= INLINE_LOG_LINES && logs.length <= INLINE_LOG_CHARS) {
    const message = {
      text: title,
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
      title,
      content: new TextEncoder().encode(logs),
    });
  }
  return { isNew };
}

async function shareMarkdown(
  tx: Tx,
  { id, workspaceId, channelId, traceId, state, markdown }: Investigation,
): Promise<Shared> {
  if (state !== 'done') return 'The report is not ready yet: I am still working on it.';
  const isNew = (await deliveryOf(tx, `${id}/markdown`)) === undefined;
  await attach(tx, {
    attachmentId: `${id}/markdown`,
    workspaceId,
    channelId,
    threadOf: id,
    name: `trace-${traceId.replace(/[^\w.-]+/g, '-').slice(0, NAME_LENGTH)}.md`,
    title: `Diagnosis of trace ${traceId}`,
    content: new TextEncoder().encode(markdown),
  });
  return { isNew };
}
