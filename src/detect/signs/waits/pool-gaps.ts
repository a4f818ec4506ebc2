/**
 * Finds a caller's own time on the critical path that ends where a span begins that needs a slot of a pool: a connection
 * to the database or to another service, or a thread.
 *
 *   [ GET /orders                                        ]
 *     [ SELECT ]
 *               ~~~~~~~~~~~~~ nothing, 1.8 s ~~~~~~~~~~~~
 *                                                [ SELECT ] 12 ms
 *
 * Such a gap alone proves nothing. Three things back it: each user of the pool begins as another ends, or the service logs
 * at that time that its pool is full, or its metrics show that. Metrics that show free connections exclude it.
 */

import { memoize } from '#core/memoize.ts';
import { wasLoopBlockedIn } from '#detect/signs/runtime/cpu-starvation.ts';
import { handoversIn } from '#detect/signs/waits/handovers.ts';
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { isOfOtherInstance } from '#model/logs/line-instance.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { type PoolAt, type PoolLevel, poolAt } from '#model/metrics/pool-level.ts';
import { isConnectionWait } from '#model/sql/connection-wait.ts';
import { countText, POOL_COUNTS, poolCount, poolCountIn, saysPoolIsShort } from '#model/sql/pool-state.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText } from '#model/text/duration.ts';
import type { Attributes, SpanIndex, SpanTest } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { pathSteps } from '#model/trace/views/critical-path.ts';
import { longestFree } from '#model/trace/views/path-within.ts';
import { saidMeanwhile } from '#model/trace/views/said-meanwhile.ts';

export type GapLimits = Readonly<{ minGapMs: number; minShare: number; minGapToQuery: number }>;

export type PoolGap = Readonly<{
  /** The span that needed the slot. */
  span: SpanIndex;
  /** The span whose operation waits. */
  caller: SpanIndex;
  waitUs: number;
  /** `backed`: another sign supports the wait. */
  sign: 'backed' | 'gap';
  gap: Stretch;
  /** The most that ran at once, where that is the sign. */
  atOnce?: number;
  /** Set unless it is a database's pool. */
  pool?: Pool;
  /** The evidence. */
  items: readonly EvidenceItem[];
}>;

/** What services record about their pools. */
export type PoolRecords = Readonly<{ logs: readonly LogLine[]; pools: readonly PoolLevel[] }>;

/** Undefined where no own time is long enough. Few are, because each takes a large share of the request. */
export function poolGaps(
  trace: Trace,
  { logs, pools }: PoolRecords,
  limits: GapLimits,
): ((user: SpanIndex) => PoolGap | undefined) | undefined {
  const longSteps = longOwnSteps(trace, limits);
  if (longSteps.size === 0) return undefined;
  const isWait = trace.operationTest(isConnectionWait);
  const gaps: Gaps = {
    trace,
    longSteps,
    sharing: spansByPool(trace, isWait),
    known: knownOfGaps(trace, { logs, pools }),
    limits,
  };
  return (user) => (isWait(user) ? undefined : gapBeforeUse(gaps, user));
}

/** The long own steps of each span on the critical path. There are few, because each takes a large share of the request. */
function longOwnSteps(trace: Trace, limits: GapLimits): ReadonlyMap<SpanIndex, readonly Stretch[]> {
  const leastUs = leastGapUs(trace, limits);
  const own = new Map<SpanIndex, Stretch[]>();
  const path = pathSteps(trace);
  for (let step = 0; step < path.count; step += 1) {
    const startUs = path.startUs(step);
    const endUs = path.endUs(step);
    if (endUs - startUs < leastUs) continue;
    const span = path.span(step);
    const steps = own.get(span);
    if (steps === undefined) own.set(span, [{ span, startUs, endUs }]);
    else steps.push({ span, startUs, endUs });
  }
  return own;
}

/** What the search for gaps needs. */
type Gaps = Readonly<{
  trace: Trace;
  longSteps: ReadonlyMap<SpanIndex, readonly Stretch[]>;
  sharing: (pool: Pool, user: SpanIndex) => readonly SpanIndex[];
  known: (gap: Stretch) => KnownOfGap;
  limits: GapLimits;
}>;

/** Computed once for a gap, because thousands of spans may begin as it ends. */
type KnownOfGap = Readonly<{
  /** Nothing else runs in the gap, it is no pause after a failure, and the event loop was not blocked. */
  isPlain: boolean;
  /** When the service last logged what it does; the gap's start where it logged nothing. */
  silentFromUs: number;
  /** The service's log lines and metrics about a full pool. */
  poolLines: readonly EvidenceItem[];
  /** The metrics show free connections at that time. */
  isPoolFree: boolean;
  handovers: Map<string, ReturnType<typeof handoversIn>>;
}>;

