/**
 * The tables as Kysely sees them; `migrations.ts` makes them and says why each is there. Instants are integer
 * microseconds since the epoch and end in `_us`. JSON is kept as text: nothing is searched inside it.
 */
import type { Generated } from 'kysely';

export type Schema = {
  inbox: {
    id: string;
    workspace_id: string;
    key: string;
    source: string;
    /** Gone once the row is done. */
    body: string | null;
    received_us: number;
    done_us: number | null;
  };
  jobs: {
    id: string;
    workspace_id: string;
    kind: string;
    key: string;
    payload: string | null;
    state: 'queued' | 'running' | 'done' | 'dead';
    attempts: number;
    due_us: number;
    lease: string | null;
    lease_until_us: number | null;
    error: string | null;
    created_us: number;
    finished_us: number | null;
  };
  messages: {
    id: string;
    workspace_id: string;
    kind: 'message' | 'attachment' | 'response';
    /** Null for a response: its URL is its address. */
    channel_id: string | null;
    /** Slack's name of the message, once it has one. */
    ts: string | null;
    /** The root of the thread that it stands in. */
    thread_ts: string | null;
    state: MessageState;
    reason: string | null;
    created_us: number;
    sent_us: number | null;
  };
  outbox: {
    seq: Generated<number>;
    message_id: string;
    workspace_id: string;
    /** What is sent in order: a channel, or one response. */
    lane: string;
    kind: 'post' | 'update' | 'respond' | 'attach';
    payload: string;
    /** The picture or the file. */
    bytes: Uint8Array | null;
    thread_of: string | null;
    response_url: string | null;
    unreachable_text: string | null;
    state: 'queued' | 'sending' | 'uncertain';
    attempts: number;
    /** Whether it was sent a second time without knowing what became of the first. */
    resent: number;
    due_us: number;
    lease: string | null;
    lease_until_us: number | null;
    created_us: number;
  };
  investigations: {
    id: string;
    workspace_id: string;
    trace_id: string;
    asked_by: string;
    channel_id: string;
    state: 'open' | 'done' | 'failed';
    report: string | null;
    markdown: string | null;
    logs: string | null;
    error: string | null;
    created_us: number;
    finished_us: number | null;
  };
  feedback: {
    investigation_id: string;
    workspace_id: string;
    user_id: string;
    answer: 'right' | 'wrong';
    at_us: number;
  };
};

/**
 * `queued` is on its way. `unknown` may stand in Slack or not; `unreachable` and `refused` are Slack's last word;
 * `expired` was still undelivered when nobody could want it any more.
 */
export type MessageState = 'queued' | 'sent' | 'unknown' | 'unreachable' | 'refused' | 'expired';
