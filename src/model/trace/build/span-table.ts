/**
 * Spans in columns that grow as they arrive, without an object per span. `trace-builder.ts` builds a trace from them.
 *
 *  id  parentId  process  operation  …  startUs  durationUs
 *  17      3        1        40              …        …       numbers of texts in `ids` and `names`, of processes
 */

import { type NameTable, type TextTable, textTable } from '#model/text/text-table.ts';
import { numbersOfIds } from '#model/trace/build/id-table.ts';
import type { AttributeNames, Attributes, SpanEvent, SpanLink } from '#model/trace/columns.ts';

/** Details of a span that are read only on request, by the number that its source assigned. */
export type DetailSource = Readonly<{
  attributes(detail: number): Attributes;
  /** The names of all its attributes, where they are known. */
  names?: AttributeNames;
  /** `atUs` since the epoch. */
  events(detail: number): readonly SpanEvent[];
  statusText(detail: number): string;
  /** The statement of a database call, where it is available without the attributes. */
  statement?(detail: number): string | undefined;
  /** Other spans that it names: links, and references of every kind. */
  links?(detail: number): readonly SpanLink[];
}>;

/** One span in numbers. Read immediately, so that its owner may reuse it for the next span. */
export type SpanFields = {
  id: number;
  /** The number of an id, which may belong to no span; −1 for a root. */
  parentId: number;
  process: number;
  operation: number;
  scope: number;
  databaseSystem: number;
  queryShape: number;
  /** The peer that the attributes name. */
  namedPeer: number;
  kind: number;
  failed: number;
  httpStatus: number;
  /** Bits of `span-marks.ts`. */
  marks: number;
  /** Bits of `span-flaws.ts`. */
  flaws: number;
  /** Microseconds since the epoch. */
  startUs: number;
  /** May be negative: some clients send that. */
  durationUs: number;
  hasEvents: number;
  source: number;
  detail: number;
};

/** A span without any known field. */
export const NO_FIELDS: Readonly<SpanFields> = {
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
  flaws: 0,
  startUs: 0,
  durationUs: 0,
  hasEvents: 0,
  source: 0,
  detail: 0,
};

/** The process of spans. `service` is empty where it was not recorded. */
export type SpanProcess = Readonly<{ service: string; resource: Attributes }>;

export type SpanTable = Readonly<{
  names: NameTable;
  ids: TextTable;
  processes: SpanProcess[];
  sources: DetailSource[];
  count(): number;
  /** The bits of `span-flaws.ts` that any of its spans has. */
  flaws(): number;
  add(span: Readonly<SpanFields>): number;
  /** Also adds the flaws of the reference. */
  setParent(span: number, id: number, flaws: number): void;
  /** The filled part of the column. */
  column<K extends keyof SpanFields>(name: K): SpanColumns[K];
  /** Puts all spans into that order, in new columns: a trace built before keeps its order. */
  arrange(order: Int32Array): void;
  /** Adds all spans of another table. */
  append(other: SpanTable): void;
  /** Releases the columns; a trace built from them keeps them. */
  clear(): void;
}>;

export type SpanColumns = Readonly<ReturnType<typeof columnsOf>>;

/** Written out: a loop over a list of names takes five times as long, and a body may contain many small traces. */
function columnsOf(capacity: number) {
  return {
    id: new Int32Array(capacity),
    parentId: new Int32Array(capacity),
    process: new Int32Array(capacity),
    operation: new Int32Array(capacity),
    scope: new Int32Array(capacity),
    databaseSystem: new Int32Array(capacity),
    queryShape: new Int32Array(capacity),
    namedPeer: new Int32Array(capacity),
    kind: new Uint8Array(capacity),
    failed: new Uint8Array(capacity),
    httpStatus: new Int16Array(capacity),
    marks: new Int32Array(capacity),
    flaws: new Uint8Array(capacity),
    startUs: new Float64Array(capacity),
    durationUs: new Float64Array(capacity),
    hasEvents: new Uint8Array(capacity),
    source: new Int32Array(capacity),
    detail: new Int32Array(capacity),
  } satisfies Record<keyof SpanFields, unknown>;
}

