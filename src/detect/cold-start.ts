/**
 * The process was started for this request, which waits until it is ready.
 *
 *   [ POST /invoke                                      ]  api
 *     [ POST thumbnail                                ]    api→thumbnail
 *       ~~~~ sandbox, runtime ~~~~                         before the callee begins
 *                                  [ thumbnail        ]    thumbnail   ← the service to change: faas.coldstart
 *                                    [ init ][ work ]      what it loads before the work
 *
 * Where the span says that it was a cold start, what was lost is the time before it began, what it loaded first, and its
 * own time before its first work. Where only a span of initialisation tells, it is that span.
 */
import { defineDetector } from '#detect/detector.ts';
import { durationText } from '#model/duration.ts';
import type { EvidenceItem, Sighting, Stretch } from '#model/finding.ts';
import type { LogLine } from '#model/log-line.ts';
import { lengthOf, pathWithin } from '#model/path-within.ts';
import { MARK } from '#model/span-marks.ts';
import type { SpanIndex, SpanTest, Trace } from '#model/trace.ts';

export const coldStart = defineDetector({
  id: 'cold-start',
  title: 'Cold start',
  why: 'The first request of every new instance is slow, so that scaling up, the very remedy for load, makes people wait.',
  runbook: 'runbooks/cold-start.md',
  clear: 'no span says that its process was started for it, and none initialises before the work',
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minStartMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Time on the critical path until the work begins',
      why: 'AWS gives under 100 ms to over a second for cold starts of Lambda; below a tenth of a second a person notices nothing.',
    },
    minShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same time as a share of the whole request',
      why: 'As for slow queries: less is lost in the noise of one request.',
    },
  },

  detect({ trace, logs = [] }, { minStartMs, minShare }) {
    const rootUs = trace.durationOfUs(trace.root);
    const least = Math.max(minStartMs * 1000, minShare * rootUs);
    const byService = Map.groupBy(startsOf(trace), ({ span }) => trace.service(span));
    return [...byService].flatMap(([service, starts]): Sighting[] => {
      const lost = withoutOverlap(starts.flatMap((start) => start.lost));
      const lostUs = lengthOf(lost);
      const [longest] = starts.toSorted((a, b) => lengthOf(b.lost) - lengthOf(a.lost) || a.span - b.span);
      if (longest === undefined || lostUs < least) return [];
      const logged = logs.find((line) => line.service === service && STARTED.test(line.line));
      return [
        {
          service,
          operation: trace.operation(longest.span),
          spans: [longest.span, ...longest.init, ...starts.map(({ span }) => span)].filter(isFirst),
          wastedUs: lostUs,
          explains: lost,
          facts: {
            lostUs,
            said: longest.item.text,
            loads: longest.init.map((span) => trace.operation(span)).join(', '),
            flagged: longest.flagged,
            rootUs,
            rootOperation: trace.operation(trace.root),
          },
          evidence: [...starts.map(({ item }) => item).slice(0, MOST_SHOWN), ...(logged ? [lineItem(logged)] : [])],
        },
      ];
    });
  },

  say({ service, operation, lostUs, said, loads, flagged, rootUs, rootOperation }) {
    const what = loads === '' ? '' : ` (${loads})`;
    return {
      title: `${service}: a cold start${what} takes ${durationText(Number(lostUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} before ${operation} does its work`,
      explanation:
        flagged === true
          ? `The span says that its process was started for this request: “${said}”. The next request of the same instance does not wait for that.`
          : `“${said}” runs before anything else and once for each process: the next request of the same instance does not wait for that.`,
      remedy: `Keep instances of ${service} warm (provisioned concurrency, a minimum number of instances, readiness only after the warm-up), and load less at the start.`,
      check: `Other requests of the same instance take as long: then it is no cold start, or ${service} starts anew for each request.`,
    };
  },
});

/** A start is shown by so many spans at most. */
const MOST_SHOWN = 20;

type Start = Readonly<{
  /** The work that waited. */
  span: SpanIndex;
  flagged: boolean;
  init: readonly SpanIndex[];
  lost: readonly Stretch[];
  item: EvidenceItem;
}>;

function startsOf(trace: Trace): Start[] {
  const named = trace.operationTest((name) => INIT.test(name));
  const isInit: SpanTest = (span) => trace.isInternal(span) && named(span);
  const starts: Start[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.hasMark(span, MARK.coldStart)) {
      if (isTop(trace, span) && trace.pathBelowUs(waiterOf(trace, span)) > 0)
        starts.push(flaggedStart(trace, span, isInit));
    } else if (isInit(span) && trace.pathBelowUs(span) > 0) starts.push(...unflaggedStart(trace, span));
  }
  return starts;
}

/** Some set the flag on every span of the invocation. */
function isTop(trace: Trace, span: SpanIndex): boolean {
  const parent = trace.parent(span);
  return parent === undefined || !trace.isOfOneService(parent, span) || !trace.hasMark(parent, MARK.coldStart);
}

