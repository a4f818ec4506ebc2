/**
 * What OpenTelemetry's exporter makes of a span for Application Insights, as rows of a workspace: numbers are measurements,
 * other attributes are properties, and so are the resource and the status.
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/azuremonitorexporter
 */
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import type { Happening } from '#test/otlp.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows in the form of an answer: columns and values apart. */
export function tableOf(rows: readonly Row[]) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name) => ({ name, type: 'string' }));
  return {
    tables: [{ name: 'PrimaryResult', columns, rows: rows.map((row) => names.map((name) => row[name] ?? null)) }],
  };
}

export function insightsRowsOf({ traceId, rows }: Happening): readonly Row[] {
  return rows.flatMap((row) => [spanRow(traceId, row), ...thrownRows(traceId, row)]);
}

function spanRow(traceId: string, row: SpanRow): Row {
  const attributes = row.attributes ?? {};
  const status = attributes['http.status_code'] ?? attributes['http.response.status_code'];
  const isRequest = row.kind === 'server' || row.kind === 'consumer';
  const numbers = Object.entries(attributes).filter(([, value]) => typeof value === 'number');
  const others = Object.entries(attributes).filter(([, value]) => typeof value !== 'number');
  return {
    Type: isRequest ? 'AppRequests' : 'AppDependencies',
    ...{ OperationId: traceId, Id: row.id, ParentId: row.parentId ?? '', AppRoleName: row.service },
    ...{ TimeGenerated: isoOf(row.startUs), DurationMs: row.durationUs / 1_000, Name: row.operation },
    ResultCode: status === undefined ? (row.failed ? '2' : '0') : `${status}`,
    Success: !row.failed,
    ...(!isRequest && callOf(row)),
    Properties: JSON.stringify({
      ...Object.fromEntries(others.map(([name, value]) => [name, `${value}`])),
      'otel.status_code': row.failed ? 'Error' : 'Unset',
      ...(row.failed && row.statusText && { 'otel.status_description': row.statusText }),
      'service.name': row.service,
      ...row.resource,
      ...(row.scope && { 'instrumentationlibrary.name': row.scope }),
    }),
    Measurements: JSON.stringify(Object.fromEntries(numbers)),
  };
}

function callOf({ kind, attributes = {} }: SpanRow): Row {
  const database = attributes['db.system'] ?? attributes['db.system.name'] ?? '';
  const statement = attributes['db.statement'] ?? attributes['db.query.text'];
  return { DependencyType: kind === 'internal' ? 'InProc' : `${database}`, Data: statement };
}

/** Rows of exceptions name the span that threw as their parent. */
function thrownRows(traceId: string, row: SpanRow): readonly Row[] {
  const thrown = (row.events ?? []).filter(({ name }) => name === 'exception');
  return thrown.map(({ atUs, attributes }) => ({
    ...{ Type: 'AppExceptions', OperationId: traceId, ParentId: row.id, AppRoleName: row.service },
    TimeGenerated: isoOf(atUs),
    ExceptionType: attributes['exception.type'],
    OuterMessage: attributes['exception.message'],
  }));
}

function isoOf(us: number): string {
  return `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, -1)}${`${us % 1_000}`.padStart(3, '0')}0Z`;
}
