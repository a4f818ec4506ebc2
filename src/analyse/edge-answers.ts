/** What the proxy in front of a service counts by the status of its answers. */
import type { WindowSubject } from '#model/finding/analysis.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { rates, type Series, valuesOver } from '#model/metrics/series.ts';
import { meanOf } from '#model/stats/mean.ts';

/** ingress-nginx, Envoy and Istio, Traefik, nginx-vts, Micrometer. */
const STATUSES = ['status', 'response_code', 'code', 'http_status_code', 'http_response_status_code'];
/** RFC 9110: the proxy got an answer that it cannot use, or none. */
export const BAD_GATEWAY: ReadonlySet<string> = new Set(['502']);
/** RFC 9110 and RFC 6585: no room at this moment, which a limit of requests answers as well. */
export const NO_ROOM: ReadonlySet<string> = new Set(['429', '503']);
/** So many times as many a second as before. */
const TIMES_BEFORE = 5;
/** Answers a second: fewer are single clients. */
const FEWEST = 0.05;

/** Far more answers of the service than before have one of these statuses. */
export function answersMore(
  statuses: ReadonlySet<string>,
  series: readonly Series[],
  service: string,
  { fromUs, toUs, onsetUs }: Pick<WindowSubject, 'fromUs' | 'toUs'> & Readonly<{ onsetUs: number }>,
): boolean {
  const key = serviceKey(service);
  const own = series.filter(
    ({ name, labels }) =>
      COUNTERS.test(name) &&
      STATUSES.some((label) => statuses.has(labels[label] ?? '')) &&
      Object.values(labels).some((value) => serviceKey(value) === key),
  );
  const perSecond = (from: number, to: number) =>
    own.reduce((sum, one) => sum + (meanOf(valuesOver(rates(one), from, to)) || 0), 0);
  const now = perSecond(onsetUs, toUs);
  return now >= FEWEST && now >= TIMES_BEFORE * perSecond(fromUs, onsetUs);
}

const COUNTERS = /_(?:total|count|requests)$/;