function knownOfGaps(trace: Trace, { logs, pools }: PoolRecords): (gap: Stretch) => KnownOfGap {
  return memoize((gap) => {
    const level = poolLevelAt(trace, gap, pools);
    // A span that overlaps a sibling a little is not on the critical path but still runs.
    const isFree = lengthOf(longestFree(trace, gap)) >= LEAST_FREE * lengthOf(gap);
    return {
      isPlain: isFree && !isBeforeAttempt(trace, gap) && !wasLoopBlockedIn(trace, gap, logs),
      silentFromUs: saidMeanwhile(trace, gap, logs).at(-1)?.atUs ?? gap.startUs,
      poolLines: [...poolLinesIn(trace, gap, logs), ...(level?.is === 'full' ? [metricItem(level)] : [])],
      isPoolFree: level?.is === 'free',
      handovers: new Map(),
    };
  });
}

/** Finds a gap before a quick query, or before a span that began as another ended. For calls and work only the latter. */
function gapBeforeUse(gaps: Gaps, user: SpanIndex): PoolGap | undefined {
  const { trace, longSteps, sharing, known } = gaps;
  const found = gapBefore(trace, user, longSteps);
  const pool = found === undefined ? undefined : poolOf(trace, user);
  if (pool === undefined || found === undefined || hasNoPools(trace.resource(user))) return undefined;
  const { gap } = found;
  const { isPlain, handovers: ofPool } = known(gap);
  if (!isPlain) return undefined;
  if (!ofPool.has(pool.key)) ofPool.set(pool.key, handoversIn(trace, sharing(pool, user), gap));
  const handovers = ofPool.get(pool.key);
  if (handovers === undefined) return pool.kind === 'database' ? gapBeforeQuick(gaps, user, found) : undefined;
  const { spans, atOnce } = handovers;
  // Words are a stronger sign than the timing.
  const poolLines = pool.kind === 'database' ? known(gap).poolLines : [];
  const text = `At most ${atOnce} of the ${spans} ${pool.users} of ${trace.service(user)} ran at once in that time, and each began as another ended`;
  return {
    span: user,
    caller: gap.span,
    waitUs: lengthOf(gap),
    sign: 'backed',
    gap,
    ...(poolLines.length === 0 && { atOnce }),
    ...(pool.kind !== 'database' && { pool }),
    items: [...poolLines, { kind: 'span', ref: trace.spanId(user), text }],
  };
}

/** The gap counts if the service logs at that time that its pool is full, or if it logs nothing before a read. */
function gapBeforeQuick(
  { trace, known, limits }: Gaps,
  user: SpanIndex,
  { gap, first }: Readonly<{ gap: Stretch; first: SpanIndex }>,
): PoolGap | undefined {
  const of = { span: user, caller: gap.span } as const;
  const isMuchLonger = (one: Stretch) => lengthOf(one) >= limits.minGapToQuery * trace.durationOfUs(first);
  if (!isMuchLonger(gap)) return undefined;
  const { poolLines, silentFromUs, isPoolFree } = known(gap);
  const counted = poolCount(trace.attributesFor(user, POOL_COUNTS));
  const items: readonly EvidenceItem[] = [
    ...(counted === undefined ? [] : [{ kind: 'span', ref: trace.spanId(user), text: countText(counted) } as const]),
    ...poolLines,
  ];
  if (items.length > 0) return { ...of, waitUs: lengthOf(gap), sign: 'backed', gap, items };
  // Nobody waits for a pool with free connections.
  if (isPoolFree) return undefined;
  // The wait begins after the service's last log line about its work.
  const silent = { ...gap, startUs: silentFromUs };
  if (lengthOf(silent) < leastGapUs(trace, limits) || !isMuchLonger(silent) || isWriteQuery(trace, user))
    return undefined;
  const label = queryLabel(trace.queryShape(user)) || trace.operation(user);
  const text = `${durationText(lengthOf(silent))} without a span before ${label}, which then takes ${durationText(trace.durationOfUs(user))}`;
  return {
    ...of,
    waitUs: lengthOf(silent),
    sign: 'gap',
    gap: silent,
    items: [{ kind: 'span', ref: trace.spanId(user), text }],
  };
}

/** The service's log lines about its pool at that time, of any request: all requests share the pool. */
function poolLinesIn(trace: Trace, { span, startUs, endUs }: Stretch, logs: readonly LogLine[]): EvidenceItem[] {
  const service = trace.service(span);
  const said = logs.filter((line) => {
    if (line.service !== service || isOfOtherInstance(line, trace.resource(span))) return false;
    const atUs = epochUsOf(line) - trace.startEpochUs;
    return atUs >= startUs && atUs <= endUs && (poolCountIn(line.line) !== undefined || saysPoolIsShort(line.line));
  });
  return said.slice(0, MOST_LINES).map(({ timeNs, line }) => ({ kind: 'log', ref: timeNs, text: line }));
}

