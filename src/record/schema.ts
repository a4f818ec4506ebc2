/**
 * The tables for Kysely; `migrations.ts` creates them and explains each. Instants are integer microseconds since the
 * epoch and end in `_us`. JSON is stored as text, because nothing is searched inside it.
 */
import type { Generated } from 'kysely';
import type { AlertState } from '#model/incident/alert.ts';
import type { FileState } from '#model/incident/entry-file.ts';
import type { DetectedBy, EntryKind, IncidentStatus, Severity } from '#model/incident/incident.ts';
import type { Role } from '#model/incident/roles.ts';
import type { FoldReason } from '#model/incident/story.ts';

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
    /** How often its process died while it ran alone. */
    lost: number;
    /** 1 if no other job has run beside it in this attempt. */
    alone: number;
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
    /** The order in its lane: a smaller one goes first. See `RANKS` in `outbox.ts`. */
    rank: number;
  };
  /** How fast Slack may be called, by kind of call and channel or workspace. */
  paces: {
    key: string;
    /** When the calls so far would have ended at the exact rate. */
    ends_us: number;
    /** Slack asked to wait until then. */
    held_until_us: number;
  };
  investigations: {
    id: string;
    workspace_id: string;
    trace_id: string;
    asked_by: string;
    channel_id: string;
    /** `forgotten`: its content was deleted on request; the row stays because others refer to it. */
    state: 'open' | 'done' | 'failed' | 'forgotten';
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
    /** Random; a part of the digest in the audit log. Null until an answer of an earlier version is sealed. */
    salt: string | null;
    /** What it was instead, its service, and its field as in `cause-fields.ts`. Null where the person did not say. */
    said: string | null;
    /** The `at_us` of the answer that the words belong to. An earlier version changes an answer and leaves old words. */
    said_us: number | null;
    said_service: string | null;
    said_field: string | null;
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
    /** Addresses by their names, as JSON. */
    links: string;
    /** 1 for an alert of a group, which shares the answer to the group. */
    is_member: number;
  };
  /** The key under which an alert came a second way: `alert_id` is its first round under the other key. */
  alert_keys: {
    /** A digest of the workspace, the source and the key. */
    id: string;
    workspace_id: string;
    alert_id: string;
    paired_us: number;
  };
  /** What people wrote about an alert before it had an incident. */
  alert_notes: {
    alert_id: string;
    /** The key of its entry in the timeline of an incident. */
    entry_key: string;
    workspace_id: string;
    /** Where it was written; null for a note in the alerting system. */
    channel_id: string | null;
    kind: EntryKind;
    text: string;
    source: string;
    link: string;
    at_us: number;
    noted_us: number;
  };
  /** An answered alert, and what its answer says about others of the same cause. */
  stories: {
    /** The investigation of the first alert. */
    investigation_id: string;
    workspace_id: string;
    channel_id: string;
    service: string;
    /** The alert rule and its service; empty where they are not known. See `ruleOf`. */
    rule: string;
    /** The time of the newest alert that was looked at itself and has this cause. */
    looked_us: number;
    /** A `Cause`; null until the verdict is there. */
    cause: string | null;
    /** Nothing more belongs to it: no verdict, or its first alert is resolved. */
    ended_us: number | null;
  };
  /** An alert without an answer of its own: which message tells of it, and why. */
  folds: {
    alert_id: string;
    workspace_id: string;
    channel_id: string;
    /** The story that it belongs to; null where a storm left it without a look. */
    investigation_id: string | null;
    /** Our message that tells of it. */
    told_by: string;
    reason: FoldReason;
    folded_us: number;
  };
  incidents: {
    id: string;
    workspace_id: string;
    number: number;
    title: string;
    severity: Severity;
    status: IncidentStatus;
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
  /** The channel that an incident has for itself. */
  incident_channels: {
    incident_id: string;
    workspace_id: string;
    /** Null until it is created. */
    channel_id: string | null;
    /** The name that was tried last; '' until the first try, and after its incident was forgotten. */
    name: string;
    /** `wanted`: to be created, or to be used again. `refused`: Slack said no. `closed`: archived, gone, or read by others. */
    state: 'wanted' | 'open' | 'refused' | 'closed';
    /** Slack's code, or why it was closed; '' otherwise. */
    reason: string;
    /** The topic that was set last. */
    topic: string;
    asked_us: number;
    /** When the name was tried first: an answer may have been lost, so the channel may be there. */
    tried_us: number | null;
    /** People who took a role or were called until then are invited. */
    invited_us: number;
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
    /** Random; a part of the digest in the audit log. Null until an entry of an earlier version is sealed. */
    salt: string | null;
  };
  entry_files: {
    id: string;
    incident_id: string;
    workspace_id: string;
    /** The key of the entry in that timeline. */
    entry_key: string;
    /** Slack's. */
    file_id: string;
    /** Its place among the files of the message, from 0. */
    position: number;
    name: string;
    type: string;
    /** Null if nobody knows. */
    bytes: number | null;
    state: FileState;
    /** Why there is no copy; '' otherwise. */
    reason: string;
    /** The SHA-256 of the bytes that Slack sent; '' until they came. */
    sha256: string;
    /** The SHA-256 of the copy, and its size in bytes. */
    kept_sha256: string;
    kept_bytes: number;
    noted_us: number;
    kept_us: number | null;
    /** When Slack said that it is deleted there. */
    deleted_us: number | null;
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
    /** Random; a part of the digest in the audit log. Null until an item of an earlier version is sealed. */
    salt: string | null;
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
  legal_holds: {
    incident_id: string;
    workspace_id: string;
    held_by: string;
    reason: string;
    since_us: number;
  };
  audit_signatures: {
    /** The entry whose hash is signed. */
    seq: number;
    hash: string;
    at_us: number;
    key_id: string;
    signature: string;
  };
  audit_stamps: {
    /** The entry whose hash is timestamped. */
    seq: number;
    hash: string;
    /** RFC 3161, in base64. */
    token: string;
    at_us: number;
  };
  mutes: {
    id: string;
    workspace_id: string;
    channel_id: string;
    /** The alert under whose answer it was set: its key is muted, unless `service` is. Empty for a form's. */
    alert_id: string;
    /** All alerts of this service are muted; empty for one alert. */
    service: string;
    muted_by: string;
    from_us: number;
    until_us: number;
    /** Set if somebody ended it before its time. */
    ended_us: number | null;
    ended_by: string | null;
    /** JSON of a `MuteRule`; empty for a mute of one alert or service. */
    rule: string;
  };
  /** An alert that got no answer by choice. */
  quiet_alerts: {
    alert_id: string;
    workspace_id: string;
    channel_id: string;
    by: 'rule' | 'mute';
    /** As people read it: `rule 3 (maintenance of payments until 14:00 UTC)`. */
    reason: string;
    quiet_us: number;
    /** Our message under a later answer that counts it; null until there is one. */
    told_by: string | null;
  };
  /** What customers read, or will read once somebody approved it. `record/status-updates.ts` writes it. */
  status_updates: {
    id: string;
    incident_id: string;
    workspace_id: string;
    page_id: string;
    number: number;
    version: number;
    state: 'waiting' | 'approved' | 'dropped';
    status: 'investigating' | 'identified' | 'monitoring' | 'resolved';
    title: string;
    text: string;
    /** A list of names. */
    components: string;
    /** A list of words. */
    confirmed: string;
    next_minutes: number;
    corrects: string | null;
    drafted_by: string;
    drafted_us: number;
    approved_by: string | null;
    approved_us: number | null;
  };
  /** The way of an approved update to one page. */
  status_sends: {
    update_id: string;
    target: string;
    incident_id: string;
    workspace_id: string;
    page_id: string;
    number: number;
    state: 'queued' | 'sent' | 'held' | 'refused';
    reason: string;
    attempts: number;
    due_us: number;
    /** 1 while nobody knows how the last call ended. */
    is_uncertain: number;
    /** The process that calls the page now, and until when nobody else may. */
    claim: string | null;
    claim_until_us: number;
    remote_id: string | null;
    remote_update_id: string | null;
    url: string;
    sent_us: number | null;
  };
  /** The issue of an action item in a tracker outside. `record/item-issues.ts` writes it. */
  item_issues: {
    item_id: string;
    incident_id: string;
    workspace_id: string;
    tracker: string;
    place: string;
    state: 'queued' | 'linked' | 'withheld' | 'refused' | 'gone';
    reason: string;
    attempts: number;
    due_us: number;
    /** 1 while nobody knows how the last call ended. */
    is_uncertain: number;
    /** The process that calls the tracker now, and until when nobody else may. */
    claim: string | null;
    claim_until_us: number;
    /** When the first call to create it began. */
    begun_us: number | null;
    remote_id: string | null;
    key: string;
    url: string;
    /** The state on which both sides last agreed, and since when. */
    agreed: 'open' | 'done' | 'dropped';
    agreed_us: number;
    /** When the tracker was last asked about it. */
    looked_us: number;
  };
  /** What the team's automation is asked for. `record/mitigations.ts` writes it. */
  mitigations: {
    id: string;
    incident_id: string;
    workspace_id: string;
    action: string;
    what: string;
    command: string;
    service: string;
    url: string;
    body: string;
    digest: string;
    needs_approval: number;
    state: 'waiting' | 'approved' | 'accepted' | 'refused' | 'unknown' | 'cancelled' | 'lapsed';
    requested_by: string;
    requested_us: number;
    lapses_us: number;
    approved_by: string | null;
    approved_us: number | null;
    reason: string;
    attempts: number;
    due_us: number;
    /** 1 while nobody knows how the last call ended. */
    is_uncertain: number;
    /** The process that calls the automation now, and until when nobody else may. */
    claim: string | null;
    claim_until_us: number;
  };
  /** What paging systems outside are asked to do. `record/pager-steps.ts` writes it. */
  pager_steps: {
    id: string;
    incident_id: string;
    workspace_id: string;
    pager: string;
    kind: 'acknowledge' | 'notes' | 'resolve' | 'page';
    /** The incident there; '' for a page that has none yet. */
    remote_id: string;
    /** Only for a page: who is paged there, our page, and what the person wrote. */
    place: string;
    page_id: string;
    text: string;
    /** The timeline entry whose words are sent; '' if it sends none. */
    entry_id: string;
    mark: string;
    state: 'queued' | 'done' | 'refused' | 'dropped';
    reason: string;
    url: string;
    begun_us: number;
    /** When a person tried it again; 0 if nobody did. */
    retried_us: number;
    attempts: number;
    due_us: number;
    /** 1 while nobody knows how the last call ended. */
    is_uncertain: number;
    /** The process that calls the system now, and until when nobody else may. */
    claim: string | null;
    claim_until_us: number;
  };
  /** Where postmortems are sent. `record/postmortem-sends.ts` writes it. */
  postmortem_sends: {
    incident_id: string;
    target: string;
    workspace_id: string;
    state: 'queued' | 'sent' | 'refused';
    reason: string;
    /** What names the thing that the target made; '' before. */
    remote: string;
    /** While nobody knows what the target made: the titles that it was sent, as JSON. */
    titles: string | null;
    key: string;
    url: string;
    /** The newest request. */
    asked_by: string;
    asked_us: number;
    /** How often somebody asked. */
    asks: number;
    sent_us: number | null;
    attempts: number;
    due_us: number;
    /** 1 while nobody knows how the last call ended. */
    is_uncertain: number;
    /** The process that calls the target now, and until when nobody else may. */
    claim: string | null;
    claim_until_us: number;
  };
  marks: {
    name: string;
    value: string;
    at_us: number;
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
  service_answers: {
    id: string;
    workspace_id: string;
    /** Where it was answered: who cannot read this channel learns nothing of it. */
    channel_id: string;
    /** `name`: the alert's name for the service; `rule`: the rule of an alert that names none. */
    about: 'name' | 'rule';
    /** The name or the rule. */
    said: string;
    service: string;
    said_by: string;
    at_us: number;
  };
  service_facts: {
    source: string;
    /** A list of `ServiceFact`. */
    facts: string;
    /** A list of sentences. */
    warnings: string;
    read_us: number;
  };
  seen_services: {
    workspace_id: string;
    service: string;
    seen_us: number;
  };
  /** A token of the REST API. */
  api_tokens: {
    /** The part of the token that is no secret. */
    id: string;
    name: string;
    /** SHA-256 of its secret part. */
    digest: string;
    /** A list of names, as JSON. */
    scopes: string;
    /** The ids of the channels whose incidents it may see beside those that the whole workspace reads; as JSON. */
    channels: string;
    created_us: number;
    expires_us: number;
    revoked_us: number | null;
    /** To the hour. */
    used_us: number | null;
  };
  /** A workspace that installed the app by a link. */
  installations: {
    workspace_id: string;
    /** As Slack names the workspace. */
    name: string;
    /** Encrypted, as `core/sealing.ts` writes it. Empty once the app was removed. */
    sealed: string;
    /** Separated by commas. */
    scopes: string;
    /** The person who installed it. */
    installed_by: string;
    installed_us: number;
    removed_us: number | null;
    /** Why it was removed; empty while it is installed. */
    reason: string;
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
/** `dropped`: a newer message made it useless before it was sent. */
export type MessageState = 'queued' | 'sent' | 'dropped' | 'unknown' | 'unreachable' | 'refused' | 'expired';
