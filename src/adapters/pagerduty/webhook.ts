/**
 * PagerDuty's webhooks, version 3: one event per request, signed over its raw bytes. The signature contains no time.
 * The event id is remembered, which prevents replays.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { ReadDelivery } from '#adapters/system.ts';
import type { Proof } from '#core/webhook.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';
import { namedTraceId } from '#model/trace/trace-id.ts';

const SIGNATURE_VERSION = 'v1=';

/** `secret`: one, or several separated by commas during a rotation. */
export function pagerDutyProof(secret = ''): Proof | undefined {
  const secrets = secret
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (secrets.length === 0) return undefined;
  return {
    mayBe: ({ header }) => bearsPagerDutySignature(header('x-pagerduty-signature')),
    isSigned: ({ header, body }) => isSignedByPagerDuty(secrets, header('x-pagerduty-signature'), body),
  };
}

/**
 * Whether one of the secrets signed these bytes. During a rotation there are two secrets, here and in PagerDuty, and
 * the header has one signature for each.
 */
export function isSignedByPagerDuty(
  secrets: readonly string[],
  signatures: string | undefined,
  body: Uint8Array,
): boolean {
  const given = (signatures ?? '')
    .split(',')
    .map((signature) => signature.trim())
    .filter((signature) => signature.startsWith(SIGNATURE_VERSION))
    .map((signature) => Buffer.from(signature.slice(SIGNATURE_VERSION.length)));
  const expected = secrets.map((secret) => Buffer.from(createHmac('sha256', secret).update(body).digest('hex')));
  // Compares every pair, so that the duration does not show which one matches.
  let fits = false;
  for (const one of given) {
    for (const other of expected) fits = (one.length === other.length && timingSafeEqual(one, other)) || fits;
  }
  return fits;
}

/** Whether there is a signature in PagerDuty's form: one or several of `v1=` and 64 hex digits. */
export function bearsPagerDutySignature(signatures: string | undefined): boolean {
  return (signatures ?? '').split(',').some((signature) => SIGNATURE_FORM.test(signature.trim()));
}

const SIGNATURE_FORM = /^v1=[0-9a-f]{64}$/;

const Reference = z.object({ id: z.string().nullish().catch(undefined), summary: z.string().nullish() });

const PagerDutyEvent = z.object({
  event: z.object({
    id: z.string().min(1),
    event_type: z.string(),
    occurred_at: z.iso.datetime({ offset: true }).nullish(),
    client: z.object({ url: z.string().nullish() }).nullish(),
    agent: z.object({ summary: z.string().nullish() }).nullish().catch(undefined),
    data: z.looseObject({ type: z.string().nullish() }).nullish(),
  }),
});

type Event = z.output<typeof PagerDutyEvent>['event'];

const IncidentData = z.object({
  id: z.string().min(1),
  html_url: z.string().nullish(),
  number: z.number().nullish(),
  status: z.string().nullish(),
  created_at: z.iso.datetime({ offset: true }).nullish(),
  title: z.string().nullish(),
  description: z.string().nullish(),
  service: Reference.nullish(),
  priority: Reference.nullish(),
  assignees: z.array(Reference).nullish().catch(undefined),
  urgency: z.string().nullish(),
  body: z.object({ details: z.unknown().optional() }).nullish(),
});

/** `receivedUs`: when it arrived, for an event without its own time. */
export function readPagerDutyWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = PagerDutyEvent.safeParse(body);
  if (!parsed.success) return { kind: 'unreadable', why: z.prettifyError(parsed.error) };
  const { id, event_type, occurred_at, client, data } = parsed.data.event;
  if (!event_type.startsWith('incident.')) return { kind: 'other', why: `${event_type} is about no incident` };
  if (data?.type !== 'incident') return noteOf(parsed.data.event, receivedUs);
  const incident = IncidentData.safeParse(data);
  if (!incident.success) return { kind: 'unreadable', why: z.prettifyError(incident.error) };
  const state = STATES[event_type.slice('incident.'.length)];
  if (state === undefined) return changeNote(parsed.data.event, incident.data, receivedUs);
  // For a reopened incident, the present is examined.
  const reopened = event_type === 'incident.reopened';
  const began = reopened ? occurred_at : (incident.data.created_at ?? occurred_at);
  const atUs = microseconds(began) ?? receivedUs;
  const saidUs = microseconds(occurred_at) ?? receivedUs;
  const alert = alertOf(incident.data, { state, atUs, saidUs, clientUrl: client?.url ?? '' });
  const subject = reopened ? { ...alert, reopened } : alert;
  return { kind: 'delivery', delivery: { id, subject, members: [], truncated: 0 } };
}

