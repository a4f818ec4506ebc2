/**
 * All connections of a pool are in use, and the request waits for one.
 *
 *   [ GET /orders                                        ]  order-service   ← the service whose pool it is
 *     [ SELECT ]                                            15 ms
 *               ~~~~~~~~~~~~~ nothing, 1.8 s ~~~~~~~~~~~~    the wait: no span, and then a query that is quick
 *                                                [ SELECT ] 12 ms
 *
 * Signs, the surest first: an error that names the pool; connections in use beyond the pool's size (a refused
 * connection alone is no pool); a span, event, attribute or log line that is the wait; a gap before a quick query, or before any
 * where each query begins as another ends. So with calls of one service to another (its connections, its bulkhead) and
 * with work of one name inside a service (its threads). The query that holds the connections longest is named, for a
 * larger pool only hides it.
 */
import { defineDetector } from '#detect/detector.ts';
import { isConnectionWait } from '#model/connection-wait.ts';
import { durationText } from '#model/duration.ts';
import type { LinesBySpan } from '#model/failure-text.ts';
import type { EvidenceItem, Facts, Stretch } from '#model/finding.ts';
import { type Handovers, handoversIn } from '#model/handovers.ts';
import { type LogLine, linesBySpan } from '#model/log-line.ts';
import { longestFree, pathWithin } from '#model/path-within.ts';
import { pairsIn, poolCount, saysPoolIsFull, saysPoolIsShort } from '#model/pool-state.ts';
import { querySuspicion } from '#model/query-plan.ts';
import { queryLabel } from '#model/query-shape.ts';
import { canonicalText } from '#model/semconv.ts';
import type { SpanIndex, SpanTest, Trace } from '#model/trace.ts';

export const poolExhaustion = defineDetector({
  id: 'pool-exhaustion',
  title: 'Connection pool exhausted',
  why: 'Requests queue for a connection while CPU and database look idle, and every retry makes the queue longer.',
  runbook: 'runbooks/pool-exhaustion.md',
  clear: 'nothing waited for a connection, and no pool was said to be full',
  silent: [
    'Where nothing names the wait, only a long gap right before a quick query tells; before a slow one it has to begin as another query ends, with others running.',
    'Pools of threads, and of connections to other services, show only by their own words, or where never more than a few spans of one kind run at once and each next one begins as another ends.',
    'Lines of the log count only where they name the span that failed, or the one that waited.',
    'It reads no metrics of pools, where a queue shows before anybody waits long.',
  ],
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minWaitMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Wait for a connection on the critical path, where something says that it is one',
      why: 'A free connection is handed out in microseconds; below a tenth of a second a person notices nothing. An error that names the pool counts however short.',
    },
    minGapMs: {
      default: 200,
      min: 1,
      unit: 'ms',
      means: 'Gap before a quick query, where nothing but the gap tells',
      why: 'sre-agent takes a wait of 100 ms that is named; where only its shape tells, twice as much: a shorter gap is often work that nobody traced.',
    },
    minShare: {
      default: 0.2,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The gap as a share of the whole request',
      why: 'The share from which a gap is worth explaining at all (unexplained gaps start there, too).',
    },
    minGapToQuery: {
      default: 5,
      min: 1,
      unit: 'times',
      means: 'How much longer than the query behind it the gap must be',
      why: 'A query that is slow itself needs no pool to explain the time; in the guide the gap is 150 times the query.',
    },
  },

  detect({ trace, logs = [] }, thresholds) {
    const longSteps = longOwnSteps(trace, thresholds);
    const isWait = trace.operationTest(isConnectionWait);
    const lines = linesBySpan(logs);
    const sharing = spansByPool(trace, isWait);
    const waits: Wait[] = [];
    // Before a long gap any span may stand; else only what failed or holds a wait of its own can tell of one.
    const heldUs = longSteps.size > 0 ? 0 : thresholds.minWaitMs * 1000;
    for (const span of trace.spansWith({ failed: true, heldUs })) {
      const wait =
        (trace.failed(span) ? saidToBeFull(trace, span, lines) : undefined) ??
        recordedWait(trace, span, lines, thresholds) ??
        (longSteps.size === 0 || isWait(span) ? undefined : gapBeforeUse(trace, span, longSteps, sharing, thresholds));
      if (wait !== undefined) waits.push(wait);
    }
    return byService(trace, waits).map((all) => {
      const mine = all.filter((wait, at) => !isToldBefore(wait, all.slice(0, at)));
      const first = mine[0] as Wait;
      const waitUs = mine.reduce((sum, { waitUs: us }) => sum + us, 0);
      const holder = first.pool === undefined ? longestQuery(trace, trace.service(first.span), logs) : undefined;
      return {
        service: trace.service(first.span),
        operation: trace.operation(first.caller),
        spans: [...new Set(mine.map(({ span }) => span))],
        wastedUs: Math.min(waitUs, trace.durationOfUs(trace.root)),
        explains: mine.flatMap(({ gap }) => gap ?? []),
        facts: {
          waitUs,
          waits: mine.length,
          inUse: mine.find(({ inUse }) => inUse !== '')?.inUse ?? '',
          failed: mine.some(({ sign }) => sign === 'said'),
          guessed: mine.every(({ sign }) => sign === 'gap'),
          atOnce: first.atOnce ?? 0,
          pool: first.pool?.kind ?? 'database',
          users: first.pool?.users ?? '',
          said: first.item.text,
          holder: holder?.label ?? '',
          holderUs: holder?.heldUs ?? 0,
          holderReason: holder?.reason ?? '',
          rootUs: trace.durationOfUs(trace.root),
          rootOperation: trace.operation(trace.root),
        },
        evidence: [...mine.map(({ item }) => item), ...(holder?.evidence ?? [])],
      };
    });
  },

  say(facts) {
    return facts.pool === 'database' ? wordsOfConnections(facts) : wordsOfSlots(facts);
  },
});

