/** The traces that a scan of Jaeger's JSON fills, span by span. A span is committed only when it is complete. */

import { STATEMENT } from '#decode/assembly/layout.ts';
import { attributeFacts, type Said } from '#decode/attribute-facts.ts';
import { type ByteTable, byteTable } from '#decode/byte-table.ts';
import { followedSpans } from '#decode/followed-spans.ts';
import { factsOf, processOf, tagsOf } from '#decode/jaeger-span.ts';
import { spanReader } from '#decode/jaeger-span-reader.ts';
import { DAMAGED, type JsonCursor } from '#decode/json-cursor.ts';
import { numberIn, objectsIn, textIn } from '#decode/json-value.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import { spanDetails } from '#decode/span-details.ts';
import type { SpanFollower } from '#decode/span-follower.ts';
import {
  DURATION,
  FIRST_REFERENCE,
  FROM,
  HAS_EVENTS,
  ID,
  LAST_REFERENCE,
  NO_STATEMENT,
  OPERATION,
  PARENT,
  PROCESS,
  RECORD_INTS,
  RECORD_NUMBERS,
  REFERENCE_INTS,
  type SpanRecords,
  START,
  STATEMENT_TAG,
  TAG_INTS,
  TO,
  TRACE_ID,
} from '#decode/span-records.ts';
import {
  CHILD_OF,
  OTHER_REFERENCE,
  PARENT_MEMBER,
  type SpanReferences,
  spanReferences,
} from '#decode/span-references.ts';
import { tagFieldsReader } from '#decode/tag-fields.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';
import { textTable } from '#model/text/text-table.ts';
import { attributeFields, putAttributeFields } from '#model/trace/build/span-rows.ts';
import { NO_FIELDS, type SpanFields, type SpanTable, spanTable } from '#model/trace/build/span-table.ts';
import type { Attributes } from '#model/trace/columns.ts';

export type ScannedTrace = Readonly<{ traceId: string; spans: SpanTable }>;

/** A trace whose end has not arrived. */
export type OpenTrace = {
  traceId: string;
  /** Stands in for the trace's own id, where that is missing. */
  idOfFirstSpan: string;
  hasSpans: boolean;
  processes: JsonObject;
  spans: SpanTable;
  /** The ids of `spans`. */
  ids: ByteTable;
  /** Numbers of processes by their ids, and by the literals that spell these. */
  processNumbers: Map<string, number>;
  processOfLiteral: Map<number, number>;
  references: SpanReferences;
};

export type JaegerTraces = Readonly<{
  open(): OpenTrace;
  /** The list of spans begins, and earlier content does not count. */
  clear(trace: OpenTrace): void;
  /** Reads the span that opens here, and the following similar ones. */
  readSpans(trace: OpenTrace): void;
  finish(trace: OpenTrace): ScannedTrace;
}>;

