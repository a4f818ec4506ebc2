/**
 * The spans that a walk over OTLP's JSON finds, in the columns of their traces: followed where they resemble earlier
 * ones.
 */

import { attributeFacts, type Said } from '#decode/attribute-facts.ts';
import { byteTable } from '#decode/byte-table.ts';
import { followedSpans } from '#decode/followed-spans.ts';
import { DAMAGED, type JsonCursor } from '#decode/json-cursor.ts';
import {
  attributeValue,
  durationBetween,
  failedOf,
  flawOfTimes,
  type Instant,
  kindOf,
  OTLP,
} from '#decode/otlp-json.ts';
import { END_TEXT, otlpSpanReader, START_TEXT, VALUE_FORMS } from '#decode/otlp-span-reader.ts';
import type { SpanFollower } from '#decode/span-follower.ts';
import {
  FROM,
  HAS_EVENTS,
  ID,
  OPERATION,
  PARENT,
  RECORD_INTS,
  type SpanRecords,
  TAG_INTS,
  TO,
  TRACE_ID,
} from '#decode/span-records.ts';
import type { AddedSpan, SpansByTrace } from '#decode/spans-by-trace.ts';
import { tagFieldsReader } from '#decode/tag-fields.ts';
import { isObject } from '#model/text/json-object.ts';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import { putAttributeFields } from '#model/trace/build/span-rows.ts';
import { NO_FIELDS, type SpanFields, type SpanProcess } from '#model/trace/build/span-table.ts';
import type { AttributeValue } from '#model/trace/columns.ts';
import { isNoId } from '#model/trace/id-forms.ts';

export type OtlpSpans = Readonly<{
  /** Reads the span that opens here, and the following similar ones. */
  readSpans(process: SpanProcess, scope: string | undefined): readonly AddedSpan[];
}>;

/** After `followAfter` spans, similar ones are followed. */
export function otlpSpans(json: JsonCursor, spans: SpansByTrace, followAfter: number): OtlpSpans {
  const { names } = spans;
  const facts = attributeFacts(names);
  // No attribute is called so: a key with a quote in it is left to the parser.
  const [kindKey, statusKey] = ['"kind"', '"status"'].map((key) => facts.keys.number(key) * VALUE_FORMS.length);
  const keys = { kind: kindKey ?? 0, status: statusKey ?? 0 };
  const traceIds = byteTable();
  const textOfTraceId: string[] = [];
  const fields: SpanFields = { ...NO_FIELDS };
  let lastTraceId = 0;
  /** Properties of the spans that are being read, and these spans. */
  let process: SpanProcess = NO_PROCESS;
  let scope = '';
  let added: AddedSpan[] = [];
  let looked = json.bytes;
  let view = Buffer.from(looked.buffer);

  const attributeOf = (key: number, value: unknown): Record<string, AttributeValue> => {
    const form = VALUE_FORMS[key % VALUE_FORMS.length] ?? '';
    const made = attributeValue({ [form]: value });
    return made === undefined ? {} : { [facts.keys.text(Math.trunc(key / VALUE_FORMS.length))]: made };
  };
  /** By the tags that columns depend on. */
  const saidBy = ({ tags }: SpanRecords, first: number, last: number): Said => {
    const attributes: Record<string, AttributeValue> = {};
    let kind: unknown;
    let code: unknown;
    for (let tag = first * TAG_INTS; tag < last * TAG_INTS; tag += TAG_INTS) {
      const key = tags[tag] ?? 0;
      const value = json.value(tags[tag + 2] ?? 0, tags[tag + 3] ?? 0);
      if (key === keys.kind) kind = value;
      else if (key === keys.status) code = value;
      else Object.assign(attributes, attributeOf(key, value));
    }
    const known = kindOf(kind);
    return {
      attributes,
      kind: known ?? 'unspecified',
      flaws: known === undefined ? SPAN_FLAW.unknownKind : 0,
      failed: failedOf({ code }),
    };
  };
  const tagFields = tagFieldsReader(json, facts, saidBy);
  const textAt = (ints: Int32Array, at: number): string => {
    if (looked !== json.bytes) {
      looked = json.bytes;
      view = Buffer.from(looked.buffer, looked.byteOffset, looked.length);
    }
    return view.toString('utf8', ints[at], ints[at + 1]);
  };
  const traceIdAt = (ints: Int32Array, at: number): string => {
    lastTraceId = traceIds.guessed(lastTraceId, json.bytes, ints[at] ?? 0, ints[at + 1] ?? 0);
    textOfTraceId[lastTraceId] ??= textAt(ints, at);
    return textOfTraceId[lastTraceId] ?? '';
  };
  /** The span whose record that is. */
  const commit = (records: SpanRecords, index: number, follower: SpanFollower | undefined): void => {
    const { ints } = records;
    const at = index * RECORD_INTS;
    const start = instantIn(json.bytes, ints[at + START_TEXT] ?? 0, ints[at + START_TEXT + 1] ?? 0);
    const end = instantIn(json.bytes, ints[at + END_TEXT] ?? 0, ints[at + END_TEXT + 1] ?? 0);
    fields.startUs = start.us;
    fields.durationUs = durationBetween(start, end);
    fields.hasEvents = ints[at + HAS_EVENTS] ?? 0;
    const known = tagFields(records, at, follower);
    putAttributeFields(fields, known);
    fields.scope = names.number(scope);
    fields.flaws |= flawOfTimes(start, end);
    const name = at + OPERATION;
    fields.operation = facts.nameOf(
      ints[name + 2] || facts.literals.ofBytes(json.bytes, ints[name] ?? 0, ints[name + 1] ?? 0),
    );
    const parentId = textAt(ints, at + PARENT);
    const ids = {
      traceId: traceIdAt(ints, at + TRACE_ID),
      id: textAt(ints, at + ID),
      parentId: isNoId(parentId) ? undefined : parentId,
    };
    added.push(
      spans.put(OTLP, ids, fields, json.base + (ints[at + FROM] ?? 0), json.base + (ints[at + TO] ?? 0), process),
    );
  };
  const commitOdd = (from: number): void => {
    const parsed = json.value(from, json.at);
    if (!isObject(parsed)) throw DAMAGED;
    added.push(spans.add(OTLP, { span: parsed, from: json.base + from, to: json.base + json.at }, process, scope));
  };
  const read = followedSpans(
    json,
    otlpSpanReader(json, facts, keys),
    facts.literals,
    { commit, commitOdd },
    followAfter,
  );

  return {
    readSpans(ofProcess, ofScope = '') {
      process = ofProcess;
      scope = ofScope;
      added = [];
      read();
      return added;
    },
  };
}

const NO_PROCESS: SpanProcess = { service: '', resource: {} };
const [ZERO, NINE] = [48, 57];
/** As many digits as 64 bits have; more are no time. Of these, the nanoseconds of one second. */
const [MOST_DIGITS, DIGITS_OF_SECOND] = [20, 9];
const NO_INSTANT: Instant = { us: 0, restNs: 0 };

/** The same as `microseconds` in `otlp-json.ts`, of bytes. */
function instantIn(bytes: Uint8Array, from: number, to: number): Instant {
  if (to === from || to - from > MOST_DIGITS) return NO_INSTANT;
  let [seconds, nanos] = [0, 0];
  for (let at = from; at < to; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > NINE - ZERO) return NO_INSTANT;
    if (to - at > DIGITS_OF_SECOND) seconds = seconds * 10 + digit;
    else nanos = nanos * 10 + digit;
  }
  const restNs = nanos % 1000;
  return { us: seconds * 1_000_000 + (nanos - restNs) / 1000, restNs };
}
