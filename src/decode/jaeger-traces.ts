/** The traces that a scan of Jaeger's JSON fills, span by span. A span is committed when it is whole, never before. */

import { STATEMENT } from '#decode/assembly/layout.ts';
import { type ByteTable, byteTable } from '#decode/byte-table.ts';
import { jaegerFacts } from '#decode/jaeger-facts.ts';
import { factsOf, processOf, tagsOf } from '#decode/jaeger-span.ts';
import { spanReader } from '#decode/jaeger-span-reader.ts';
import { DAMAGED, type JsonCursor } from '#decode/json-cursor.ts';
import { isObject, type JsonObject, numberIn, objectsIn, textIn } from '#decode/json-value.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import { spanDetails } from '#decode/span-details.ts';
import { type SpanFollower, spanFollower } from '#decode/span-follower.ts';
import {
  DURATION,
  FIRST_REFERENCE,
  FIRST_TAG,
  FROM,
  HAS_EVENTS,
  ID,
  LAST_REFERENCE,
  LAST_TAG,
  NO_STATEMENT,
  OPERATION,
  PARENT,
  PLACE,
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
  UNKNOWN_PLACE,
} from '#decode/span-records.ts';
import {
  CHILD_OF,
  OTHER_REFERENCE,
  PARENT_MEMBER,
  type SpanReferences,
  spanReferences,
} from '#decode/span-references.ts';
import { attributeFields } from '#model/span-rows.ts';
import { type SpanFields, type SpanTable, spanTable } from '#model/span-table.ts';
import { textTable } from '#model/text-table.ts';
import type { Attributes } from '#model/trace.ts';

export type ScannedTrace = Readonly<{ traceId: string; spans: SpanTable }>;

/** A trace whose end has not come. */
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
  /** The list of spans begins, and nothing that came before counts. */
  clear(trace: OpenTrace): void;
  /** Reads the span that opens here, and those behind it that are like ones before. */
  readSpans(trace: OpenTrace): void;
  finish(trace: OpenTrace): ScannedTrace;
}>;

