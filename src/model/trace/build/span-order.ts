/**
 * The order in which the spans of a trace are numbered: by start, then the longer first (a parent before the child that
 * starts with it), then by id and kind, then by all other fields; never by arrival. Linear, by a radix sort of the
 * start, except for spans in the same microsecond; small traces are sorted by one number per span.
 */

import { compareTexts } from '#model/text/compare-texts.ts';
import type { SpanTable } from '#model/trace/build/span-table.ts';
import { SPAN_KINDS } from '#model/trace/span-kinds.ts';

/** For this many spans, the engine's sort is faster than the passes over digits. */
const FEW = 2 ** 14;
const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;
/** Starts are split into words of 32 bits: an hour of microseconds fits into one. */
const WORD = 2 ** 32;

/** The numbers of the table's spans in that order. */
export function inOrder(spans: SpanTable): Int32Array {
  const startUs = spans.column('startUs');
  const { firstUs, rangeUs, isAscending } = extent(startUs);
  let made: Compare | undefined;
  /** Most small traces need none. */
  const compare = () => {
    made ??= comparator(spans);
    return made;
  };
  if (!isAscending && !Number.isSafeInteger(Math.ceil(rangeUs))) return counted(startUs.length).sort(compare());
  const numbers = isAscending ? counted(startUs.length) : byStart(startUs, firstUs, rangeUs);
  sortTies(numbers, startUs, firstUs, compare);
  return numbers;
}

/** 0, 1, 2 … */
function counted(count: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let i = 0; i < count; i += 1) numbers[i] = i;
  return numbers;
}

/** By start in microseconds; equal ones in any order. */
function byStart(startUs: Float64Array, firstUs: number, rangeUs: number): Int32Array {
  if (startUs.length <= FEW && rangeUs < Number.MAX_SAFE_INTEGER / FEW) return byKeys(startUs, firstUs);
  const numbers = counted(startUs.length);
  sortByDigits(numbers, startUs, firstUs, rangeUs);
  return numbers;
}

/** Packs microsecond and number of each span into one number, because the engine sorts numbers without a callback. */
function byKeys(startUs: Float64Array, firstUs: number): Int32Array {
  const keys = new Float64Array(startUs.length);
  for (let i = 0; i < keys.length; i += 1) keys[i] = Math.floor((startUs[i] ?? 0) - firstUs) * FEW + i;
  keys.sort();
  const numbers = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i += 1) numbers[i] = (keys[i] ?? 0) & (FEW - 1); // the factor is a power of two
  return numbers;
}

function comparator(spans: SpanTable): Compare {
  const { ids } = spans;
  const startUs = spans.column('startUs');
  const durationUs = spans.column('durationUs');
  const id = spans.column('id');
  const kind = spans.column('kind');
  let byTheRest: Compare | undefined;
  /** Few spans are equal in all other fields. */
  const rest = () => {
    byTheRest ??= restComparator(spans);
    return byTheRest;
  };
  return (a, b) =>
    (startUs[a] ?? 0) - (startUs[b] ?? 0) ||
    (durationUs[b] ?? 0) - (durationUs[a] ?? 0) ||
    (id[a] === id[b] ? 0 : compareTexts(ids.text(id[a] ?? 0), ids.text(id[b] ?? 0))) ||
    compareTexts(SPAN_KINDS[kind[a] ?? 0] ?? '', SPAN_KINDS[kind[b] ?? 0] ?? '') ||
    rest()(a, b);
}

type Compare = (a: number, b: number) => number;

const NAMES = ['operation', 'queryShape', 'namedPeer', 'databaseSystem', 'scope'] as const;
const NUMBERS = ['failed', 'httpStatus', 'hasEvents', 'marks', 'flaws'] as const;

/**
 * For the few spans that share an id and all times: compares all other fields, so that the order of arrival does not
 * matter.
 */