function wordsOfConnections({
  service,
  waitUs,
  inUse,
  failed,
  guessed,
  atOnce,
  said,
  holder,
  holderUs,
  holderReason,
  rootUs,
  rootOperation,
}: Facts) {
  const waited =
    Number(waitUs) > 0
      ? ` ${durationText(Number(waitUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} wait for a connection`
      : '';
  const full = inUse === '' ? '' : ` (${inUse})`;
  const state =
    failed === true
      ? `connection pool exhausted${full}${waited === '' ? `, ${rootOperation} failed on it` : `;${waited}`}`
      : `${waited.trim()} of its pool${Number(atOnce) > 0 ? `, which gives out no more than ${atOnce}` : full}`;
  const held =
    holder === ''
      ? ''
      : `; ${holder} holds one for ${durationText(Number(holderUs))}${holderReason === '' ? '' : `: ${holderReason}`}`;
  return {
    title: `${service}: ${state}${held}`,
    explanation: howItShows(service, { failed, guessed, atOnce, said }),
    remedy:
      holder === ''
        ? `Look at the pool of ${service}: connections in use, waiting requests, connections that are not given back. Shorten what holds them before you enlarge it.`
        : `Make ${holder} quicker first: each of its runs keeps a connection from the others. A larger pool buys minutes and moves the queue into the database.`,
    check: `The pool of ${service} had free connections at that time (its metrics tell), or ${elseItIs(service, { guessed, atOnce })}.`,
  };
}

/** Of a pool of threads, or of connections to another service: when its users ran is all that tells. */
function wordsOfSlots({ service, pool, users, waitUs, atOnce, said, rootUs, rootOperation }: Facts) {
  const slot = pool === 'calls' ? 'free connection' : 'free thread';
  return {
    title: `${service}: ${durationText(Number(waitUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} wait for a ${slot}: never more than ${atOnce} ${users} are under way at once`,
    explanation: `Nothing is recorded in the gap. ${said}: so looks a pool of ${atOnce}. What says so is when they ran.`,
    remedy:
      pool === 'calls'
        ? `Look at the limit of ${service} for connections to one host (its HTTP client’s pool, a bulkhead): in use, waiting. Make the calls quicker or fewer, then raise the limit.`
        : `Look at the pool of threads or workers of ${service}: active, queued. Find what holds its threads (a thread dump shows it) before you add more of them.`,
    check: `The pool of ${service} had free ones at that time (its metrics tell), or ${service} lets no more than ${atOnce} run at once on purpose.`,
  };
}

function howItShows(service: Fact, { failed, guessed, atOnce, said }: Readonly<Record<string, Fact>>): string {
  if (failed === true) return `${service} asked for a connection and got none: “${said}”.`;
  if (guessed !== true)
    return `Before ${service} could ask the other side anything it waited for a connection: “${said}”.`;
  return Number(atOnce) > 0
    ? `Nothing is recorded in the gap. ${said}: so looks a pool of ${atOnce}. What says so is when they ran.`
    : 'Nothing is recorded in the gap and the query behind it is quick: so looks a wait for a connection. What says so is the gap alone.';
}

function elseItIs(service: Fact, { guessed, atOnce }: Readonly<Record<string, Fact>>): string {
  if (Number(atOnce) > 0) return `${service} lets no more than ${atOnce} run at once on purpose`;
  return guessed === true
    ? `${service} computed something in the gap`
    : 'the time went into opening a new one (network, TLS, login) and not into waiting for one to be free';
}