/** After `followAfter` spans, similar ones are followed. */
export function jaegerTraces(json: JsonCursor, kept: KeptBytes, followAfter: number): JaegerTraces {
  const names = textTable();
  const facts = attributeFacts(names);
  const details = spanDetails(kept, facts.keys);
  const fields: SpanFields = { ...NO_FIELDS };
  /** As literals and texts of the span before: most often the same. */
  let lastProcess = 0;
  let lastTraceId = 0;
  let lastParent = 0;

  const noSpans = () => {
    const ids = byteTable();
    const spans = spanTable(ids, names);
    spans.sources.push(details.source);
    return {
      idOfFirstSpan: '',
      spans,
      ids,
      processNumbers: new Map<string, number>(),
      processOfLiteral: new Map<number, number>(),
      references: spanReferences(),
    };
  };
  const noTrace = (): OpenTrace => ({ traceId: '', hasSpans: false, processes: {}, ...noSpans() });
  /** By the tags that columns depend on. */
  const saidBy = ({ tags }: SpanRecords, first: number, last: number): Said => {
    const attributes: Record<string, string | number | boolean> = {};
    for (let tag = first * TAG_INTS; tag < last * TAG_INTS; tag += TAG_INTS) {
      const value = json.value(tags[tag + 2] ?? 0, tags[tag + 3] ?? 0);
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        attributes[facts.keys.text(tags[tag] ?? 0)] = value;
    }
    return { attributes, ...factsOf(attributes) };
  };
  const tagFields = tagFieldsReader(json, facts, saidBy);
  const textOfLiteral = (from: number, to: number): string =>
    from === to ? '' : textIn({ value: json.value(from, to) }, 'value');
  const processNumber = (open: OpenTrace, id: string): number => {
    const number = open.processNumbers.get(id) ?? open.spans.processes.push(processOf(undefined)) - 1;
    open.processNumbers.set(id, number);
    return number;
  };
  const processOfLiteral = (open: OpenTrace, from: number, to: number, known: number): number => {
    const literal = known || facts.literals.guessed(lastProcess, json.bytes, from, to);
    lastProcess = literal;
    const process = open.processOfLiteral.get(literal);
    if (process !== undefined) return process;
    const number = processNumber(open, textOfLiteral(from, to));
    open.processOfLiteral.set(literal, number);
    return number;
  };
  /** The attributes show whether a doubtful tag is a statement. */
  const noteStatement = ({ tags }: SpanRecords, tag: number): void => {
    const from = tags[tag + 2] ?? 0;
    if (tags[tag + 1] !== STATEMENT || !json.isText(from)) return;
    details.setStatement(json.base + from, json.base + (tags[tag + 3] ?? 0));
  };
  const addReferences = (open: OpenTrace, number: number, { ints, references }: SpanRecords, at: number) => {
    const end = (ints[at + LAST_REFERENCE] ?? 0) * REFERENCE_INTS;
    for (let each = (ints[at + FIRST_REFERENCE] ?? 0) * REFERENCE_INTS; each < end; each += REFERENCE_INTS) {
      const { traceIds } = open.references;
      lastTraceId = traceIds.guessed(lastTraceId, json.bytes, references[each + 1] ?? 0, references[each + 2] ?? 0);
      lastParent = open.ids.guessed(lastParent, json.bytes, references[each + 3] ?? 0, references[each + 4] ?? 0);
      open.references.add(number, references[each] ?? 0, lastTraceId, lastParent);
    }
    const from = ints[at + PARENT] ?? 0;
    const to = ints[at + PARENT + 1] ?? 0;
    if (to > from) open.references.add(number, PARENT_MEMBER, 0, open.ids.ofBytes(json.bytes, from, to));
  };
  /** The column values of the tags. */
  const noteTags = (records: SpanRecords, at: number, follower: SpanFollower | undefined): void => {
    const known = tagFields(records, at, follower);
    const statement = (records.ints[at + STATEMENT_TAG] ?? NO_STATEMENT) * TAG_INTS;
    putAttributeFields(fields, known);
    if (statement < 0) details.setStatement(0, 0);
    else noteStatement(records, statement);
  };
  const noteNames = (open: OpenTrace, ints: Int32Array, at: number): void => {
    const operation = at + OPERATION;
    const process = at + PROCESS;
    fields.id = open.ids.ofBytes(json.bytes, ints[at + ID] ?? 0, ints[at + ID + 1] ?? 0);
    fields.operation = facts.nameOf(
      ints[operation + 2] || facts.literals.ofBytes(json.bytes, ints[operation] ?? 0, ints[operation + 1] ?? 0),
    );
    fields.process = processOfLiteral(open, ints[process] ?? 0, ints[process + 1] ?? 0, ints[process + 2] ?? 0);
  };
  /** The span whose record that is. */
  const commit = (open: OpenTrace, records: SpanRecords, index: number, follower: SpanFollower | undefined): void => {
    const { ints, numbers } = records;
    const at = index * RECORD_INTS;
    fields.detail = details.add(json.base + (ints[at + FROM] ?? 0), json.base + (ints[at + TO] ?? 0));
    fields.startUs = numbers[index * RECORD_NUMBERS + START] ?? 0;
    fields.durationUs = numbers[index * RECORD_NUMBERS + DURATION] ?? 0;
    fields.hasEvents = ints[at + HAS_EVENTS] ?? 0;
    noteTags(records, at, follower);
    noteNames(open, ints, at);
    const number = open.spans.add(fields);
    if (number === 0)
      open.idOfFirstSpan = DECODER.decode(json.bytes.subarray(ints[at + TRACE_ID], ints[at + TRACE_ID + 1]));
    addReferences(open, number, records, at);
  };
  const commitParsed = (open: OpenTrace, from: number): void => {
    const parsedSpan = json.value(from, json.at);
    if (!isObject(parsedSpan)) throw DAMAGED;
    const { spans } = open;
    const attributes = tagsOf(objectsIn(parsedSpan, 'tags'));
    noteKeys(facts.keys, attributes);
    const number = spans.add({
      ...attributeFields({ attributes, ...factsOf(attributes) }, spans),
      id: spans.ids.number(textIn(parsedSpan, 'spanID')),
      parentId: -1,
      operation: spans.names.number(textIn(parsedSpan, 'operationName')),
      process: isObject(parsedSpan.process)
        ? spans.processes.push(processOf(parsedSpan.process)) - 1
        : processNumber(open, textIn(parsedSpan, 'processID')),
      startUs: Math.trunc(numberIn(parsedSpan, 'startTime')),
      durationUs: Math.trunc(numberIn(parsedSpan, 'duration')),
      hasEvents: objectsIn(parsedSpan, 'logs').length > 0 ? 1 : 0,
      source: 0,
      detail: details.add(json.base + from, json.base + json.at),
    });
    if (number === 0) open.idOfFirstSpan = textIn(parsedSpan, 'traceID');
    for (const reference of objectsIn(parsedSpan, 'references')) {
      const kind = textIn(reference, 'refType') === 'CHILD_OF' ? CHILD_OF : OTHER_REFERENCE;
      const traceId = open.references.traceIds.number(textIn(reference, 'traceID'));
      open.references.add(number, kind, traceId, spans.ids.number(textIn(reference, 'spanID')));
    }
    const parentId = textIn(parsedSpan, 'parentSpanID');
    if (parentId !== '') open.references.add(number, PARENT_MEMBER, 0, spans.ids.number(parentId));
  };

  /** The trace whose spans are being read. */
  let current = noTrace();
  const readSpans = followedSpans(
    json,
    spanReader(json, facts),
    facts.literals,
    {
      commit: (records, index, follower) => commit(current, records, index, follower),
      commitOdd: (from) => commitParsed(current, from),
    },
    followAfter,
  );

  return {
    open: noTrace,
    clear: (trace) => Object.assign(trace, noSpans()),
    readSpans(trace) {
      current = trace;
      readSpans();
    },
    finish({ traceId, idOfFirstSpan, spans, processes, processNumbers, references }) {
      const id = traceId || idOfFirstSpan;
      for (const [processId, number] of processNumbers) spans.processes[number] = processOf(processes[processId]);
      references.resolve(spans, id);
      return { traceId: id, spans };
    },
  };
}

function noteKeys(keys: ByteTable, attributes: Attributes): void {
  for (const name of Object.keys(attributes)) keys.number(name);
}

const DECODER = new TextDecoder();
