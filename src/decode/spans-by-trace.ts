/**
 * Collects the spans of a body in the columns of their traces. They may belong to many traces and come in any order.
 */

import type { TraceSpans } from '#decode/body-decoder.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';
import { knownFields } from '#decode/known-fields.ts';
import type { SpanFormat } from '#decode/span-format.ts';
import { type SpanSlices, spanSlices } from '#decode/span-slices.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { type TextTable, textTable } from '#model/text/text-table.ts';
import { type IdTable, idTable } from '#model/trace/build/id-table.ts';
import {
  NO_FIELDS,
  type SpanFields,
  type SpanProcess,
  type SpanTable,
  spanTable,
} from '#model/trace/build/span-table.ts';
import { comparableId, hexId } from '#model/trace/id-forms.ts';

/** A parsed span, and its position in the body. */
export type SpanSlice = Readonly<{ span: JsonObject; from: number; to: number }>;

export type AddedSpan = Readonly<{ spans: SpanTable; number: number }>;

/** Without a parent: undefined. */
export type SpanIds = Readonly<{ traceId: string; id: string; parentId: string | undefined }>;

export type SpansByTrace = Readonly<{
  /** The texts of all columns. */
  names: TextTable;
  /** `process` may be filled in until the body ends. `scope` is the format's, where the span itself has none. */
  add(format: SpanFormat, slice: SpanSlice, process: SpanProcess, scope?: string): AddedSpan;
  /** An unparsed span at that position of the body. Of `fields`, ids, process and details are filled in here. */
  put(format: SpanFormat, ids: SpanIds, fields: SpanFields, from: number, to: number, process: SpanProcess): AddedSpan;
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

  const put: SpansByTrace['put'] = (format, { traceId, id, parentId }, fields, from, to, process) => {
    const { spans, ids, processes, sources } = asWritten.get(traceId) ?? openTrace(traceId);
    const slices = slicesIn(format);
    fields.id = ids.numberOfOwn(id);
    fields.parentId = parentId === undefined ? -1 : ids.number(parentId);
    fields.process = numberOf(process, processes, spans.processes, process);
    fields.source = numberOf(format, sources, spans.sources, slices.source);
    fields.detail = slices.add(from, to);
    return { spans, number: spans.add(fields) };
  };

  return {
    names,
    put,
    add(format, { span, from, to }, process, scope = '') {
      const head = format.headOf(span);
      const known = fieldsOf(head);
      const fields = {
        ...NO_FIELDS,
        ...known,
        operation: names.number(head.operation),
        scope: names.number(head.scope ?? scope),
        flaws: known.flaws | (head.flaws ?? 0),
        startUs: head.startUs,
        durationUs: head.durationUs,
        hasEvents: head.hasEvents ? 1 : 0,
      };
      return put(format, head, fields, from, to, process);
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