const NO_COLUMNS: SpanColumns = columnsOf(0);
const COLUMN_NAMES = Object.keys(NO_COLUMNS) as (keyof SpanColumns)[];

/** Up to this many spans stay objects until a caller requests a column: a body may contain many small traces. */
const FEW = 16;

export function spanTable(ids: TextTable = textTable(), names: NameTable = textTable()): SpanTable {
  const processes: SpanProcess[] = [];
  const sources: DetailSource[] = [];
  let capacity = 0;
  let columns = NO_COLUMNS;
  /** The filled parts; created on request, and again after a span was added. */
  let filled: SpanColumns | undefined = NO_COLUMNS;
  /** The first spans, until there are many or a caller requests a column. */
  let few: SpanFields[] = [];
  let count = 0;
  let flawsOfAll = 0;
  /** For an id in any spelling, once tables are merged. */
  let numberOfId: ((id: string) => number) | undefined;

  const intoColumns = () => {
    if (few.length === 0) return;
    capacity = few.length;
    columns = columnsOf(capacity);
    few.forEach((span, at) => {
      put(columns, at, span);
    });
    filled = columns;
    few = [];
  };
  const table: SpanTable = {
    names,
    ids,
    processes,
    sources,
    count: () => count,
    flaws: () => flawsOfAll,
    add(span) {
      if (capacity === 0 && count < FEW) few.push({ ...span });
      else {
        intoColumns();
        if (count === capacity) {
          capacity = Math.max(2 * FEW, capacity * 2);
          columns = grownColumns(columns, capacity);
        }
        put(columns, count, span);
        filled = undefined;
      }
      count += 1;
      flawsOfAll |= span.flaws;
      return count - 1;
    },
    setParent(span, id, flaws) {
      flawsOfAll |= flaws;
      const held = few[span];
      if (held !== undefined) {
        held.parentId = id;
        held.flaws |= flaws;
        return;
      }
      columns.parentId[span] = id;
      columns.flaws[span] = (columns.flaws[span] ?? 0) | flaws;
    },
    arrange(order) {
      intoColumns();
      columns = arranged(columns, order);
      filled = undefined;
    },
    column(name) {
      intoColumns();
      filled ??= count === capacity ? columns : cut(columns, count);
      return filled[name];
    },
    append(other) {
      const name = other.names === names ? (number: number) => number : renumbered(other.names, names);
      numberOfId ??= numbersOfIds(ids);
      const id = renumbered(other.ids, { number: numberOfId });
      const firstProcess = processes.length;
      const firstSource = sources.length;
      for (const process of other.processes) processes.push(process); // too many for one call
      for (const source of other.sources) sources.push(source);
      for (let span = 0; span < other.count(); span += 1) {
        const fields = fieldsOf(other, span);
        table.add({
          ...fields,
          id: id(fields.id),
          parentId: fields.parentId < 0 ? -1 : id(fields.parentId),
          process: firstProcess + fields.process,
          operation: name(fields.operation),
          scope: name(fields.scope),
          databaseSystem: name(fields.databaseSystem),
          queryShape: name(fields.queryShape),
          namedPeer: name(fields.namedPeer),
          source: firstSource + fields.source,
        });
      }
    },
    clear() {
      few = [];
      columns = NO_COLUMNS;
      filled = NO_COLUMNS;
      capacity = 0;
      count = 0;
      flawsOfAll = 0;
    },
  };
  return table;
}

/** A table of its own with the same spans, whose texts and ids keep their numbers. */
export function copyOf(table: SpanTable): SpanTable {
  const copy = spanTable(table.ids, table.names);
  for (const process of table.processes) copy.processes.push(process);
  for (const source of table.sources) copy.sources.push(source);
  for (let span = 0; span < table.count(); span += 1) copy.add(fieldsOf(table, span));
  return copy;
}

