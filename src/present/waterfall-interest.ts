/**
 * What of a trace deserves a row: for each span how much it matters, and which long ways are shown by their ends alone.
 * Columns only, each span looked at a fixed number of times.
 */
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathSelfUs } from '#model/trace/views/critical-path.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** Longer than any trace: three years. */
const RANK_US = 1e14;
const RANK = { path: 0, failed: 1, heaviest: 2, finding: 3, origin: 4, cause: 5, root: 6 };

/** Of its length, what a span counts that nobody waited for. */
const BESIDE_SHARE = 0.001;
/** The same of all that ran after the root had ended: it stretches the picture, so the picture says what it was. */
const AFTER_ROOT_SHARE = 0.1;

/** Findings and origins to which the way is kept open, however deep they lie. */
const LEADING = 3;

/** Spans at each end of a long way that are shown. */
const CHAIN_END = 4;
/** A way of so many more spans than its ends is not worth a row that says how many are left out. */
const CHAIN_SLACK = 4;

export type Interest = Readonly<{
  /** By span: the highest rank in it and all below it. */
  ranks: Uint8Array;
  /** How much of the critical path runs in a span and all below it, and a little for what runs beside the path. */
  heldUs(span: SpanIndex): number;
  jumps: Jumps;
}>;

/** Both in one number: a rank always outweighs a length. */
export function weightOf(rank: number, heldUs: number): number {
  return rank * RANK_US + Math.min(RANK_US - 1, heldUs);
}

/** From the first span that is left out to the one at which the way goes on. */
export type Jumps = ReadonlyMap<SpanIndex, SpanIndex>;

export function interestOf(
  trace: Trace,
  judgement: Judgement,
  { causes, maxRows }: { causes: ReadonlySet<SpanIndex>; maxRows: number },
): Interest {
  const heaviest = heaviestOf(trace);
  const ranks = ranksOf(trace, judgement, causes, heaviest);
  const afterRootUs = afterRoot(trace);
  const goals = new Set(
    [
      ...[...causes].slice(0, 1),
      ...errorOrigins(trace)
        .slice(0, LEADING)
        .map(({ spans }) => spans[0]),
      ...judgement.findings.slice(0, LEADING).map(({ spans }) => spans[0]),
      heaviest,
    ].filter((span) => span !== undefined),
  );
  return {
    ranks,
    heldUs: (span) =>
      pathBelowUs(trace, span) + trace.durationOfUs(span) * BESIDE_SHARE + afterRootUs(span) * AFTER_ROOT_SHARE,
    jumps: longWays(trace, goals, maxRows),
  };
}

/** Of those that hold as much of the critical path, the last: the end of a chain is told before its middle. */
function heaviestOf(trace: Trace): SpanIndex {
  let heaviest = trace.root;
  let mostUs = pathSelfUs(trace, heaviest);
  for (let span = 0; span < trace.spanCount; span += 1) {
    const ownUs = pathSelfUs(trace, span);
    if (ownUs < mostUs) continue;
    heaviest = span;
    mostUs = ownUs;
  }
  return heaviest;
}

/** For each span the highest rank in it and all below it. */
function ranksOf(
  trace: Trace,
  { findings }: Judgement,
  causes: ReadonlySet<SpanIndex>,
  heaviest: SpanIndex,
): Uint8Array {
  const ranks = new Uint8Array(trace.spanCount);
  const raise = (span: SpanIndex | undefined, rank: number) => {
    for (let at = span; at !== undefined && (ranks[at] ?? 0) < rank; at = trace.parent(at)) ranks[at] = rank;
  };
  // From the highest rank to the lowest, so that no way is climbed twice.
  raise(trace.root, RANK.root);
  for (const span of causes) raise(span, RANK.cause);
  for (const { spans } of errorOrigins(trace)) raise(spans[0], RANK.origin);
  for (const { spans } of findings) raise(spans[0], RANK.finding);
  raise(heaviest, RANK.heaviest);
  for (const span of failedSpans(trace)) raise(span, RANK.failed);
  return ranks;
}

