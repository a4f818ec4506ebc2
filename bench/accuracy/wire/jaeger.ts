import type { DrawnTrace } from '../draw.ts';
import type { Service } from '../services.ts';
import type { Attributes, Value } from '../span.ts';
import { type RecordedSpan, recorded } from './recorded.ts';

type Tag = Readonly<{ key: string; type: 'string' | 'bool' | 'int64' | 'float64'; value: Value }>;

/** As Jaeger's query API answers. */
export function jaegerJson(trace: DrawnTrace): string {
  const spans = recorded(trace);
  const processes = new Map<string, { id: string; service: Service }>();
  for (const { service } of spans) {
    if (!processes.has(service.host)) processes.set(service.host, { id: `p${processes.size + 1}`, service });
  }
  const data = {
    traceID: trace.traceId,
    spans: spans.map((span) => jaegerSpan(trace.traceId, span, processes.get(span.service.host)?.id ?? '')),
    processes: Object.fromEntries([...processes.values()].map(({ id, service }) => [id, processOf(service)])),
    warnings: null,
  };
  return JSON.stringify({ data: [data], total: 0, limit: 0, offset: 0, errors: null });
}

function jaegerSpan(traceID: string, span: RecordedSpan, processID: string): object {
  const isOpenTracing = span.service.conventions === 'opentracing';
  return {
    traceID,
    spanID: span.id,
    operationName: span.operation,
    references:
      span.parentId === undefined
        ? []
        : [{ refType: span.isLink ? 'FOLLOWS_FROM' : 'CHILD_OF', traceID, spanID: span.parentId }],
    startTime: span.startUs,
    duration: span.durationUs,
    tags: isOpenTracing ? openTracingTags(span) : openTelemetryTags(span),
    logs: span.events.map(({ atUs, name, attributes }) => ({
      timestamp: atUs,
      fields:
        isOpenTracing && name === 'exception' ? errorFields(attributes) : [text('event', name), ...tagsOf(attributes)],
    })),
    processID,
    warnings: null,
  };
}

function openTelemetryTags({ scope, attributes, kind, failure }: RecordedSpan): Tag[] {
  return [
    text('otel.scope.name', scope),
    ...tagsOf(attributes),
    ...(kind === 'unspecified' ? [] : [text('span.kind', kind)]),
    ...(failure === undefined
      ? []
      : [
          { key: 'error', type: 'bool' as const, value: true },
          text('otel.status_code', 'ERROR'),
          ...(failure === '' ? [] : [text('otel.status_description', failure)]),
        ]),
  ];
}

function openTracingTags({ attributes, kind, failure }: RecordedSpan): Tag[] {
  return [
    { key: 'sampler.param', type: 'bool', value: true },
    ...tagsOf(attributes),
    ...(kind === 'internal' || kind === 'unspecified' ? [] : [text('span.kind', kind)]),
    ...(failure === undefined ? [] : [{ key: 'error', type: 'bool' as const, value: true }]),
    ...(failure ? [text('error.message', failure)] : []),
  ];
}

/** OpenTracing's log of an error. */
function errorFields(attributes: Attributes): Tag[] {
  return [
    text('event', 'error'),
    text('error.kind', String(attributes['exception.type'])),
    text('message', String(attributes['exception.message'])),
    text('stack', String(attributes['exception.stacktrace'])),
  ];
}

function processOf({ name, host, stack, conventions }: Service): object {
  const tags =
    conventions === 'opentracing'
      ? [text('hostname', host), text('jaeger.version', 'Java-1.8.1')]
      : [
          text('host.name', host),
          text('k8s.pod.name', host),
          text('service.version', '4.2.0'),
          text('telemetry.sdk.language', stack.language),
        ];
  return { serviceName: name, tags };
}

function tagsOf(attributes: Attributes): Tag[] {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === 'string') return text(key, value);
    if (typeof value === 'boolean') return { key, type: 'bool', value };
    return { key, type: Number.isInteger(value) ? 'int64' : 'float64', value };
  });
}

function text(key: string, value: string): Tag {
  return { key, type: 'string', value };
}
