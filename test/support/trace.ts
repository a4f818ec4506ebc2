import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import type { Attributes } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A span and what lies below it; times in milliseconds from the trace's start. */
export type SpanNode = Readonly<{ span: Omit<SpanRow, 'id' | 'parentId'>; children: readonly SpanNode[] }>;

export type SpanOptions = Partial<Pick<SpanRow, 'kind' | 'attributes' | 'statusText' | 'scope' | 'resource'>> & {
  at?: number;
  ms?: number;
  /** Whom a client span calls, where no span of the callee is drawn. */
  peer?: string;
  failed?: boolean;
  /** Ids of other spans, as the tree gives them. */
  links?: readonly string[];
  events?: readonly Readonly<{ at: number; name: string; attributes?: Attributes }>[];
};

/** When every drawn trace begins: a Tuesday, in microseconds since the epoch. */
export const DRAWN_AT_US = Date.UTC(2026, 0, 6, 14, 30, 0) * 1000;

/** `span('web', 'POST /checkout', { at: 0, ms: 900 }, [children…])`: times in ms for the reader; the trace itself counts microseconds. */
export function span(
  service: string,
  operation: string,
  options: SpanOptions = {},
  children: readonly SpanNode[] = [],
): SpanNode {
  const {
    at = 0,
    ms = 1,
    kind = 'internal',
    peer,
    failed,
    events = [],
    links = [],
    attributes = {},
    ...rest
  } = options;
  return {
    span: {
      ...rest,
      service,
      operation,
      kind,
      startUs: DRAWN_AT_US + Math.round(at * 1000),
      durationUs: Math.round(ms * 1000),
      failed,
      attributes: peer === undefined ? attributes : { 'server.service.name': peer, ...attributes },
      events: events.map((event) => ({
        atUs: DRAWN_AT_US + Math.round(event.at * 1000),
        name: event.name,
        attributes: event.attributes ?? {},
      })),
      links: links.map((spanId) => ({ traceId: '', spanId })),
    },
    children,
  };
}

/** A client span from `caller` to `peer`. */
export function call(
  caller: string,
  peer: string,
  operation: string,
  options: SpanOptions = {},
  children: readonly SpanNode[] = [],
): SpanNode {
  return span(caller, operation, { ...options, kind: 'client', peer }, children);
}

/** A server span: what a service does with a request. */
export function server(
  service: string,
  operation: string,
  options: SpanOptions = {},
  children: readonly SpanNode[] = [],
): SpanNode {
  return span(service, operation, { ...options, kind: 'server' }, children);
}

/** A PostgreSQL query as an SDK records it. */
export function query(caller: string, statement: string, options: SpanOptions = {}): SpanNode {
  const attributes = { 'db.system.name': 'postgresql', 'db.query.text': statement, ...options.attributes };
  return span(caller, statement.split(' ', 1)[0] ?? 'query', { ...options, kind: 'client', attributes });
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Ids follow the shape of the tree (`0`, `0.0`, `0.1`…), so a failing test says which span it means. */
export function rowsOf(...roots: readonly SpanNode[]): SpanRow[] {
  return roots.flatMap((root, index) => flatten(root, `${index}`, undefined));
}

export function traceOf(...roots: readonly SpanNode[]): Trace {
  return traceFrom(rowsOf(...roots), 'drawn');
}

function flatten(node: SpanNode, id: string, parentId: string | undefined): SpanRow[] {
  return [
    { ...node.span, id, parentId },
    ...node.children.flatMap((child, index) => flatten(child, `${id}.${index}`, id)),
  ];
}
