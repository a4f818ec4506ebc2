/** Alertmanager's webhook, version 4. Its alerts are identified by their fingerprint and start time. */
import { z } from 'zod';
import { fingerprintOf, readGroup } from '#adapters/alert-group.ts';
import type { ReadDelivery } from '#adapters/system.ts';

const Labels = z.record(z.string(), z.string());

const AlertmanagerAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.prefault({}),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }).nullish(),
  generatorURL: z.string().nullish(),
  /** Versions before 0.19 send none. */
  fingerprint: z.string().nullish(),
});

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

export function readAlertmanagerWebhook(body: unknown): ReadDelivery {
  const parsed = AlertmanagerWebhook.safeParse(body);
  if (!parsed.success) return { kind: 'unreadable', why: z.prettifyError(parsed.error) };
  const { receiver, truncatedAlerts, externalURL, alerts, ...group } = parsed.data;
  return readGroup({
    ...group,
    source: 'alertmanager',
    receiver: receiver ?? '',
    truncated: truncatedAlerts ?? 0,
    url: externalURL ?? '',
    alerts: alerts.map(({ generatorURL, fingerprint, ...alert }) => ({
      ...alert,
      url: generatorURL ?? '',
      fingerprint: fingerprint || fingerprintOf(alert.labels),
    })),
  });
}

/** An alert or a list of alerts from Alertmanager's API, read as a group that Alertmanager would post. */
export function readAlertmanagerApi(body: unknown): ReadDelivery {
  const alerts = (Array.isArray(body) ? body : [body]).filter(isLabelled);
  const named = alerts.map((alert) => ({ fingerprint: 'file', ...alert, status: 'firing' }));
  const commonLabels = commonOf(alerts.map(({ labels }) => Labels.safeParse(labels).data ?? {}));
  return readAlertmanagerWebhook({ version: '4', groupKey: 'file', status: 'firing', commonLabels, alerts: named });
}

/** What all have, as Alertmanager adds it to a group. */
function commonOf([first = {}, ...others]: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((labels) => labels[name] === value)),
  );
}

function isLabelled(alert: unknown): alert is { labels: unknown } {
  return typeof alert === 'object' && alert !== null && 'labels' in alert;
}
