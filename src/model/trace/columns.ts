/** The data of a trace: a span is a number, and columns hold the recorded values of all spans. */
import type { TextTable } from '#model/text/text-table.ts';

/** A span's number in its trace. */
export type SpanIndex = number;
export type SpanTest = (span: SpanIndex) => boolean;

export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** An event inside a span: an OpenTelemetry event or an OpenTracing log. `atUs` counts from the trace's start. */
export type SpanEvent = Readonly<{ atUs: number; name: string; attributes: Attributes }>;

/** A span that another one names besides its parent, with the ids as sent; it may belong to another trace. */
export type SpanLink = Readonly<{ traceId: string; spanId: string }>;

/** A regular expression without state, or a list of signs. */
export type NameTest = Readonly<{ test(name: string): boolean }>;

/** The names of all attributes in a body. False only where no span can have the attribute. */
export type AttributeNames = Readonly<{
  /** An attribute with this name, in any form that a sender uses. */
  mayHold(name: string): boolean;
  /** An attribute whose name passes. Each name is tested once: ask with the same object again. */
  mayPass(test: NameTest): boolean;
}>;

/** Data that is read only on request. The same from a decoder's bytes and from rows. */
export type SpanDetails = Readonly<{
  /** The span's own attributes. */
  attributes(span: SpanIndex): Attributes;
  /** The names of the attributes of all spans with the same source; undefined where they are not known. */
  names(span: SpanIndex): AttributeNames | undefined;
  /** Attributes of the process that made the span. */
  resource(span: SpanIndex): Attributes;
  /** In order of time. */
  events(span: SpanIndex): readonly SpanEvent[];
  /** The description of an error status; empty where there is none. */
  statusText(span: SpanIndex): string;
  links(span: SpanIndex): readonly SpanLink[];
  /** The statement of a database call, where it is available without the attributes. */
  statement(span: SpanIndex): string | undefined;
}>;

/** How many flaws of each kind were repaired; see `trace-builder.ts` for the rules. */
export type Repairs = Readonly<
  Record<
    | 'duplicateSpan'
    | 'sharedSpanId'
    | 'repeatedSpanId'
    | 'orphan'
    | 'placedOrphan'
    | 'placedRoot'
    | 'lostRoot'
    | 'selfParent'
    | 'cycle'
    | 'extraRoot'
    | 'negativeDuration'
    | 'absurdDuration'
    | 'undatedSpan'
    | 'clockSkew'
    | 'clockSkewTooLarge'
    | 'unnamedService'
    | 'unnamedOperation'
    | 'conflictingName'
    | 'unknownKind'
    | 'hiddenCharacters'
    | 'missingSpanId'
    | 'foreignParent'
    | 'followsFrom'
    | 'foreignLink'
    | 'unfinishedSpan',
    number
  >
>;

/** Columns of equal length, one element per span. Texts are numbers in `names`, ids in `ids`. */
export type Columns = Readonly<{
  names: TextTable;
  ids: TextTable;
  id: Int32Array;
  startUs: Float64Array;
  durationUs: Float64Array;
  /** −1 for a root. */
  parent: Int32Array;
  /** Children of span i: `childList[childFirst[i] .. childFirst[i + 1]]`, in order of start. */
  childFirst: Int32Array;
  childList: Int32Array;
  /** Depth-first position, and the position after the last descendant: `b` lies under `a` when a ≤ b < end of a. */
  preorder: Int32Array;
  preorderEnd: Int32Array;
  service: Int32Array;
  operation: Int32Array;
  scope: Int32Array;
  peer: Int32Array;
  databaseSystem: Int32Array;
  queryShape: Int32Array;
  /** 0 where none was recorded. */
  httpStatus: Int16Array;
  /** Bits of `span-marks.ts`. */
  marks: Int32Array;
  hasEvents: Uint8Array;
  kind: Uint8Array;
  /** 1 where the span only follows from its parent, which did not wait for it; empty where no span does. */
  follows: Uint8Array;
  /** 1 where the parent is an estimate, because the recorded one never arrived; empty where none is. */
  estimated: Uint8Array;
  failed: Uint8Array;
  /** How far this span's clock was moved, in microseconds; empty where none was. */
  shiftUs: Float64Array;
}>;
