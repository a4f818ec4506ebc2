/**
 * The request is slower than usual, because the own time of one operation grew.
 *
 *   healthy   [ GET /orders            ]            120 ms
 *               [ GET /stock ][ SELECT ]             40 ms by itself
 *
 *   this one  [ GET /orders                                            ]      2.1 s
 *               [ GET /stock  ████████████████████████████ ][ SELECT ]        2 s by itself   ← the span that grew
 *
 * A span above it grew only because it waits. Own time is the duration of a span minus the time in which its descendants
 * run. For a call with a callee span, own time is the time on the way. An operation counts as slower by its slowest spans, or
 * by the mean of all of them if each is a little slower. A service counts by all its operations if none stands out. More
 * spans than usual are the business of `span-count-anomaly`.
 */
import { defineDetector } from '#detect/detector.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { Baseline, UsualOperation } from '#model/requests/baseline.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { deviations, type UsualRange } from '#model/stats/usual-range.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { answerOf } from '#model/trace/views/call-span.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import { selfUs } from '#model/trace/views/self-time.ts';

export const slowerThanBaseline = defineDetector({
  id: 'slower-than-baseline',
  title: 'Slower than usual',
  why: 'It names the one operation that changed, among many that are always slow.',
  runbook: 'runbooks/slower-than-baseline.md',
  clear: 'no operation on the critical path took clearly longer than in the healthy traces',
  silent: [
    'It compares own times on the critical path. It ignores growth off that path, and spans that only wait for others.',
    'It misses growth that is spread over many services, because no service has a large share.',
    'With few healthy traces, or healthy traces that vary much, only large differences show.',
    'It does not compare failed spans, whose duration depends on how they failed.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why does it take longer than usual?',
      lookAt: 'Its version now and in the healthy traces, its input, and what runs beside it.',
    },
    said: [],
  },
  checkQueries: ['plan'],
  namesCause: 'never',
  ticks: { 'healthy-compared': 'Compared with healthy traces' },
  needs: ['trace', 'baseline'],
  thresholds: {
    minGrowthMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'How much slower than usual the request is, and the operation on its critical path',
      why: 'People do not notice less than 100 ms.',
    },
    minRatio: {
      default: 2,
      min: 1,
      unit: 'times the usual',
      means: 'Own time of the operation, divided by the median of the healthy traces',
      why: 'The same as for time windows: a p95 of more than twice the baseline.',
    },
    minRootDeviations: {
      default: 2,
      min: 0,
      unit: 'standard deviations',
      means: 'Distance of the whole request from the healthy median, on a scale of factors',
      why: 'Two standard deviations are the common rule for unusual values. A request that is no slower than others needs no reason.',
    },
    minDeviations: {
      default: 3,
      min: 0,
      unit: 'standard deviations',
      means: 'Distance of the own time from the healthy median, on a scale of factors',
      why: 'Control charts have used three sigma since Shewhart. Two would report every twentieth healthy operation.',
    },
    minShare: {
      default: 0.2,
      min: 0,
      max: 1,
      unit: 'share of the growth of the root',
      means: 'How much of the growth lies in the operation',
      why: 'A place with less of the growth is not why the request is slow.',
    },
  },

  detect({ trace, baseline }, { minGrowthMs, minRatio, minRootDeviations, minDeviations, minShare }) {
    const rootUs = trace.durationOfUs(trace.root);
    const growthUs = rootUs - baseline.rootUs.median;
    // A request within the slowest tenth of the healthy ones is not slower than usual.
    if (growthUs < minGrowthMs * 1000 || rootUs <= baseline.rootUs.high) return [];
    if (deviations(baseline.rootUs, rootUs) < minRootDeviations) return [];
    const least = Math.max(minGrowthMs * 1000, minShare * growthUs);
    const isSlow = (usual: UsualRange, us: number) =>
      us > usual.high && us >= minRatio * usual.median && deviations(usual, us) >= minDeviations;
    return largest(trace, growths(trace, baseline, isSlow), least).flatMap((growth): Sighting[] => {
      const [first] = growth.spans;
      if (first === undefined) return [];
      return [
        {
          service: blamed(trace, growth),
          operation: trace.operation(first),
          spans: growth.spans.slice(0, MOST_SHOWN),
          ...(growth.spans.length > MOST_SHOWN && { unlisted: growth.spans.length - MOST_SHOWN }),
          wastedUs: growth.excessUs,
          facts: {
            caller: trace.service(first),
            what: queryLabel(trace.queryShape(first)) || trace.operation(first),
            ...wayOf(trace, first),
            ownUs: growth.ownUs,
            usualUs: growth.usual?.median ?? 0,
            highUs: growth.usual?.high ?? 0,
            isMean: growth.isMean,
            isNew: growth.usual === undefined,
            spans: growth.count,
            others: growth.others,
            excessUs: growth.excessUs,
            growthUs,
            rootUs,
            rootOperation: trace.operation(trace.root),
            usualRootUs: baseline.rootUs.median,
            traces: baseline.alike,
          },
        },
      ];
    });
  },

  say(facts) {
    const { caller, what, callee, ownUs, usualUs, highUs, isNew, spans, excessUs, growthUs } = facts;
    const one = durationText(Number(ownUs));
    const many = facts.isMean === true ? `${one} on average in ${spans} spans` : `up to ${one} in ${spans} spans`;
    const own = spans === 1 ? one : many;
    const took =
      callee === ''
        ? `${caller}: ${what} ${isNew === true ? 'takes' : 'takes by itself'} ${own}`
        : `${callee}: the call ${what} of ${caller} takes ${own} ${STATIONS[String(facts.part)]}`;
    const usually =
      isNew === true ? 'and is in none of the healthy traces' : `usually ${durationText(Number(usualUs))}`;
    const others = Number(facts.others) === 1 ? 'another operation' : `${facts.others} other operations`;
    const beside = facts.others === 0 ? '' : `; with ${others} of the service that became slower`;
    const share = Math.min(100, Math.round((100 * Number(excessUs)) / Number(growthUs)));
    const healthy = `${facts.traces} healthy trace${facts.traces === 1 ? '' : 's'}`;
    return {
      title: `${took}, ${usually}${beside}: ${share} % of the ${durationText(Number(growthUs))} by which ${facts.rootOperation} is slower`,
      explanation: `${facts.rootOperation} takes ${durationText(Number(facts.rootUs))} here; its median in ${healthy} is ${durationText(Number(facts.usualRootUs))}.${isNew === true ? '' : ` Nine of ten healthy spans of ${what} take at most ${durationText(Number(highUs))} by themselves.`}`,
      remedy:
        callee === ''
          ? `Look at what changed for ${what} in ${caller}: a deploy, a setting, its data, the CPU of its host. Profile it there, and compare the attributes of this span with a healthy one.`
          : `Look at the threads, the accept queue and the CPU of ${callee}, then at what lies between ${caller} and it: connections, a proxy, the network.`,
      check: `Requests at the same time in which ${what} takes as long are not slow, or this request asked for more than the healthy ones.`,
    };
  },
});

const MOST_SHOWN = 500;

const STATIONS: Readonly<Record<string, string>> = {
  way: 'on its way',
  request: 'before the work begins there',
  response: 'after the work has ended there',
};

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
function blamed(trace: Trace, { spans: [first = trace.root] }: Growth): string {
  return wayOf(trace, first).callee || trace.service(first);
}

/** Operations that grew enough. If all operations of a service are a little slower (its CPU, its host), they count together. */
function largest(trace: Trace, found: readonly Growth[], least: number): Growth[] {
  const byService = Map.groupBy(found.filter(({ excessUs }) => excessUs > 0).sort(byExcess), (growth) =>
    blamed(trace, growth),
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
function wayOf(trace: Trace, span: SpanIndex): { callee: string; part: string } {
  const answer = answerOf(trace, span);
  if (answer === undefined) return { callee: '', part: '' };
  // A corrected clock makes the callee's place a guess.
  if (trace.shiftUs(answer) !== trace.shiftUs(span)) return { callee: trace.service(answer), part: 'way' };
  const requestUs = trace.startUs(answer) - trace.startUs(span);
  const responseUs = trace.endUs(span) - trace.endUs(answer);
  return { callee: trace.service(answer), part: requestUs >= responseUs ? 'request' : 'response' };
}