type Fact = string | number | boolean | undefined;

type Wait = Readonly<{
  span: SpanIndex;
  /** Whose operation it is that waits. */
  caller: SpanIndex;
  waitUs: number;
  sign: 'said' | 'recorded' | 'gap';
  /** `21 of 20 in use`; empty where nobody counted. */
  inUse: string;
  /** Where it is not of a database. */
  pool?: Pool;
  /** Where nothing but a gap tells. */
  gap?: Stretch;
  /** Where it is told from how many ran at once. */
  atOnce?: number;
  item: EvidenceItem;
}>;

const WAITING =
  /\b(?:wait(?:s|ed|ing)?|queued?) for (?:a )?(?:free |database |db )?connection\b|\bconnection (?:wait|requested|queued)\b/i;
const ACQUIRED =
  /\bconnection (?:was )?(?:acquired|obtained|checked out|received)\b|\b(?:acquired|got|obtained) (?:a )?connection\b/i;
const WAIT_ATTRIBUTE =
  /(?:pool|connection|hikari(?:cp)?|dbcp2?|c3p0|pgbouncer)s?[._].*(?:wait|acquire|pending)[\w.]*?(?:_|\.)(ns|us|ms|s|seconds)$/i;
const US_PER_UNIT: Readonly<Record<string, number>> = { ns: 0.001, us: 1, ms: 1000, s: 1_000_000, seconds: 1_000_000 };

/** What a failed span, its events and its own log lines say; a failed pool needs no length. */
function saidToBeFull(trace: Trace, span: SpanIndex, lines: LinesBySpan): Wait | undefined {
  if (trace.children(span).some((child) => trace.failed(child))) return undefined;
  const said = texts(trace, span, lines);
  const counted = said
    .flatMap(({ text, facts }) => {
      const count = poolCount(facts);
      return count === undefined ? [] : [{ text, ...count }];
    })
    .at(0);
  const item =
    said.find(({ text }) => saysPoolIsFull(text)) ?? (counted && said.find(({ text }) => text === counted.text));
  if (item === undefined) return undefined;
  return {
    span,
    caller: trace.parent(span) ?? span,
    waitUs: trace.pathSelfUs(span),
    sign: 'said',
    inUse: counted === undefined ? '' : `${counted.inUse} of ${counted.size} in use`,
    item: { kind: item.kind, ref: item.ref, text: item.text },
  };
}

type Said = EvidenceItem & Readonly<{ facts: Readonly<Record<string, unknown>> }>;

function texts(trace: Trace, span: SpanIndex, lines: LinesBySpan): Said[] {
  const ref = trace.spanId(span);
  const attributes = trace.attributes(span);
  return [
    { kind: 'span', ref, text: trace.statusText(span) || trace.text(span, 'exception.message'), facts: attributes },
    ...trace.events(span).map(
      (event): Said => ({
        kind: 'event',
        ref,
        text:
          canonicalText(event.attributes, 'exception.message') || String(event.attributes.error ?? '') || event.name,
        facts: { ...attributes, ...event.attributes },
      }),
    ),
    ...(lines.get(ref) ?? []).map(
      (line): Said => ({
        kind: 'log',
        ref: line.timeNs,
        text: line.line,
        facts: { ...attributes, ...pairsIn(line.line) },
      }),
    ),
  ];
}

type Limits = Readonly<{ minWaitMs: number; minGapMs: number; minShare: number; minGapToQuery: number }>;

function recordedWait(trace: Trace, span: SpanIndex, lines: LinesBySpan, { minWaitMs }: Limits): Wait | undefined {
  const heldUs = trace.pathBelowUs(span);
  if (heldUs < minWaitMs * 1000) return undefined;
  const wait =
    waitAttribute(trace, span) ?? waitEvents(trace, span) ?? waitSpan(trace, span) ?? waitLine(trace, span, lines);
  if (wait === undefined || Math.min(wait.waitUs, heldUs) < minWaitMs * 1000) return undefined;
  return {
    span,
    caller: trace.parent(span) ?? span,
    sign: 'recorded',
    inUse: '',
    ...wait,
    waitUs: Math.min(wait.waitUs, heldUs),
  };
}

type Recorded = Pick<Wait, 'waitUs' | 'item'> & Partial<Pick<Wait, 'inUse' | 'gap'>>;

