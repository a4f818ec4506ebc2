/**
 * incident.io's webhooks: incidents and alerts. The event's type also names the field with its content. Events of private
 * incidents have only an id. Signed as Standard Webhooks describes it.
 * https://docs.incident.io/api-reference/webhooks
 */
import { z } from 'zod';
import {
  deliveryOf,
  digestOf,
  Instant,
  Labels,
  labelsOf,
  linesOf,
  Name,
  nameInTitle,
  Prose,
  Required,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import { type SignatureScheme, signatureProof } from '#adapters/shared-secret.ts';
import type { GivenBody, ReadDelivery } from '#adapters/system.ts';
import type { Proof } from '#core/webhook.ts';
import type { AlertState } from '#model/incident/alert.ts';

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const SCHEME: SignatureScheme = {
  header: 'webhook-signature',
  encoding: 'base64',
  prefix: 'v1,',
  separator: ' ',
  keyOf: (secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'),
  signedBefore({ header }) {
    const [id, at] = [header('webhook-id'), header('webhook-timestamp')];
    return id && at ? `${id}.${at}.` : undefined;
  },
  signedAt({ header }) {
    const at = header('webhook-timestamp') ?? '';
    return /^\d{1,12}$/.test(at) ? Number(at) : undefined;
  },
};

export function incidentIoProof(secret: string | undefined, nowSeconds?: () => number): Proof | undefined {
  return signatureProof(secret, SCHEME, nowSeconds);
}

const Event = z.looseObject({ event_type: z.string('expected text such as public_incident.incident_created_v2') });

const Entry = z.object({
  custom_field: z.object({ name: Name }).nullish(),
  values: z
    .array(
      z.object({
        value_text: Name,
        value_option: z.object({ value: Name }).nullish(),
        value_catalog_entry: z.object({ name: Name }).nullish(),
      }),
    )
    .nullish(),
});

const Incident = z.object({
  id: Required,
  reference: Name,
  name: Prose,
  summary: Prose,
  permalink: Name,
  slack_channel_id: Name,
  severity: z.object({ name: Name }).nullish(),
  incident_status: z.object({ name: Name, category: Name }, 'expected the incident’s status'),
  created_at: Instant,
  updated_at: Instant,
  custom_field_entries: z.array(Entry).nullish().catch(undefined),
});

const Attributes = z
  .array(
    z.object({
      attribute: z.object({ name: Name }).nullish(),
      value: z.object({ label: Name, literal: Name, catalog_entry: z.object({ name: Name }).nullish() }).nullish(),
    }),
  )
  .transform((list) =>
    labelsOf(
      Object.fromEntries(
        list.map(({ attribute, value }) => [
          attribute?.name ?? '',
          value?.catalog_entry?.name || value?.label || value?.literal || '',
        ]),
      ),
    ),
  );

const IncidentAlert = z.object({
  id: Required,
  title: Prose,
  description: Prose,
  status: z.enum(['firing', 'resolved'], 'expected firing or resolved'),
  source_url: Name,
  deduplication_key: Name,
  created_at: Instant,
  updated_at: Instant,
  resolved_at: Instant,
  /** A list of names with values, or an object whose names are those of the attributes. */
  attributes: z.union([Attributes, Labels]).catch({}),
  /** What the source of the alert sent: https://docs.incident.io/api-reference/alert-events-v2/create-http */
  metadata: Labels,
});

/** Categories of incident_status: https://docs.incident.io/api-reference/incident-statuses-v1/list */
const STATES: Readonly<Record<string, AlertState>> = {
  triage: 'triggered',
  active: 'triggered',
  live: 'triggered',
  paused: 'acknowledged',
  'post-incident': 'resolved',
  learning: 'resolved',
  closed: 'resolved',
  declined: 'resolved',
  merged: 'resolved',
  canceled: 'resolved',
};

export function isIncidentIoWebhook(body: unknown): boolean {
  const event = Event.safeParse(body);
  return event.success && /^(?:public|private)_(?:incident|alert)\./.test(event.data.event_type);
}

export function readIncidentIoWebhook(
  body: unknown,
  receivedUs: number,
  { header }: Pick<GivenBody<unknown>, 'header'> = { header: () => undefined },
): ReadDelivery {
  const event = Event.safeParse(body);
  if (!event.success) return unreadable(event.error);
  const { event_type: type } = event.data;
  const deliveryId = header('webhook-id') ?? '';
  if (type.startsWith('private_')) {
    return { kind: 'other', why: 'a private incident: the webhook names only its id' };
  }
  if (type.startsWith('public_alert.')) return readAlert(event.data[type], type, { receivedUs, deliveryId });
  if (!/^public_incident\.incident_/.test(type)) return { kind: 'other', why: `${type} is about no incident’s state` };
  return readIncident(event.data[type], { receivedUs, deliveryId });
}

function readIncident(
  content: unknown,
  { receivedUs, deliveryId }: Readonly<{ receivedUs: number; deliveryId: string }>,
): ReadDelivery {
  const inside = z.looseObject({ incident: z.unknown() }).safeParse(content);
  const held = inside.success && inside.data.incident !== undefined ? inside.data.incident : content;
  const parsed = Incident.safeParse(held);
  if (!parsed.success) return unreadable(parsed.error);
  const incident = parsed.data;
  const step = stepWithinIncident(content);
  if (step !== undefined) {
    const note = { source: 'incidentio', key: incident.id, by: '', url: incident.permalink };
    const atUs = incident.updated_at ?? receivedUs;
    return { kind: 'note', note: { ...note, id: digestOf([incident.id, step, atUs]), text: step, atUs } };
  }
  const fields = fieldsOf(incident.custom_field_entries ?? []);
  const { category, name: status } = incident.incident_status;
  const atUs = incident.created_at ?? receivedUs;
  return deliveryOf(
    {
      source: 'incidentio',
      key: incident.id,
      title: incident.name || incident.reference || 'incident.io incident',
      service: serviceIn(fields) || nameInTexts(incident.name, incident.summary),
      severity: incident.severity?.name ?? '',
      state: STATES[category] ?? 'triggered',
      atUs,
      saidUs: incident.updated_at ?? atUs,
      url: incident.permalink,
      traceId: traceIdIn(incident.summary, linesOf(fields)),
      labels: {
        ...fields,
        ...labelsOf({ reference: incident.reference, status, slack_channel: incident.slack_channel_id }),
      },
    },
    deliveryId,
  );
}

const StatusUpdate = z.object({
  new_status: z.object({ name: Name, category: Required }),
  previous_status: z.object({ name: Name, category: Required }),
  message: Prose,
});

/**
 * An update with a message, from one status to another of the same category, begins and ends nothing: what it says.
 * Without a message, the incident is what it says.
 */
function stepWithinIncident(content: unknown): string | undefined {
  const parsed = StatusUpdate.safeParse(content);
  if (!parsed.success) return undefined;
  const { new_status: now, previous_status: before, message } = parsed.data;
  if (message === '' || now.category !== before.category || STATES[now.category] !== 'triggered') return undefined;
  return `${before.name} → ${now.name}: ${message}`;
}

function readAlert(
  content: unknown,
  type: string,
  { receivedUs, deliveryId }: Readonly<{ receivedUs: number; deliveryId: string }>,
): ReadDelivery {
  const parsed = IncidentAlert.safeParse(content);
  if (!parsed.success) return unreadable(parsed.error);
  const { id, title, description, status, source_url, deduplication_key, attributes, metadata, ...times } = parsed.data;
  const labels = { ...metadata, ...attributes };
  const atUs = times.created_at ?? receivedUs;
  return deliveryOf(
    {
      source: 'incidentio',
      key: id,
      title: title || type,
      service: serviceIn(attributes) || serviceIn(metadata) || nameInTitle(title),
      severity: labels.severity ?? labels.priority ?? '',
      state: status === 'resolved' ? 'resolved' : 'triggered',
      atUs,
      saidUs: times.resolved_at ?? times.updated_at ?? atUs,
      url: source_url,
      traceId: traceIdIn(description, linesOf(labels)),
      labels: { ...labels, ...labelsOf({ deduplication_key }) },
    },
    deliveryId,
  );
}

function fieldsOf(entries: readonly z.output<typeof Entry>[]): Record<string, string> {
  const named = entries.map(({ custom_field, values }) => {
    const [first] = values ?? [];
    return [
      custom_field?.name ?? '',
      first?.value_catalog_entry?.name || first?.value_option?.value || first?.value_text || '',
    ] as const;
  });
  return labelsOf(Object.fromEntries(named.filter(([name]) => name !== '')));
}

/** What people name in the title, else in the first line of the summary. */
function nameInTexts(title: string, summary: string): string {
  return nameInTitle(title) || nameInTitle(summary.split('\n', 1)[0] ?? '');
}

/** Custom fields have the names that each organisation chose. */
function serviceIn(fields: Readonly<Record<string, string>>): string {
  const found = Object.entries(fields).find(([name]) =>
    /^(?:affected |impacted )?(?:services?|components?|systems?)$/i.test(name),
  );
  return found?.[1] ?? '';
}
