import type { DrawnTrace } from '../draw.ts';
import { type RecordedSpan, recorded } from './recorded.ts';

/**
 * Version 2, as OpenTelemetry's exporters write it: no status, no links, every value a text. Brave's servers share the
 * id of their client's span; half of the traces do so.
 */
export function zipkinJson(trace: DrawnTrace): string {
  const spans = recorded(trace);
  const isShared = Number.parseInt(trace.traceId.slice(-1), 16) % 2 === 0;
  return JSON.stringify((isShared ? shared(spans) : spans).map((span) => zipkinSpan(trace.traceId, span)));
}

type SharedSpan = RecordedSpan & Readonly<{ isShared?: boolean }>;

function shared(spans: readonly RecordedSpan[]): SharedSpan[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const clientOf = ({ kind, parentId }: RecordedSpan): RecordedSpan | undefined => {
    const parent = parentId === undefined ? undefined : byId.get(parentId);
    return kind === 'server' && parent?.kind === 'client' ? parent : undefined;
  };
  const idOf = (id: string): string => {
    const span = byId.get(id);
    return (span && clientOf(span)?.id) ?? id;
  };
  return spans.map((span) => {
    const client = clientOf(span);
    if (client) return { ...span, id: client.id, parentId: client.parentId && idOf(client.parentId), isShared: true };
    return { ...span, parentId: span.parentId && idOf(span.parentId) };
  });
}

function zipkinSpan(traceId: string, span: SharedSpan): object {
  const { id, parentId, service, operation, kind, scope, startUs, durationUs, attributes, failure, events } = span;
  return {
    traceId,
    id,
    ...(parentId !== undefined && { parentId }),
    name: operation,
    ...(kind !== 'internal' && kind !== 'unspecified' && { kind: kind.toUpperCase() }),
    timestamp: startUs,
    duration: Math.max(1, durationUs),
    localEndpoint: { serviceName: service.name, ipv4: addressOf(service.host) },
    annotations: events.map(({ atUs, name, attributes: own }) => ({
      timestamp: atUs,
      value: Object.keys(own).length === 0 ? name : `"${name}": ${JSON.stringify(own)}`,
    })),
    tags: {
      ...Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, `${value}`])),
      ...(failure !== undefined && { error: failure || 'true', 'otel.status_code': 'ERROR' }),
      'otel.scope.name': scope,
    },
    ...(span.isShared && { shared: true }),
  };
}

/** A host has one address. */
function addressOf(host: string): string {
  let sum = 0;
  for (const char of host) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 16_777_216;
  return `10.${(sum >> 16) % 256}.${(sum >> 8) % 256}.${sum % 256}`;
}