function waitAttribute(trace: Trace, span: SpanIndex): Recorded | undefined {
  for (const [name, value] of Object.entries(trace.attributes(span))) {
    const unit = WAIT_ATTRIBUTE.exec(name)?.[1]?.toLowerCase();
    if (unit === undefined || !(Number(value) > 0)) continue;
    return {
      waitUs: Math.round(Number(value) * (US_PER_UNIT[unit] ?? 1000)),
      item: { kind: 'span', ref: trace.spanId(span), text: `${name} = ${value}` },
    };
  }
  return undefined;
}

/** From the event that asks to the one that has it, or to the end of the span. */
function waitEvents(trace: Trace, span: SpanIndex): Recorded | undefined {
  const events = trace.events(span);
  const at = events.findIndex(({ name }) => WAITING.test(name));
  const asked = events[at];
  if (asked === undefined) return undefined;
  const untilUs = events.slice(at + 1).find(({ name }) => ACQUIRED.test(name))?.atUs ?? trace.endUs(span);
  return {
    waitUs: Math.max(0, Math.round(untilUs - asked.atUs)),
    item: { kind: 'event', ref: trace.spanId(span), text: asked.name },
  };
}

function waitSpan(trace: Trace, span: SpanIndex): Recorded | undefined {
  const name = trace.operation(span);
  if (!isConnectionWait(name)) return undefined;
  return { waitUs: trace.pathSelfUs(span), item: { kind: 'span', ref: trace.spanId(span), text: name } };
}

/** A line of the span that speaks of the pool: the wait is the span's longest time without anything else. */
function waitLine(trace: Trace, span: SpanIndex, lines: LinesBySpan): Recorded | undefined {
  for (const { line, timeNs } of lines.get(trace.spanId(span)) ?? []) {
    const counted = poolCount(pairsIn(line));
    if (counted === undefined && !saysPoolIsShort(line)) continue;
    const gap = pathWithin(trace, trace.startUs(span), trace.endUs(span), (own) => own === span).toSorted(
      (a, b) => b.endUs - b.startUs - (a.endUs - a.startUs) || a.startUs - b.startUs,
    )[0];
    if (gap === undefined) return undefined;
    return {
      waitUs: gap.endUs - gap.startUs,
      gap,
      inUse: counted === undefined ? '' : `${counted.inUse} of ${counted.size} in use`,
      item: { kind: 'log', ref: timeNs, text: line },
    };
  }
  return undefined;
}

type Interval = Readonly<{ startUs: number; endUs: number }>;

/** For each span its own steps of the critical path that are long enough: a few, as each is a good share of the whole. */
function longOwnSteps(trace: Trace, { minGapMs, minShare }: Limits): ReadonlyMap<SpanIndex, readonly Interval[]> {
  const leastUs = Math.max(minGapMs * 1000, minShare * trace.durationOfUs(trace.root));
  const own = new Map<SpanIndex, Interval[]>();
  const { pathSteps } = trace;
  for (let step = 0; step < pathSteps.count; step += 1) {
    const startUs = pathSteps.startUs(step);
    const endUs = pathSteps.endUs(step);
    if (endUs - startUs < leastUs) continue;
    const span = pathSteps.span(step);
    const steps = own.get(span);
    if (steps === undefined) own.set(span, [{ startUs, endUs }]);
    else steps.push({ startUs, endUs });
  }
  return own;
}

/** The caller's own time on the critical path that ends where a query begins: a quick one, or one that took over from another; of calls and of work only the latter. */
function gapBeforeUse(
  trace: Trace,
  user: SpanIndex,
  longSteps: ReadonlyMap<SpanIndex, readonly Interval[]>,
  sharing: (pool: Pool, user: SpanIndex) => readonly SpanIndex[],
  { minGapToQuery }: Limits,
): Wait | undefined {
  const found = gapBefore(trace, user, longSteps);
  const pool = found === undefined ? undefined : poolOf(trace, user);
  if (pool === undefined || found === undefined) return undefined;
  const { caller, gap, first } = found;
  const gapUs = gap.endUs - gap.startUs;
  if (isTriedAgain(trace, first)) return undefined;
  // What overlaps a sibling by a hair is not on the path, and runs all the same.
  const free = longestFree(trace, { span: caller, ...gap });
  if (free.endUs - free.startUs < LEAST_FREE * gapUs) return undefined;
  const handovers = handoversIn(trace, sharing(pool, user), gap);
  const isShortUse = pool.kind === 'database' && gapUs >= minGapToQuery * trace.durationOfUs(first);
  if (handovers === undefined && !isShortUse) return undefined;
  return {
    span: user,
    caller,
    waitUs: gapUs,
    sign: 'gap',
    inUse: '',
    gap: { span: caller, ...gap },
    ...(handovers && { atOnce: handovers.atOnce }),
    ...(pool.kind !== 'database' && { pool }),
    item: { kind: 'span', ref: trace.spanId(user), text: signOf(trace, user, pool, gapUs, handovers) },
  };
}

