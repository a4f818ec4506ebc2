/**
 * Spans with a sign that a detector looks for. Most signs are rare: the trace's few names and the union of all marks
 * show that it has none, without reading every span for each detector.
 */
import { numbersIn } from '#model/trace/by-name.ts';
import type { Columns, SpanIndex } from '#model/trace/columns.ts';
import { kindNumber, SPAN_KINDS, type SpanKind } from '#model/trace/span-kinds.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { pathBelowUs } from '#model/trace/views/critical-path.ts';
import { sumsUnder } from '#model/trace/views/subtrees.ts';

/** Any one of them is enough. */
export type Signs = Readonly<{
  failed?: true;
  /** Any of these bits of `span-marks.ts`. */
  marks?: number;
  kinds?: readonly SpanKind[];
  /** It and everything below it hold at least this much of the critical path; microseconds. */
  heldUs?: number;
  /** By the operation's name; each name is tested once. */
  operation?(name: string): boolean;
  /** The same for the database system. */
  database?(system: string): boolean;
}>;

/** All spans with any of these signs, in order. */
export function spansWith(trace: Trace, signs: Signs): readonly SpanIndex[] {
  return spansBySigns(trace)(signs);
}

/** In order. */
export const failedSpans = view((trace) => spansWith(trace, { failed: true }));

/** The number of failed spans among a span and its descendants. */
export const failuresUnder = view((trace) => sumsUnder(trace, failedSpans(trace), () => 1));

const spansBySigns = view((trace) =>
  spansWithSigns(trace.columns, () => ({ root: trace.root, by: (span) => pathBelowUs(trace, span) })),
);

/** In order of span. */
type SpansWith = (signs: Signs) => SpanIndex[];

/** The critical path time of a span and its descendants, and the root of that path. */
type Held = Readonly<{ root: SpanIndex; by(span: SpanIndex): number }>;

/** `held` is computed on first use. */
function spansWithSigns(columns: Columns, held: () => Held): SpansWith {
  const { names, operation, databaseSystem } = columns;
  const seen = together(columns);
  const operations = numbersIn(operation, names.size());
  const systems = numbersIn(databaseSystem, names.size());
  const passing = (numbers: readonly number[], passes: ((text: string) => boolean) | undefined) =>
    passes === undefined
      ? undefined
      : flagsOf(
          numbers.filter((name) => passes(names.text(name))),
          names.size(),
        );
  return ({ failed = false, marks = 0, kinds, heldUs, operation: isNamed, database: isSystem }) => {
    const signs: Wanted = {
      failed: failed && seen.failed,
      marks: marks & seen.marks,
      kinds:
        kinds &&
        flagsOf(
          kinds.map(kindNumber).filter((kind) => seen.kinds[kind] === 1),
          SPAN_KINDS.length,
        ),
      operations: passing(operations, isNamed),
      systems: passing(systems, isSystem),
      leastUs: heldUs ?? 0,
      held: heldUs === undefined ? undefined : held(),
    };
    return spansThatBear(columns, signs);
  };
}

/** Signs that are both requested and present in the trace. */
type Wanted = Readonly<{
  failed: boolean;
  marks: number;
  /** 1 for each that passes; undefined where none does. */
  kinds: Uint8Array | undefined;
  operations: Uint8Array | undefined;
  systems: Uint8Array | undefined;
  leastUs: number;
  held: Held | undefined;
}>;

function spansThatBear(columns: Columns, wanted: Wanted): SpanIndex[] {
  const { failed, marks, kinds, operations, systems, held } = wanted;
  const isOfColumns = marks !== 0 || kinds !== undefined || operations !== undefined || systems !== undefined;
  if (!failed && held === undefined) return isOfColumns ? spansByColumns(columns, wanted) : [];
  /** By span: 1 where it has a sign. */
  const bearing = failed ? columns.failed.slice() : new Uint8Array(columns.id.length);
  if (isOfColumns) for (const span of spansByColumns(columns, wanted)) bearing[span] = 1;
  if (held !== undefined) addHolders(columns, wanted.leastUs, held, bearing);
  return placesOfOnes(bearing);
}

/** All callers share one loop, so that V8 compiles it early. */
function spansByColumns(columns: Columns, wanted: Wanted): SpanIndex[] {
  const found: SpanIndex[] = [];
  const count = columns.id.length;
  for (let span = 0; span < count; span += 1) if (bears(columns, wanted, span)) found.push(span);
  return found;
}

function bears(columns: Columns, { marks, kinds, operations, systems }: Wanted, span: SpanIndex): boolean {
  return (
    ((columns.marks[span] ?? 0) & marks) !== 0 ||
    (kinds !== undefined && kinds[columns.kind[span] ?? 0] === 1) ||
    (operations !== undefined && operations[columns.operation[span] ?? 0] === 1) ||
    (systems !== undefined && systems[columns.databaseSystem[span] ?? 0] === 1)
  );
}

/** A descendant has no more path time than its ancestor: the search descends only where there is enough. */
function addHolders(columns: Columns, leastUs: number, { root, by }: Held, bearing: Uint8Array): void {
  if (leastUs <= 0) {
    bearing.fill(1);
    return;
  }
  const { childFirst, childList } = columns;
  const toSee = [root];
  for (let span = toSee.pop(); span !== undefined; span = toSee.pop()) {
    if (by(span) < leastUs) continue;
    bearing[span] = 1;
    for (let at = childFirst[span] ?? 0; at < (childFirst[span + 1] ?? 0); at += 1) toSee.push(childList[at] ?? 0);
  }
}

function placesOfOnes(column: Uint8Array): number[] {
  const places: number[] = [];
  for (let at = column.indexOf(1); at >= 0; at = column.indexOf(1, at + 1)) places.push(at);
  return places;
}

function flagsOf(numbers: readonly number[], size: number): Uint8Array | undefined {
  if (numbers.length === 0) return undefined;
  const flags = new Uint8Array(size);
  for (const number of numbers) flags[number] = 1;
  return flags;
}

/** The union of all spans' marks. */
function together({ failed, marks, kind }: Columns) {
  let anyMarks = 0;
  const kinds = new Uint8Array(SPAN_KINDS.length);
  for (let span = 0; span < marks.length; span += 1) {
    anyMarks |= marks[span] ?? 0;
    kinds[kind[span] ?? 0] = 1;
  }
  return { marks: anyMarks, failed: failed.includes(1), kinds };
}
