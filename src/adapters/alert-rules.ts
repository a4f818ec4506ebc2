/**
 * Alerts that fire now, as series: a point for each step since the alert began. And alert rules in one line, for `doctor`.
 *
 *   began 12:23           now
 *     │ ▇ ▇ ▇ ▇ ▇ ▇ ▇ ▇ ▇ │     service:alerts{service="checkout", alertname="OrdersWait"}
 */
import { isoFromUs } from '#core/clock.ts';
import type { MetricQuery } from '#gather/sources.ts';
import { isSameService, namesInAlert } from '#model/incident/alert-service.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { counted } from '#model/text/count-text.ts';

/** The step of its points. */
export const ALERT_STEP_S = 60;
/** More than a picture's columns. */
const WANTED_POINTS = 720;

export type AlertNow = Readonly<{
  labels: Readonly<Record<string, string>>;
  /** When it began to fire. */
  beganUs: number;
  /** Undefined if that is not known. */
  isSilenced?: boolean | undefined;
}>;

type Asked = Readonly<{
  /** Empty: every service. */
  services: readonly string[];
  query: Pick<MetricQuery, 'fromUs' | 'toUs' | 'stepSeconds'>;
  /** What says it: `Alertmanager`. */
  metric: string;
}>;

/** In the form of Prometheus' matrix. Empty for an alert of another service, and for one that began later. */
export function alertSeries({ labels, beganUs, isSilenced }: AlertNow, { services, query, metric }: Asked) {
  const service = serviceAmong(labels, services);
  const { alertname, severity } = labels;
  const [begins, ends] = [beganUs / 1e6, query.toUs / 1e6];
  if (service === undefined || alertname === undefined || begins >= ends || query.toUs < query.fromUs) return [];
  // From its start on, which may be long before the window.
  const step = Math.max(query.stepSeconds, Math.ceil((ends - begins) / WANTED_POINTS));
  const values = Array.from(
    { length: Math.ceil((ends - begins) / step) },
    (_, at) => [begins + at * step, '1'] as const,
  );
  const named = {
    service,
    alertname,
    ...(severity !== undefined && { severity }),
    ...(isSilenced !== undefined && { silenced: `${isSilenced}` }),
    metric,
  };
  return [{ metric: { ...named, __name__: seriesName({ scope: 'service', concept: 'alerts' }) }, values }];
}

/** The service that the labels name, by the name that was asked for; without one, the first that they name. */
export function serviceAmong(labels: AlertNow['labels'], services: readonly string[]): string | undefined {
  const names = namesInAlert({ service: '', labels });
  if (services.length === 0) return names[0];
  return services.find((one) => names.some((name) => isSameService(name, one)));
}

export type AlertRules = Readonly<{
  count: number;
  firing: readonly Readonly<{ name: string; sinceUs: number }>[];
  /** Rules that cannot be evaluated. */
  broken: readonly string[];
}>;

/** So that the line fits a terminal. */
const NAMED = 3;

/** `12 alert rules, 1 fires: OrdersWait since 2026-11-28 12:20 UTC`: those that began last. */
export function rulesText({ count, firing }: Pick<AlertRules, 'count' | 'firing'>): string {
  const last = firing.toSorted((a, b) => b.sinceUs - a.sinceUs);
  const named = last.slice(0, NAMED).map(({ name, sinceUs }) => `${name}${sinceText(sinceUs)}`);
  const more = firing.length > NAMED ? ', …' : '';
  const state =
    firing.length === 0
      ? 'none fires'
      : `${firing.length} ${firing.length === 1 ? 'fires' : 'fire'}: ${named.join(', ')}${more}`;
  return `${counted(count, 'alert rule')}, ${state}`;
}

/** ` since 2026-11-28 12:20 UTC`; empty if the time is unknown. */
export function sinceText(us: number): string {
  return Number.isFinite(us) ? ` since ${isoFromUs(us).slice(0, 16).replace('T', ' ')} UTC` : '';
}

/** `2 alert rules (OrdersWait, SlowPay)` */
export function rulesNamed(names: readonly string[]): string {
  return `${counted(names.length, 'alert rule')} (${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ', …' : ''})`;
}
