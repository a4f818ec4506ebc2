/**
 * What version 1 of Cloud Trace's API answers of an OTLP span: attributes are labels, texts. It answers no events and no
 * links, and no kind but the two of calls.
 *
 * https://cloud.google.com/trace/docs/reference/v1/rest/v1/projects.traces
 * https://github.com/GoogleCloudPlatform/opentelemetry-operations-go/tree/main/exporter/trace
 */
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import type { Attributes } from '#model/trace/columns.ts';
import type { Happening } from '#test/otlp.ts';

const KINDS: Readonly<Record<string, string>> = { server: 'RPC_SERVER', client: 'RPC_CLIENT' };

export function cloudTraceOf({ traceId, rows }: Happening, projectId: string) {
  return { projectId, traceId, spans: rows.map(spanOf) };
}

function spanOf(row: SpanRow) {
  return {
    spanId: decimal(row.id),
    ...(row.parentId !== undefined && { parentSpanId: decimal(row.parentId) }),
    ...(KINDS[row.kind] !== undefined && { kind: KINDS[row.kind] }),
    name: row.operation,
    startTime: isoOf(row.startUs),
    endTime: isoOf(row.startUs + row.durationUs),
    labels: {
      'service.name': row.service,
      ...labelsOf({ ...row.resource, ...row.attributes }),
      ...(row.scope && { 'otel.scope.name': row.scope }),
      ...(row.failed && { 'g.co/status/code': '2', 'g.co/status/description': row.statusText ?? '' }),
      'g.co/agent': 'opentelemetry-go 1.2.3; google-cloud-trace-exporter 1.2.3',
    },
  };
}

const RENAMED = new Set(['http.host', 'http.method', 'http.path', 'http.status_code', 'http.url', 'http.route']);

function labelsOf(attributes: Attributes): Readonly<Record<string, string>> {
  const said = Object.entries(attributes);
  return Object.fromEntries(
    said.map(([name, value]) => [RENAMED.has(name) ? `/${name.replace('.', '/')}` : name, `${value}`]),
  );
}

function decimal(id: string): string {
  return BigInt(`0x${id}`).toString();
}

function isoOf(us: number): string {
  return `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, -1)}${`${us % 1_000}`.padStart(3, '0')}Z`;
}
