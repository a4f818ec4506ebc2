/**
 * Grafana's webhook contact point: Alertmanager's form with links. Older versions and templates leave parts out.
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */

import { z } from 'zod';
import { digestOf, Labels, labelsOf, Name, serviceOf, unreadable } from '#adapters/alert-fields.ts';
import { fingerprintOf, type GroupedAlert, type Labelled, readGroup } from '#adapters/alert-group.ts';
import { readFormattedAlert } from '#adapters/formatted-alert.ts';
import { type SignatureScheme, signatureProof, tokenProof } from '#adapters/shared-secret.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import { isoFromUs } from '#core/clock.ts';
import type { Proof, WebhookHeaders } from '#core/webhook.ts';
import { isLegacyAlert, readLegacyAlert } from './legacy.ts';

const SIGNATURE = 'x-grafana-alerting-signature';
/** Grafana lets one choose the name of this header; our page names this one. */
const SIGNED_AT = 'x-grafana-alerting-timestamp';

const SIGNED_BODY: SignatureScheme = { header: SIGNATURE };

/** With a header for the time, Grafana signs `<seconds>:<body>`. */
const SIGNED_TIME: SignatureScheme = {
  header: SIGNATURE,
  signedBefore: ({ header }) => `${header(SIGNED_AT) ?? ''}:`,
  signedAt: ({ header }) => {
    const at = header(SIGNED_AT) ?? '';
    return /^\d{1,12}$/.test(at) ? Number(at) : undefined;
  },
};

/** A signature, with or without a time, or the secret as a bearer token or a password. */
export function grafanaProof(secret: string | undefined, nowSeconds?: () => number): Proof | undefined {
  const [token, timed, plain] = [
    tokenProof(secret),
    signatureProof(secret, SIGNED_TIME, nowSeconds),
    signatureProof(secret, SIGNED_BODY, nowSeconds),
  ];
  if (token === undefined || timed === undefined || plain === undefined) return undefined;
  const signed = (headers: WebhookHeaders) => (headers.header(SIGNED_AT) === undefined ? plain : timed);
  return {
    mayBe: (headers) => token.mayBe(headers) || plain.mayBe(headers),
    isProvedBy: (headers) => headers.header(SIGNATURE) === undefined && token.mayBe(headers),
    isSigned: (request) =>
      request.header(SIGNATURE) === undefined ? token.mayBe(request) : (signed(request).isSigned?.(request) ?? false),
  };
}

const Status = z.enum(['firing', 'resolved'], 'expected firing or resolved');

const GrafanaAlert = z.object({
  status: Status,
  labels: Labels,
  annotations: Labels,
  startsAt: z.iso.datetime({ offset: true, error: 'expected an instant such as 2026-01-06T14:30:00Z' }),
  endsAt: z.iso.datetime({ offset: true }).nullish().catch(undefined),
  generatorURL: Name,
  fingerprint: Name,
  dashboardURL: Name,
  panelURL: Name,
});

const GrafanaWebhook = z.object({
  status: Status.nullish().catch(undefined),
  /** `alerting` or `ok`, in bodies without `status`. */
  state: Name,
  groupKey: Name,
  receiver: Name,
  truncatedAlerts: z.number().nullish().catch(undefined),
  groupLabels: Labels,
  commonLabels: Labels,
  commonAnnotations: Labels,
  externalURL: Name,
  title: Name,
  alerts: z.array(GrafanaAlert, 'expected the list of alerts').nullish(),
});
type GrafanaWebhook = z.output<typeof GrafanaWebhook>;

const OwnFields = z.union([
  z.looseObject({ alerts: z.array(z.unknown()).min(1), orgId: z.unknown().refine((value) => value !== undefined) }),
  z.looseObject({ alerts: z.array(z.unknown()).min(1), version: z.literal('1') }),
  z.looseObject({
    title: z.string(),
    state: z.enum(['alerting', 'ok', 'resolved', 'firing']),
    commonLabels: z.unknown(),
  }),
  z.looseObject({ alert_uid: z.string(), state: z.string() }),
  // The older forms have no fingerprint, and no `groupKey`.
  z.looseObject({
    receiver: z.string(),
    alerts: z.array(z.looseObject({ startsAt: z.string(), fingerprint: z.undefined().optional() })).min(1),
  }),
  z.looseObject({
    receiver: z.string(),
    groupKey: z.undefined().optional(),
    alerts: z.array(z.looseObject({ startsAt: z.string() })).min(1),
  }),
]);

