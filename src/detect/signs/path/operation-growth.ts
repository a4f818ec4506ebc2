/** Operations whose own time on the critical path grew, compared with healthy traces. */
import type { Baseline, UsualOperation } from '#model/requests/baseline.ts';
import type { UsualRange } from '#model/stats/usual-range.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { answerOf } from '#model/trace/views/call-span.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import { selfUs } from '#model/trace/views/self-time.ts';

type Growth = Readonly<{
  /** The one with the longest own time first. */
  spans: readonly SpanIndex[];
  /** The longest own time of one span, or the mean where all are slower. */
  ownUs: number;
  isMean: boolean;
  usual: UsualRange | undefined;
  /** Spans of this operation alone. */
  count: number;
  /** Further operations of the service that are included. */
  others: number;
  /** Growth on the critical path. */
  excessUs: number;
}>;

/** A call that is slow on the way usually waits for the callee: its accept queue, its threads, its CPU. */
export function blamedService(trace: Trace, { spans: [first = trace.root] }: Growth): string {
  return wayOf(trace, first).callee || trace.service(first);
}

/** Operations that grew enough. If all operations of a service are a little slower (its CPU, its host), they count together. */
export function largestGrowths(trace: Trace, baseline: Baseline, isSlow: IsSlow, least: number): Growth[] {
  const found = growths(trace, baseline, isSlow);
  const byService = Map.groupBy(found.filter(({ excessUs }) => excessUs > 0).sort(byExcess), (growth) =>
    blamedService(trace, growth),
  );
  const enough = ({ excessUs }: Growth) => excessUs >= least;
  return [...byService.values()]
    .flatMap((ofService) => (ofService.some(enough) ? ofService : together(ofService)))
    .filter(enough)
    .sort(byExcess);
}

function together(growths: readonly Growth[]): Growth[] {
  const [first, ...others] = growths;
  if (first === undefined) return [];
  const excessUs = growths.reduce((sum, growth) => sum + growth.excessUs, 0);
  return [{ ...first, spans: growths.flatMap(({ spans }) => spans), others: others.length, excessUs }];
}

function byExcess(a: Growth, b: Growth): number {
  return b.excessUs - a.excessUs || (a.spans[0] ?? 0) - (b.spans[0] ?? 0);
}

type IsSlow = (usual: UsualRange, us: number) => boolean;

/** Fewer healthy traces do not show everything that the request may do. */
const LEAST_TRACES_FOR_NEW = 5;

function growths(trace: Trace, { groups, usual, alike }: Baseline, isSlow: IsSlow): Growth[] {
  const found: Growth[] = [];
  for (let group = 0; group < groups.count; group += 1) {
    const spans = groups.spans(group);
    const heldUs = onPath(trace, spans);
    if (heldUs === 0) continue;
    const before = usual(group);
    if (before === undefined) {
      if (alike >= LEAST_TRACES_FOR_NEW) found.push(newcomer(trace, spans, heldUs));
    } else if (before.ownUs.traces > 0) {
      const worst = slowSpans(trace, spans, before.ownUs, isSlow);
      const all = slowMean(trace, spans, before, isSlow);
      found.push(all.excessUs > worst.excessUs ? all : worst);
    }
  }
  return found;
}

function onPath(trace: Trace, spans: Int32Array): number {
  let us = 0;
  for (let at = 0; at < spans.length; at += 1) us += pathSelfUs(trace, spans[at] ?? 0);
  return us;
}

function newcomer(trace: Trace, spans: Int32Array, heldUs: number): Growth {
  const held = longestFirst(
    trace,
    [...spans].filter((span) => pathSelfUs(trace, span) > 0 && !trace.failed(span)),
  );
  const excessUs = held.length === 0 ? 0 : heldUs;
  return { ...growthOf(trace, held, undefined), excessUs };
}

/** Spans that are each slower than usual, without failed ones. */
function slowSpans(trace: Trace, spans: Int32Array, usual: UsualRange, isSlow: IsSlow): Growth {
  const slow: SpanIndex[] = [];
  let excessUs = 0;
  for (let at = 0; at < spans.length; at += 1) {
    const span = spans[at] ?? 0;
    const heldUs = pathSelfUs(trace, span);
    if (heldUs === 0 || trace.failed(span) || !isSlow(usual, selfUs(trace, span))) continue;
    slow.push(span);
    excessUs += Math.min(heldUs, selfUs(trace, span) - usual.median);
  }
  const longest = longestFirst(trace, slow);
  return { ...growthOf(trace, longest, usual), excessUs };
}

/** The mean of all spans, which may be slow where each single one could be chance. */
function slowMean(trace: Trace, spans: Int32Array, { meanOwnUs: usual }: UsualOperation, isSlow: IsSlow): Growth {
  const timed: SpanIndex[] = [];
  let ownUs = 0;
  let held = 0;
  let heldUs = 0;
  for (let at = 0; at < spans.length; at += 1) {
    const span = spans[at] ?? 0;
    if (trace.failed(span)) continue;
    timed.push(span);
    ownUs += selfUs(trace, span);
    if (pathSelfUs(trace, span) === 0) continue;
    held += 1;
    heldUs += pathSelfUs(trace, span);
  }
  const meanUs = timed.length === 0 ? 0 : ownUs / timed.length;
  if (timed.length < 2 || !isSlow(usual, meanUs)) return growthOf(trace, [], usual);
  const excessUs = Math.max(0, heldUs - held * usual.median);
  return { ...growthOf(trace, longestFirst(trace, timed), usual), ownUs: meanUs, isMean: true, excessUs };
}

/** A growth of these spans, the longest first; the caller adds the excess. */
function growthOf(trace: Trace, spans: readonly SpanIndex[], usual: UsualRange | undefined): Growth {
  const ownUs = selfUs(trace, spans[0] ?? trace.root);
  return { spans, ownUs, isMean: false, usual, count: spans.length, others: 0, excessUs: 0 };
}

function longestFirst(trace: Trace, spans: SpanIndex[]): SpanIndex[] {
  return spans.sort((a, b) => selfUs(trace, b) - selfUs(trace, a) || a - b);
}

/** For a call with a callee span: whether more time was lost before the callee began or after it had ended. */
export function wayOf(trace: Trace, span: SpanIndex): { callee: string; part: string } {
  const answer = answerOf(trace, span);
  if (answer === undefined) return { callee: '', part: '' };
  // A corrected clock makes the callee's place a guess.
  if (trace.shiftUs(answer) !== trace.shiftUs(span)) return { callee: trace.service(answer), part: 'way' };
  const requestUs = trace.startUs(answer) - trace.startUs(span);
  const responseUs = trace.endUs(span) - trace.endUs(answer);
  return { callee: trace.service(answer), part: requestUs >= responseUs ? 'request' : 'response' };
}
