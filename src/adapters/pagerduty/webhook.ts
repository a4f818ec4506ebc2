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

const Reference = z.object({ summary: z.string().nullish() });

const PagerDutyEvent = z.object({
  event: z.object({
    id: z.string().min(1),
    event_type: z.string(),
    occurred_at: z.iso.datetime({ offset: true }).nullish(),
    client: z.object({ url: z.string().nullish() }).nullish(),
    data: z.looseObject({ type: z.string().nullish() }).nullish(),
  }),
});

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
  urgency: z.string().nullish(),
  body: z.object({ details: z.unknown().optional() }).nullish(),
});

/** `receivedUs`: when it arrived, for an event without its own time. */
export function readPagerDutyWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = PagerDutyEvent.safeParse(body);
  if (!parsed.success) return { kind: 'unreadable', why: z.prettifyError(parsed.error) };
  const { id, event_type, occurred_at, client, data } = parsed.data.event;
  if (data?.type !== 'incident' || !event_type.startsWith('incident.')) return { kind: 'other' };
  const incident = IncidentData.safeParse(data);
  if (!incident.success) return { kind: 'unreadable', why: z.prettifyError(incident.error) };
  const state = stateOf(event_type, incident.data.status ?? '');
  if (state === undefined) return { kind: 'other' };
  // For a reopened incident, the present is examined.
  const reopened = event_type === 'incident.reopened';
  const began = reopened ? occurred_at : (incident.data.created_at ?? occurred_at);
  const atUs = microseconds(began) ?? receivedUs;
  const saidUs = microseconds(occurred_at) ?? receivedUs;
  const alert = alertOf(incident.data, { state, atUs, saidUs, clientUrl: client?.url ?? '' });
  const subject = reopened ? { ...alert, reopened } : alert;
  return { kind: 'delivery', delivery: { id, subject, members: [], truncated: 0 } };
}

/** The event's type decides; for other changes to the incident, its current status does. */
function stateOf(eventType: string, status: string): AlertState | undefined {
  return STATES[eventType.slice('incident.'.length)] ?? STATES[status];
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