/** Initialisation is a start where it is the first thing that its caller does, and the caller does more. */
function unflaggedStart(trace: Trace, init: SpanIndex): Start[] {
  const parent = trace.parent(init);
  if (parent === undefined || trace.hasMark(parent, MARK.coldStart) || trace.firstChild(parent) !== init) return [];
  if (trace.childCount(parent) === 1 && trace.pathSelfUs(parent) === 0) return [];
  const item: EvidenceItem = { kind: 'span', ref: trace.spanId(init), text: trace.operation(init) };
  return [{ span: parent, flagged: false, init: [init], lost: pathBelow(trace, init), item }];
}

/** Names of what a process does once: `Initialization` of X-Ray, `lambda.init`, `cold_start`, `bootstrap`, `load_model`. */
const INIT =
  /^(?:initiali[sz](?:ation|e|ing)|init|bootstrap(?:ping)?|start-?up|warm-?up)$|\bcold[ _.-]?start\b|\b(?:lambda|faas|function|runtime|sandbox|container|worker|process|app(?:lication)?|model|jvm|interpreter)[ _.:/-]?(?:init(?:iali[sz]\w*)?|bootstrap|start-?up|boot|warm-?up|provision\w*)\b|\b(?:init(?:iali[sz]e)?|bootstrap|boot|warm-?up|load)[ _.:/-](?:lambda|function|runtime|sandbox|container|worker|process|app(?:lication)?|model|modules?|dependencies|classes)\b/i;

/** Lambda’s `REPORT … Init Duration: 812.33 ms`, Spring’s `Started App in 3.2 seconds`, Azure’s `Host started`. */
const STARTED = /\binit duration: *[\d.]+ *ms|\bstarted \S+ in [\d.]+ seconds|\bcold[ -]?start\b|\bhost started\b/i;

/** The client span above, whose time before the callee begins is the platform’s. */
function waiterOf(trace: Trace, span: SpanIndex): SpanIndex {
  const parent = trace.parent(span);
  return parent !== undefined && !trace.isOfOneService(parent, span) && trace.shiftUs(span) === trace.shiftUs(parent)
    ? parent
    : span;
}

function flaggedStart(trace: Trace, span: SpanIndex, isInit: SpanTest): Start {
  const waiter = waiterOf(trace, span);
  const init = [...trace.children(span), ...trace.children(waiter)].filter(isInit);
  const isWaiting = (own: SpanIndex) => own === waiter || own === span || init.some((each) => trace.isUnder(own, each));
  const lost = pathWithin(trace, trace.startUs(waiter), beginOfWork(trace, span, init), isWaiting);
  const item: EvidenceItem = {
    kind: 'span',
    ref: trace.spanId(span),
    text: `${trace.operation(span)}: ${markOf(trace, span)}`,
  };
  return { span, flagged: true, init, lost, item };
}

/** When the first child that is no initialisation starts. Without one nobody can tell the start from the work, unless the span does. */
function beginOfWork(trace: Trace, span: SpanIndex, init: readonly SpanIndex[]): number {
  const work = trace.children(span).find((child) => !init.includes(child));
  if (work !== undefined) return trace.startUs(work);
  if (init.length > 0) return init.reduce((latest, each) => Math.max(latest, trace.endUs(each)), 0);
  return Math.min(trace.endUs(span), trace.startUs(span) + recordedUs(trace, span));
}

/** `faas.init_duration_ms`, `aws.lambda.init_duration`: what the span says that the start took; no end where it says nothing. */
function recordedUs(trace: Trace, span: SpanIndex): number {
  for (const [name, value] of Object.entries(trace.attributes(span))) {
    const unit = /(?:init|cold_?start)[\w.]*duration(?:_?(ms|us|s|seconds))?$/i.exec(name);
    if (unit !== null && Number(value) > 0)
      return Number(value) * (US_PER_UNIT[unit[1]?.toLowerCase() ?? 'ms'] ?? 1000);
  }
  return Number.POSITIVE_INFINITY;
}

const US_PER_UNIT: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000, seconds: 1_000_000 };

function markOf(trace: Trace, span: SpanIndex): string {
  const [name, value] = Object.entries(trace.attributes(span)).find(([key]) => /cold_?start/i.test(key)) ?? [];
  return name === undefined ? 'a cold start' : `${name} = ${value}`;
}

function pathBelow(trace: Trace, span: SpanIndex): Stretch[] {
  return pathWithin(trace, trace.startUs(span), trace.endUs(span), (own) => trace.isUnder(own, span));
}

/** A span may be lost to two starts, one inside the other: it is lost once. */
function withoutOverlap(stretches: readonly Stretch[]): Stretch[] {
  let reachedUs = Number.NEGATIVE_INFINITY;
  return stretches
    .toSorted((a, b) => a.startUs - b.startUs)
    .flatMap((stretch) => {
      const startUs = Math.max(stretch.startUs, reachedUs);
      reachedUs = Math.max(reachedUs, stretch.endUs);
      return stretch.endUs > startUs ? [{ ...stretch, startUs }] : [];
    });
}

function isFirst(span: SpanIndex, at: number, all: readonly SpanIndex[]): boolean {
  return all.indexOf(span) === at;
}

function lineItem({ timeNs, line }: LogLine): EvidenceItem {
  return { kind: 'log', ref: timeNs, text: line };
}
