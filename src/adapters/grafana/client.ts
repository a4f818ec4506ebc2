/** Grafana as a source of changes, of alerts that fire, or of both. One check reports on both. */
import { healthOfAll } from '#adapters/health.ts';
import type { BackendOptions } from '#adapters/http.ts';
import type { ChangeSource, MetricSource } from '#gather/sources.ts';
import { grafanaAlerts } from './alerts.ts';
import { grafanaAnnotations } from './annotations.ts';

type GrafanaOptions = Omit<BackendOptions, 'token' | 'tenant'> &
  Readonly<{
    /** Without one, annotations are not read. */
    token: string | undefined;
    /** Separated by commas, one for each organisation. Without one, alert rules are not read. */
    alertsToken: string | undefined;
  }>;

type GrafanaSources = Readonly<{ changes?: ChangeSource; metrics?: MetricSource }>;

export function grafana({ token, alertsToken, errors, ...options }: GrafanaOptions): GrafanaSources {
  const tokens = (alertsToken ?? '').split(',').flatMap((one) => one.trim() || []);
  const ofAlerts = errors && { ...errors, credentials: 'GRAFANA_ALERTS_TOKEN' };
  const changes = token === undefined ? undefined : grafanaAnnotations({ ...options, token, errors });
  const metrics = tokens.length === 0 ? undefined : grafanaAlerts({ ...options, tokens, errors: ofAlerts });
  if (changes === undefined || metrics === undefined)
    return { ...(changes && { changes }), ...(metrics && { metrics }) };
  const check = (signal: AbortSignal) => healthOfAll({ annotations: changes, 'alert rules': metrics }, signal);
  return { changes: { ...changes, check }, metrics: { ...metrics, check } };
}
