/** The positions of each span and its statement in the body: attributes and events are read on request. */

import { growArray } from '#core/grow-array.ts';
import { eventsOf, linksOf, statusTextOf, tagsOf } from '#decode/jaeger-span.ts';
import { isObject, type JsonObject, objectsIn } from '#decode/json-value.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import type { DetailSource } from '#model/trace/build/span-table.ts';
import type { Attributes } from '#model/trace/columns.ts';

export type SpanDetails = Readonly<{
  source: DetailSource;
  add(from: number, to: number): number;
  /** For the most recently added span: the position of its statement; nowhere when it has none. */
  setStatement(from: number, to: number): void;
}>;

export function spanDetails(kept: KeptBytes): SpanDetails {
  let starts = new Float64Array(FIRST_SPANS);
  let lengths = new Int32Array(FIRST_SPANS);
  let statementStarts = new Int32Array(FIRST_SPANS);
  let statementLengths = new Int32Array(FIRST_SPANS);
  let count = 0;
  let last: Readonly<{ detail: number; span: JsonObject; attributes: Attributes }> | undefined;

  const grow = () => {
    starts = growArray(starts);
    lengths = growArray(lengths);
    statementStarts = growArray(statementStarts);
    statementLengths = growArray(statementLengths);
  };
  const read = (detail: number) => {
    if (last?.detail === detail) return last;
    const from = starts[detail] ?? 0;
    const span = spanIn(kept.slice(from, from + (lengths[detail] ?? 0)));
    last = { detail, span, attributes: tagsOf(objectsIn(span, 'tags')) };
    return last;
  };
  return {
    add(from, to) {
      if (count === starts.length) grow();
      starts[count] = from;
      lengths[count] = to - from;
      statementLengths[count] = UNKNOWN;
      count += 1;
      return count - 1;
    },
    setStatement(from, to) {
      statementStarts[count - 1] = from - (starts[count - 1] ?? 0);
      statementLengths[count - 1] = to - from;
    },
    source: {
      attributes: (detail) => read(detail).attributes,
      events: (detail) => eventsOf(read(detail).span),
      statusText: (detail) => statusTextOf(read(detail).attributes),
      links: (detail) => linksOf(read(detail).span),
      statement(detail) {
        const length = statementLengths[detail] ?? UNKNOWN;
        if (length <= 0) return length === UNKNOWN ? undefined : '';
        const from = (starts[detail] ?? 0) + (statementStarts[detail] ?? 0);
        return String(parsedBytes(kept.slice(from, from + length)));
      },
    },
  };
}

/** Doubled whenever it is full. */
const FIRST_SPANS = 256;
/** As the length of a statement: it must be read from the attributes. */
const UNKNOWN = -1;

/** Skipped values were not validated, and a file may have changed: a span that is no JSON has no details. */
export function spanIn(bytes: Uint8Array): JsonObject {
  try {
    const span = parsedBytes(bytes);
    return isObject(span) ? span : {};
  } catch {
    return {};
  }
}

/** Throws SyntaxError. */
export function parsedBytes(bytes: Uint8Array): unknown {
  return JSON.parse(DECODER.decode(bytes));
}

/** A byte order mark inside a text is a part of it. */
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
