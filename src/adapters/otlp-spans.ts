/** OTLP's JSON of spans from any document. The decoder reads it. */
import { keyValues, type Value } from '#adapters/otlp-attributes.ts';

export type Attributes = Readonly<Record<string, Value>>;

export type OtlpSpan = Readonly<{
  resource: Attributes;
  scope: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  /** Any of OpenTelemetry's names for it; '' if it is unknown. */
  kind: string;
  startNs: bigint;
  durationNs: bigint;
  attributes: Attributes;
  events: readonly OtlpEvent[];
  links: readonly Readonly<{ traceId: string; spanId: string }>[];
  /** 1 is OK, 2 is an error, 0 is unset. */
  status: Readonly<{ code: number; message: string }>;
}>;

export type OtlpEvent = Readonly<{ atNs: bigint; name: string; attributes: Attributes }>;

/**
 * What a span did with a message, for a store that keeps no such kind; '' if it says nothing of one.
 *
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#operation-types
 */
export function kindOfMessage(attributes: Attributes): 'producer' | 'consumer' | '' {
  const operation = `${attributes['messaging.operation.type'] ?? attributes['messaging.operation'] ?? ''}`;
  if (/^(?:send|publish|create)$/i.test(operation)) return 'producer';
  return /^(?:process|deliver)$/i.test(operation) ? 'consumer' : '';
}

export function otlpBytes(spans: readonly OtlpSpan[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(otlpAnswer(spans)));
}

export function otlpAnswer(spans: readonly OtlpSpan[]): unknown {
  const programs = Map.groupBy(spans, ({ resource }) => JSON.stringify(resource));
  const resourceSpans = [...programs.values()].map((ofProgram) => ({
    resource: { attributes: keyValues(ofProgram[0]?.resource ?? {}) },
    scopeSpans: [...Map.groupBy(ofProgram, ({ scope }) => scope)].map(([name, ofScope]) => ({
      scope: { name },
      spans: ofScope.map(written),
    })),
  }));
  return { resourceSpans };
}

function written({ startNs, durationNs, parentSpanId, kind, attributes, events, links, status, ...span }: OtlpSpan) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(parentSpanId !== '' && { parentSpanId }),
    name: span.name,
    ...(kind !== '' && { kind }),
    startTimeUnixNano: `${startNs}`,
    endTimeUnixNano: `${startNs + durationNs}`,
    attributes: keyValues(attributes),
    events: events.map((event) => ({
      timeUnixNano: `${event.atNs}`,
      name: event.name,
      attributes: keyValues(event.attributes),
    })),
    links,
    status: {
      ...(status.code > 0 && { code: status.code }),
      ...(status.message !== '' && { message: status.message }),
    },
  };
}
