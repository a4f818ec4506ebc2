/**
 * Which spans of a trace deserve a row: the importance of each span, and long paths of which only the ends are shown. It
 * uses columns only, and examines each span a fixed number of times.
 */
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathSelfUs } from '#model/trace/views/critical-path.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';
import { sumsUnder } from '#model/trace/views/subtrees.ts';

/** Longer than any trace: three years. */
const RANK_US = 1e14;
const RANK = { path: 0, failed: 1, heaviest: 2, finding: 3, origin: 4, cause: 5, root: 6 };

/** The share of its duration that a span counts where nobody waited for it. */
const BESIDE_SHARE = 0.001;
/** The same for spans that ran after the root had ended: they stretch the picture, so the picture shows them. */
const AFTER_ROOT_SHARE = 0.1;

/** How many findings and error origins keep their path visible, however deep they are. */
const LEADING = 3;

/** How many spans are shown at each end of a long path. */
const CHAIN_END = 4;
/** A path with at most so many more spans than its ends is shown in full, where there are rows enough. */
const CHAIN_SLACK = 4;

export type Interest = Readonly<{
  /** By span: the highest rank in it and its descendants. */
  ranks: Uint8Array;
  /** The critical path's time in a span and its descendants, plus a little for work off the path. */
  heldUs(span: SpanIndex): number;
  jumps: Jumps;
}>;

/** Rank and duration in one number; the rank always outweighs the duration. */
export function weightOf(rank: number, heldUs: number): number {
  return rank * RANK_US + Math.min(RANK_US - 1, heldUs);
}

/** From the first hidden span to the one where the path continues. */
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

/** The span with the most time of the critical path; the last of equal ones, because the end of a chain matters more. */
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

/** For each span, the highest rank in it and its descendants. */
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
  // From the highest rank to the lowest, so that no path is climbed twice.
  raise(trace.root, RANK.root);
  for (const span of causes) raise(span, RANK.cause);
  for (const { spans } of errorOrigins(trace)) raise(spans[0], RANK.origin);
  for (const { spans } of findings) raise(spans[0], RANK.finding);
  raise(heaviest, RANK.heaviest);
  for (const span of failedSpans(trace)) raise(span, RANK.failed);
  return ranks;
}

/** The time of a span and its descendants after the root had ended. */
function afterRoot(trace: Trace): (span: SpanIndex) => number {
  const rootEndUs = trace.endUs(trace.root);
  if (rootEndUs >= trace.durationUs) return () => 0;
  const late: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) if (trace.endUs(span) > rootEndUs) late.push(span);
  return sumsUnder(trace, late, (span) => trace.endUs(span) - Math.max(rootEndUs, trace.startUs(span)));
}

/** Whether a span has one of these spans among its descendants. */
export function waysTo(trace: Trace, spans: Iterable<SpanIndex>): (span: SpanIndex) => boolean {
  const leads = new Uint8Array(trace.spanCount);
  for (const span of spans) {
    for (let at = trace.parent(span); at !== undefined && leads[at] === 0; at = trace.parent(at)) leads[at] = 1;
  }
  return (span) => leads[span] === 1;
}

/**
 * The paths from the root to the goals form a tree. Of a long path without a branch or a goal, only the ends are shown.
 *
 *   root ─ a ─ b ─ c … x ─ y ─ z ─ goal      from c to x: one row, "… 292 levels between"
 */
function longWays(trace: Trace, goals: ReadonlySet<SpanIndex>, maxRows: number): Jumps {
  const stops = stopsOf(trace, goals);
  const end = Math.max(0, Math.min(CHAIN_END, Math.floor(maxRows / (2 * stops.size)) - 1));
  // Each span of a path may need a second row, for what else is below the one above it.
  const most = trace.spanCount <= maxRows ? CHAIN_SLACK : Math.max(0, Math.floor(maxRows / 4) - 2);
  const slack = Math.min(CHAIN_SLACK, most);
  const jumps = new Map<SpanIndex, SpanIndex>();
  for (const stop of stops) {
    const between = wayTo(trace, stop, stops);
    // One level is no shorter as a row that says so.
    if (between.length <= 2 * end + Math.max(1, slack)) continue;
    const first = between[end];
    const resume = end === 0 ? stop : between[between.length - end];
    if (first !== undefined && resume !== undefined) jumps.set(first, resume);
  }
  return jumps;
}

/** Roots, goals, and the spans where paths to them branch. */
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

/** The path from the nearest stop above down to this stop, without both. */
function wayTo(trace: Trace, stop: SpanIndex, stops: ReadonlySet<SpanIndex>): SpanIndex[] {
  const way: SpanIndex[] = [];
  for (let at = trace.parent(stop); at !== undefined && !stops.has(at); at = trace.parent(at)) way.push(at);
  return way.reverse();
}
