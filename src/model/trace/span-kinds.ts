/** The kind of a span, in OpenTelemetry's names; columns hold its index in this list. */
export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

/** By its name in any case: `unspecified` for an empty name, undefined for an unknown one. */
export function kindNamed(name: string): SpanKind | undefined {
  const lower = name.toLowerCase();
  return lower === '' ? 'unspecified' : SPAN_KINDS.find((kind) => kind === lower);
}

export function kindNumber(kind: SpanKind): number {
  return SPAN_KINDS.indexOf(kind);
}

export const UNSPECIFIED = kindNumber('unspecified');
export const INTERNAL = kindNumber('internal');
export const SERVER = kindNumber('server');
export const CLIENT = kindNumber('client');
export const PRODUCER = kindNumber('producer');
export const CONSUMER = kindNumber('consumer');
