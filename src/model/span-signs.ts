/**
 * Spans that bear a sign of what is looked for. Many look for what is rare: that a trace has none of it is known from its
 * few names and from all marks together, without a look at every span for each of them.
 */
import { kindNumber, SPAN_KINDS, type SpanKind } from '#model/span-kinds.ts';
import type { Columns, SpanIndex } from '#model/trace.ts';

/** Any one of them is enough. */
export type Signs = Readonly<{
  failed?: true;
  /** Any of these bits of `span-marks.ts`. */
  marks?: number;
  kind?: SpanKind;
  /** By the operation's name; each name is tested once. */
  operation?(name: string): boolean;
  /** The same of the database system. */
  database?(system: string): boolean;
}>;

/** In order of span. */
export type SpansWith = (signs: Signs) => SpanIndex[];

export function spansWithSigns(columns: Columns): SpansWith {
  const { names, operation, databaseSystem } = columns;
  const seen = together(columns);
  const operations = numbersIn(operation, names.size());
  const systems = numbersIn(databaseSystem, names.size());
  const passing = (numbers: readonly number[], passes: ((text: string) => boolean) | undefined) =>
    passes === undefined ? NONE : numbers.filter((name) => passes(names.text(name)));
  const kindIfSeen = (kind: SpanKind | undefined) => {
    const number = kind === undefined ? NO_VALUE : kindNumber(kind);
    return seen.kinds[number] === true ? number : NO_VALUE;
  };
  return ({ failed = false, marks = 0, kind, operation: isNamed, database: isSystem }) => {
    const signs: Wanted = {
      failed: failed && seen.failed ? 1 : NO_VALUE,
      marks: marks & seen.marks,
      kind: kindIfSeen(kind),
      operations: flagsOf(passing(operations, isNamed), names.size()),
      systems: flagsOf(passing(systems, isSystem), names.size()),
    };
    return spansThatBear(columns, signs);
  };
}

const NONE: readonly number[] = [];
/** No column holds it. */
const NO_VALUE = -1;

/** What is asked for and there is in the trace. */
type Wanted = Readonly<{
  failed: number;
  marks: number;
  kind: number;
  /** 1 for each name that passes; undefined where none does. */
  operations: Uint8Array | undefined;
  systems: Uint8Array | undefined;
}>;

/** One loop for all that ask, so that it is compiled early. */
function spansThatBear(columns: Columns, { failed, marks, kind, operations, systems }: Wanted): SpanIndex[] {
  const found: SpanIndex[] = [];
  const isByColumn = failed !== NO_VALUE || marks !== 0 || kind !== NO_VALUE;
  if (!isByColumn && operations === undefined && systems === undefined) return found;
  for (let span = 0; span < columns.id.length; span += 1) {
    if (
      (isByColumn &&
        (columns.failed[span] === failed ||
          ((columns.marks[span] ?? 0) & marks) !== 0 ||
          columns.kind[span] === kind)) ||
      (operations !== undefined && operations[columns.operation[span] ?? 0] === 1) ||
      (systems !== undefined && systems[columns.databaseSystem[span] ?? 0] === 1)
    )
      found.push(span);
  }
  return found;
}

function flagsOf(numbers: readonly number[], size: number): Uint8Array | undefined {
  if (numbers.length === 0) return undefined;
  const flags = new Uint8Array(size);
  for (const number of numbers) flags[number] = 1;
  return flags;
}

/** What any span says. */
function together({ failed, marks, kind }: Columns) {
  let anyMarks = 0;
  for (let span = 0; span < marks.length; span += 1) anyMarks |= marks[span] ?? 0;
  const kinds = SPAN_KINDS.map((_, number) => kind.includes(number));
  return { marks: anyMarks, failed: failed.includes(1), kinds };
}

/** Those that a column holds, each once, in order of their first span. */
export function numbersIn(column: Int32Array, size: number): number[] {
  const seen = new Uint8Array(size);
  const found: number[] = [];
  for (let i = 0; i < column.length; i += 1) {
    const number = column[i] ?? 0;
    if (seen[number] === 1) continue;
    seen[number] = 1;
    found.push(number);
  }
  return found;
}
