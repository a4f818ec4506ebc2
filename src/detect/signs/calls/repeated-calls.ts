/**
 * Finds loops: one caller calls one target repeatedly, one call after another. The same loop in several runs of its caller
 * (fifty orders, each with its lines) counts as one.
 */

import { leastTimeUs, requestFacts, shareOfRequest } from '#detect/signs/request-share.ts';
import type { Facts, Sighting, Stretch } from '#model/finding/finding.ts';
import { withoutComments } from '#model/sql/query-lexemes.ts';
import { durationText, partOfTime } from '#model/text/duration.ts';
import { listText } from '#model/text/list-text.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type CallGroup, callerCalls, callGroups } from '#model/trace/views/call-groups.ts';
import { pathBelowUs, pathUs } from '#model/trace/views/critical-path.ts';
import { operationName } from '#model/trace/views/operation-name.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';

export type Loop = Readonly<{
  /** The caller with the longest of them. */
  caller: SpanIndex;
  first: SpanIndex;
  /** The first call of each kind, where kinds alternate: a customer, its address, the next customer. */
  kinds: readonly SpanIndex[];
  /** Calls that did not fail, of all callers together, in order of start within each. */
  calls: readonly SpanIndex[];
  count: number;
  /** How many elements the calls load. */
  elements: number;
  callers: number;
  /** Time on the critical path. */
  heldUs: number;
  /** The part of `heldUs` that a fix saves, where one of the calls has to stay; otherwise all of it. */
  savedUs?: number;
  /** The last call to another target that ended before the first of these began: most likely it loaded the list. */
  list: SpanIndex | undefined;
}>;

export type LoopLimits = Readonly<{
  /** For each caller; at least as many must be on the critical path. */
  minCalls: number;
  /** Total time of the calls on the critical path. */
  leastUs: number;
  database: boolean;
  /** Whether repeated calls like this one count as a loop. */
  accepts: SpanTest;
}>;

/** Thresholds, of queries and of calls, for identical calls that are too few for a loop but cost much time. */
export const SAME_QUESTION_LIMITS = {
  minRepeatsMs: {
    default: 250,
    min: 0,
    unit: 'ms',
    means: 'For fewer calls that are all identical: time of all but the longest on the critical path',
    why: 'Two identical calls are no pattern. Nobody changes code to save less than 250 ms.',
  },
  minRepeatsShare: shareOfRequest({
    default: 0.25,
    why: 'It pays to keep an answer that costs a quarter of the request. Below that, the code may be split this way on purpose.',
  }),
} as const;

/** Finds loops, and identical calls that are too few for a loop. `acceptsSame` says which calls count as identical ones. */
export function repeatedCalls(
  trace: Trace,
  { acceptsSame, ...limits }: Omit<LoopLimits, 'leastUs'> & Readonly<{ acceptsSame?: SpanTest }>,
  thresholds: Readonly<Record<'minTogetherMs' | 'minShare' | keyof typeof SAME_QUESTION_LIMITS, number>>,
): Loop[] {
  const { minTogetherMs, minShare, minRepeatsMs, minRepeatsShare } = thresholds;
  return [
    ...loopsOf(trace, { ...limits, leastUs: leastTimeUs(trace, minTogetherMs, minShare) }),
    ...sameQuestions(trace, {
      ...limits,
      accepts: acceptsSame ?? limits.accepts,
      leastUs: leastTimeUs(trace, minRepeatsMs, minRepeatsShare),
    }),
  ];
}

/** A finding lists at most this many calls: those with the most time. */
const MOST_SPANS = 500;

/** This many values show whether they differ. */
const SAMPLE = 50;

