/** Groups a row's spans by kind: the same label except for ids, the same failure state, the same role as cause. */

import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callNumbersBy } from '#model/trace/views/call-numbers.ts';

/** Findings list at least so many of their spans. Some list no more. */
const LISTED_AT_MOST = 50;

/** A number for a span's label without ids. */
export type SayingOf = (span: SpanIndex) => number;

export function sayingsOf(trace: Trace): SayingOf {
  const numbers = new Map<string, number>();
  const nameOf = trace.operationNumbers((operation) => {
    const template = operationTemplate(operation);
    const number = numbers.get(template) ?? numbers.size;
    numbers.set(template, number);
    return number;
  });
  const callNumber = callNumbersBy(trace, nameOf);
  return (span) => callNumber(span) * 2 + (trace.failed(span) ? 1 : 0);
}

/** In order of each kind's first span. */
export function kindsOf(
  spans: Int32Array,
  { sayingOf, isCause }: Readonly<{ sayingOf: SayingOf; isCause: SpanTest }>,
): readonly Int32Array[] {
  if (spans.length < 2) return spans.length === 0 ? [] : [spans];
  /** By label number times two, plus one for the cause. */
  const kinds = new Map<number, number>();
  const numbers = new Int32Array(spans.length);
  for (let at = 0; at < spans.length; at += 1) {
    const span = spans[at] ?? 0;
    const key = sayingOf(span) * 2 + (isCause(span) ? 1 : 0);
    const kind = kinds.get(key) ?? kinds.size;
    kinds.set(key, kind);
    numbers[at] = kind;
  }
  if (kinds.size === 1) return [spans];

  const parts = parted(spans, numbers, kinds.size);
  for (const [key, listed] of kinds) {
    const unlisted = key % 2 === 1 ? kinds.get(key - 1) : undefined;
    if (unlisted !== undefined) joinUnlisted(parts, listed, unlisted);
  }
  return parts.filter((alike) => alike.length > 0);
}

/** The spans of each kind, in their order: parts of one list. */
function parted(spans: Int32Array, numbers: Int32Array, kinds: number): Int32Array[] {
  const ends = new Int32Array(kinds + 1);
  for (let at = 0; at < numbers.length; at += 1) ends[(numbers[at] ?? 0) + 1] = (ends[(numbers[at] ?? 0) + 1] ?? 0) + 1;
  for (let kind = 0; kind < kinds; kind += 1) ends[kind + 1] = (ends[kind + 1] ?? 0) + (ends[kind] ?? 0);
  const firsts = ends.slice();
  const list = new Int32Array(spans.length);
  for (let at = 0; at < spans.length; at += 1) {
    const kind = numbers[at] ?? 0;
    const end = ends[kind] ?? 0;
    list[end] = spans[at] ?? 0;
    ends[kind] = end + 1;
  }
  return Array.from({ length: kinds }, (_, kind) => list.subarray(firsts[kind], firsts[kind + 1]));
}

/** Where a finding lists this many spans of a kind, its list may be truncated, and it means all of them. */
function joinUnlisted(parts: Int32Array[], listed: number, unlisted: number): void {
  const own = parts[listed] ?? new Int32Array();
  if (own.length < LISTED_AT_MOST) return;
  const others = parts[unlisted] ?? new Int32Array();
  const all = new Int32Array(own.length + others.length);
  all.set(own);
  all.set(others, own.length);
  parts[listed] = all.sort(); // spans are numbered by start
  parts[unlisted] = new Int32Array();
}
