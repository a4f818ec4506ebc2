/**
 * Finds cache lookups that missed, each with the read that replaced it.
 *
 *   [ GET /product/456                       ]   the caller
 *     [ GET product:456 ✗ ]                      the lookup
 *                          [ SELECT … products ] the read after it
 *
 * A lookup missed if its span says so, or if the value is written back after the read. A lookup before a query alone is no
 * miss: a session is looked up, too.
 */

import type { EvidenceItem } from '#model/finding/finding.ts';
import { CACHE_LOOKUPS, CACHE_MISSES, CACHE_WRITES } from '#model/instruments/cache-words.ts';
import { CACHE_SYSTEMS } from '#model/sql/cache-systems.ts';
import { isConnectionWait } from '#model/sql/connection-wait.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs } from '#model/trace/views/critical-path.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

/** Attributes are read for this many misses, those with the slowest reads. */
const MOST_READ = 200;

/** A cache lookup, the read after it, and the caller's writes to a cache. */
type Fallback = Readonly<{ caller: SpanIndex; miss: SpanIndex; read: SpanIndex; writes: readonly SpanIndex[] }>;
export type Miss = Fallback &
  Readonly<{
    item: EvidenceItem;
    /** Further signs of the same miss. */
    others: readonly EvidenceItem[];
    /** Only the order of a lookup, a read and a write shows the miss. */
    isInferred: boolean;
  }>;
type Tests = Readonly<{
  isLookup: SpanTest;
  isWrite: SpanTest;
  isRead: SpanTest;
}>;

export function fallbacksOf(trace: Trace): Fallback[] {
  const spans = spansOfCaches(trace);
  if (spans.length === 0) return [];
  const tests = testsOf(trace);
  const signs = signsOf(trace, spans, tests);
  const found: Fallback[] = [];
  for (const caller of callersThatLook(trace, spans, signs)) addFallbacks(trace, caller, { signs, ...tests }, found);
  return found;
}

/** All cache lookups, hits and misses. */
export function looksOf(trace: Trace): SpanIndex[] {
  const spans = spansOfCaches(trace);
  return spans.length === 0 ? [] : spans.filter(testsOf(trace).isLookup);
}

/** Up to this many callers are examined without a sign of a miss. */
const MOST_SILENT = 1000;
const [LOOKS, SHOWS, WRITES_TO_IT] = [1, 2, 4];
/** On a lookup, `hit = false` is enough. */
const MISSED = MARK.cacheMiss | MARK.noHit;
const HIT = MARK.cacheHit | MARK.hit;

/** For each span: what it does with a cache, and whether a column shows a possible miss. 0 without a cache. */
function signsOf(trace: Trace, spans: readonly SpanIndex[], { isLookup, isWrite }: Tests): Uint8Array {
  const saysMiss = trace.operationTest((name) => CACHE_MISSES.test(name));
  const signs = new Uint8Array(trace.spanCount);
  for (const span of spans) {
    if (isLookup(span)) {
      const shows = trace.hasMark(span, MISSED) || trace.hasEvents(span) || saysMiss(span);
      signs[span] = shows ? LOOKS | SHOWS : LOOKS;
    } else if (isWrite(span)) signs[span] = WRITES_TO_IT;
  }
  return signs;
}

/** Callers of cache lookups, in order. If there are very many, only those where a column shows a possible miss. */
function callersThatLook(trace: Trace, spans: readonly SpanIndex[], signs: Uint8Array): Int32Array {
  const seen = new Uint8Array(trace.spanCount);
  const callers: SpanIndex[] = [];
  for (const span of spans) {
    const sign = signs[span] ?? 0;
    const caller = sign === 0 ? undefined : callerOf(trace, span);
    if (caller === undefined) continue;
    if (seen[caller] === 0) callers.push(caller);
    seen[caller] = (seen[caller] ?? 0) | sign;
  }
  const looking = Int32Array.from(callers.filter((caller) => ((seen[caller] ?? 0) & LOOKS) !== 0)).sort();
  const showing = looking.filter((caller) => seen[caller] !== LOOKS);
  return looking.length - showing.length > MOST_SILENT ? showing : looking;
}

/** A wrapper around the lookup, such as `cache.get`, is not the caller. */
function callerOf(trace: Trace, look: SpanIndex): SpanIndex | undefined {
  const parent = trace.parent(look);
  if (parent === undefined || trace.childCount(parent) > 1 || !trace.isInternal(parent)) return parent;
  return trace.parent(parent) ?? parent;
}

