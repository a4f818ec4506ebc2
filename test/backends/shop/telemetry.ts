/**
 * What an instrumented service tells of itself: spans as OTLP/JSON, lines as JSON with the ids of the request into Loki,
 * and a page for Prometheus with the names that OpenTelemetry and client libraries use.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

type Fields = Readonly<Record<string, string | number>>;

export type Kind = 'server' | 'client' | 'internal';
const KINDS: Readonly<Record<Kind, number>> = { internal: 1, server: 2, client: 3 };

/** Where a request is: what the header `traceparent` says of it. */
export type Place = Readonly<{ traceId: string; spanId: string; isSampled: boolean }>;

export type OpenSpan = Place & Readonly<{ end(attributes?: Fields, error?: unknown): void }>;

export type Told = Readonly<{
  service: string;
  version: string;
  pod: string;
  otlpUrl: string;
  lokiUrl: string;
}>;

const EXPORT_EVERY_MS = 1_000;
/** Seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function openTelemetry({ service, version, pod, otlpUrl, lokiUrl }: Told) {
  const state = { spans: [] as object[], lines: [] as { level: string; value: [string, string] }[], isOpen: true };
  const durations = new Map<string, { counts: number[]; sum: number; count: number }>();
  const resource = { 'service.name': service, 'service.version': version, 'k8s.pod.name': pod };

  function span(name: string, kind: Kind, parent: Place | undefined, attributes: Fields = {}): OpenSpan {
    const place = {
      traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      isSampled: parent?.isSampled ?? true,
    };
    const startNs = nowNs();
    return {
      ...place,
      end(more = {}, error = undefined) {
        if (!place.isSampled) return;
        const endNs = nowNs();
        const message = error instanceof Error ? error.message : String(error ?? '');
        state.spans.push({
          traceId: place.traceId,
          spanId: place.spanId,
          ...(parent && { parentSpanId: parent.spanId }),
          name,
          kind: KINDS[kind],
          startTimeUnixNano: `${startNs}`,
          endTimeUnixNano: `${endNs}`,
          attributes: keyValues({ ...attributes, ...more }),
          events: error instanceof Error && kind === 'server' ? [exceptionEvent(error, endNs)] : [],
          status: error === undefined ? {} : { code: 2, message },
        });
      },
    };
  }

  function line(level: 'info' | 'warn' | 'error', msg: string, place: Place, fields: Fields = {}): void {
    if (!place.isSampled) return;
    const ids = { trace_id: place.traceId, span_id: place.spanId };
    state.lines.push({ level, value: [`${nowNs()}`, JSON.stringify({ level, msg, ...ids, ...fields })] });
  }

  function took(route: string, status: number, seconds: number): void {
    const [method = '', path = ''] = route.split(' ');
    const labels = `http_request_method="${method}",http_route="${path}",http_response_status_code="${status}"`;
    const known = durations.get(labels) ?? { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
    durations.set(labels, known);
    for (const [at, bound] of BUCKETS.entries()) if (seconds <= bound) known.counts[at] = (known.counts[at] ?? 0) + 1;
    known.sum += seconds;
    known.count += 1;
  }

  /** `gauges`: further ones of the service itself, each with its labels. */
  function page(gauges: Readonly<Record<string, number>>): string {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const name = 'http_server_request_duration_seconds';
    const histograms = [...durations].flatMap(([labels, { counts, sum, count }]) => [
      ...counts.map((below, at) => `${name}_bucket{${labels},le="${BUCKETS[at]}"} ${below}`),
      `${name}_bucket{${labels},le="+Inf"} ${count}`,
      `${name}_sum{${labels}} ${sum}`,
      `${name}_count{${labels}} ${count}`,
    ]);
    return [
      `process_cpu_seconds_total ${(user + system) / 1e6}`,
      `process_resident_memory_bytes ${rss}`,
      `nodejs_heap_size_used_bytes ${heapUsed}`,
      ...Object.entries(gauges).map(([series, value]) => `${series} ${value}`),
      ...histograms,
      '',
    ].join('\n');
  }

  async function flush(): Promise<void> {
    const [spans, lines] = [state.spans.splice(0), state.lines.splice(0)];
    const levels = Map.groupBy(lines, ({ level }) => level);
    const scopeSpans = [{ scope: { name: 'shop' }, spans }];
    const streams = [...levels].map(([level, own]) => ({
      stream: { service_name: service, level, namespace: 'shop' },
      values: own.map(({ value }) => value),
    }));
    await Promise.all([
      spans.length > 0 &&
        post(`${otlpUrl}/v1/traces`, {
          resourceSpans: [{ resource: { attributes: keyValues(resource) }, scopeSpans }],
        }),
      lines.length > 0 && post(`${lokiUrl}/loki/api/v1/push`, { streams }),
    ]);
  }

  async function exportOnAndOn(): Promise<void> {
    while (state.isOpen) {
      await sleep(EXPORT_EVERY_MS);
      await flush();
    }
  }
  const exporting = exportOnAndOn();

  async function close(): Promise<void> {
    state.isOpen = false;
    await exporting;
    await flush();
  }

  return { span, line, took, page, close };
}

function nowNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1_000)) * 1_000n;
}

function exceptionEvent(error: Error, atNs: bigint): object {
  const attributes = { 'exception.type': error.name, 'exception.message': error.message };
  return {
    timeUnixNano: `${atNs}`,
    name: 'exception',
    attributes: keyValues({ ...attributes, 'exception.stacktrace': error.stack ?? '' }),
  };
}

function keyValues(fields: Fields): object[] {
  return Object.entries(fields).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: `${value}` } : { stringValue: value },
  }));
}

/** What a backend does not take is lost, as with any exporter; the backends' own logs say why. */
async function post(url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) console.error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
  else await answer.arrayBuffer();
}