/** The level of the pools of the caller's instance during a gap. */
export function poolLevelAt(trace: Trace, { span, startUs, endUs }: Stretch, pools: readonly PoolLevel[]) {
  if (pools.length === 0) return undefined;
  const resource = trace.resource(span);
  const instance = canonicalText(resource, 'k8s.pod.name') || canonicalText(resource, 'service.instance.id');
  const { startEpochUs } = trace;
  return poolAt(pools, {
    service: trace.service(span),
    instance,
    fromUs: startEpochUs + startUs,
    toUs: startEpochUs + endUs,
  });
}

function metricItem({ metric, text }: PoolAt): EvidenceItem {
  return { kind: 'metric', ref: metric, text };
}

/** A full pool logs the same line repeatedly. */
const MOST_LINES = 3;

function lengthOf({ startUs, endUs }: Stretch): number {
  return endUs - startUs;
}

function leastGapUs(trace: Trace, { minGapMs, minShare }: GapLimits): number {
  return Math.max(minGapMs * 1000, minShare * trace.durationOfUs(trace.root));
}

/** By the first word of its statement, else of its name. */
export function isWriteQuery(trace: Trace, query: SpanIndex): boolean {
  return WRITES.test(trace.queryShape(query)) || WRITES.test(trace.operation(query));
}

/** `exec` is what Go's drivers call a statement without rows. */
const WRITES =
  /^(?:\{ ?)?(?:insert|update|upsert|delete|remove|merge|replace|save|put|set|h?mset|incr|[lr]push|sadd|zadd|exec)/i;

/** In PHP each request's process opens its own connection, so there is no pool to wait for. */
export function hasNoPools(resource: Attributes): boolean {
  return canonicalText(resource, 'telemetry.sdk.language') === 'php';
}

/** After a failure the gap is the pause before the next attempt or a fallback. */
function isBeforeAttempt(trace: Trace, { span: caller, endUs }: Stretch): boolean {
  let before: SpanIndex | undefined;
  let failures = 0;
  for (const child of trace.children(caller)) {
    if (trace.endUs(child) > endUs) continue;
    if (trace.failed(child)) failures += 1;
    if (before === undefined || trace.endUs(child) >= trace.endUs(before)) before = child;
  }
  return before !== undefined && (trace.failed(before) || failures > 1);
}

/** The pool that a span may need a slot of; all spans that share it have the same key. */
type Pool = Readonly<{
  kind: 'database' | 'calls' | 'work';
  /** `queries`, `calls to stock`, `runs of render`. */
  users: string;
  key: string;
}>;

function poolOf(trace: Trace, span: SpanIndex): Pool | undefined {
  const service = trace.service(span);
  if (trace.isDatabaseCall(span))
    return { kind: 'database', users: 'queries', key: `${service}\nquery\n${trace.databaseSystem(span)}` };
  const whom = trace.kind(span) === 'client' ? callee(trace, span) : '';
  if (whom !== '') return { kind: 'calls', users: `calls to ${whom}`, key: `${service}\ncall\n${whom}` };
  if (trace.kind(span) !== 'internal') return undefined;
  return {
    kind: 'work',
    users: `runs of ${trace.operation(span)}`,
    key: `${service}\nwork\n${trace.operation(span)}`,
  };
}

/** All spans that share a pool; computed once for each pool. */
function spansByPool(trace: Trace, isWait: SpanTest): (pool: Pool, user: SpanIndex) => readonly SpanIndex[] {
  const known = new Map<string, readonly SpanIndex[]>();
  return ({ key }, user) => {
    const users = known.get(key) ?? usersLike(trace, user, key, isWait);
    known.set(key, users);
    return users;
  };
}

function usersLike(trace: Trace, user: SpanIndex, key: string, isWait: SpanTest): SpanIndex[] {
  const users: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (!trace.isOfOneService(span, user) || isWait(span)) continue;
    if (poolOf(trace, span)?.key === key) users.push(span);
  }
  return users;
}

const LEAST_FREE = 0.9;
/** The most spans of an ORM or a proxy around a query; each of them begins with the query. */
const MOST_WRAPPERS = 3;

/** `first`: the query, or the outermost of what wraps it. */
function gapBefore(trace: Trace, query: SpanIndex, longSteps: ReadonlyMap<SpanIndex, readonly Stretch[]>) {
  let first = query;
  for (let up = 0; up <= MOST_WRAPPERS; up += 1) {
    const caller = trace.parent(first);
    if (caller === undefined) return undefined;
    const startUs = trace.startUs(first);
    const gap = longSteps.get(caller)?.find(({ endUs }) => endUs === startUs);
    if (gap !== undefined) return { gap, first };
    if (trace.firstChild(caller) !== first || !trace.isInternal(caller)) return undefined;
    first = caller;
  }
  return undefined;
}
