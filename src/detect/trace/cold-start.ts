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
import type { EvidenceItem, Sighting, Stretch } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { partOfTime } from '#model/text/duration.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathSelfUs } from '#model/trace/views/critical-path.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

export const coldStart = defineDetector({
  id: 'cold-start',
  title: 'Cold start',
  why: 'The first request of every new instance is slow, so that scaling up, the very remedy for load, makes people wait.',
  runbook: 'runbooks/cold-start.md',
  clear: 'no span says that its process was started for it, and none initialises before the work',
  silent: [
    'A start that nobody recorded, neither as `faas.coldstart` nor as a span of initialisation, is a gap before the callee and no more.',
    'Lines of the log are shown as evidence; they find nothing by themselves.',
    'A single step of initialisation that comes after other work, or the same step twice, is taken for work.',
    'An instance that is ready but not yet warm (caches, compiled code) says nothing of it.',
  ],
  role: 'mechanism',
  field: 'runtime',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did an instance have to start for this request?',
      lookAt: 'Scaling to zero, deployments and restarts at that time, and what the start spends its time on.',
    },
  },
  checkQueries: ['log', 'pod'],
  namesCause: ({ facts }) => facts.isNamed === true,
  saidAs: /\bcold start/i,
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
          spans: [...new Set([longest.span, ...longest.init, ...starts.map(({ span }) => span)])],
          wastedUs: lostUs,
          explains: lost,
          facts: {
            lostUs,
            said: longest.item.text,
            loads: longest.init.map((span) => trace.operation(span)).join(', '),
            flagged: longest.flagged,
            // Loading something once may as well be done for each request.
            isNamed: starts.some(isNamedStart) || logged !== undefined,
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
      title: `${service}: a cold start${what} takes ${partOfTime(Number(lostUs), Number(rootUs))} of ${rootOperation} before ${operation} does its work`,
      explanation:
        flagged === true
          ? `The span says that its process was started for this request: “${said}”. The next request of the same instance does not wait for that.`
          : `“${said}” runs before anything else and once for each process: the next request of the same instance does not wait for that.`,
      remedy: `Keep instances of ${service} warm (provisioned concurrency, a minimum number of instances, readiness only after the warm-up), and load less at the start.`,
      check: `Other requests of the same instance take as long: then it is no cold start, or ${service} starts anew for each request.`,
    };
  },
});

/** Somebody says that the process was started, and not only that it loads something. */
function isNamedStart({ flagged, item }: Start): boolean {
  return flagged || /\bcold[ _.-]?start/i.test(item.text);
}

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
  const inits = new Set(spansWith(trace, { operation: namesInit }).filter((span) => trace.isInternal(span)));
  const flagged: { span: SpanIndex; heldUs: number }[] = [];
  for (const span of spansWith(trace, { marks: MARK.coldStart })) {
    if (!isTop(trace, span)) continue;
    const heldUs = pathBelowUs(trace, waiterOf(trace, span));
    if (heldUs > 0) flagged.push({ span, heldUs });
  }
  if (inits.size + flagged.length === 0) return [];
  const initOf = childrenThat(trace, (span) => inits.has(span));
  const starts = flagged
    .sort((a, b) => b.heldUs - a.heldUs || a.span - b.span)
    .slice(0, MOST_FLAGGED)
    .map(({ span }) => flaggedStart(trace, span, initOf));
  const unflagged = initByCaller(trace, inits);
  // A process starts once; what is initialised again and again is work.
  if (unflagged.size > MOST_STARTS) return starts;
  return [...starts, ...[...unflagged].flatMap(([caller, init]) => unflaggedStart(trace, caller, init))];
}

/** Initialisation below callers that do not say themselves that they were cold; what lies inside of it is a part of it. */
function initByCaller(trace: Trace, inits: ReadonlySet<SpanIndex>): Map<SpanIndex, SpanIndex[]> {
  const byCaller = new Map<SpanIndex, SpanIndex[]>();
  for (const span of inits) {
    const caller = trace.parent(span);
    if (caller === undefined || inits.has(caller) || trace.hasMark(caller, MARK.coldStart)) continue;
    const known = byCaller.get(caller);
    if (known === undefined) byCaller.set(caller, [span]);
    else known.push(span);
  }
  return byCaller;
}

/** Of the functions that say that they were cold, those that hold most of the path. */
const MOST_FLAGGED = 100;
/** Of one trace: each service on the way may have started two instances for it. */
const MOST_STARTS = 20;

/** Some set the flag on every span of the invocation. */
function isTop(trace: Trace, span: SpanIndex): boolean {
  const parent = trace.parent(span);
  return parent === undefined || !trace.isOfOneService(parent, span) || !trace.hasMark(parent, MARK.coldStart);
}

/**
 * Initialisation is a start where its caller does each of it once and more after it, and has done next to nothing before.
 * Several steps in a row may come later: what a process loads when it first needs it.
 */
function unflaggedStart(trace: Trace, parent: SpanIndex, init: readonly SpanIndex[]): Start[] {
  const [first = parent] = init;
  const lost = init.flatMap((span) => pathBelow(trace, span));
  const beforeUs = trace.startUs(first) - trace.startUs(parent);
  if (init.length > MOST_STEPS) return [];
  const steps = new Set(init.map((span) => trace.operation(span)));
  if (lengthOf(lost) === 0 || steps.size < init.length) return [];
  if (beforeUs > MOST_BEFORE * lengthOf(lost) && !isRow(trace, init)) return [];
  if (trace.childCount(parent) === init.length && pathSelfUs(trace, parent) === 0) return [];
  const item: EvidenceItem = { kind: 'span', ref: trace.spanId(first), text: [...steps].join(', ') };
  return [{ span: parent, flagged: false, init, lost, item }];
}