const SavedData = z.looseObject({ type: z.string() });

/** An incident as PagerDuty's API returns it, from a file. Other parts of an event lack what an alert needs. */
export function readPagerDutyIncident(body: unknown): ReadDelivery {
  const subscription = z.looseObject({ webhook_subscription: z.looseObject({}) }).safeParse(body);
  if (subscription.success) return { kind: 'other', why: 'a subscription to webhooks, which holds no event' };
  const inside = z.looseObject({ incident: SavedData }).safeParse(body);
  const data = SavedData.safeParse(body);
  const held = data.success ? data.data : inside.data?.incident;
  // Icinga's type of a check is `service`, too; it names the host.
  if (held === undefined || 'host' in held || !/^(?:incident|service)(?:_[a-z_]{1,40})?$/.test(held.type)) {
    return { kind: 'unreadable', why: '✖ no incident of PagerDuty\n  → at type' };
  }
  const incident = IncidentData.safeParse(held);
  const state = incident.success ? STATES[incident.data.status ?? ''] : undefined;
  if (held.type !== 'incident' || !incident.success || state === undefined) {
    return { kind: 'other', why: `only the data of an event (${held.type}): give the whole webhook, with its event` };
  }
  const atUs = microseconds(incident.data.created_at) ?? 0;
  return {
    kind: 'delivery',
    delivery: {
      id: incident.data.id,
      subject: alertOf(incident.data, { state, atUs, saidUs: atUs, clientUrl: '' }),
      members: [],
      truncated: 0,
    },
  };
}

/** https://developer.pagerduty.com/docs/webhooks-overview: `incident_note`, `incident_status_update` */
const NoteData = z.object({
  type: z.enum(['incident_note', 'incident_status_update', 'incident_responder']),
  id: z.string().nullish(),
  content: z.string().nullish(),
  message: z.string().nullish(),
  incident: z.object({ id: z.string().min(1), html_url: z.string().nullish() }),
});

/** Longer notes are in PagerDuty. */
const NOTE_CHARS = 2_000;

/** https://developer.pagerduty.com/docs/webhooks-overview: `incident.responder.added`, `incident.responder.replied` */
const ResponderData = z.object({
  type: z.literal('incident_responder'),
  state: z.string().nullish(),
  message: z.string().nullish(),
  user: Reference.nullish(),
  escalation_policy: Reference.nullish(),
  incident: z.object({ id: z.string().min(1), html_url: z.string().nullish() }),
});

function responderText({ state, message, user, escalation_policy }: z.output<typeof ResponderData>): string {
  const who = user?.summary ?? escalation_policy?.summary ?? 'somebody';
  if (state === 'accepted' || state === 'declined') return `${who} ${state} the request to help`;
  return `${who} is asked to help${message ? `: ${message}` : ''}`;
}

function noteOf({ id, event_type, occurred_at, agent, data }: Event, receivedUs: number): ReadDelivery {
  const responder = ResponderData.safeParse(data);
  const said = responder.success ? { ...responder.data, content: responderText(responder.data), message: '' } : data;
  const parsed = NoteData.safeParse(said);
  const text = parsed.success ? (parsed.data.content ?? parsed.data.message ?? '').trim() : '';
  if (!parsed.success || text === '') return { kind: 'other', why: `${event_type} changes no state` };
  const { incident } = parsed.data;
  return {
    kind: 'note',
    note: {
      id,
      source: 'pagerduty',
      key: incident.id.toUpperCase(),
      text: text.slice(0, NOTE_CHARS),
      by: agent?.summary ?? '',
      atUs: microseconds(occurred_at) ?? receivedUs,
      url: incident.html_url ?? '',
    },
  };
}

