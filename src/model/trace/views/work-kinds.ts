/**
 * The time on the critical path by kind of work. Each of its steps has one kind, so the kinds sum to the root's
 * duration.
 *
 *  client  [~~#################~~~]     the client's self time around its server's span: network
 *  server     [################]        its self time: processing, unless its name or attributes say more
 */
import { LOCK_CALLS } from '#model/instruments/lock-words.ts';
import { THREAD_OPERATIONS } from '#model/instruments/thread-words.ts';
import { CACHE_SYSTEMS } from '#model/sql/cache-systems.ts';
import { isConnectionWait } from '#model/sql/connection-wait.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';

export type WorkKind =
  /** Own work, as far as anything was recorded. */
  | 'processing'
  /** The time of a client's span beyond its server's: the network, proxies, and queues before the server. */
  | 'network'
  /** A call whose callee has no span: its work and the network together. */
  | 'remote'
  | 'database'
  | 'cache'
  /** Sending a message, waiting for one, waiting for a worker or a slot. */
  | 'queueing'
  | 'serialization'
  | 'lock-wait'
  | 'pool-wait';

export type WorkShare = Readonly<{ kind: WorkKind; selfUs: number; share: number }>;

/**
 * The time on the critical path by kind of work, largest first, ties by name; the shares sum to 1. Empty where
 * the root took no time.
 */
export const workShares = view((trace): readonly WorkShare[] => {
  const kindOf = kindsOf(trace);
  const held = new Map<WorkKind, { selfUs: number }>();
  let totalUs = 0;
  for (let span = 0; span < trace.spanCount; span += 1) {
    const ownUs = pathSelfUs(trace, span);
    if (ownUs === 0) continue;
    const kind = kindOf(span);
    const known = held.get(kind);
    if (known === undefined) held.set(kind, { selfUs: ownUs });
    else known.selfUs += ownUs;
    totalUs += ownUs;
  }
  return [...held]
    .map(([kind, { selfUs }]) => ({ kind, selfUs, share: selfUs / totalUs }))
    .sort((a, b) => b.selfUs - a.selfUs || (a.kind < b.kind ? -1 : 1));
});

/** The kind of work in the span's self time. */
export function workOf(trace: Trace, span: SpanIndex): WorkKind {
  return kindsOf(trace)(span);
}

const kindsOf = view(workKinds);

type WorkOf = (span: SpanIndex) => WorkKind;

/** The kind of work of each span's self time. */
function workKinds(trace: Trace): WorkOf {
  const saidBy = trace.operationNumbers(saidByName);
  const isOfCache = trace.databaseTest((system) => CACHE_SYSTEMS.has(system));
  return (span) => workIn(trace, { saidBy, isOfCache }, span);
}

/** Signs of work in a name, the most certain first. */
const SAID = { nothing: 0, poolWait: 1, lockWait: 2, queueWait: 3, serialization: 4 };

function saidByName(operation: string): number {
  if (isConnectionWait(operation)) return SAID.poolWait;
  if (THREAD_OPERATIONS.test(operation)) return SAID.queueWait;
  if (!MAY_SAY.test(operation)) return SAID.nothing;
  if (LOCK_WAIT.test(operation) || LOCK_CALLS.test(operation)) return SAID.lockWait;
  if (QUEUE_WAIT.test(operation)) return SAID.queueWait;
  return SERIALIZATION.test(operation) ? SAID.serialization : SAID.nothing;
}

/** A wait is no query although it names the database. */
function workIn(
  trace: Trace,
  { saidBy, isOfCache }: Readonly<{ saidBy(span: SpanIndex): number; isOfCache: SpanTest }>,
  span: SpanIndex,
): WorkKind {
  const said = saidBy(span);
  if (said === SAID.poolWait) return 'pool-wait';
  if (said === SAID.lockWait) return 'lock-wait';
  if (trace.isDatabaseCall(span)) return isOfCache(span) ? 'cache' : 'database';
  if (said === SAID.queueWait || isHandover(trace, span)) return 'queueing';
  if (said === SAID.serialization) return 'serialization';
  if (trace.kind(span) !== 'client') return 'processing';
  return hasCallee(trace, span) ? 'network' : 'remote';
}

/** A prefilter for the patterns below: it compiles in a tenth of the time, and most names do not pass it. */
const MAY_SAY = /lock|mutex|semaphore|queue|backlog|wait|seriali|marshal|json|proto|avro|thrift|xml|msgpack|yaml/i;

/**
 * `acquire lock`, `lock.wait`, `mutex.lock`, `waiting for lock`: libraries' names for the wait. `unlock` and `block` do
 * not count.
 */
const LOCK_WAIT =
  /\b(?:acquire|acquiring|obtain|wait(?:ing)?(?: for)?|take|get)[ ._-]{0,4}(?:\w{1,40}[ ._-])?(?:lock|mutex|semaphore)\b|\b(?:lock|mutex|semaphore)[ ._-]*(?:acquire|wait|lock)\b/i;

/** `queue.wait`, `waiting in queue`, `enqueue`, `wait for worker`. */
const QUEUE_WAIT =
  /\b(?:queue|queued|backlog)[ ._-]*(?:wait|time|delay)\b|\bwait(?:ing)?[ ._-]*(?:in|for)[ ._-]*(?:a |the )?(?:queue|worker|slot|thread)\b|\b(?:en|de)queue\b/i;

/** `serialize`, `JSON.stringify`, `protobuf.encode`, `unmarshal`. `encode video` says what it encodes, and that is work. */
const SERIALIZATION =
  /\b(?:de)?seriali[sz](?:e|ing|ation)\b|\b(?:un)?marshal(?:l?ing)?\b|\b(?:json|protobuf|proto|avro|thrift|xml|msgpack|yaml)[ ._-]*(?:encode|decode|parse|stringify|dumps?|loads?)\b/i;

/** A message on its way to or from the broker. Its processing is work. */
function isHandover(trace: Trace, span: SpanIndex): boolean {
  const kind = trace.kind(span);
  if (kind === 'producer') return true;
  if (kind !== 'client' && kind !== 'consumer') return false;
  return trace.hasMark(span, MARK.sends | MARK.receives | MARK.settles);
}

function hasCallee(trace: Trace, span: SpanIndex): boolean {
  const first = trace.firstChild(span);
  if (first === undefined) return false;
  return isCallee(trace, first, span) || trace.children(span).some((child) => isCallee(trace, child, span));
}

function isCallee(trace: Trace, child: SpanIndex, caller: SpanIndex): boolean {
  return trace.kind(child) === 'server' || !trace.isOfOneService(child, caller);
}
