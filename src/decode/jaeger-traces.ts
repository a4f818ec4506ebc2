/** The traces that a scan of Jaeger's JSON fills, span by span. A span is committed when it is whole, never before. */
import { type ByteTable, byteTable } from '#decode/byte-table.ts';
import { jaegerFacts, STATEMENT, VALUE } from '#decode/jaeger-facts.ts';
import { REFERENCE_WIDTH } from '#decode/jaeger-reference-reader.ts';
import { factsOf, processOf, tagsOf } from '#decode/jaeger-span.ts';
import { spanReader } from '#decode/jaeger-span-reader.ts';
import { TAG_WIDTH } from '#decode/jaeger-tag-reader.ts';
import { DAMAGED, type JsonCursor } from '#decode/json-cursor.ts';
import { isObject, type JsonObject, numberIn, objectsIn, textIn } from '#decode/json-value.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import { spanDetails } from '#decode/span-details.ts';
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
  /** Reads the span that opens here. */
  readSpan(trace: OpenTrace): void;
  finish(trace: OpenTrace): ScannedTrace;
}>;

export function jaegerTraces(json: JsonCursor, kept: KeptBytes): JaegerTraces {
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
  /** Where the span's statement is among its tags. */
  let statement = NO_STATEMENT;

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
  const readTags = (): Attributes => {
    const attributes: Record<string, string | number | boolean> = {};
    for (let tag = 0; tag < span.tags.end; tag += TAG_WIDTH) {
      const value = json.value(span.tags.list[tag + 2] ?? 0, span.tags.list[tag + 3] ?? 0);
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        attributes[facts.keys.text(span.tags.list[tag] ?? 0)] = value;
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
  const processOfRange = (open: OpenTrace, place: readonly number[]): number => {
    const from = place[0] ?? 0;
    const to = place[1] ?? 0;
    const literal = facts.literals.guessed(lastProcess, json.bytes, from, to);
    lastProcess = literal;
    const known = open.processOfLiteral.get(literal);
    if (known !== undefined) return known;
    const number = processNumber(open, textOfLiteral(from, to));
    open.processOfLiteral.set(literal, number);
    return number;
  };
  /** Where the tags lead to, which columns depend on; −1 where two statements may contradict each other, as no mask shows. */
  const placeOfTags = (): number => {
    let place = 0;
    let statements = 0;
    statement = NO_STATEMENT;
    for (let tag = 0; tag < span.tags.end; tag += TAG_WIDTH) {
      const key = span.tags.list[tag] ?? 0;
      const role = span.tags.list[tag + 1] ?? 0;
      const from = span.tags.list[tag + 2] ?? 0;
      const to = span.tags.list[tag + 3] ?? 0;
      if (role === VALUE) {
        place = facts.stepTo(place, key, json.bytes, from, to);
        continue;
      }
      statements += 1;
      statement = role === STATEMENT && json.isText(from) ? tag : MAYBE_ELSEWHERE;
      place = facts.step(place, key, facts.maskOf(json.bytes, from, to, span.tags.list[tag + 4] === 1));
    }
    return statements > 1 ? -1 : place;
  };
  const addReferences = (open: OpenTrace, number: number): void => {
    const { list, end } = span.references;
    for (let at = 0; at < end; at += REFERENCE_WIDTH) {
      const { traceIds } = open.references;
      lastTraceId = traceIds.guessed(lastTraceId, json.bytes, list[at + 1] ?? 0, list[at + 2] ?? 0);
      lastParent = open.ids.guessed(lastParent, json.bytes, list[at + 3] ?? 0, list[at + 4] ?? 0);
      open.references.add(number, list[at] ?? 0, lastTraceId, lastParent);
    }
    const [from, to] = span.parent;
    if (to > from) open.references.add(number, PARENT_MEMBER, 0, open.ids.ofBytes(json.bytes, from, to));
  };
  const commit = (open: OpenTrace): void => {
    const place = placeOfTags();
    if (place < 0) {
      commitParsed(open);
      return;
    }
    const known = facts.fields(place, readTags);
    fields.startUs = span.startUs;
    fields.durationUs = span.durationUs;
    fields.hasEvents = span.hasEvents;
    fields.scope = known.scope;
    fields.databaseSystem = known.databaseSystem;
    fields.queryShape = known.queryShape;
    fields.namedPeer = known.namedPeer;
    fields.kind = known.kind;
    fields.failed = known.failed;
    fields.httpStatus = known.httpStatus;
    fields.marks = known.marks;
    fields.oddities = known.oddities;
    fields.id = open.ids.ofBytes(json.bytes, span.id[0], span.id[1]);
    fields.operation = operationOf(span.operation);
    fields.process = processOfRange(open, span.process);
    fields.detail = details.add(json.base + span.from, json.base + json.at);
    if (statement === NO_STATEMENT) details.setStatement(0, 0);
    else if (statement >= 0) {
      details.setStatement(
        json.base + (span.tags.list[statement + 2] ?? 0),
        json.base + (span.tags.list[statement + 3] ?? 0),
      );
    }
    const number = open.spans.add(fields);
    if (number === 0) open.idOfFirstSpan = DECODER.decode(json.bytes.subarray(span.traceId[0], span.traceId[1]));
    addReferences(open, number);
  };
  const commitParsed = (open: OpenTrace): void => {
    const parsedSpan = json.value(span.from, json.at);
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
      detail: details.add(json.base + span.from, json.base + json.at),
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

  return {
    open: () => ({ traceId: '', hasSpans: false, processes: {}, ...noSpans() }),
    clear: (trace) => Object.assign(trace, noSpans()),
    readSpan(trace) {
      reader.read();
      if (span.isOdd) commitParsed(trace);
      else commit(trace);
    },
    finish({ traceId, idOfFirstSpan, spans, processes, processNumbers, references }) {
      const id = traceId || idOfFirstSpan;
      for (const [processId, number] of processNumbers) spans.processes[number] = processOf(processes[processId]);
      references.resolve(spans, id);
      return { traceId: id, spans };
    },
  };
}

const NO_STATEMENT = -1;
/** Two tags together may say that one of them is a statement. */
const MAYBE_ELSEWHERE = -2;

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
