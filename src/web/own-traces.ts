/**
 * Sends traces of the bot's own work by OTLP over HTTP: jobs, requests to backends, calls of Slack, steps of analyses.
 *
 *   job answer-trace ──┬── backend jaeger
 *                      ├── analysis judge
 *                      └── …                  what runs within a step is its child
 *
 * Spans have the names of systems and methods, and no texts. A collector that is away costs nothing but its spans.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { followSteps, type Step } from '#core/measures.ts';

export type OwnTracesOptions = Readonly<{
  /** Without the path: `http://otel-collector:4318`. */
  endpoint: URL;
  version: string;
}>;

const KINDS: Readonly<Record<Step['kind'], SpanKind>> = {
  backend: SpanKind.CLIENT,
  slack: SpanKind.CLIENT,
  received: SpanKind.SERVER,
  job: SpanKind.CONSUMER,
  analysis: SpanKind.INTERNAL,
};

/** A stop waits no longer for the collector. */
const EXPORT_TIMEOUT_MS = 2_000;

export function sendOwnTraces({ endpoint, version }: OwnTracesOptions): Readonly<{ stop(): Promise<void> }> {
  const url = new URL(`${endpoint.pathname.replace(/\/$/, '')}/v1/traces`, endpoint);
  const exporter = new OTLPTraceExporter({ url: url.href, timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'spanhound', 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
  });
  const tracer = provider.getTracer('spanhound', version);
  const running = new AsyncLocalStorage<Span>();
  const unfollow = followSteps(running, {
    begin: ({ kind, name }) => {
      const outer = running.getStore();
      const context = outer === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, outer);
      return tracer.startSpan(`${kind} ${name}`, { kind: KINDS[kind] }, context);
    },
    end: (span, { isOk }) => {
      if (!isOk) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  });
  return {
    async stop() {
      unfollow();
      // It rejects where the collector does not take the last spans.
      await Promise.allSettled([provider.shutdown()]);
    },
  };
}
