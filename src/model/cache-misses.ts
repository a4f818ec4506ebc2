/**
 * Looks into a cache that missed, each with what was read instead.
 *
 *   [ GET /product/456                       ]   the caller
 *     [ GET product:456 ✗ ]                      the look
 *                          [ SELECT … products ] the read behind it
 *
 * A miss is one where the span says so, or where the value is written back once it was read. A look into the cache before
 * a query is none by itself: a session is looked up, too.
 */
import { CACHE_SYSTEMS } from '#model/cache-systems.ts';
import { isConnectionWait } from '#model/connection-wait.ts';
import type { EvidenceItem } from '#model/finding.ts';
import { MARK } from '#model/span-marks.ts';
import type { SpanIndex, SpanTest, Trace } from '#model/trace.ts';

/** Of so many at most the attributes are read: those with the slowest reads behind them. */
const MOST_READ = 200;

/** A look into the cache, what was read after it, and what its caller wrote to a cache. */
type Fallback = Readonly<{ caller: SpanIndex; miss: SpanIndex; read: SpanIndex; writes: readonly SpanIndex[] }>;
export type Miss = Fallback & Readonly<{ item: EvidenceItem }>;
type Tests = Readonly<{
  isLookup: SpanTest;
  isWrite: SpanTest;
  isRead: SpanTest;
}>;

export function fallbacksOf(trace: Trace): Fallback[] {
  const tests = testsOf(trace);
  const found: Fallback[] = [];
  for (const caller of callersThatLook(trace, tests)) addFallbacks(trace, caller, tests, found);
  return found;
}

/** Every look into a cache, whether it hit or missed. */
export function looksOf(trace: Trace): SpanIndex[] {
  const { isLookup } = testsOf(trace);
  return spansOfCaches(trace).filter(isLookup);
}

/** Without what shows that they missed, so many callers are looked at. */
const MOST_SILENT = 1000;
const [LOOKS, SHOWS, WRITES_TO_IT] = [1, 2, 4];

/** Callers of looks into a cache. Of very many only those where columns show that there may have been a miss. */
function callersThatLook(trace: Trace, { isLookup, isWrite }: Tests): SpanIndex[] {
  const saysMiss = trace.operationTest((name) => MISS.test(name));
  const flagsOf = (span: SpanIndex): number => {
    if (!isLookup(span)) return isWrite(span) ? WRITES_TO_IT : 0;
    const shows = trace.hasMark(span, MARK.cacheMiss) || trace.hasEvents(span) || saysMiss(span);
    return shows ? LOOKS | SHOWS : LOOKS;
  };
  const seen = new Uint8Array(trace.spanCount);
  for (const span of spansOfCaches(trace)) {
    const flags = flagsOf(span);
    const caller = flags === 0 ? undefined : callerOf(trace, span);
    if (caller !== undefined) seen[caller] = (seen[caller] ?? 0) | flags;
  }
  const silent: SpanIndex[] = [];
  const showing: SpanIndex[] = [];
  seen.forEach((flags, caller) => {
    if (flags === LOOKS) silent.push(caller);
    else if ((flags & LOOKS) !== 0) showing.push(caller);
  });
  return silent.length > MOST_SILENT ? showing : [...showing, ...silent].sort((a, b) => a - b);
}

/** A wrapper around the look is no caller: `cache.get`. */
function callerOf(trace: Trace, look: SpanIndex): SpanIndex | undefined {
  const parent = trace.parent(look);
  if (parent === undefined || trace.childCount(parent) > 1 || !trace.isInternal(parent)) return parent;
  return trace.parent(parent) ?? parent;
}

/** A read belongs to the last look before it that has none yet: two looks and then two reads are two pairs. */
function addFallbacks(trace: Trace, caller: SpanIndex, { isLookup, isRead, isWrite }: Tests, found: Fallback[]): void {
  const looks: SpanIndex[] = [];
  const writes: SpanIndex[] = [];
  for (const child of inTurn(trace, caller)) {
    const inner = unwrapped(trace, child);
    const inside = isLookup(child) ? readInside(trace, child, isRead) : undefined;
    if (inside !== undefined) {
      found.push({ caller, miss: child, read: inside, writes });
      continue;
    }
    if (isLookup(inner) || isLookup(child)) {
      looks.push(...unlessHit(trace, child, inner));
      continue;
    }
    if (isWrite(inner)) writes.push(inner);
    const miss = looks.at(-1);
    if (miss === undefined || !isRead(child) || !isFallback(trace, child, miss)) continue;
    looks.pop();
    found.push({ caller, miss, read: child, writes });
  }
}

