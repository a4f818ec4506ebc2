/**
 * References of the spans of one trace, as they arrive: only the trace's own id, which may come last, shows which of
 * them names the parent.
 */

import { growArray } from '#core/grow-array.ts';
import { type ByteTable, byteTable } from '#decode/byte-table.ts';
import { withoutZeros } from '#decode/jaeger-span.ts';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import type { SpanTable } from '#model/trace/build/span-table.ts';

export const [CHILD_OF, OTHER_REFERENCE, PARENT_MEMBER] = [1, 2, 3];

export type SpanReferences = Readonly<{
  /** The ids of traces that are named. */
  traceIds: ByteTable;
  /** Spans in order; `id` is a number in the table's ids. A `PARENT_MEMBER` has no trace. */
  add(span: number, kind: number, traceId: number, id: number): void;
  /** Sets the parent of every span. */
  resolve(spans: SpanTable, traceId: string): void;
}>;

export function spanReferences(): SpanReferences {
  const traceIds = byteTable();
  const all: References = {
    count: 0,
    span: NO_NUMBERS,
    kind: NO_KINDS,
    traceId: NO_NUMBERS,
    id: NO_NUMBERS,
  };
  return {
    traceIds,
    add(span, kind, traceId, id) {
      const { count } = all;
      if (count === all.span.length) grow(all);
      all.span[count] = span;
      all.kind[count] = kind;
      all.traceId[count] = traceId;
      all.id[count] = id;
      all.count += 1;
    },
    resolve(spans, traceId) {
      if (all.count === 0) return;
      const wanted = withoutZeros(traceId);
      const isOurs = Array.from({ length: traceIds.size() }, (_, number) => {
        const other = traceIds.text(number);
        return other === '' || withoutZeros(other) === wanted;
      });
      const ids = spans.column('id');
      const { count, span: spanOf } = all;
      for (let from = 0; from < count; ) {
        const span = spanOf[from] ?? 0;
        let to = from + 1;
        while (to < count && spanOf[to] === span) to += 1;
        const parent = parentIn(all, from, to, isOurs, ids[span] ?? NO_ID);
        spans.setParent(span, parent, flawsIn(all, from, to, isOurs, parent));
        from = to;
      }
    },
  };
}

type References = { count: number; span: Int32Array; kind: Uint8Array; traceId: Int32Array; id: Int32Array };

const NO_NUMBERS = new Int32Array();
const NO_KINDS = new Uint8Array();

/** None before the first one comes: a trace of one span has none. Doubled whenever they are full. */
const FIRST_REFERENCES = 16;

function grow(all: References): void {
  const length = Math.max(FIRST_REFERENCES, all.span.length * 2);
  all.span = growArray(all.span, length);
  all.kind = growArray(all.kind, length);
  all.traceId = growArray(all.traceId, length);
  all.id = growArray(all.id, length);
}

/** The number of the empty text. */
const NO_ID = 0;

/** The first CHILD_OF of this trace; else the first other one, which OpenTracing uses for work that nobody waits for. */
function parentIn(all: References, from: number, to: number, isOurs: readonly boolean[], own: number): number {
  let other = -1;
  let member = -1;
  for (let at = from; at < to; at += 1) {
    const id = all.id[at] ?? NO_ID;
    if (all.kind[at] === PARENT_MEMBER) member = id;
    else if (isOurs[all.traceId[at] ?? 0] !== true) continue;
    else if (all.kind[at] === CHILD_OF) return known(id);
    else if (id !== own && other < 0) other = id;
  }
  return known(other < 0 ? member : other);
}

/** The flaws of the references, apart from the parent that they name. */
function flawsIn(all: References, from: number, to: number, isOurs: readonly boolean[], parent: number): number {
  let flaws = 0;
  let isChild = false;
  for (let at = from; at < to; at += 1) {
    const kind = all.kind[at];
    if (kind === PARENT_MEMBER) continue;
    if (isOurs[all.traceId[at] ?? 0] !== true) {
      flaws |= kind === CHILD_OF && parent < 0 ? SPAN_FLAW.foreignParent : SPAN_FLAW.foreignLink;
    } else if (kind === CHILD_OF) isChild = true;
    else if (all.id[at] === parent) flaws |= SPAN_FLAW.followsFrom;
  }
  return isChild ? flaws & ~SPAN_FLAW.followsFrom : flaws;
}

function known(id: number): number {
  return id === NO_ID ? -1 : id;
}