/** What of a span and all below it ran after the root had ended. */
function afterRoot(trace: Trace): (span: SpanIndex) => number {
  const rootEndUs = trace.endUs(trace.root);
  if (rootEndUs >= trace.durationUs) return () => 0;
  const late: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) if (trace.endUs(span) > rootEndUs) late.push(span);
  return sumsUnder(trace, late, (span) => trace.endUs(span) - Math.max(rootEndUs, trace.startUs(span)));
}

/** How many failed spans are a span itself or lie below it. */
export function failuresUnder(trace: Trace): (span: SpanIndex) => number {
  return sumsUnder(trace, failedSpans(trace), () => 1);
}

/** Whether one of these spans lies below a span. */
export function waysTo(trace: Trace, spans: Iterable<SpanIndex>): (span: SpanIndex) => boolean {
  const leads = new Uint8Array(trace.spanCount);
  for (const span of spans) {
    for (let at = trace.parent(span); at !== undefined && leads[at] === 0; at = trace.parent(at)) leads[at] = 1;
  }
  return (span) => leads[span] === 1;
}

/** The sum of a value of these spans over a span and all below it, told from a running sum in depth-first order. */
function sumsUnder(
  trace: Trace,
  spans: readonly SpanIndex[],
  value: (span: SpanIndex) => number,
): (span: SpanIndex) => number {
  if (spans.length === 0) return () => 0;
  const upTo = new Float64Array(trace.spanCount + 1);
  for (const span of spans) upTo[trace.preorder(span) + 1] = value(span);
  let sum = 0;
  for (let at = 0; at < upTo.length; at += 1) {
    sum += upTo[at] ?? 0;
    upTo[at] = sum;
  }
  return (span) => (upTo[trace.preorderEnd(span)] ?? 0) - (upTo[trace.preorder(span)] ?? 0);
}

/**
 * The ways from the root to the goals are one tree. Where it neither parts nor has a goal for long, only the ends are
 * shown.
 *
 *   root ─ a ─ b ─ c … x ─ y ─ z ─ goal      from c to x: one row, "… 292 levels between"
 */
function longWays(trace: Trace, goals: ReadonlySet<SpanIndex>, maxRows: number): Jumps {
  const stops = stopsOf(trace, goals);
  const end = Math.max(0, Math.min(CHAIN_END, Math.floor(maxRows / (2 * stops.size)) - 1));
  const jumps = new Map<SpanIndex, SpanIndex>();
  for (const stop of stops) {
    const between = wayTo(trace, stop, stops);
    if (between.length <= 2 * end + CHAIN_SLACK) continue;
    const first = between[end];
    const resume = end === 0 ? stop : between[between.length - end];
    if (first !== undefined && resume !== undefined) jumps.set(first, resume);
  }
  return jumps;
}

/** Roots, goals, and where ways to them part. */
function stopsOf(trace: Trace, goals: ReadonlySet<SpanIndex>): ReadonlySet<SpanIndex> {
  const stops = new Set(goals);
  const onWay = new Uint8Array(trace.spanCount);
  for (const goal of goals) {
    let at = goal;
    for (let above = trace.parent(at); onWay[at] === 0 && above !== undefined; above = trace.parent(at)) {
      onWay[at] = 1;
      at = above;
    }
    onWay[at] = 1;
    stops.add(at);
  }
  return stops;
}

/** From the stop above it down to this one, both left out. */
function wayTo(trace: Trace, stop: SpanIndex, stops: ReadonlySet<SpanIndex>): SpanIndex[] {
  const way: SpanIndex[] = [];
  for (let at = trace.parent(stop); at !== undefined && !stops.has(at); at = trace.parent(at)) way.push(at);
  return way.reverse();
}