/** Alertmanager's bodies are Alertmanager's, wherever they are read without their origin. */
export function isGrafanaWebhook(body: unknown): boolean {
  return OwnFields.safeParse(body).success || isLegacyAlert(body);
}

export function readGrafanaWebhook(body: unknown, receivedUs: number): ReadDelivery {
  const other = readFormattedAlert(body, 'grafana', receivedUs) ?? readLegacyAlert(body, receivedUs);
  if (other !== undefined) return other;
  const parsed = GrafanaWebhook.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  const group = parsed.data;
  const alerts = group.alerts?.length ? group.alerts.map(groupedOf) : alertOfGroup(group, receivedUs);
  if (alerts.length === 0) return { kind: 'unreadable', why: '✖ no alert\n  → at alerts' };
  const { groupLabels, commonLabels, commonAnnotations, receiver, externalURL } = group;
  const firing = alerts.some(({ status }) => status === 'firing');
  return readGroup({
    source: 'grafana',
    groupKey:
      group.groupKey === ''
        ? keyOf({ ...shared(alerts), ...commonLabels }, receiver)
        : withService(group.groupKey, groupLabels, alerts),
    status: group.status ?? (firing ? 'firing' : 'resolved'),
    receiver,
    truncated: group.truncatedAlerts ?? 0,
    groupLabels,
    commonLabels: Object.keys(commonLabels).length > 0 ? commonLabels : shared(alerts),
    commonAnnotations,
    url: alerts.length === 1 ? (alerts[0]?.url ?? externalURL) : externalURL,
    alerts,
  });
}

function groupedOf(alert: z.output<typeof GrafanaAlert>): GroupedAlert {
  const { status, labels, annotations, startsAt, endsAt, generatorURL, fingerprint, dashboardURL, panelURL } = alert;
  return {
    status,
    labels,
    annotations,
    startsAt,
    endsAt,
    url: generatorURL,
    links: labelsOf({ dashboard: dashboardURL, panel: panelURL }),
    fingerprint: fingerprint || fingerprintOf(labels),
  };
}

/** A template may keep only what the alerts have in common. */
function alertOfGroup(group: GrafanaWebhook, receivedUs: number): readonly GroupedAlert[] {
  const { commonLabels: labels, commonAnnotations: annotations, title, state, status, externalURL: url } = group;
  if (Object.keys(labels).length === 0 || (status === undefined && state === '')) return [];
  const startsAt = isoFromUs(receivedUs);
  const isOver = status === 'resolved' || /^(?:ok|resolved|normal)$/i.test(state);
  return [
    {
      status: isOver ? 'resolved' : 'firing',
      labels,
      annotations: annotations.summary || annotations.title ? annotations : { ...annotations, summary: title },
      startsAt,
      endsAt: isOver ? startsAt : undefined,
      url,
      fingerprint: fingerprintOf(labels),
    },
  ];
}

/** The labels that all alerts have. */
function shared(alerts: readonly GroupedAlert[]): Labelled {
  const [first, ...others] = alerts;
  const entries = Object.entries(first?.labels ?? {});
  return Object.fromEntries(entries.filter(([name, value]) => others.every(({ labels }) => labels[name] === value)));
}

/**
 * Grafana groups by the rule and its folder, so that a group may hold alerts of several services, now of one, now of
 * another. The service whose alert fires longest is a part of the key: it stays while others join the group and leave it.
 */
function withService(groupKey: string, groupLabels: Labelled, alerts: readonly GroupedAlert[]): string {
  if (serviceOf(groupLabels) !== '') return groupKey;
  const firing = alerts.filter(({ status }) => status === 'firing');
  const [oldest] = (firing.length > 0 ? firing : alerts).toSorted(
    (a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt) || (serviceOf(a.labels) < serviceOf(b.labels) ? -1 : 1),
  );
  const service = serviceOf(oldest?.labels ?? {});
  return service === '' ? groupKey : `${groupKey}/${service}`;
}

function keyOf(labels: Labelled, receiver: string): string {
  return `${receiver}/${digestOf([Object.entries(labels).sort()]).slice(0, 16)}`;
}