function loopsOf(trace: Trace, { minCalls, leastUs, database, accepts }: LoopLimits): Loop[] {
  const byLoop = new Map<string, { group: CallGroup; calls: SpanIndex[] }[]>();
  for (const group of callGroups(trace)) {
    if (group.database !== database || group.calls.length < minCalls) continue;
    const calls = group.calls.filter((call) => !trace.failed(call));
    if (calls.length < minCalls || !enoughOnPath(trace, calls, minCalls) || !accepts(calls[0] ?? 0)) continue;
    const key = `${trace.service(group.caller)}\n${operationName(trace, group.caller)}\n${group.target}`;
    const known = byLoop.get(key);
    if (known === undefined) byLoop.set(key, [{ group, calls }]);
    else known.push({ group, calls });
  }
  const loops = [...byLoop.values()].map((runs): Loop => {
    const all = runs.flatMap(({ calls }) => calls);
    const longest = runs.reduce((a, b) => (pathUs(trace, b.calls) > pathUs(trace, a.calls) ? b : a));
    const first = longest.calls[0] ?? longest.group.caller;
    return {
      caller: longest.group.caller,
      first,
      kinds: [first],
      calls: all,
      count: all.length,
      elements: all.length,
      callers: runs.length,
      heldUs: pathUs(trace, all),
      list: listBefore(trace, longest.group.caller, first),
    };
  });
  return joined(trace, loops).filter(({ heldUs }) => heldUs >= leastUs);
}

/**
 * Finds identical calls that are too few for a loop, as far as values were recorded. `leastUs` is the least time of all
 * but the longest.
 */
function sameQuestions(trace: Trace, { minCalls, leastUs, database, accepts }: LoopLimits): Loop[] {
  return callGroups(trace).flatMap((group): Loop[] => {
    if (group.database !== database || group.calls.length >= minCalls || !accepts(group.calls[0] ?? 0)) return [];
    const calls = group.calls.filter((call) => !trace.failed(call));
    const heldUs = pathUs(trace, calls);
    const longestUs = Math.max(0, ...calls.map((call) => pathBelowUs(trace, call)));
    const [first] = calls;
    if (first === undefined || calls.length !== group.calls.length || heldUs - longestUs < leastUs) return [];
    if (valuesOf(trace, { calls }) !== 'same') return [];
    const { caller } = group;
    const once = { caller, first, kinds: [first], calls, count: calls.length, elements: calls.length };
    return [{ ...once, callers: 1, heldUs, savedUs: heldUs - longestUs, list: listBefore(trace, caller, first) }];
  });
}

/** Joins loops of one caller whose calls alternate: the caller makes several calls for each element. */
function joined(trace: Trace, loops: readonly Loop[]): Loop[] {
  return [...Map.groupBy(loops, ({ caller }) => caller).values()].flatMap((ofCaller) => {
    const found: Loop[] = [];
    for (const loop of ofCaller) {
      const at = found.findIndex((other) => takesTurns(trace, other, loop));
      const other = found[at];
      if (other === undefined) found.push(loop);
      else found[at] = together(trace, other, loop);
    }
    return found;
  });
}

/** Sentry also looks at this many alternating queries at most. */
const MOST_KINDS = 8;

function takesTurns(trace: Trace, one: Loop, other: Loop): boolean {
  if (one.caller !== other.caller || one.callers !== other.callers || one.kinds.length === MOST_KINDS) return false;
  if (Math.abs(one.elements - other.elements) > other.elements / 10) return false;
  const turns = one.calls.filter((call) => one.kinds.length === 1 || isLike(trace, call, one.first));
  const between = other.calls.filter((call, i) => {
    const next = turns[i + 1];
    const before = turns[i];
    if (before === undefined || trace.startUs(before) > trace.startUs(call)) return false;
    return next === undefined || trace.startUs(call) < trace.startUs(next);
  });
  return between.length > other.elements * 0.9;
}

function isLike(trace: Trace, call: SpanIndex, other: SpanIndex): boolean {
  return callerCalls(trace).target[call] === callerCalls(trace).target[other];
}

function together(trace: Trace, one: Loop, other: Loop): Loop {
  const calls = [...one.calls, ...other.calls].sort((a, b) => trace.startUs(a) - trace.startUs(b) || a - b);
  return {
    ...one,
    kinds: [...one.kinds, other.first],
    calls,
    count: calls.length,
    heldUs: pathUs(trace, calls),
  };
}

