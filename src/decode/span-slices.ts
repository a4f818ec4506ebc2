/**
 * The position of each span in a body whose spans are parsed one by one: values outside of the columns are parsed again
 * on request.
 */

import { growArray } from '#core/grow-array.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import { spanIn } from '#decode/span-details.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import type { DetailSource } from '#model/trace/build/span-table.ts';
import type { Attributes, SpanEvent, SpanLink } from '#model/trace/columns.ts';

/** How a format reads details on request. */
export type DetailFormat = Readonly<{
  attributesOf(span: JsonObject): Attributes;
  /** `atUs` since the epoch. */
  eventsOf(span: JsonObject): readonly SpanEvent[];
  statusTextOf(span: JsonObject): string;
  linksOf?(span: JsonObject): readonly SpanLink[];
}>;

export type SpanSlices = Readonly<{
  source: DetailSource;
  /** The span between two positions of the body; returns its number as a detail. */
  add(from: number, to: number): number;
}>;

export function spanSlices(kept: KeptBytes, format: DetailFormat): SpanSlices {
  let starts = new Float64Array(FIRST_SPANS);
  let lengths = new Int32Array(FIRST_SPANS);
  let count = 0;
  let last: Readonly<{ detail: number; span: JsonObject; attributes: Attributes }> | undefined;

  const read = (detail: number) => {
    if (last?.detail === detail) return last;
    const from = starts[detail] ?? 0;
    const span = spanIn(kept.slice(from, from + (lengths[detail] ?? 0)));
    last = { detail, span, attributes: format.attributesOf(span) };
    return last;
  };
  return {
    add(from, to) {
      if (count === starts.length) {
        starts = growArray(starts);
        lengths = growArray(lengths);
      }
      starts[count] = from;
      lengths[count] = to - from;
      count += 1;
      return count - 1;
    },
    source: {
      attributes: (detail) => read(detail).attributes,
      events: (detail) => format.eventsOf(read(detail).span),
      statusText: (detail) => format.statusTextOf(read(detail).span),
      links: (detail) => format.linksOf?.(read(detail).span) ?? [],
    },
  };
}

/** Doubled whenever it is full. */
const FIRST_SPANS = 256;