/** A read belongs to the last lookup before it without a read: two lookups and then two reads are two pairs. */
function addFallbacks(
  trace: Trace,
  caller: SpanIndex,
  { signs, isRead }: Readonly<{ signs: Uint8Array; isRead: SpanTest }>,
  found: Fallback[],
): void {
  const looks: SpanIndex[] = [];
  const writes: SpanIndex[] = [];
  const isLook = (span: SpanIndex) => ((signs[span] ?? 0) & LOOKS) !== 0;
  const see = (child: SpanIndex) => {
    const inner = unwrapped(trace, child);
    const inside = isLook(child) ? readInside(trace, child, isRead) : undefined;
    if (inside !== undefined) {
      found.push({ caller, miss: child, read: inside, writes });
      return;
    }
    if (isLook(inner) || isLook(child)) {
      looks.push(...unlessHit(trace, child, inner));
      return;
    }
    if (signs[inner] === WRITES_TO_IT) writes.push(inner);
    const miss = looks.at(-1);
    if (miss === undefined || !isFallback(trace, child, miss, isRead)) return;
    looks.pop();
    found.push({ caller, miss, read: child, writes });
  };
  const children = inTurn(trace, caller);
  for (let at = 0; at < children.length; at += 1) see(children[at] ?? 0);
}

/** By start. Coarse clocks give equal starts: then the span that ends first came first. */
function inTurn(trace: Trace, caller: SpanIndex): Int32Array {
  const children = trace.children(caller);
  for (let at = 1; at < children.length; at += 1) {
    if (trace.startUs(children[at - 1] ?? 0) < trace.startUs(children[at] ?? 0)) continue;
    return children.toSorted((a, b) => trace.startUs(a) - trace.startUs(b) || trace.endUs(a) - trace.endUs(b) || a - b);
  }
  return children;
}

/** The read inside of a lookup such as `cache.fetch`, which runs its callback only without a value. */
function readInside(trace: Trace, look: SpanIndex, isRead: SpanTest): SpanIndex | undefined {
  if (!trace.isInternal(look) || trace.hasMark(look, HIT)) return undefined;
  return trace.children(look).find((child) => isRead(child) && !CACHE_SYSTEMS.has(trace.databaseSystem(child)));
}

/** A lookup that may have missed: the wrapper or the wrapped span, whichever shows the miss. */
function unlessHit(trace: Trace, look: SpanIndex, inner: SpanIndex): SpanIndex[] {
  if (trace.hasMark(look, HIT) || trace.hasMark(inner, HIT) || trace.failed(inner)) return [];
  return [trace.hasMark(look, MISSED) ? look : inner];
}

/** A read that began after the lookup ended, and took longer. */
function isFallback(trace: Trace, span: SpanIndex, look: SpanIndex, isRead: SpanTest): boolean {
  if (trace.endUs(look) > trace.startUs(span) || trace.durationOfUs(span) <= trace.durationOfUs(look)) return false;
  return isRead(span);
}

/** Lookups that may have missed, those with the slowest reads first. */
export function suspectedMisses(trace: Trace, fallbacks: readonly Fallback[]): Fallback[] {
  const heldUs = ({ read }: Fallback) => pathBelowUs(trace, read);
  const leastUs = Float64Array.from(fallbacks, heldUs).sort().at(-MOST_READ) ?? 0;
  return fallbacks
    .filter((fallback) => heldUs(fallback) >= leastUs || isMarked(trace, fallback))
    .sort((a, b) => heldUs(b) - heldUs(a) || a.read - b.read)
    .filter((fallback, at) => at < MOST_READ || isMarked(trace, fallback));
}

/** The suspected lookups that surely missed, in the same order. */
export function knownMisses(trace: Trace, suspected: readonly Fallback[]): Miss[] {
  return suspected.flatMap((fallback, at) => {
    const shown = at < MOST_READ ? evidenceOf(trace, fallback) : NOT_READ;
    return shown === undefined ? [] : [{ ...fallback, ...shown }];
  });
}

function isMarked(trace: Trace, { miss }: Fallback): boolean {
  return trace.hasMark(miss, MISSED);
}

const NOT_READ: Shown = { item: { kind: 'span', ref: '', text: '' }, others: [], isInferred: false };

type Shown = Pick<Miss, 'item' | 'others' | 'isInferred'>;