/** Behind `followAfter` spans, others that are like them are followed. */
export function jaegerTraces(json: JsonCursor, kept: KeptBytes, followAfter: number): JaegerTraces {
  const names = textTable();
  const facts = jaegerFacts(names);
  const details = spanDetails(kept);
  const reader = spanReader(json, facts);
  const { span } = reader;
  const operationOfLiteral: number[] = [];
  const fields: SpanFields = { ...NO_FIELDS };
  /** As literals and texts of the span before: most often the same. */
  let lastProcess = 0;
  let lastTraceId = 0;
  let lastParent = 0;
  let follower: SpanFollower | undefined;
  /** Spans that were not followed. */
  let read = 0;

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
  /** The tags that columns depend on, as attributes. */
  const attributesOf = ({ tags }: SpanRecords, first: number, last: number): Attributes => {
    const attributes: Record<string, string | number | boolean> = {};
    for (let tag = first * TAG_INTS; tag < last * TAG_INTS; tag += TAG_INTS) {
      const value = json.value(tags[tag + 2] ?? 0, tags[tag + 3] ?? 0);
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        attributes[facts.keys.text(tags[tag] ?? 0)] = value;
    }
    return attributes;
  };
  const textOfLiteral = (from: number, to: number): string =>
    from === to ? '' : textIn({ value: json.value(from, to) }, 'value');
  const operationOf = (literal: number): number => {
    const known = operationOfLiteral[literal];
    if (known !== undefined) return known;
    const text = facts.literals.text(literal);
    const number = names.number(text === '' ? '' : textIn({ value: JSON.parse(text) }, 'value'));
    operationOfLiteral[literal] = number;
    return number;
  };
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
  /** Where the tags lead to that are no statement. */
  const placeOfValues = ({ tags }: SpanRecords, first: number, last: number): number => {
    let place = 0;
    for (let tag = first * TAG_INTS; tag < last * TAG_INTS; tag += TAG_INTS) {
      const key = tags[tag] ?? 0;
      const role = tags[tag + 1] ?? 0;
      const node = tags[tag + 5] ?? 0;
      if (role >= STATEMENT) continue;
      const before = place;
      if (node === 0) place = facts.stepTo(place, key, json.bytes, tags[tag + 2] ?? 0, tags[tag + 3] ?? 0);
      else {
        place = facts.step(place, key, follower?.literalOf(node) ?? 0);
        follower?.learnStep(before, node, place);
      }
    }
    return place;
  };
  const placeBehindStatement = ({ tags }: SpanRecords, tag: number, place: number): number => {
    const [from, to] = [tags[tag + 2] ?? 0, tags[tag + 3] ?? 0];
    return facts.step(place, tags[tag] ?? 0, facts.maskOf(json.bytes, from, to, tags[tag + 4] === 1));
  };
  /** Of one that is no statement by itself, the attributes tell. */
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
  /** What the columns hold of the tags. */
  const noteTags = (records: SpanRecords, at: number): void => {
    const { ints } = records;
    const first = ints[at + FIRST_TAG] ?? 0;
    const last = ints[at + LAST_TAG] ?? 0;
    const statement = (ints[at + STATEMENT_TAG] ?? NO_STATEMENT) * TAG_INTS;
    let place = ints[at + PLACE] ?? UNKNOWN_PLACE;
    if (place === UNKNOWN_PLACE) place = placeOfValues(records, first, last);
    if (statement >= 0) place = placeBehindStatement(records, statement, place);
    const known = facts.fields(place) ?? facts.learnFields(place, attributesOf(records, first, last));
    fields.scope = known.scope;
    fields.databaseSystem = known.databaseSystem;
    fields.queryShape = known.queryShape;
    fields.namedPeer = known.namedPeer;
    fields.kind = known.kind;
    fields.failed = known.failed;
    fields.httpStatus = known.httpStatus;
    fields.marks = known.marks;
    fields.oddities = known.oddities;
    if (statement < 0) details.setStatement(0, 0);
    else noteStatement(records, statement);
  };
  const noteNames = (open: OpenTrace, ints: Int32Array, at: number): void => {
    const operation = at + OPERATION;
    const process = at + PROCESS;
    fields.id = open.ids.ofBytes(json.bytes, ints[at + ID] ?? 0, ints[at + ID + 1] ?? 0);
    fields.operation = operationOf(
      ints[operation + 2] || facts.literals.ofBytes(json.bytes, ints[operation] ?? 0, ints[operation + 1] ?? 0),
    );
    fields.process = processOfLiteral(open, ints[process] ?? 0, ints[process + 1] ?? 0, ints[process + 2] ?? 0);
  };
  /** The span whose record that is. */
  const commit = (open: OpenTrace, records: SpanRecords, index: number): void => {
    const { ints, numbers } = records;
    const at = index * RECORD_INTS;
    fields.detail = details.add(json.base + (ints[at + FROM] ?? 0), json.base + (ints[at + TO] ?? 0));
    fields.startUs = numbers[index * RECORD_NUMBERS + START] ?? 0;
    fields.durationUs = numbers[index * RECORD_NUMBERS + DURATION] ?? 0;
    fields.hasEvents = ints[at + HAS_EVENTS] ?? 0;
    noteTags(records, at);
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

  /** False where not even the first one is known. */
  const followSpans = (open: OpenTrace, started: SpanFollower): boolean => {
    const count = started.follow(json);
    const records = started.records();
    for (let index = 0; index < count; index += 1) commit(open, records, index);
    json.at = started.stoppedAt();
    return count > 0;
  };

  return {
    open: () => ({ traceId: '', hasSpans: false, processes: {}, ...noSpans() }),
    clear: (trace) => Object.assign(trace, noSpans()),
    readSpans(trace) {
      if (follower !== undefined && followSpans(trace, follower)) return;
      const from = json.at;
      reader.read();
      if (span.isOdd) commitParsed(trace, from);
      else {
        commit(trace, span.records, 0);
        if (span.lesson.isPlain) follower?.teach(json.bytes, from, json.at, span.lesson);
      }
      read += 1;
      if (read !== followAfter) return;
      follower = spanFollower(facts.literals);
      json.moveTo(follower.memory);
    },
    finish({ traceId, idOfFirstSpan, spans, processes, processNumbers, references }) {
      const id = traceId || idOfFirstSpan;
      for (const [processId, number] of processNumbers) spans.processes[number] = processOf(processes[processId]);
      references.resolve(spans, id);
      return { traceId: id, spans };
    },
  };
}

const NO_FIELDS: SpanFields = {
  id: 0,
  parentId: -1,
  process: 0,
  operation: 0,
  scope: 0,
  databaseSystem: 0,
  queryShape: 0,
  namedPeer: 0,
  kind: 0,
  failed: 0,
  httpStatus: 0,
  marks: 0,
  oddities: 0,
  startUs: 0,
  durationUs: 0,
  hasEvents: 0,
  source: 0,
  detail: 0,
};

const DECODER = new TextDecoder();
