/**
 * Alertmanager's webhook, version 4: one group of alerts per request, sent again while any of them fires. Spanhound
 * answers the group. Its alerts are identified by their fingerprint and start time.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ReadDelivery } from '#adapters/system.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';
import { namedTraceId } from '#model/trace/trace-id.ts';

const Labels = z.record(z.string(), z.string());

const AlertmanagerAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.prefault({}),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }).nullish(),
  generatorURL: z.string().nullish(),
  fingerprint: z.string().min(1),
});
type AlertmanagerAlert = z.output<typeof AlertmanagerAlert>;

const AlertmanagerWebhook = z.object({
  version: z.literal('4'),
  groupKey: z.string().min(1),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string().nullish(),
  truncatedAlerts: z.number().nullish(),
  groupLabels: Labels.prefault({}),
  commonLabels: Labels.prefault({}),
  commonAnnotations: Labels.prefault({}),
  externalURL: z.string().nullish(),
  alerts: z.array(AlertmanagerAlert).min(1),
});
type AlertmanagerWebhook = z.output<typeof AlertmanagerWebhook>;

export function readAlertmanagerWebhook(body: unknown): ReadDelivery {
  const parsed = AlertmanagerWebhook.safeParse(body);
  if (!parsed.success) return { kind: 'unreadable', why: z.prettifyError(parsed.error) };
  const group = parsed.data;
  const members = group.alerts.map(memberOf);
  return {
    kind: 'delivery',
    delivery: {
      id: deliveryId(group),
      subject: groupOf(group, members),
      members,
      truncated: group.truncatedAlerts ?? 0,
    },
  };
}

/** An alert or a list of alerts from Alertmanager's API, read as a group that Alertmanager would post. */
export function readAlertmanagerApi(body: unknown): ReadDelivery {
  const alerts = (Array.isArray(body) ? body : [body]).filter(isLabelled);
  const named = alerts.map((alert) => ({ fingerprint: 'file', ...alert, status: 'firing' }));
  return readAlertmanagerWebhook({ version: '4', groupKey: 'file', status: 'firing', alerts: named });
}

function isLabelled(alert: unknown): alert is object {
  return typeof alert === 'object' && alert !== null && 'labels' in alert;
}

function memberOf(alert: AlertmanagerAlert): Alert {
  const { labels, annotations, status, startsAt, endsAt, fingerprint } = alert;
  const atUs = Date.parse(startsAt) * 1_000;
  return {
    source: 'alertmanager',
    key: `${fingerprint}/${startsAt}`,
    title: titleOf(labels, annotations),
    service: serviceOf(labels),
    severity: labels.severity ?? '',
    state: STATES[status],
    atUs,
    saidUs: status === 'resolved' && endsAt ? Math.max(atUs, Date.parse(endsAt) * 1_000) : atUs,
    url: alert.generatorURL ?? '',
    traceId: traceIn(labels, annotations),
    labels,
  };
}

/** One alert for people: the common fields of its alerts, from the first of those that fire. */
function groupOf(group: AlertmanagerWebhook, members: readonly Alert[]): Alert {
  const { groupKey, status, commonLabels, commonAnnotations, groupLabels, externalURL } = group;
  const [only, ...others] = members;
  const labels = { ...groupLabels, ...commonLabels };
  const firing = members.filter(({ state }) => state === 'triggered');
  return {
    source: 'alertmanager',
    key: groupKey,
    title:
      only !== undefined && others.length === 0
        ? only.title
        : `${titleOf(labels, commonAnnotations)} (${members.length} alerts)`,
    service: serviceOf(labels) || oneOf(members.map(({ service }) => service)),
    severity: labels.severity ?? oneOf(members.map(({ severity }) => severity)),
    state: STATES[status],
    atUs: Math.min(...(firing.length > 0 ? firing : members).map(({ atUs }) => atUs)),
    // A firing group dates from its last start, a resolved group from its last end.
    saidUs: Math.max(...(firing.length > 0 ? firing : members).map(({ saidUs }) => saidUs)),
    url: externalURL ?? '',
    traceId: traceIn(labels, commonAnnotations) || (members.find(({ traceId }) => traceId !== '')?.traceId ?? ''),
    labels,
  };
}

const STATES: Readonly<Record<AlertmanagerAlert['status'], AlertState>> = { firing: 'triggered', resolved: 'resolved' };

/** The same alerts in the same states are the same delivery, however often the group is sent. */
function deliveryId({ groupKey, receiver, alerts, truncatedAlerts }: AlertmanagerWebhook): string {
  const states = alerts.map(({ fingerprint, startsAt, status }) => `${fingerprint} ${startsAt} ${status}`).sort();
  const news = JSON.stringify([groupKey, receiver ?? '', truncatedAlerts ?? 0, states]);
  return createHash('sha256').update(news).digest('hex');
}

function titleOf(labels: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>>): string {
  const name = labels.alertname ?? '';
  const said = (annotations.summary ?? annotations.title ?? '').trim();
  return [name, said].filter((part) => part !== '').join(': ') || 'an alert without a name';
}

/** The labels that always mean a service. For weaker labels, the known services decide. */
function serviceOf(labels: Readonly<Record<string, string>>): string {
  return labels.service ?? labels.service_name ?? labels['service.name'] ?? '';
}

/** The informative labels that all alerts share. */
function oneOf(values: readonly string[]): string {
  const said = [...new Set(values.filter((value) => value !== ''))];
  return said.length === 1 ? (said[0] ?? '') : '';
}

function traceIn(...texts: readonly Readonly<Record<string, string>>[]): string {
  const lines = texts.flatMap((text) =>
    Object.entries(text).map(
      ([name, value]) => `${IS_TRACE.test(name) ? 'trace_id' : name}: ${value.replaceAll('\n', ' ')}`,
    ),
  );
  return namedTraceId(lines.join('\n')) ?? '';
}

/** Label names that rules use for an example trace. */
const IS_TRACE = /^(?:exemplar|trace)$/i;