/** After a failure, or several among other work, the gap is the pause before the next attempt or before what is done instead. */
function isTriedAgain(trace: Trace, first: SpanIndex): boolean {
  const caller = trace.parent(first);
  if (caller === undefined) return false;
  let before: SpanIndex | undefined;
  let failures = 0;
  for (const child of trace.children(caller)) {
    if (trace.endUs(child) > trace.startUs(first)) continue;
    if (trace.failed(child)) failures += 1;
    if (before === undefined || trace.endUs(child) >= trace.endUs(before)) before = child;
  }
  return before !== undefined && (trace.failed(before) || failures > 1);
}

function signOf(trace: Trace, query: SpanIndex, pool: Pool, gapUs: number, handovers: Handovers | undefined): string {
  if (handovers !== undefined)
    return `Of the ${handovers.spans} ${pool.users} of ${trace.service(query)} in that time never more than ${handovers.atOnce} ran at once, and each next one began as another ended`;
  const label = queryLabel(trace.queryShape(query)) || trace.operation(query);
  return `${durationText(gapUs)} without a span before ${label}, which then takes ${durationText(trace.durationOfUs(query))}`;
}

/** What a span may need a free slot of: the same for all that share it. */
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
  const callee = trace.kind(span) === 'client' ? trace.callee(span) : '';
  if (callee !== '') return { kind: 'calls', users: `calls to ${callee}`, key: `${service}\ncall\n${callee}` };
  if (trace.kind(span) !== 'internal') return undefined;
  return {
    kind: 'work',
    users: `runs of ${trace.operation(span)}`,
    key: `${service}\nwork\n${trace.operation(span)}`,
  };
}

/** All that share a pool; each pool is looked for once, and few are asked for. */
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
/** How many spans of an ORM or a proxy may lie around a query, each of which begins with it. */
const MOST_WRAPPERS = 3;

function gapBefore(trace: Trace, query: SpanIndex, longSteps: ReadonlyMap<SpanIndex, readonly Interval[]>) {
  let first = query;
  for (let up = 0; up <= MOST_WRAPPERS; up += 1) {
    const caller = trace.parent(first);
    if (caller === undefined) return undefined;
    const startUs = trace.startUs(first);
    const gap = longSteps.get(caller)?.find(({ endUs }) => endUs === startUs);
    if (gap !== undefined) return { caller, gap, first };
    if (trace.firstChild(caller) !== first || !trace.isInternal(caller)) return undefined;
    first = caller;
  }
  return undefined;
}

/** One sighting a service: it is its pool. What says most comes first, then the longest wait. */
function byService(trace: Trace, waits: readonly Wait[]): Wait[][] {
  const surest = { said: 0, recorded: 1, gap: 2 } as const;
  const services = new Map<string, Wait[]>();
  for (const wait of waits) {
    const known = services.get(trace.service(wait.span));
    if (known === undefined) services.set(trace.service(wait.span), [wait]);
    else known.push(wait);
  }
  return [...services.values()].map((mine) =>
    mine.sort((a, b) => surest[a.sign] - surest[b.sign] || b.waitUs - a.waitUs || a.span - b.span),
  );
}

/** A wait that a line tells of is often a gap before a query, too: it is waited once. */
function isToldBefore({ gap }: Wait, before: readonly Wait[]): boolean {
  if (gap === undefined) return false;
  return before.some(({ gap: told }) => told !== undefined && told.startUs < gap.endUs && gap.startUs < told.endUs);
}

/** From this on a query holds its connection long enough to be why others wait: pools are sized for quick ones. */
const HOLDS_LONG_US = 100_000;

/** The service's query that holds a connection longest. */
function longestQuery(trace: Trace, service: string, logs: readonly LogLine[]) {
  let longest: SpanIndex | undefined;
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (!trace.isDatabaseCall(span) || trace.service(span) !== service) continue;
    if (trace.failed(span) || isConnectionWait(trace.operation(span))) continue;
    if (longest === undefined || trace.durationOfUs(span) > trace.durationOfUs(longest)) longest = span;
  }
  if (longest === undefined || trace.durationOfUs(longest) < HOLDS_LONG_US) return undefined;
  return {
    label: queryLabel(trace.queryShape(longest)) || trace.operation(longest),
    heldUs: trace.durationOfUs(longest),
    ...querySuspicion(trace, longest, logs),
  };
}
