/**
 * Outgoing webhooks of Splunk On-Call, formerly VictorOps: its variables by their names, as JSON or as a form.
 * https://help.victorops.com/knowledge-base/custom-outbound-webhooks/
 */
import { z } from 'zod';
import {
  deliveryOf,
  digestOf,
  firstOf,
  Instant,
  labelsOf,
  Name,
  nameInTitle,
  Prose,
  traceIdIn,
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { AlertState } from '#model/incident/alert.ts';

const Incident = z.object({
  'INCIDENT.INCIDENT_ID': Name,
  'INCIDENT.INCIDENT_NAME': Name,
  'INCIDENT.INCIDENT_TIMESTAMP': Instant,
  'INCIDENT.CURRENT_PHASE': Name,
  'INCIDENT.ENTITY_ID': Name,
  'INCIDENT.ENTITY_STATE': Name,
  'INCIDENT.ENTITY_DISPLAY_NAME': Name,
  'INCIDENT.START_TIME': Instant,
  'INCIDENT.SERVICE': Name,
  'INCIDENT.HOST': Name,
  'STATE.INCIDENT_NAME': Name,
  'STATE.ENTITY_ID': Name,
  'STATE.SERVICE': Name,
  'STATE.HOST': Name,
  'STATE.CURRENT_ALERT_PHASE': Name,
  'STATE.CURRENT_STATE': Name,
  'STATE.STATE_START_TIME': Instant,
  'STATE.LAST_TIMESTAMP': Instant,
  'ALERT.entity_id': Name,
  'ALERT.entity_display_name': Name,
  'ALERT.message_type': Name,
  'ALERT.monitoring_tool': Name,
  'ALERT.state_message': Prose,
  'ALERT.alert_url': Name,
});

const PHASES: Readonly<Record<string, AlertState>> = {
  UNACKED: 'triggered',
  TRIGGERED: 'triggered',
  ACKED: 'acknowledged',
  RESOLVED: 'resolved',
};

/** https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/: types of the message that caused it. */
const TYPES: Readonly<Record<string, AlertState>> = {
  CRITICAL: 'triggered',
  WARNING: 'triggered',
  ACKNOWLEDGEMENT: 'acknowledged',
  RECOVERY: 'resolved',
};

const OWN_NAME = /^(?:INCIDENT|STATE|ALERT)\.\w{1,60}$/;

function isOwn(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.keys(body).some((name) => OWN_NAME.test(name));
}

/** The event Chats sends the incident that a line was written beside. */
function isChat(body: unknown): boolean {
  return z.looseObject({ 'CHAT.TEXT': z.unknown().refine((text) => typeof text === 'string') }).safeParse(body).success;
}

/** The variable of the service may hold the display name of the entity, which is a sentence. */
function nameOf(service: string): string {
  return /\s/.test(service) ? nameInTitle(service) || service : service;
}

/** Undefined if the body has another form. */
export function readOnCallIncident(body: unknown, receivedUs: number): ReadDelivery | undefined {
  if (!isOwn(body)) return undefined;
  if (isChat(body)) return { kind: 'other', why: 'a line of the chat changes no state of an incident' };
  const parsed = Incident.safeParse(body);
  if (!parsed.success) return undefined;
  const said = parsed.data;
  const type = said['ALERT.message_type'].toUpperCase();
  const phase = firstOf(said['STATE.CURRENT_ALERT_PHASE'], said['INCIDENT.CURRENT_PHASE']).toUpperCase();
  const state = PHASES[phase] ?? TYPES[type];
  const entity = firstOf(said['STATE.ENTITY_ID'], said['ALERT.entity_id'], said['INCIDENT.ENTITY_ID']);
  const incident = firstOf(said['INCIDENT.INCIDENT_ID'], said['STATE.INCIDENT_NAME'], said['INCIDENT.INCIDENT_NAME']);
  const key = firstOf(incident.replace(/^#/, ''), entity);
  if (key === '') {
    return {
      kind: 'unreadable',
      why: '✖ no id of the incident\n  → at INCIDENT.INCIDENT_ID: add this variable to the payload',
    };
  }
  if (state === undefined) {
    return {
      kind: 'unreadable',
      why: `✖ expected the phase UNACKED, ACKED or RESOLVED, found "${phase}"\n  → at STATE.CURRENT_ALERT_PHASE`,
    };
  }
  const atUs =
    said['INCIDENT.INCIDENT_TIMESTAMP'] ?? said['INCIDENT.START_TIME'] ?? said['STATE.STATE_START_TIME'] ?? receivedUs;
  const grade = firstOf(said['STATE.CURRENT_STATE'], said['INCIDENT.ENTITY_STATE']);
  return deliveryOf(
    {
      source: 'splunk',
      key,
      title: firstOf(
        said['ALERT.entity_display_name'],
        said['INCIDENT.ENTITY_DISPLAY_NAME'],
        entity,
        `Incident ${key}`,
      ),
      service: firstOf(
        nameOf(said['STATE.SERVICE']),
        nameOf(said['INCIDENT.SERVICE']),
        nameInTitle(said['ALERT.entity_display_name']),
        said['ALERT.entity_display_name'],
        said['STATE.HOST'],
        said['INCIDENT.HOST'],
      ),
      severity: /^(?:ok|recovery|acknowledgement)$/i.test(grade) ? '' : grade.toLowerCase(),
      state,
      atUs,
      saidUs: Math.max(atUs, said['STATE.LAST_TIMESTAMP'] ?? (state === 'triggered' ? atUs : receivedUs)),
      url: said['ALERT.alert_url'],
      traceId: traceIdIn(said['ALERT.state_message']),
      labels: labelsOf({
        entity,
        host: firstOf(said['STATE.HOST'], said['INCIDENT.HOST']),
        tool: said['ALERT.monitoring_tool'],
      }),
    },
    digestOf([key, state, said['STATE.LAST_TIMESTAMP'] ?? atUs]),
  );
}
