/** The positions of each span and its statement in the body: attributes and events are read on request. */

import { growArray } from '#core/grow-array.ts';
import { attributeNames } from '#decode/attribute-names.ts';
import type { ByteTable } from '#decode/byte-table.ts';
import { eventsOf, linksOf, STATUS_TEXT, statusTextOf, tagsOf } from '#decode/jaeger-span.ts';
import { objectsIn } from '#decode/json-value.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';
import type { DetailSource } from '#model/trace/build/span-table.ts';
import type { Attributes } from '#model/trace/columns.ts';

export type SpanDetails = Readonly<{
  source: DetailSource;
  add(from: number, to: number): number;
  /** For the most recently added span: the position of its statement; nowhere when it has none. */
  setStatement(from: number, to: number): void;
}>;

type Read = Readonly<{ detail: number; span: JsonObject; attributes: Attributes }>;

/** `keys` has the name of every attribute of these spans. */
export function spanDetails(kept: KeptBytes, keys: ByteTable): SpanDetails {
  const names = attributeNames(keys);
  let starts = new Float64Array(FIRST_SPANS);
  let lengths = new Int32Array(FIRST_SPANS);
  let statementStarts = new Int32Array(FIRST_SPANS);
  let statementLengths = new Int32Array(FIRST_SPANS);
  let count = 0;
  const recent: Read[] = [];

  const grow = () => {
    starts = growArray(starts);
    lengths = growArray(lengths);
    statementStarts = growArray(statementStarts);
    statementLengths = growArray(statementLengths);
  };
  const read = (detail: number) => {
    const known = recent[detail % REMEMBERED];
    if (known?.detail === detail) return known;
    const from = starts[detail] ?? 0;
    const span = spanIn(kept.slice(from, from + (lengths[detail] ?? 0)));
    const made = { detail, span, attributes: tagsOf(objectsIn(span, 'tags')) };
    recent[detail % REMEMBERED] = made;
    return made;
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
      names,
      attributes: (detail) => read(detail).attributes,
      events: (detail) => eventsOf(read(detail).span),
      statusText: (detail) => (names.mayHold(STATUS_TEXT) ? statusTextOf(read(detail).attributes) : ''),
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

/** Detectors read a call, its caller and its siblings in turn: so many parsed spans are kept. */
const REMEMBERED = 256;
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
