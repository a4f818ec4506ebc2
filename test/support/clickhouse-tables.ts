/**
 * The tables of OpenTelemetry's exporter for ClickHouse, with the columns that are read of them, and one happening as rows.
 * The exporter's own tables have codecs, indexes and more columns.
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter
 */
import type { Attributes } from '#model/trace/columns.ts';
import { type Happening, logsJsonlOf } from '#test/otlp.ts';
import type { Recorded } from '#test/recorded-server.ts';

const MAP = 'Map(LowCardinality(String), String)';

export const OTEL_TABLES: readonly string[] = [
  `CREATE TABLE otel_traces (Timestamp DateTime64(9), TraceId String, SpanId String, ParentSpanId String, TraceState String,
  SpanName LowCardinality(String), SpanKind LowCardinality(String), ServiceName LowCardinality(String), ResourceAttributes ${MAP},
  ScopeName String, ScopeVersion String, SpanAttributes ${MAP}, Duration UInt64, StatusCode LowCardinality(String), StatusMessage String,
  Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes ${MAP}),
  Links Nested (TraceId String, SpanId String, TraceState String, Attributes ${MAP}))
  ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))`,
  `CREATE TABLE otel_logs (Timestamp DateTime64(9), TimestampTime DateTime DEFAULT toDateTime(Timestamp), TraceId String, SpanId String,
  TraceFlags UInt8, SeverityText LowCardinality(String), SeverityNumber UInt8, ServiceName LowCardinality(String), Body String,
  ResourceAttributes ${MAP}, ScopeName String, LogAttributes ${MAP})
  ENGINE = MergeTree PARTITION BY toDate(TimestampTime) ORDER BY (ServiceName, TimestampTime, Timestamp)`,
];

/** The same tables as the exporter makes them with `json: true`. */
export const OTEL_JSON_TABLES: readonly string[] = OTEL_TABLES.map((table) =>
  table.replaceAll(MAP, 'JSON').replace(/CREATE TABLE (\w+)/, 'CREATE TABLE $1_json'),
);

export function spanRows({ traceId, rows }: Happening) {
  return rows.map((row) => ({
    Timestamp: timeOf(BigInt(row.startUs) * 1_000n),
    TraceId: traceId,
    SpanId: row.id,
    ParentSpanId: row.parentId ?? '',
    SpanName: row.operation,
    SpanKind: capital(row.kind),
    ServiceName: row.service,
    ResourceAttributes: texts({ 'service.name': row.service, ...row.resource }),
    ScopeName: row.scope ?? '',
    SpanAttributes: texts(row.attributes),
    Duration: `${row.durationUs * 1_000}`,
    StatusCode: row.failed ? 'Error' : 'Unset',
    StatusMessage: row.failed ? (row.statusText ?? '') : '',
    'Events.Timestamp': (row.events ?? []).map(({ atUs }) => timeOf(BigInt(atUs) * 1_000n)),
    'Events.Name': (row.events ?? []).map(({ name }) => name),
    'Events.Attributes': (row.events ?? []).map(({ attributes }) => texts(attributes)),
    'Links.TraceId': (row.links ?? []).map(() => traceId),
    'Links.SpanId': (row.links ?? []).map(({ spanId }) => spanId),
    'Links.TraceState': (row.links ?? []).map(() => ''),
    'Links.Attributes': (row.links ?? []).map(() => ({})),
  }));
}

export function lineRows(happened: Happening) {
  return logsJsonlOf(happened)
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => {
      const { ts, labels, line } = JSON.parse(row) as { ts: string; labels: Record<string, string>; line: string };
      return {
        Timestamp: timeOf(BigInt(ts)),
        TraceId: labels.trace_id ?? '',
        SpanId: labels.span_id ?? '',
        SeverityText: labels.level ?? '',
        SeverityNumber: 0,
        ServiceName: labels.service_name ?? '',
        Body: line,
        ResourceAttributes: { 'k8s.namespace.name': 'shop' },
        LogAttributes: {},
      };
    });
}

/** ClickHouse's answer with these rows of spans. */
export function spansAnswer(happened: Happening): Recorded {
  return rowsAnswer(
    spanRows(happened).map((row) => ({
      ...row,
      start: nsOf(row.Timestamp),
      duration: row.Duration,
      eventTimes: row['Events.Timestamp'].map(nsOf),
      eventNames: row['Events.Name'],
      eventAttributes: row['Events.Attributes'],
      linkTraces: row['Links.TraceId'],
      linkSpans: row['Links.SpanId'],
    })),
  );
}

/** The same with these rows of lines. */
export function linesAnswer(happened: Happening): Recorded {
  return rowsAnswer(lineRows(happened).map((row) => ({ ...row, time: nsOf(row.Timestamp) })));
}

export function rowsAnswer(data: readonly object[]): Recorded {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: Buffer.from(JSON.stringify({ meta: [], data, rows: data.length })),
  };
}

function nsOf(time: string): string {
  return time.replace('.', '');
}

/** As ClickHouse reads a DateTime64: seconds with a fraction. */
export function timeOf(ns: bigint): string {
  return `${ns / 1_000_000_000n}.${`${ns % 1_000_000_000n}`.padStart(9, '0')}`;
}

function texts(attributes: Attributes): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, `${value}`]));
}

/** `Server`. */
function capital(kind: string): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}
