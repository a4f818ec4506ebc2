/**
 * 🔍 on a message: diagnoses the traces and requests that it names, in its thread. The event has no text, so a job reads the message.
 * A second 🔍 on the same message begins nothing new.
 */
import type { TraceReference } from '#model/trace/trace-id.ts';
import { done } from '#record/inbox.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { beginInvestigations, type InvestigateOptions } from '#workflows/traces/investigate.ts';

export const LOOK_INTO_MESSAGE = 'look-into-message';

/** The reactions that ask for a look: 🔍 and 🔎 */
export const MAGNIFIERS: ReadonlySet<string> = new Set(['mag', 'mag_right']);

export type LookRequest = Readonly<{
  inboxId: string;
  workspaceId: string;
  channelId: string;
  ts: string;
  /** The person who asks. */
  userId: string;
}>;

export type LookIntoMessage = (request: LookRequest) => Promise<void>;

export function messageLooker({
  store,
  jobs,
  kick,
}: Readonly<{ store: Store; jobs: Jobs; kick(): void }>): LookIntoMessage {
  return async (request) => {
    const { inboxId, workspaceId, channelId, ts } = request;
    await store.transaction(async (tx) => {
      await jobs.addJob(tx, { kind: LOOK_INTO_MESSAGE, workspaceId, key: `${channelId}:${ts}`, payload: request });
      await done(tx, inboxId);
    });
    kick();
  };
}

/** What the workflow needs of a message. */
export type Found =
  | Readonly<{ kind: 'seen'; traces: readonly TraceReference[]; threadTs: string | undefined }>
  | Readonly<{ kind: 'gone' }>
  | Readonly<{ kind: 'unreadable' }>;

export type LookIntoOptions = InvestigateOptions &
  Readonly<{ look(place: Readonly<{ channelId: string; ts: string }>): Promise<Found> }>;

export function lookIntoMessage(options: LookIntoOptions): JobHandler {
  const { store, look, kick } = options;
  return async (job) => {
    const { userId, ...request } = job.payload as LookRequest;
    const { inboxId, workspaceId, channelId, ts } = request;
    const found = await look({ channelId, ts });
    if (found.kind === 'gone') return;
    const references = found.kind === 'seen' ? found.traces : [];
    const threadTs = (found.kind === 'seen' ? found.threadTs : undefined) ?? ts;
    await store.transaction(async (tx) => {
      if (references.length > 0) {
        const around = references.map((reference) => ({ ...reference, around: 'message' }) as const);
        await beginInvestigations(tx, options, { ...request, threadTs, askedBy: userId, references: around });
        return;
      }
      const text = found.kind === 'seen' ? NO_TRACE : UNREADABLE;
      await post(tx, { messageId: inboxId, workspaceId, channelId, threadTs, message: { text } });
    });
    kick();
  };
}

const NO_TRACE =
  'I found no trace id in this message. I need 16 or 32 hex digits after a word like `trace_id`, a link to a trace, a `traceparent`, or the id of a request after a word like `request_id`.';
const UNREADABLE = 'I may not read this message. `/trace <id>` works in every channel that I am in.';