/** Whether some calls of one caller overlap. Calls of different callers may overlap anyway. */
function areSideBySide(trace: Trace, { callers, calls }: Loop): boolean {
  if (callers > 1) return false;
  let reachedUs = 0;
  return calls.some((call) => {
    const isBeside = trace.startUs(call) < reachedUs;
    reachedUs = Math.max(reachedUs, trace.endUs(call));
    return isBeside;
  });
}

/** A longer pause is reported as a gap of its own. */
const LONGEST_PAUSE_US = 100_000;

/** Pauses that differ more from the median have other reasons. */
const MOST_TIMES_USUAL = 2;

/**
 * The caller's own time on the critical path between the calls, where it is about the same each time: round trips and the
 * work on each answer. Fixing the loop saves it, too. Unknown (empty) for a loop in several runs and for more calls than a
 * finding lists.
 */
function pausesIn(trace: Trace, { caller, callers, calls }: Loop): readonly Stretch[] {
  if (callers > 1 || calls.length > MOST_SPANS) return [];
  const pauses = calls.slice(1).flatMap((next, i) => {
    const pause = { startUs: trace.endUs(calls[i] ?? next), endUs: trace.startUs(next) };
    return pause.endUs > pause.startUs ? [pause] : [];
  });
  const lengths = pauses.map(({ startUs, endUs }) => endUs - startUs).sort((a, b) => a - b);
  const usualUs = lengths[Math.floor(lengths.length / 2)] ?? 0;
  const mostUs = Math.min(LONGEST_PAUSE_US, MOST_TIMES_USUAL * usualUs);
  return pauses
    .filter(({ startUs, endUs }) => endUs - startUs <= mostUs)
    .flatMap(({ startUs, endUs }) => pathWithin(trace, startUs, endUs, (span) => span === caller));
}

/** Compares the values in the calls' URLs or statements. Placeholders and bodies show no values. */
export function valuesOf(trace: Trace, { calls }: Pick<Loop, 'calls'>): 'same' | 'differ' | 'unknown' {
  const sample = calls.slice(0, SAMPLE).map((call) => questionOf(trace, call));
  const [first] = sample;
  if (first === undefined || sample.includes(undefined)) return 'unknown';
  return sample.every((question) => question === first) ? 'same' : 'differ';
}

function questionOf(trace: Trace, call: SpanIndex): string | undefined {
  if (trace.isDatabaseCall(call)) {
    const statement = withoutComments(trace.text(call, 'db.query.text'));
    const parameters = parametersOf(trace, call);
    if (parameters !== '') return `${statement}\n${parameters}`;
    const code = statement.replace(/(?<!\\)'(?:[^'\\]|\\.)*'/g, "''");
    return PLACEHOLDER.test(code) || !/\d|'/.test(code) ? undefined : statement;
  }
  const method = trace.text(call, 'http.request.method').toUpperCase();
  if (method !== '' && method !== 'GET' && method !== 'HEAD') return undefined;
  const url = trace.text(call, 'url.full') || [trace.text(call, 'url.path'), trace.text(call, 'url.query')].join('?');
  // A masked query string hides the difference, except for the stable names that our own redaction gives to values.
  return url === '?' || /[?&=]\*|REDACTED(?!:[a-z0-9-]+:)/i.test(url) ? undefined : url;
}

/** `$1`, `:id`, `@p0`, `%s`, `?`, and what agents write instead. `::` is a cast. */
const PLACEHOLDER = /\$\d|(?<!:):[a-z_]\w*|@\w+|%\(?\w*\)?s\b|\?|(?<!\w)\{\}|<redacted>|\*\*\*/i;

const PARAMETER = /^(?:db\.query\.parameter\.|db\.statement\.parameters|db\.sql\.bindings|sql\.params)/;

function parametersOf(trace: Trace, call: SpanIndex): string {
  return Object.entries(trace.attributesFor(call, PARAMETER))
    .filter(([name]) => PARAMETER.test(name))
    .map(([, value]) => String(value))
    .join('\n');
}

function enoughOnPath(trace: Trace, calls: readonly SpanIndex[], least: number): boolean {
  let onPath = 0;
  for (const call of calls) {
    if (pathBelowUs(trace, call) > 0) onPath += 1;
    if (onPath === least) return true;
  }
  return false;
}