/** By start; of those that begin together by clocks that are coarse, the one that ends first came first. */
function inTurn(trace: Trace, caller: SpanIndex): SpanIndex[] {
  return Array.from(trace.children(caller)).sort(
    (a, b) => trace.startUs(a) - trace.startUs(b) || trace.endUs(a) - trace.endUs(b) || a - b,
  );
}

/** What a look reads itself when it has no value: `cache.fetch` and what it was given to run. With a value it would not run. */
function readInside(trace: Trace, look: SpanIndex, isRead: SpanTest): SpanIndex | undefined {
  if (!trace.isInternal(look) || trace.hasMark(look, MARK.cacheHit)) return undefined;
  return trace.children(look).find((child) => isRead(child) && !CACHE_SYSTEMS.has(trace.databaseSystem(child)));
}

/** A look that may have missed: of a wrapper and what it wraps, the one that says so. */
function unlessHit(trace: Trace, look: SpanIndex, inner: SpanIndex): SpanIndex[] {
  if (trace.hasMark(look, MARK.cacheHit) || trace.hasMark(inner, MARK.cacheHit) || trace.failed(inner)) return [];
  return [trace.hasMark(look, MARK.cacheMiss) ? look : inner];
}

/** Slower than the look, and not begun before that was answered. */
function isFallback(trace: Trace, read: SpanIndex, look: SpanIndex): boolean {
  return trace.endUs(look) <= trace.startUs(read) && trace.durationOfUs(read) > trace.durationOfUs(look);
}

/** Those that are known to have missed, the slowest read first. */
export function knownMisses(trace: Trace, fallbacks: readonly Fallback[]): Miss[] {
  return fallbacks
    .map((fallback) => ({ ...fallback, heldUs: trace.pathBelowUs(fallback.read) }))
    .sort((a, b) => b.heldUs - a.heldUs || a.read - b.read)
    .flatMap((fallback, at) => {
      const isMarked = trace.hasMark(fallback.miss, MARK.cacheMiss);
      const unread = isMarked ? NOT_READ : undefined;
      const item = at < MOST_READ ? evidenceOf(trace, fallback, isMarked) : unread;
      return item === undefined ? [] : [{ ...fallback, item }];
    });
}

const NOT_READ: EvidenceItem = { kind: 'span', ref: '', text: '' };

function evidenceOf(trace: Trace, { miss, read, writes }: Fallback, isMarked: boolean): EvidenceItem | undefined {
  const ref = trace.spanId(miss);
  if (isMarked) return { kind: 'span', ref, text: `${trace.operation(miss)}: a miss` };
  if (trace.isUnder(read, miss)) return { kind: 'span', ref, text: `${trace.operation(miss)} reads the value itself` };
  if (MISS.test(trace.operation(miss))) return { kind: 'span', ref, text: trace.operation(miss) };
  const event = trace.hasEvents(miss) ? trace.events(miss).find(({ name }) => MISS.test(name)) : undefined;
  if (event !== undefined) return { kind: 'event', ref, text: event.name };
  if (trace.number(miss, 'db.response.returned_rows') === 0) return { kind: 'span', ref, text: 'it returned no row' };
  const key = keyOf(trace, miss);
  const write = writes.find((each) => trace.startUs(each) >= trace.endUs(read) && mayBeOf(key, keyOf(trace, each)));
  if (write === undefined) return undefined;
  const what = key === '' ? trace.operation(write) : `${trace.operation(write).split(' ', 1)[0]} of the same key`;
  return { kind: 'span', ref: trace.spanId(write), text: `${what} once the value was read` };
}

const MISS = /\bmiss(?:ed)?\b|\bcache[._]?miss/i;

