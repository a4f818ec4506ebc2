/**
 * UptimeRobot's webhooks, sent as JSON: the names of its notification variables.
 * https://help.uptimerobot.com/en/articles/14498593-webhook-integration
 */
import { z } from 'zod';
import {
  deliveryOf,
  Instant,
  labelsOf,
  Name,
  Prose,
  Required,
  stateIn,
  traceIdIn,
  unreadable,
} from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { AlertState } from '#model/incident/alert.ts';

const UptimeRobotBody = z.object({
  monitorID: Name,
  monitorFriendlyName: Required,
  monitorURL: Name,
  /** 1 for down, 2 for up, 3 for a certificate that expires. */
  alertType: Name,
  alertTypeFriendlyName: Name,
  alertDetails: Prose,
  alertDateTime: Instant,
  /** Seconds. */
  alertDuration: Name,
});

/** The webhook and the message in Slack both hold the name and the address of the monitor; only the webhook its id. */
export function monitorKey(name: string, address: string): string {
  return address === '' ? '' : `${name.trim()}/${address.replace(/\/$/, '')}`;
}

const STATES: Readonly<Record<string, AlertState>> = { 1: 'triggered', 2: 'resolved' };

export function readUptimeRobotWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const parsed = UptimeRobotBody.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const said = parsed.data;
  if (said.alertType === '3') return { kind: 'other', why: 'a certificate expires: no request fails yet' };
  const state = STATES[said.alertType] ?? stateIn(said.alertTypeFriendlyName);
  if (state === undefined) {
    return { kind: 'unreadable', why: `✖ expected 1 (down) or 2 (up), found "${said.alertType}"\n  → at alertType` };
  }
  const saidUs = said.alertDateTime ?? receivedUs;
  return deliveryOf({
    source: 'uptimerobot',
    key: monitorKey(said.monitorFriendlyName, said.monitorURL) || said.monitorID || said.monitorFriendlyName,
    title: state === 'resolved' ? `${said.monitorFriendlyName} is up` : `${said.monitorFriendlyName} is down`,
    service: said.monitorFriendlyName,
    severity: '',
    state,
    atUs: saidUs,
    saidUs,
    url: said.monitorURL,
    traceId: traceIdIn(said.alertDetails),
    labels: labelsOf({ monitor_url: said.monitorURL, details: said.alertDetails.slice(0, 500) }),
  });
}
