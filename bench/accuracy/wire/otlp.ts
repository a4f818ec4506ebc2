import type { DrawnTrace } from '../draw.ts';
import type { Attributes, Value } from '../span.ts';
import { type RecordedSpan, recorded } from './recorded.ts';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** As a collector's file exporter writes it; a follower is a child there and has a link as well. */
export function otlpJson(trace: DrawnTrace): string {
  const byHost = Map.groupBy(recorded(trace), ({ service }) => service.host);
  const resourceSpans = [...byHost.values()].map((ofHost) => ({
    resource: { attributes: resourceOf(ofHost) },
    scopeSpans: [...Map.groupBy(ofHost, ({ scope }) => scope)].map(([name, spans]) => ({
      scope: { name },
      spans: spans.map((span) => otlpSpan(trace.traceId.padStart(32, '0'), span)),
    })),
  }));
  return JSON.stringify({ resourceSpans });
}

function resourceOf([first]: readonly RecordedSpan[]): object[] {
  if (first === undefined) return [];
  const { name, host, stack } = first.service;
  return attributesOf({ 'service.name': name, 'host.name': host, 'telemetry.sdk.language': stack.language });
}

function otlpSpan(traceId: string, span: RecordedSpan): object {
  return {
    traceId,
    spanId: span.id,
    ...(span.parentId !== undefined && { parentSpanId: span.parentId }),
    name: span.operation,
    kind: KINDS.indexOf(span.kind),
    startTimeUnixNano: `${span.startUs}000`,
    endTimeUnixNano: `${span.startUs + span.durationUs}000`,
    attributes: attributesOf(span.attributes),
    events: span.events.map(({ atUs, name, attributes }) => ({
      timeUnixNano: `${atUs}000`,
      name,
      attributes: attributesOf(attributes),
    })),
    ...(span.isLink && span.parentId !== undefined && { links: [{ traceId, spanId: span.parentId }] }),
    status: span.failure === undefined ? {} : { code: 2, ...(span.failure !== '' && { message: span.failure }) },
  };
}

function attributesOf(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: `${value}` } : { doubleValue: value };
}