/** Who has the incident, and how urgent it is, changes; whether it fires does not. */
function changeNote(
  { id, event_type, occurred_at, agent }: Event,
  incident: z.output<typeof IncidentData>,
  receivedUs: number,
): ReadDelivery {
  const people = (incident.assignees ?? []).flatMap(({ summary }) => summary ?? []).join(', ');
  const what = event_type.slice('incident.'.length);
  const news: Readonly<Record<string, string>> = {
    escalated: people === '' ? 'escalated' : `escalated to ${people}`,
    delegated: people === '' ? 'delegated' : `delegated to ${people}`,
    reassigned: people === '' ? 'reassigned' : `reassigned to ${people}`,
    priority_updated: incident.priority?.summary ? `priority: ${incident.priority.summary}` : 'priority: none',
    service_updated: `service: ${incident.service?.summary ?? 'none'}`,
  };
  const text = news[what];
  if (text === undefined) return { kind: 'other', why: `${event_type} changes no state` };
  const atUs = microseconds(occurred_at) ?? receivedUs;
  const note = { id, source: 'pagerduty', key: incident.id.toUpperCase(), text, by: agent?.summary ?? '', atUs };
  return { kind: 'note', note: { ...note, url: incident.html_url ?? '' } };
}

const STATES: Readonly<Record<string, AlertState>> = {
  triggered: 'triggered',
  reopened: 'triggered',
  unacknowledged: 'triggered',
  acknowledged: 'acknowledged',
  resolved: 'resolved',
};

type Around = Readonly<{ state: AlertState; atUs: number; saidUs: number; clientUrl: string }>;

function alertOf(data: z.output<typeof IncidentData>, { state, atUs, saidUs, clientUrl }: Around): Alert {
  const { id, html_url, number, title, description, service, priority, urgency, body } = data;
  const said = [title ?? '', description ?? '', clientUrl, ...textsIn(body?.details)].join('\n');
  return {
    source: 'pagerduty',
    key: id.toUpperCase(),
    title: title?.trim() || 'PagerDuty incident',
    service: service?.summary?.trim() ?? '',
    severity: priority?.summary ?? urgency ?? '',
    state,
    atUs,
    saidUs,
    url: html_url ?? '',
    traceId: namedTraceId(said) ?? '',
    labels: {
      ...(typeof number === 'number' && { incident_number: `${number}` }),
      ...(urgency && { urgency }),
      ...(service?.id && { service_id: service.id }),
      ...labelsInBraces(title ?? ''),
    },
  };
}

/** PagerDuty shows nested details as a tree; a few levels contain everything that a rule puts there. */
const MAX_DEPTH = 6;

/** One `key: value` per line, so that a value stays with its name. */
function textsIn(details: unknown, name = '', depth = 0): string[] {
  if (depth > MAX_DEPTH || details === null || details === undefined) return [];
  if (typeof details !== 'object') return [name === '' ? `${details}` : `${name}: ${details}`];
  return Object.entries(details).flatMap(([key, value]) =>
    textsIn(value, Array.isArray(details) ? name : key, depth + 1),
  );
}

/** Rules that put their labels into the name: `High error rate {service="checkout", env="prod"}`. */
function labelsInBraces(title: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, inside = ''] of title.matchAll(/\{([^{}]*)\}/g)) {
    for (const [, name = '', value = ''] of inside.matchAll(/(?<![\w.])([\w.]+)\s*[=:]\s*"?([^",]+)"?/g))
      labels[name] = value.trim();
  }
  return labels;
}

function microseconds(iso: string | null | undefined): number | undefined {
  return iso ? Date.parse(iso) * 1_000 : undefined;
}
