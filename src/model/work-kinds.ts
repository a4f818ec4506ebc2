/**
 * What the critical path was spent on, by kind of work. Each of its steps is of one kind, so that the kinds sum to the
 * root's duration.
 *
 *   client  [~~#################~~~]     the client's own time around its server's span: network
 *   server     [################]        its own time: processing, unless its name or attributes say more
 */
import { CACHE_SYSTEMS } from '#model/cache-systems.ts';
import { isConnectionWait } from '#model/connection-wait.ts';
import { MARK } from '#model/span-marks.ts';
import type { SpanIndex, SpanTest, Trace } from '#model/trace.ts';

export type WorkKind =
  /** Own work, as far as anything was recorded. */
  | 'processing'
  /** What a client's span lasted beyond its server's: the wire, proxies, and queues before the server. */
  | 'network'
  /** A call whose callee recorded nothing: its work and the way there together. */
  | 'remote'
  | 'database'
  | 'cache'
  /** Handing a message over, waiting for one, waiting for a worker or a slot. */
  | 'queueing'
  | 'serialization'
  | 'lock-wait'
  | 'pool-wait';

export type WorkShare = Readonly<{ kind: WorkKind; selfUs: number; share: number }>;

/** Of the critical path, largest first, ties by name; the shares sum to 1. Empty where the root took no time. */
export function workShares(trace: Trace, workOf: WorkOf): WorkShare[] {
  const held = new Map<WorkKind, { selfUs: number }>();
  let totalUs = 0;
  for (let span = 0; span < trace.spanCount; span += 1) {
    const ownUs = trace.pathSelfUs(span);
    if (ownUs === 0) continue;
    const kind = workOf(span);
    const known = held.get(kind);
    if (known === undefined) held.set(kind, { selfUs: ownUs });
    else known.selfUs += ownUs;
    totalUs += ownUs;
  }
  return [...held]
    .map(([kind, { selfUs }]) => ({ kind, selfUs, share: selfUs / totalUs }))
    .sort((a, b) => b.selfUs - a.selfUs || (a.kind < b.kind ? -1 : 1));
}

export type WorkOf = (span: SpanIndex) => WorkKind;

/** What each span's own time is spent on. */
export function workKinds(trace: Trace): WorkOf {
  const named = (words: RegExp) => trace.operationTest((operation) => words.test(operation));
  const tests: WorkTests = {
    isPoolWait: trace.operationTest(isConnectionWait),
    isLockWait: named(LOCK_WAIT),
    isQueueWait: named(QUEUE_WAIT),
    isSerialization: named(SERIALIZATION),
    isOfCache: trace.databaseTest((system) => CACHE_SYSTEMS.has(system)),
  };
  return (span) => workIn(trace, tests, span);
}

type WorkTests = Readonly<
  Record<'isPoolWait' | 'isLockWait' | 'isQueueWait' | 'isSerialization' | 'isOfCache', SpanTest>
>;

/** The surest sign first: a wait is no query although it names the database. */
function workIn(trace: Trace, tests: WorkTests, span: SpanIndex): WorkKind {
  if (tests.isPoolWait(span)) return 'pool-wait';
  if (tests.isLockWait(span)) return 'lock-wait';
  if (trace.isDatabaseCall(span)) return tests.isOfCache(span) ? 'cache' : 'database';
  if (isHandover(trace, span) || tests.isQueueWait(span)) return 'queueing';
  if (tests.isSerialization(span)) return 'serialization';
  if (trace.kind(span) !== 'client') return 'processing';
  return hasCallee(trace, span) ? 'network' : 'remote';
}

/** `acquire lock`, `lock.wait`, `mutex.lock`, `waiting for lock`: what libraries call the wait. `unlock` and `block` are none. */
const LOCK_WAIT =
  /\b(?:acquire|acquiring|obtain|wait(?:ing)?(?: for)?|take|get)[ ._-]*(?:\w+[ ._-])?(?:lock|mutex|semaphore)\b|\b(?:lock|mutex|semaphore)[ ._-]*(?:acquire|wait|lock)\b/i;

/** `queue.wait`, `waiting in queue`, `enqueue`, `wait for worker`. */
const QUEUE_WAIT =
  /\b(?:queue|queued|backlog)[ ._-]*(?:wait|time|delay)\b|\bwait(?:ing)?[ ._-]*(?:in|for)[ ._-]*(?:a |the )?(?:queue|worker|slot|thread)\b|\b(?:en|de)queue\b/i;

/** `serialize`, `JSON.stringify`, `protobuf.encode`, `unmarshal`. `encode video` says what it encodes, and that is work. */
const SERIALIZATION =
  /\b(?:de)?seriali[sz](?:e|ing|ation)\b|\b(?:un)?marshal(?:l?ing)?\b|\b(?:json|protobuf|proto|avro|thrift|xml|msgpack|yaml)[ ._-]*(?:encode|decode|parse|stringify|dumps?|loads?)\b/i;

/** A message on its way to or from the broker; who processes it, works. */
function isHandover(trace: Trace, span: SpanIndex): boolean {
  const kind = trace.kind(span);
  if (kind === 'producer') return true;
  if (kind !== 'client' && kind !== 'consumer') return false;
  return trace.hasMark(span, MARK.sends | MARK.receives | MARK.settles);
}

function hasCallee(trace: Trace, span: SpanIndex): boolean {
  for (const child of trace.children(span)) {
    if (trace.kind(child) === 'server' || trace.service(child) !== trace.service(span)) return true;
  }
  return false;
}
