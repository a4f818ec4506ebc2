/**
 * The tables for Kysely; `migrations.ts` creates them and explains each. Instants are integer microseconds since the
 * epoch and end in `_us`. JSON is stored as text, because nothing is searched inside it.
 */
import type { Generated } from 'kysely';
import type { AlertState } from '#model/incident/alert.ts';
import type { DetectedBy, EntryKind, Role, Severity, Status } from '#model/incident/incident.ts';

export type Schema = {
  inbox: {
    id: string;
    workspace_id: string;
    key: string;
    source: string;
    /** Deleted once the row is done. */
    body: string | null;
    received_us: number;
    done_us: number | null;
    attempts: number;
    /** When it is retried, if it is still pending then. */
    due_us: number;
    /** Why the last attempt failed. */
    error: string | null;
    /** Its body is deleted too. */
    given_up_us: number | null;
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
    /** How often its process died while it ran. */
    lost: number;
  };
  messages: {
    id: string;
    workspace_id: string;
    kind: 'message' | 'attachment' | 'response' | 'pin';
    /** Null for a response, whose URL is its address. */
    channel_id: string | null;
    /** Slack's id of the message, once it has one. */
    ts: string | null;
    /** The root of its thread. */
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
    /** The unit of ordering: a channel, one response, or one message that Slack refuses, with its dependants. */
    lane: string;
    kind: 'post' | 'update' | 'respond' | 'attach' | 'pin';
    payload: string;
    /** The picture or the file. */
    bytes: Uint8Array | null;
    thread_of: string | null;
    response_url: string | null;
    unreachable_text: string | null;
    state: 'queued' | 'sending' | 'uncertain';
    attempts: number;
    /** Whether it was sent a second time without the result of the first. */
    resent: number;
    due_us: number;
    lease: string | null;
    lease_until_us: number | null;
    created_us: number;
    /** When the first attempt with an unknown result was made. */
    tried_us: number | null;
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
    /** The alert that it answers. */
    alert_id: string | null;
  };
  feedback: {
    investigation_id: string;
    workspace_id: string;
    user_id: string;
    answer: 'right' | 'wrong';
    at_us: number;
  };
  alerts: {
    id: string;
    workspace_id: string;
    source: string;
    key: string;
    /** Counts how often the same key fired again: after its resolution, or after a long silence; 0 the first time. */
    round: number;
    title: string;
    service: string;
    severity: string;
    state: AlertState;
    at_us: number;
    url: string;
    trace_id: string;
    labels: string;
    channel_id: string | null;
    message_ts: string | null;
    /** The investigation that answers it; several alerts of one group share one. */
    investigation_id: string | null;
    received_us: number;
    heard_us: number;
    /** When the source reported this state; null if an earlier version stored it. */
    said_us: number | null;
  };
  incidents: {
    id: string;
    workspace_id: string;
    number: number;
    title: string;
    severity: Severity;
    status: Status;
    channel_id: string;
    thread_ts: string | null;
    declared_by: string;
    declared_us: number;
    impact_start_us: number | null;
    detected_by: DetectedBy;
    detection: string;
    alert_id: string | null;
    investigation_id: string | null;
    resolved_us: number | null;
  };
  incident_roles: {
    incident_id: string;
    workspace_id: string;
    role: Role;
    user_id: string;
    since_us: number;
  };
  timeline_entries: {
    id: string;
    incident_id: string;
    workspace_id: string;
    /** Identifies the entry: a second one with this key changes nothing. */
    key: string;
    /** The entry that this one corrects. */
    amends: string | null;
    at_us: number;
    noted_us: number;
    kind: EntryKind;
    text: string;
    source: string;
    link: string;
    value: string;
    removed_us: number | null;
  };
  action_items: {
    id: string;
    incident_id: string;
    workspace_id: string;
    text: string;
    owner: string;
    due: string;
    created_by: string;
    created_us: number;
  };
  evidence: {
    investigation_id: string;
    workspace_id: string;
    /** Its position in the workspace's chain of seals, from 1. */
    number: number;
    folder: string;
    seal: string;
    files: number;
    bytes: number;
    kept_us: number;
  };
  fingerprints: {
    investigation_id: string;
    workspace_id: string;
    /** A `Fingerprint`. */
    features: string;
    noted_us: number;
  };
  changes: {
    kind: string;
    service: string;
    id: string;
    at_us: number;
    text: string;
    url: string;
    /** A list of paths. */
    files: string;
    diff: string;
    noted_us: number;
  };
  audit: {
    seq: number;
    workspace_id: string;
    at_us: number;
    actor: string;
    action: string;
    subject: string;
    detail: string;
    previous_hash: string;
    hash: string;
  };
  audit_head: {
    /** Always 1: there is one head. */
    id: number;
    seq: number;
    hash: string;
  };
};

/**
 * `queued` is waiting. `unknown` may have been posted; `unreachable` and `refused` are Slack's permanent answers;
 * `expired` was not delivered while it was still useful.
 */
export type MessageState = 'queued' | 'sent' | 'unknown' | 'unreachable' | 'refused' | 'expired';
