/**
 * What OpenTelemetry's exporter makes of a span for X-Ray: each span is a document of its own. A server's span, and one
 * without a parent, is a segment that is named after its service. Any other is a subsegment, which says nothing of its
 * program; a call is named after what it calls.
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awsxrayexporter/internal/translator
 */
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { xrayTraceId } from '#model/trace/trace-id.ts';
import type { Happening } from '#test/otlp.ts';

export function xraySegmentsOf({ traceId, rows }: Happening) {
  return rows.map((row) => {
    const isSegment = row.kind === 'server' || row.parentId === undefined;
    const { http, sql, rest } = partsOf(row.attributes ?? {});
    const status = http.response?.status ?? 0;
    const isRefused = status >= 400 && status < 500;
    const resource = Object.entries({ 'service.name': row.service, ...row.resource });
    return {
      id: row.id,
      trace_id: xrayTraceId(traceId),
      ...(row.parentId !== undefined && { parent_id: row.parentId }),
      ...(!isSegment && { type: 'subsegment' }),
      ...(row.kind === 'client' && { namespace: 'remote' }),
      name: nameOf(row),
      start_time: row.startUs / 1e6,
      end_time: (row.startUs + row.durationUs) / 1e6,
      ...{ fault: row.failed && !isRefused, error: isRefused, throttle: status === 429 },
      ...(row.failed && { cause: causeOf(row) }),
      ...(Object.keys(http).length > 0 && { http }),
      ...(sql && { sql }),
      metadata: {
        default: {
          ...rest,
          ...(isSegment && Object.fromEntries(resource.map(([name, value]) => [`otel.resource.${name}`, value]))),
        },
      },
      aws: { xray: { sdk: 'opentelemetry for go' } },
    };
  });
}

const SQL = new Set(['postgresql', 'mysql', 'mariadb', 'mssql', 'oracle', 'sqlite']);

/** What has a member of its own is no attribute any more. */
function partsOf(attributes: Attributes) {
  const rest = { ...attributes };
  const taken = (...names: readonly string[]) => {
    const [name] = names.filter((one) => rest[one] !== undefined);
    const value = name === undefined ? undefined : rest[name];
    for (const one of names) delete rest[one];
    return value;
  };
  const method = taken('http.method', 'http.request.method');
  const url = taken('http.url', 'url.full');
  const status = taken('http.status_code', 'http.response.status_code');
  const http = {
    ...((method ?? url) && { request: { ...(method && { method }), ...(url && { url }) } }),
    ...(status !== undefined && { response: { status: Number(status) } }),
  };
  if (!SQL.has(`${rest['db.system']}`)) return { http, sql: undefined, rest };
  const sql = { database_type: taken('db.system'), sanitized_query: taken('db.statement'), user: taken('db.user') };
  return { http, sql, rest };
}

function nameOf({ kind, service, operation, attributes = {} }: SpanRow): string {
  const peer = attributes['peer.service'] ?? attributes['db.name'];
  if (peer !== undefined) return `${peer}`;
  if (kind === 'server') return service;
  const host = attributes['rpc.service'] ?? attributes['http.host'] ?? attributes['net.peer.name'];
  return `${host ?? operation.replace(/[^ 0-9\p{L}N_.:/%&#=+\\\-@]/gu, '')}`;
}

function causeOf({ statusText = '', events = [] }: SpanRow) {
  const thrown = events.filter(({ name }) => name === 'exception');
  const exceptions = thrown.map(({ attributes }, number) => ({
    id: `${number}`.padStart(16, '0'),
    type: attributes['exception.type'],
    message: attributes['exception.message'],
  }));
  return { exceptions: exceptions.length > 0 ? exceptions : [{ id: '0'.repeat(16), message: statusText }] };
}
