/**
 * Opsgenie's outgoing webhooks: one request for each action on an alert.
 * https://support.atlassian.com/opsgenie/docs/integrate-opsgenie-with-webhook/
 */
import { z } from 'zod';
import {
  deliveryOf,
  digestOf,
  firstOf,
  Instant,
  Labels,
  labelsOf,
  linesOf,
  Name,
  Prose,
  Required,
  serviceInTitle,
  serviceOf,
  Tags,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { AlertState } from '#model/incident/alert.ts';
import { wholeId, withoutTime } from './alert-id.ts';

const OpsgenieWebhook = z.object({
  action: z.string('expected text such as Create'),
  alert: z.object({
    alertId: Required,
    message: Prose,
    alias: Name,
    tinyId: Name,
    entity: Name,
    description: Prose,
    note: Prose,
    username: Name,
    priority: Name,
    team: Name,
    details: Labels,
    /** Teams write `service:cart` here, where Opsgenie knows only tags. */
    tags: Tags,
    createdAt: Instant,
    /** In nanoseconds, while `createdAt` is in milliseconds. */
    updatedAt: Instant,
  }),
});

/** Opsgenie's actions. All others, such as AddNote, change no state. */
const STATES: Readonly<Record<string, AlertState>> = {
  Create: 'triggered',
  UnAcknowledge: 'triggered',
  Acknowledge: 'acknowledged',
  Close: 'resolved',
  Delete: 'resolved',
};

export function readOpsgenieWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = OpsgenieWebhook.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const { action, alert } = parsed.data;
  const saidUs = alert.updatedAt ?? receivedUs;
  const state = STATES[action];
  if (state === undefined) return noteOf(action, alert, saidUs);
  const { alertId, alias, tinyId, entity, team, details, tags, description, message, priority } = alert;
  return deliveryOf({
    source: 'opsgenie',
    key: withoutTime(alertId),
    title: message || alias || 'Opsgenie alert',
    service: firstOf(serviceOf(details), serviceOf(tags), entity, serviceInTitle(message)),
    severity: priority,
    state,
    atUs: alert.createdAt ?? saidUs,
    saidUs,
    url: '',
    traceId: traceIdIn(linesOf(details), description, message),
    labels: { ...tags, ...details, ...labelsOf({ alias, entity, team, incident_number: tinyId }), ...wholeId(alertId) },
  });
}

function noteOf(action: string, alert: z.output<typeof OpsgenieWebhook>['alert'], atUs: number): ReadDelivery {
  const { alertId, note, username } = alert;
  const text = note === '' ? action.replace(/(?<=[a-z])(?=[A-Z])/g, ' ') : note;
  const id = digestOf([alertId, action, atUs, note]);
  return {
    kind: 'note',
    note: { id, source: 'opsgenie', key: withoutTime(alertId), text, by: username, atUs, url: '' },
  };
}