/** All signs of the miss. Recorded words are stronger than the order of spans. */
function evidenceOf(trace: Trace, fallback: Fallback): Shown | undefined {
  const [item, ...others] = [...saidMiss(trace, fallback), ...readBy(trace, fallback)];
  const written = writtenBack(trace, fallback);
  if (item === undefined) return written;
  return { item, others: [...others, ...(written === undefined ? [] : [written.item])], isInferred: false };
}

function saidMiss(trace: Trace, fallback: Fallback): EvidenceItem[] {
  const { miss } = fallback;
  const ref = trace.spanId(miss);
  const name = trace.operation(miss);
  const events = trace.hasEvents(miss) ? trace.events(miss) : [];
  return [
    ...(isMarked(trace, fallback) ? [{ kind: 'span', ref, text: `${name}: a miss` } as const] : []),
    ...(CACHE_MISSES.test(name) ? [{ kind: 'span', ref, text: name } as const] : []),
    ...events
      .filter((event) => CACHE_MISSES.test(event.name))
      .map((event): EvidenceItem => ({ kind: 'event', ref, text: event.name })),
    ...(trace.number(miss, 'db.response.returned_rows') === 0
      ? [{ kind: 'span', ref, text: `${name} returned no row` } as const]
      : []),
  ];
}

function readBy(trace: Trace, { miss, read }: Fallback): EvidenceItem[] {
  if (!trace.isUnder(read, miss)) return [];
  return [{ kind: 'span', ref: trace.spanId(miss), text: `${trace.operation(miss)} reads the value itself` }];
}

/** A later write of the same key shows a miss. Without a recorded key, the write may be of another value. */
function writtenBack(trace: Trace, { miss, read, writes }: Fallback): Shown | undefined {
  const key = keyOf(trace, miss);
  const later = writes.filter((each) => trace.startUs(each) >= trace.endUs(read) && mayBeOf(key, keyOf(trace, each)));
  const ofKey = later.find((each) => key !== '' && keyOf(trace, each) === key);
  const write = ofKey ?? later[0];
  if (write === undefined) return undefined;
  const what =
    ofKey === undefined ? trace.operation(write) : `${trace.operation(write).split(' ', 1)[0]} with the same key`;
  return {
    item: { kind: 'span', ref: trace.spanId(write), text: `${what} writes the value once it was read` },
    others: [],
    isInferred: ofKey === undefined,
  };
}

/** The value of this read is kept under the key that was looked up in vain: whoever comes next does not wait for it. */
export function fillsCache(trace: Trace, read: SpanIndex): boolean {
  const own = fallbacksOf(trace).filter((fallback) => fallback.read === read);
  return own.some((fallback) => writtenBack(trace, fallback)?.isInferred === false);
}

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
  const isNamedLookup = trace.operationTest((name) => CACHE_LOOKUPS.test(name));
  const isNamedWrite = trace.operationTest((name) => CACHE_WRITES.test(name));
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

/** Spans that use a cache; most do not. */
function spansOfCaches(trace: Trace): readonly SpanIndex[] {
  return spansWith(trace, {
    marks: MARK.cacheHit | MARK.cacheMiss,
    operation: (name) => CACHE_LOOKUPS.test(name) || CACHE_WRITES.test(name),
    database: (system) => CACHE_SYSTEMS.has(system),
  });
}

/** Commands of Redis and Memcached, as the first word. */
const READS = /^(?:m?get|gets|hm?get|hgetall|getex|getrange|json\.get|smembers|lrange|zrange|exists|touch)\b/i;
const WRITES = /^(?:m?set|setex|psetex|setnx|set_multi|hm?set|json\.set|sadd|[lr]push|zadd|add|replace)\b/i;
const STORE_CHANGES =
  /^(?:insert|update|delete|merge|replace|upsert|create|alter|drop|begin|start|commit|rollback|set|use)\b/;
const NO_READ = /^(?:POST|PUT|PATCH|DELETE)\b|^(?:begin|commit|rollback|connect)\b/i;

/** `GET` of `Redis GET product:456`, of `redis.get`, of `GET`. */
function verbOf(operation: string): string {
  return operation.replace(/^(?:redis|valkey|memcached?|cache)[ ._:/-]+/i, '').replace(/^command[ ._:/-]+/i, '');
}

/** The wrapped span; the span itself where it is no wrapper. */
function unwrapped(trace: Trace, span: SpanIndex): SpanIndex {
  return trace.childCount(span) === 1 && trace.isInternal(span) ? (trace.firstChild(span) ?? span) : span;
}