/** The calls that a finding lists: those with the most time on the critical path, in order of start. */
export function listed(
  trace: Trace,
  calls: readonly SpanIndex[],
): Readonly<{ spans: readonly SpanIndex[]; unlisted?: number }> {
  if (calls.length <= MOST_SPANS) return { spans: calls };
  const held = Float64Array.from(calls, (call) => pathBelowUs(trace, call)).sort();
  const least = held[held.length - MOST_SPANS] ?? 0;
  const spans = calls.filter((call) => pathBelowUs(trace, call) >= least).slice(0, MOST_SPANS);
  return { spans, unlisted: calls.length - spans.length };
}

/** The last call of this caller to another target that ended before this one began. */
function listBefore(trace: Trace, caller: SpanIndex, first: SpanIndex): SpanIndex | undefined {
  const { target, of } = callerCalls(trace);
  let last: SpanIndex | undefined;
  for (const call of of(caller)) {
    if (trace.startUs(call) >= trace.startUs(first)) break;
    if (target[call] !== target[first] && trace.endUs(call) <= trace.startUs(first)) last = call;
  }
  return last;
}

/** `customers and addresses`, without duplicates. */
export function namesOf(names: readonly string[]): string {
  return listText([...new Set(names)]);
}

/** The sighting of a loop; `service` and `facts` differ between queries and calls. */
export function loopSighting(trace: Trace, loop: Loop, { service, facts }: Pick<Sighting, 'service' | 'facts'>) {
  const pauses = pausesIn(trace, loop);
  return {
    service,
    operation: trace.operation(loop.caller),
    ...listed(trace, loop.calls),
    wastedUs: loop.savedUs ?? loop.heldUs,
    pausesUs: lengthOf(pauses),
    explains: pauses,
    facts: { ...loopFacts(trace, loop, pauses), ...facts },
  };
}

/** Facts of a loop of any kind; `pauses` are those between its calls. */
function loopFacts(trace: Trace, loop: Loop, pauses: readonly Stretch[]) {
  return {
    callers: loop.callers,
    elements: loop.elements,
    same: valuesOf(trace, loop) === 'same',
    heldUs: loop.heldUs,
    pausesUs: lengthOf(pauses),
    sideBySide: areSideBySide(trace, loop),
    ...requestFacts(trace),
  };
}

/** The phrases of a loop of `count` calls or queries. */
export function loopWords(facts: Facts, calls: 'calls' | 'queries', count: Facts[string] | undefined) {
  const { operation, callers, list, sideBySide } = facts;
  const isOneRun = Number(callers) <= 1;
  return {
    cost: loopCost(facts),
    parts: loopParts(facts, calls),
    /** `after GET /cart in 3 runs of POST /checkout`. */
    where: `${list === '' ? '' : ` after ${list}`}${isOneRun ? '' : ` in ${callers} runs of ${operation}`}`,
    pace: sideBySide === true ? 'a few at a time' : 'one after another',
    /** With the call that loads the list. */
    total: Number(count) + (list !== '' && isOneRun ? 1 : 0),
  };
}

/** `GET /orders spends 1.4 s on it`, from the facts of a loop. */
function loopCost({ heldUs, pausesUs, rootOperation }: Facts): string {
  return `${rootOperation} spends ${durationText(costUs(Number(heldUs), Number(pausesUs)))} on it`;
}

/** `That is 1.4 s of the 1.9 s of GET /orders: 450 ms in the queries, 950 ms between them.` */
function loopParts({ heldUs, pausesUs, rootUs, rootOperation }: Facts, calls: string): string {
  const held = Number(heldUs);
  const pauses = Number(pausesUs);
  const cost = costUs(held, pauses);
  const parts = cost === held ? '' : `: ${durationText(held)} in the ${calls}, ${durationText(pauses)} between them`;
  return `That is ${partOfTime(cost, Number(rootUs))} of ${rootOperation}${parts}.`;
}

/** Shorter pauses are the normal overhead around each call. */
function costUs(held: number, pauses: number): number {
  return pauses < held / 2 ? held : held + pauses;
}
