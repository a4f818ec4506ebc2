/** One OTLP trace with many of one thing: spans, services, attributes, events, links, levels. */

/** The value of an attribute in OTLP JSON. */
type Value = string | number;
type Attributes = Readonly<Record<string, Value>>;
type Event = Readonly<{ name: string; attributes?: Attributes }>;
type Link = Readonly<{ traceId?: string; span: number }>;

export type WideSpan = Readonly<{
  name?: string;
  service?: string;
  /** As OTLP numbers them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind?: number;
  /** The number of the parent; -1 for a root. The first span if missing. */
  parent?: number;
  /** Milliseconds after the first span's start. */
  startMs?: number;
  endMs?: number;
  failure?: string;
  attributes?: Attributes;
  resource?: Attributes;
  events?: readonly Event[];
  links?: readonly Link[];
}>;

/** 2026-01-06T14:30:00Z */
export const WIDE_BEGINS_US = 1_767_709_800_000_000;
export const WIDE_TRACE_ID = '5b8aa5a2d2c872e8321cf37308d69df2';

const STEP_MS = 5;

export function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number);
}

/** Without times, the first span lasts as long as all others, and they follow each other. */
export function wideTrace(spans: readonly WideSpan[]): object {
  const toldBy = Map.groupBy(spans.entries(), ([, { service = 'cart', resource }]) =>
    resource === undefined ? service : JSON.stringify([service, resource]),
  );
  const resourceSpans = [...toldBy.values()].map((told) => {
    const [, { service = 'cart', resource = {} } = {}] = told[0] ?? [];
    return {
      resource: { attributes: attributesOf({ 'service.name': service, ...resource }) },
      scopeSpans: [{ spans: told.map(([number, span]) => otlpSpan(span, number, spans.length)) }],
    };
  });
  return { resourceSpans };
}

function otlpSpan(span: WideSpan, number: number, count: number): object {
  const { name = 'reckon', kind = 1, parent = number === 0 ? -1 : 0, failure, attributes, events, links } = span;
  const { startMs = number * STEP_MS, endMs = number === 0 ? count * STEP_MS : startMs + STEP_MS - 1 } = span;
  return {
    traceId: WIDE_TRACE_ID,
    spanId: spanId(number),
    parentSpanId: parent < 0 ? '' : spanId(parent),
    name,
    kind,
    startTimeUnixNano: nanosAt(startMs),
    endTimeUnixNano: nanosAt(endMs),
    ...(attributes && { attributes: attributesOf(attributes) }),
    ...(failure !== undefined && { status: { code: 2, message: failure } }),
    ...(events && {
      events: events.map((event, place) => ({
        timeUnixNano: nanosAt(startMs + place / 1_000),
        name: event.name,
        ...(event.attributes && { attributes: attributesOf(event.attributes) }),
      })),
    }),
    ...(links && {
      links: links.map((link) => ({ traceId: link.traceId ?? WIDE_TRACE_ID, spanId: spanId(link.span) })),
    }),
  };
}

function spanId(number: number): string {
  return (number + 1).toString(16).padStart(16, '0');
}

function nanosAt(ms: number): string {
  return `${WIDE_BEGINS_US + Math.round(ms * 1_000)}000`;
}

function attributesOf(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: `${value}` } : { stringValue: value },
  }));
}
