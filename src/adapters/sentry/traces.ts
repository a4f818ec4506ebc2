/**
 * Reads a trace from Sentry by its id: its spans with their errors. Sentry has no way to find traces with all their spans
 * by service, so there is no search.
 *
 * https://docs.sentry.io/api/discover/retrieve-a-trace/
 */
import { z } from 'zod';
import { valuesIn } from '#adapters/otlp-attributes.ts';
import { type Attributes, type OtlpSpan, otlpBytes } from '#adapters/otlp-spans.ts';
import { onlyChunk } from '#adapters/rewritten-rows.ts';
import { TraceNotFoundError } from '#core/errors.ts';
import type { Health, OpenBody, TraceSource } from '#gather/sources.ts';
import { NAME, openApi, type SentryOptions } from './api.ts';

/** As long as Sentry keeps spans. */
const KEPT = '30d';

/** Attributes of spans that the answer does not have by itself: https://docs.sentry.io/concepts/search/searchable-properties/spans/ */
const MORE = ['span.status', 'span.status_code', 'span.system', 'server_name', 'release', 'environment'] as const;

export function sentryTraces(options: SentryOptions): TraceSource {
  const api = openApi(options);
  const path = (traceId: string) => `organizations/${options.organization}/trace/${traceId}/`;

  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    if (!/^[0-9a-f]{1,32}$/i.test(traceId)) throw new TraceNotFoundError(traceId, NAME);
    const id = traceId.toLowerCase().padStart(32, '0');
    const more = MORE.map((name) => ['additional_attributes', name] as const);
    const entries = await api.get(path(id), [['statsPeriod', KEPT], ...more], z.array(z.unknown()), signal);
    const spans = spansIn(id, entries);
    if (spans.length === 0) throw new TraceNotFoundError(traceId, NAME);
    const chunks = onlyChunk(otlpBytes(spans));
    const query = { text: `trace:${id}`, url: api.page(`performance/trace/${id}/`) };
    return { source: NAME, format: 'otlp-json', query, chunks };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return api.healthOf(async () => {
      // The answer to an id that no trace has is an empty list.
      await api.get(path('0'.repeat(31).concat('1')), [['statsPeriod', '1h']], z.array(z.unknown()), signal);
      return { ok: true, detail: 'answers', remedy: '' };
    });
  }

  return {
    name: NAME,
    title: 'Sentry',
    openTrace,
    links: { trace: `${api.page('performance/trace/')}{traceId}/`, span: '' },
    check,
  };
}

const Text = z.string().catch('');
/** Seconds since the epoch, or ISO 8601. */
const Instant = z
  .union([z.number(), z.string().transform((text) => Date.parse(text) / 1_000)])
  .pipe(z.number().min(0).max(8e9));
/** 16 digits; Sentry may put zeros before them. */
const SpanId = z
  .string()
  .regex(/^(?:[0-9a-f]{16}){1,2}$/i)
  .transform((id) => id.slice(-16).toLowerCase());

const Failure = z.object({ event_id: Text, description: Text, level: Text, start_timestamp: Instant });

const Span = z.object({
  event_type: z.literal('span'),
  event_id: SpanId,
  parent_span_id: SpanId.or(z.literal('')).catch(''),
  project_slug: Text,
  start_timestamp: Instant,
  end_timestamp: Instant,
  ...{ op: Text, name: Text, description: Text, transaction: Text, sdk_name: Text },
  is_transaction: z.boolean().catch(false),
  additional_attributes: z.record(z.string(), z.unknown()).nullish().catch({}),
  errors: z.array(Failure.optional().catch(undefined)).catch([]),
});
type Span = z.output<typeof Span>;

const Parent = z.object({ children: z.array(z.unknown()) });

/** What is no span, such as an error without one or a check of uptime, is left out, but not what is below it. */
function spansIn(traceId: string, entries: readonly unknown[]): readonly OtlpSpan[] {
  const spans: OtlpSpan[] = [];
  const waiting = [...entries];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const span = Span.safeParse(next).data;
    if (span !== undefined) spans.push(spanOf(traceId, span));
    for (const child of Parent.safeParse(next).data?.children ?? []) waiting.push(child);
  }
  return spans;
}

/** https://docs.sentry.io/platforms/python/tracing/ : operations of spans, by their beginning */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:http|grpc|websocket|rpc)\.server\b|^(?:function|faas)\b/, 'server'],
  [/^(?:http|grpc|graphql|rpc)\.client\b|^(?:db|cache|redis|http|graphql\.(?:query|mutation))\b/, 'client'],
  [/^queue\.(?:publish|submit|create)\b/, 'producer'],
  [/^queue\.(?:process|task|receive)\b/, 'consumer'],
];

function spanOf(traceId: string, span: Span): OtlpSpan {
  const { op, errors, start_timestamp: start, end_timestamp: end } = span;
  const more = span.additional_attributes ?? {};
  const kind = KINDS.find(([form]) => form.test(op))?.[1] ?? 'internal';
  const events = errors.flatMap((one) => one ?? []);
  const status = textOf(more['span.status']);
  const startNs = nanoseconds(start);
  const statement = op.startsWith('db') ? span.description : '';
  return {
    resource: said({
      'service.name': span.project_slug,
      'service.version': textOf(more.release),
      'deployment.environment.name': textOf(more.environment),
      'host.name': textOf(more.server_name),
    }),
    scope: span.sdk_name || 'sentry',
    ...{ traceId, spanId: span.event_id, parentSpanId: span.parent_span_id, kind },
    name: (span.is_transaction && span.transaction) || span.name || span.description || op || span.transaction,
    startNs,
    durationNs: nanoseconds(Math.max(start, end)) - startNs,
    attributes: said({
      ...{ 'sentry.op': op, 'sentry.description': statement === '' ? span.description : '', 'db.statement': statement },
      ...{ 'db.system': textOf(more['span.system']), 'http.response.status_code': numberOf(more['span.status_code']) },
    }),
    events: events.map(({ event_id, description, start_timestamp }) => ({
      atNs: nanoseconds(start_timestamp),
      name: 'exception',
      attributes: said({ ...exceptionOf(description), 'sentry.event_id': event_id }),
    })),
    links: [],
    status: FAILED.test(status) ? { code: 2, message: status } : { code: 0, message: '' },
  };
}

/** The states of a span that are its own fault. A request that was refused rightly has not failed. */
const FAILED =
  /^(?:error|internal_error|unknown_error|deadline_exceeded|unavailable|resource_exhausted|data_loss|aborted|unimplemented)$/;

/** `LockError: could not lock the items` */
function exceptionOf(title: string): Readonly<Record<string, string>> {
  const [, type = '', message = ''] = /^([A-Za-z_$][\w.$:]{0,200}?): (.*)/s.exec(title) ?? [];
  return type === '' ? { 'exception.message': title } : { 'exception.type': type, 'exception.message': message };
}

/** The times have microseconds at best. */
function nanoseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e6)) * 1_000n;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
}

function numberOf(value: unknown): number | '' {
  const number = Number(textOf(value));
  return number > 0 ? number : '';
}

function said(attributes: Attributes): Attributes {
  return valuesIn(Object.entries(attributes));
}
