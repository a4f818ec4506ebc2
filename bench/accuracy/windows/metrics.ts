/** What is measured of a drawn system's pods beside its requests: a point a minute, in the names of common exporters. */
import type { Random } from '../random.ts';
import type { Fault } from './fault.ts';
import { type DrawnRequest, sickPods, type WindowSpan } from './request.ts';
import type { System } from './system.ts';

/** As in a case's `metrics.json`. */
export type DrawnSeries = Readonly<{
  metric: Readonly<Record<string, string>>;
  values: readonly (readonly [number, string])[];
}>;

type Time = Readonly<{ fromMs: number; toMs: number; requests: readonly DrawnRequest[]; faults: readonly Fault[] }>;

const MINUTE_MS = 60_000;
const POOL_SIZE = 20;

export function drawMetrics(system: System, times: readonly Time[], random: Random): readonly DrawnSeries[] {
  return system.services.flatMap((service): DrawnSeries[] => {
    const labels = { service: service.name };
    const pool = service.operations.some(({ steps }) => steps.some((step) => 'statement' in step));
    const usual = service.pods.map(() => random.between(0.03, 0.45));
    const own = (time: Time) => time.faults.filter((fault) => fault.service === service.name);
    const busy = (time: Time, kind: Fault['kind'], place: number) =>
      own(time).some((fault) => fault.kind === kind && place < sickPods(service.pods, fault.share));
    return [
      ...service.pods.map((pod, place) =>
        series({ __name__: 'k8s_pod_cpu_limit_utilization_ratio', ...labels, pod }, times, (time) =>
          busy(time, 'cpu', place)
            ? random.between(0.88, 1)
            : Math.min(0.8, (usual[place] ?? 0) * random.between(0.7, 1.4)),
        ),
      ),
      ...service.pods.map((pod) =>
        series({ __name__: 'k8s_pod_memory_limit_utilization_ratio', ...labels, pod }, times, () =>
          random.between(0.4, 0.45),
        ),
      ),
      series({ __name__: 'http_server_duration_p95_ms', ...labels }, times, (time, fromMs) =>
        slowest(spansOf(time, service.name, fromMs)),
      ),
      series({ __name__: 'http_server_errors_ratio', ...labels }, times, (time, fromMs) =>
        failing(spansOf(time, service.name, fromMs)),
      ),
      ...(pool
        ? [
            series({ __name__: 'db_client_connections_usage', ...labels, state: 'used' }, times, (time) =>
              own(time).some(({ kind }) => kind === 'exhausted-pool') ? POOL_SIZE : random.whole(1, 8),
            ),
            series({ __name__: 'db_client_connections_max', ...labels }, times, () => POOL_SIZE),
          ]
        : []),
    ];
  });
}

function series(
  metric: DrawnSeries['metric'],
  times: readonly Time[],
  measure: (time: Time, fromMs: number) => number,
): DrawnSeries {
  const values: (readonly [number, string])[] = [];
  for (const time of times) {
    for (let atMs = time.fromMs; atMs < time.toMs; atMs += MINUTE_MS) {
      const value = measure(time, atMs);
      // Stamped at the end of what it tells of, within that time.
      if (Number.isFinite(value))
        values.push([Math.round(Math.min(atMs + MINUTE_MS, time.toMs - 1) / 1000), value.toFixed(3)]);
    }
  }
  return { metric, values };
}

function spansOf({ requests }: Time, service: string, fromMs: number): readonly WindowSpan[] {
  return requests
    .flatMap(({ spans }) => spans)
    .filter(
      (span) =>
        span.kind === 'server' &&
        span.service === service &&
        span.startMs >= fromMs &&
        span.startMs < fromMs + MINUTE_MS,
    );
}

function slowest(spans: readonly WindowSpan[]): number {
  const sorted = spans.map(({ startMs, endMs }) => endMs - startMs).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}

function failing(spans: readonly WindowSpan[]): number {
  return spans.length === 0 ? 0 : spans.filter(({ failed }) => failed).length / spans.length;
}