/** Two steps or more with next to nothing between one and the next. */
function isRow(trace: Trace, init: readonly SpanIndex[]): boolean {
  const [first] = init;
  const last = init.at(-1);
  if (first === undefined || last === undefined || init.length < 2) return false;
  const spentUs = init.reduce((sum, span) => sum + trace.durationOfUs(span), 0);
  return trace.endUs(last) - trace.startUs(first) <= (1 + MOST_BEFORE) * spentUs;
}

/** In more steps no framework records its start. */
const MOST_STEPS = 50;
/** Before it is ready a process can do no more for the request than to take it. */
const MOST_BEFORE = 0.2;

/** What belongs to a process and not to a request. */
const THING =
  '(?:\\w{0,40}context|\\w{0,40}servlet|app(?:lication)?|spring|runtime|container|sandbox|lambda|function|faas|worker|process|host|server|jvm|clr|interpreter|kernel|framework|modules?|plugins?|extensions?|beans?|config(?:uration)?|dependenc(?:y|ies)|class(?:es)?|(?:connection[ _-]?)?pool|data[ _-]?source|models?|cache|clients|engine|sdk)';
const STARTING =
  '(?:init(?:iali[sz](?:e|ed|ing|ation))?|boot(?:strap)?(?:p?ing)?|start(?:ing)?[ _-]?up|warm(?:ing)?[ _-]?up|provision(?:ing)?)';
const LOADED =
  '(?:app(?:lication)?|config(?:uration)?|models?|modules?|plugins?|class(?:es)?|dependenc(?:y|ies)|beans?|templates)';
const BETWEEN = '[ _.:/-]+(?:(?:the|new|spring|web|http|db|database|ml)[ _.:/-]+)?';
/** `Initialization` of X-Ray, `load_model`, `eager load`. */
const INIT = new RegExp(
  `^(?:${STARTING}|eager[ _-]?load(?:ing)?)$|\\bcold[ _.-]?start\\b|^(?:(?:pre-?)?load|import)(?:ing)?${BETWEEN}${LOADED}\\b`,
  'i',
);
/** `Initialize Spring ApplicationContext`, `lambda.init`, `Host startup`; not `initialize payment`. */
const INIT_OF_THING = new RegExp(`^${STARTING}${BETWEEN}${THING}\\b|^${THING}${BETWEEN}${STARTING}\\b`, 'i');
const HAS_STARTING = new RegExp(STARTING, 'i');

/** Few names speak of a start at all: only they are compared with all the things, which takes milliseconds to compile. */
function namesInit(operation: string): boolean {
  return INIT.test(operation) || (HAS_STARTING.test(operation) && INIT_OF_THING.test(operation));
}

/** Lambda’s `REPORT … Init Duration: 812.33 ms`, Spring’s `Started App in 3.2 seconds`, Azure’s `Host started`. */
const STARTED = /\binit duration: *[\d.]+ *ms|\bstarted \S+ in [\d.]+ seconds|\bcold[ -]?start\b|\bhost started\b/i;

/** The client span above, whose time before the callee begins is the platform’s. */
function waiterOf(trace: Trace, span: SpanIndex): SpanIndex {
  const parent = trace.parent(span);
  if (parent === undefined || trace.isOfOneService(parent, span)) return span;
  // A clock that was moved by as much as the wait made the wait.
  const waitedUs = trace.startUs(span) - trace.startUs(parent);
  return Math.abs(trace.shiftUs(span) - trace.shiftUs(parent)) > MOST_SHIFT * waitedUs ? span : parent;
}

const MOST_SHIFT = 0.1;

/** Many may wait below one span: its children are looked through once. */
function childrenThat(trace: Trace, passes: SpanTest): (span: SpanIndex) => readonly SpanIndex[] {
  const known = new Map<SpanIndex, readonly SpanIndex[]>();
  return (span) => {
    const found = known.get(span) ?? [...trace.children(span).filter(passes)].slice(0, MOST_STEPS);
    known.set(span, found);
    return found;
  };
}

function flaggedStart(trace: Trace, span: SpanIndex, initOf: (span: SpanIndex) => readonly SpanIndex[]): Start {
  const waiter = waiterOf(trace, span);
  const init = span === waiter ? initOf(span) : [...initOf(span), ...initOf(waiter)];
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
  const saidUs = Object.entries(trace.attributes(span)).map(([name, value]) => {
    const unit = /(?:init|cold_?start)[\w.]{0,60}duration(?:_?(ms|us|s|seconds))?$/i.exec(name);
    return unit === null || !(Number(value) > 0)
      ? 0
      : Number(value) * (US_PER_UNIT[unit[1]?.toLowerCase() ?? 'ms'] ?? 1000);
  });
  return Math.max(0, ...saidUs) || Number.POSITIVE_INFINITY;
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

function lineItem({ timeNs, line }: LogLine): EvidenceItem {
  return { kind: 'log', ref: timeNs, text: line };
}