function restComparator({ names, ids, processes, column }: SpanTable): Compare {
  const process = column('process');
  const told: string[] = [];
  const processOf = (number: number): string => {
    told[number] ??= JSON.stringify(processes[number] ?? '');
    return told[number];
  };
  const comparators: readonly Compare[] = [
    ...NAMES.map((name) => byTextOf(column(name), names.text)),
    byTextOf(column('parentId'), ids.text),
    ...NUMBERS.map((name) => byNumberOf(column(name))),
    byTextOf(process, processOf),
  ];
  return (a, b) => {
    for (const compare of comparators) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function byTextOf(column: Int32Array, text: (number: number) => string): Compare {
  return (a, b) => (column[a] === column[b] ? 0 : compareTexts(text(column[a] ?? 0), text(column[b] ?? 0)));
}

function byNumberOf(column: ArrayLike<number>): Compare {
  return (a, b) => (column[a] ?? 0) - (column[b] ?? 0);
}

function extent(startUs: Float64Array): { firstUs: number; rangeUs: number; isAscending: boolean } {
  let firstUs = Number.POSITIVE_INFINITY;
  let lastUs = Number.NEGATIVE_INFINITY;
  let isAscending = true;
  for (let i = 0; i < startUs.length; i += 1) {
    const start = startUs[i] ?? 0;
    if (start < lastUs) isAscending = false;
    if (start < firstUs) firstUs = start;
    if (start > lastUs) lastUs = start;
  }
  return { firstUs, rangeUs: lastUs - firstUs, isAscending };
}

/** A radix sort from the least digit: each pass keeps the order of the passes before it. */
function sortByDigits(numbers: Int32Array, startUs: Float64Array, firstUs: number, rangeUs: number): void {
  const low = new Uint32Array(numbers.length);
  for (let i = 0; i < low.length; i += 1) low[i] = ((startUs[i] ?? 0) - firstUs) % WORD;
  const bits = Math.ceil(Math.log2(Math.min(rangeUs, WORD) + 1));
  for (let shift = 0; shift < bits; shift += DIGIT_BITS) sortByDigit(numbers, low, shift);
  if (rangeUs < WORD) return;
  const high = new Uint32Array(numbers.length);
  for (let i = 0; i < high.length; i += 1) high[i] = ((startUs[i] ?? 0) - firstUs) / WORD;
  const highBits = Math.ceil(Math.log2(rangeUs / WORD + 1));
  for (let shift = 0; shift < highBits; shift += DIGIT_BITS) sortByDigit(numbers, high, shift);
}

function sortByDigit(numbers: Int32Array, words: Uint32Array, shift: number): void {
  const nextOf = new Int32Array(DIGITS + 1);
  for (let i = 0; i < words.length; i += 1) {
    const digit = ((words[i] ?? 0) >>> shift) & (DIGITS - 1);
    nextOf[digit + 1] = (nextOf[digit + 1] ?? 0) + 1;
  }
  for (let digit = 0; digit < DIGITS; digit += 1) nextOf[digit + 1] = (nextOf[digit + 1] ?? 0) + (nextOf[digit] ?? 0);
  const before = numbers.slice();
  for (let i = 0; i < before.length; i += 1) {
    const number = before[i] ?? 0;
    const digit = ((words[number] ?? 0) >>> shift) & (DIGITS - 1);
    const at = nextOf[digit] ?? 0;
    numbers[at] = number;
    nextOf[digit] = at + 1;
  }
}

/** Spans that start in the same microsecond are adjacent already. */
function sortTies(numbers: Int32Array, startUs: Float64Array, firstUs: number, compare: () => Compare): void {
  let from = 0;
  let startedUs = Number.NaN;
  for (let at = 0; at < numbers.length; at += 1) {
    const us = Math.floor((startUs[numbers[at] ?? 0] ?? 0) - firstUs);
    if (us === startedUs) continue;
    if (at > from + 1) numbers.subarray(from, at).sort(compare());
    from = at;
    startedUs = us;
  }
  if (numbers.length > from + 1) numbers.subarray(from).sort(compare());
}
