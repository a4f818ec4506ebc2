import type { DrawnTrace } from '../draw.ts';
import { recorded } from './recorded.ts';

/** Version 2, as OpenTelemetry's exporters write it: no status, no links, every value a text. */
export function zipkinJson(trace: DrawnTrace): string {
  return JSON.stringify(
    recorded(trace).map(
      ({ id, parentId, service, operation, kind, scope, startUs, durationUs, attributes, failure, events }) => ({
        traceId: trace.traceId,
        id,
        ...(parentId !== undefined && { parentId }),
        name: operation,
        ...(kind !== 'internal' && { kind: kind.toUpperCase() }),
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
      }),
    ),
  );
}

/** A host has one address. */
function addressOf(host: string): string {
  let sum = 0;
  for (const char of host) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 16_777_216;
  return `10.${(sum >> 16) % 256}.${(sum >> 8) % 256}.${sum % 256}`;
}