function fieldsOf(table: SpanTable, span: number): SpanFields {
  const at = (column: keyof SpanFields) => table.column(column)[span] ?? 0;
  return {
    id: at('id'),
    parentId: at('parentId'),
    process: at('process'),
    operation: at('operation'),
    scope: at('scope'),
    databaseSystem: at('databaseSystem'),
    queryShape: at('queryShape'),
    namedPeer: at('namedPeer'),
    kind: at('kind'),
    failed: at('failed'),
    httpStatus: at('httpStatus'),
    marks: at('marks'),
    flaws: at('flaws'),
    startUs: at('startUs'),
    durationUs: at('durationUs'),
    hasEvents: at('hasEvents'),
    source: at('source'),
    detail: at('detail'),
  };
}

function put(columns: SpanColumns, at: number, span: Readonly<SpanFields>): void {
  columns.id[at] = span.id;
  columns.parentId[at] = span.parentId;
  columns.process[at] = span.process;
  columns.operation[at] = span.operation;
  columns.scope[at] = span.scope;
  columns.databaseSystem[at] = span.databaseSystem;
  columns.queryShape[at] = span.queryShape;
  columns.namedPeer[at] = span.namedPeer;
  columns.kind[at] = span.kind;
  columns.failed[at] = span.failed;
  columns.httpStatus[at] = span.httpStatus;
  columns.marks[at] = span.marks;
  columns.flaws[at] = span.flaws;
  columns.startUs[at] = span.startUs;
  columns.durationUs[at] = span.durationUs;
  columns.hasEvents[at] = span.hasEvents;
  columns.source[at] = span.source;
  columns.detail[at] = span.detail;
}

function grownColumns(columns: SpanColumns, capacity: number): SpanColumns {
  const larger = columnsOf(capacity);
  for (const name of COLUMN_NAMES) larger[name].set(columns[name]);
  return larger;
}

function cut(columns: SpanColumns, count: number): SpanColumns {
  return mapped(columns, (column) => column.subarray(0, count));
}

function arranged(columns: SpanColumns, order: Int32Array): SpanColumns {
  return mapped(columns, (column) => arrangedColumn(column, order));
}

function mapped(columns: SpanColumns, map: (column: SpanColumns[keyof SpanColumns]) => Column): SpanColumns {
  return Object.fromEntries(COLUMN_NAMES.map((name) => [name, map(columns[name])])) as SpanColumns;
}

type Column = Int32Array | Float64Array | Int16Array | Uint8Array;

/** One loop per kind of column is twice as fast as one loop for all. */
function arrangedColumn(column: Column, order: Int32Array): Column {
  if (column instanceof Int32Array) return arrangedInts(column, order);
  if (column instanceof Float64Array) return arrangedTimes(column, order);
  return column instanceof Uint8Array ? arrangedBytes(column, order) : arrangedShorts(column, order);
}

function arrangedInts(column: Int32Array, order: Int32Array): Int32Array {
  const made = new Int32Array(column.length);
  for (let i = 0; i < order.length; i += 1) made[i] = column[order[i] ?? 0] ?? 0;
  return made;
}

function arrangedTimes(column: Float64Array, order: Int32Array): Float64Array {
  const made = new Float64Array(column.length);
  for (let i = 0; i < order.length; i += 1) made[i] = column[order[i] ?? 0] ?? 0;
  return made;
}

function arrangedBytes(column: Uint8Array, order: Int32Array): Uint8Array {
  const made = new Uint8Array(column.length);
  for (let i = 0; i < order.length; i += 1) made[i] = column[order[i] ?? 0] ?? 0;
  return made;
}

function arrangedShorts(column: Int16Array, order: Int32Array): Int16Array {
  const made = new Int16Array(column.length);
  for (let i = 0; i < order.length; i += 1) made[i] = column[order[i] ?? 0] ?? 0;
  return made;
}

/** Converts a number of one table into the number of the same text in another. */
function renumbered(from: TextTable, to: Pick<TextTable, 'number'>): (number: number) => number {
  const known = new Int32Array(from.size()).fill(-1);
  return (number) => {
    const found = known[number] ?? -1;
    if (found >= 0) return found;
    const made = to.number(from.text(number));
    known[number] = made;
    return made;
  };
}
