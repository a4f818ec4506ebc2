/**
 * Statuspage's webhook notifications of a vendor's status page: incidents and components.
 * https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/
 */
import { z } from 'zod';
import {
  deliveryOf,
  digestOf,
  firstOf,
  Instant,
  labelsOf,
  Name,
  Prose,
  Required,
  unreadable,
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { AlertState } from '#model/incident/alert.ts';

const Page = z.object({ id: Name, status_description: Name }).nullish().catch(undefined);

const IncidentNews = z.object({
  page: Page,
  incident: z.object({
    id: Required,
    name: Name,
    status: z.string('expected text such as investigating'),
    impact: Name,
    shortlink: Name,
    created_at: Instant,
    updated_at: Instant,
    resolved_at: Instant,
    components: z
      .array(z.object({ name: Name }))
      .nullish()
      .catch(undefined),
    incident_updates: z
      .array(
        z.object({
          body: Prose,
          affected_components: z
            .array(z.object({ name: Name }))
            .nullish()
            .catch(undefined),
        }),
      )
      .nullish()
      .catch(undefined),
  }),
});

const ComponentNews = z.object({
  page: Page,
  component: z.object({ id: Required, name: Name }),
  component_update: z.object({
    id: Name,
    old_status: Name,
    new_status: z.string('expected text such as major_outage'),
    created_at: Instant,
  }),
});

const STATES: Readonly<Record<string, AlertState>> = {
  investigating: 'triggered',
  identified: 'triggered',
  monitoring: 'triggered',
  resolved: 'resolved',
  postmortem: 'resolved',
  degraded_performance: 'triggered',
  partial_outage: 'triggered',
  major_outage: 'triggered',
  operational: 'resolved',
};

export function readStatuspageWebhook(body: unknown, receivedUs: number): ReadDelivery {
  if (typeof body === 'object' && body !== null && 'component_update' in body) return readComponent(body, receivedUs);
  const parsed = IncidentNews.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { incident, page } = parsed.data;
  const state = STATES[incident.status];
  if (state === undefined) return noState(incident.status);
  const names = [...(incident.components ?? []), ...(incident.incident_updates?.[0]?.affected_components ?? [])];
  const atUs = incident.created_at ?? receivedUs;
  return deliveryOf({
    source: 'statuspage',
    key: incident.id,
    title: incident.name || 'Statuspage incident',
    service: firstOf(...names.map(({ name }) => name)),
    severity: incident.impact === 'none' ? '' : incident.impact,
    state,
    atUs,
    saidUs: incident.updated_at ?? incident.resolved_at ?? atUs,
    url: incident.shortlink,
    traceId: '',
    labels: labelsOf({ page: page?.id, status: incident.status }),
  });
}

/** https://support.atlassian.com/statuspage/docs/schedule-maintenance/ */
const MAINTENANCE: ReadonlySet<string> = new Set([
  'scheduled',
  'in_progress',
  'verifying',
  'completed',
  'under_maintenance',
]);

function noState(status: string): ReadDelivery {
  if (MAINTENANCE.has(status)) return { kind: 'other', why: `${status}: planned maintenance is no alert` };
  return { kind: 'unreadable', why: `✖ expected a status such as investigating, found "${status}"\n  → at status` };
}

function readComponent(body: object, receivedUs: number): ReadDelivery {
  const parsed = ComponentNews.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { component, component_update: update, page } = parsed.data;
  const state = STATES[update.new_status];
  if (state === undefined) return noState(update.new_status);
  const saidUs = update.created_at ?? receivedUs;
  return deliveryOf(
    {
      source: 'statuspage',
      key: component.id,
      title: `${component.name || 'a component'}: ${update.new_status.replaceAll('_', ' ')}`,
      service: component.name,
      severity: state === 'resolved' ? '' : update.new_status.replaceAll('_', ' '),
      state,
      atUs: saidUs,
      saidUs,
      url: '',
      traceId: '',
      labels: labelsOf({ page: page?.id, old_status: update.old_status }),
    },
    update.id || digestOf([component.id, update.new_status, saidUs]),
  );
}
