/** Spans of a body as they come, which may belong to many traces and come in any order, in the columns of their traces. */
import type { JsonObject } from '#decode/json-value.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import { knownFields } from '#decode/known-fields.ts';
import { type DetailFormat, type SpanSlices, spanSlices } from '#decode/span-slices.ts';
import type { TraceSpans } from '#decode/trace-body.ts';
import { comparableId, hexId } from '#model/id-forms.ts';
import { type IdTable, idTable } from '#model/id-table.ts';
import type { SpanRow } from '#model/span-rows.ts';
import { type SpanProcess, type SpanTable, spanTable } from '#model/span-table.ts';
import { textTable } from '#model/text-table.ts';

/** What the columns hold of one span, or what they are made of. */
export type SpanHead = Readonly<{ traceId: string; hasEvents: boolean }> &
  Pick<
    SpanRow,
    'id' | 'parentId' | 'operation' | 'kind' | 'startUs' | 'durationUs' | 'failed' | 'scope' | 'attributes' | 'oddities'
  >;

export type SpanFormat = DetailFormat & Readonly<{ headOf(span: JsonObject): SpanHead }>;

/** A parsed span, and where it stands in the body. */
export type SpanSlice = Readonly<{ span: JsonObject; from: number; to: number }>;

export type AddedSpan = Readonly<{ spans: SpanTable; number: number }>;

export type SpansByTrace = Readonly<{
  /** `process` may be filled in until the body ends. `scope` is that of the format where the span itself says none. */
  add(format: SpanFormat, slice: SpanSlice, process: SpanProcess, scope?: string): AddedSpan;
  /** In the order of their first spans. */
  traces(): readonly TraceSpans[];
}>;

type Trace = Readonly<{
  traceId: string;
  spans: SpanTable;
  ids: IdTable;
  processes: Map<SpanProcess, number>;
  /** Where each format's details are in the table's sources. */
  sources: Map<SpanFormat, number>;
}>;

export function spansByTrace(kept: KeptBytes): SpansByTrace {
  const names = textTable();
  const fieldsOf = knownFields(names);
  const traces = new Map<string, Trace>();
  /** By the id as it was written, so that most spans need no other form of it. */
  const asWritten = new Map<string, Trace>();
  const slicesOf = new Map<SpanFormat, SpanSlices>();

  const openTrace = (traceId: string): Trace => {
    const form = comparableId(traceId);
    let trace = traces.get(form);
    if (trace === undefined) {
      const ids = idTable();
      const spans = spanTable(ids, names);
      trace = { traceId: hexId(traceId), spans, ids, processes: new Map(), sources: new Map() };
      traces.set(form, trace);
    }
    asWritten.set(traceId, trace);
    return trace;
  };
  const slicesIn = (format: SpanFormat): SpanSlices => {
    const slices = slicesOf.get(format) ?? spanSlices(kept, format);
    slicesOf.set(format, slices);
    return slices;
  };

  return {
    add(format, { span, from, to }, process, scope = '') {
      const head = format.headOf(span);
      const { spans, ids, processes, sources } = asWritten.get(head.traceId) ?? openTrace(head.traceId);
      const slices = slicesIn(format);
      const known = fieldsOf(head);
      const number = spans.add({
        id: ids.numberOfOwn(head.id),
        parentId: head.parentId === undefined ? -1 : ids.number(head.parentId),
        process: numberOf(process, processes, spans.processes, process),
        operation: names.number(head.operation),
        scope: names.number(head.scope ?? scope),
        databaseSystem: known.databaseSystem,
        queryShape: known.queryShape,
        namedPeer: known.namedPeer,
        kind: known.kind,
        failed: known.failed,
        httpStatus: known.httpStatus,
        marks: known.marks,
        oddities: known.oddities | (head.oddities ?? 0),
        startUs: head.startUs,
        durationUs: head.durationUs,
        hasEvents: head.hasEvents ? 1 : 0,
        source: numberOf(format, sources, spans.sources, slices.source),
        detail: slices.add(from, to),
      });
      return { spans, number };
    },
    traces: () => [...traces.values()].map(({ traceId, spans }) => ({ traceId, spans })),
  };
}

/** Where it is in the list; put there when it is new. */
function numberOf<K, V>(key: K, numbers: Map<K, number>, list: V[], value: V): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  const number = list.push(value) - 1;
  numbers.set(key, number);
  return number;
}
