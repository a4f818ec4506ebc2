/** What New Relic makes of an OTLP span: the resource and the attributes side by side, and its events apart. */
import type { Happening } from '#test/otlp.ts';

export const newRelicSpansOf = ({ traceId, rows }: Happening) =>
  rows.map((row) => ({
    ...row.resource,
    ...row.attributes,
    timestamp: Math.floor(row.startUs / 1_000),
    'trace.id': traceId,
    id: row.id,
    ...(row.parentId && { 'parent.id': row.parentId }),
    name: row.operation,
    'duration.ms': row.durationUs / 1_000,
    'service.name': row.service,
    'entity.name': row.service,
    ...(row.kind !== 'unspecified' && { 'span.kind': row.kind }),
    ...(row.scope && { 'otel.library.name': row.scope }),
    ...(row.failed && { 'otel.status_code': 'ERROR' }),
    ...(row.failed && row.statusText && { 'otel.status_description': row.statusText, 'error.message': row.statusText }),
    'nr.ingestTimeMs': 1,
  }));

export const newRelicEventsOf = ({ traceId, rows }: Happening) =>
  rows.flatMap((row) =>
    (row.events ?? []).map(({ atUs, name, attributes }) => ({
      ...attributes,
      timestamp: Math.floor(atUs / 1_000),
      name,
      'span.id': row.id,
      'trace.id': traceId,
    })),
  );