/** `product:456` of `GET product:456`; empty where the key was masked or not recorded. */
export function keyOf(trace: Trace, span: SpanIndex): string {
  const named = trace.text(span, 'cache.key');
  if (named !== '') return named.toLowerCase();
  const [, key = ''] = (trace.text(span, 'db.query.text') || trace.operation(span)).trim().split(/\s+/);
  return key.includes('?') ? '' : key.toLowerCase();
}

function mayBeOf(key: string, written: string): boolean {
  return key === '' || written === '' || key === written;
}

function testsOf(trace: Trace): Tests {
  const isCache = trace.databaseTest((system) => CACHE_SYSTEMS.has(system));
  const shapeReads = trace.queryShapeTest((shape) => READS.test(shape));
  const shapeWrites = trace.queryShapeTest((shape) => WRITES.test(shape));
  const nameReads = trace.operationTest((name) => READS.test(verbOf(name)));
  const nameWrites = trace.operationTest((name) => WRITES.test(verbOf(name)));
  const isNamedLookup = trace.operationTest((name) => NAMED_LOOKUP.test(name));
  const isNamedWrite = trace.operationTest((name) => NAMED_WRITE.test(name));
  const changesStore = trace.queryShapeTest((shape) => STORE_CHANGES.test(shape));
  const isNoRead = trace.operationTest((name) => NO_READ.test(name) || isConnectionWait(name));

  const isLookup: SpanTest = (span) =>
    trace.hasMark(span, MARK.cacheHit | MARK.cacheMiss) ||
    (isCache(span) ? shapeReads(span) || nameReads(span) : isNamedLookup(span));
  const isWrite: SpanTest = (span) =>
    isCache(span) ? shapeWrites(span) || nameWrites(span) : isNamedWrite(span) && !trace.isCall(span);
  const isReadingCall: SpanTest = (span) =>
    trace.isDatabaseCall(span)
      ? !isCache(span) && !changesStore(span) && !isNoRead(span)
      : trace.isCall(span) && !isNoRead(span);
  const isRead: SpanTest = (span) =>
    isReadingCall(span) || (trace.isInternal(span) && trace.children(span).some(isReadingCall));
  return { isLookup, isWrite, isRead };
}

/** What has to do with a cache: most spans have not. */
function spansOfCaches(trace: Trace): readonly SpanIndex[] {
  return trace.spansWith({
    marks: MARK.cacheHit | MARK.cacheMiss,
    operation: (name) => NAMED_LOOKUP.test(name) || NAMED_WRITE.test(name),
    database: (system) => CACHE_SYSTEMS.has(system),
  });
}

/** Commands of Redis and Memcached, as the first word. */
const READS = /^(?:m?get|gets|hm?get|hgetall|getex|getrange|json\.get|smembers|lrange|zrange|exists|touch)\b/i;
const WRITES = /^(?:m?set|setex|psetex|setnx|set_multi|hm?set|json\.set|sadd|[lr]push|zadd|add|replace)\b/i;
const NAMED_LOOKUP =
  /\bcache[ ._:/-]*(?:get|read|lookup|fetch|find|load)\b|\b(?:get|read|lookup|fetch)[ ._-]*(?:from[ ._-]*)?cache\b/i;
const NAMED_WRITE =
  /\bcache[ ._:/-]*(?:set|put|write|store|fill)\b|\b(?:set|put|write|store)[ ._-]*(?:to[ ._-]*)?cache\b/i;
const STORE_CHANGES =
  /^(?:insert|update|delete|merge|replace|upsert|create|alter|drop|begin|start|commit|rollback|set|use)\b/;
const NO_READ = /^(?:POST|PUT|PATCH|DELETE)\b|^(?:begin|commit|rollback|connect)\b/i;

/** `GET` of `Redis GET product:456`, of `redis.get`, of `GET`. */
function verbOf(operation: string): string {
  return operation.replace(/^(?:redis|valkey|memcached?|cache)[ ._:/-]+/i, '').replace(/^command[ ._:/-]+/i, '');
}

/** What a wrapper wraps; the span itself where it is none. */
function unwrapped(trace: Trace, span: SpanIndex): SpanIndex {
  return trace.childCount(span) === 1 && trace.isInternal(span) ? (trace.firstChild(span) ?? span) : span;
}
