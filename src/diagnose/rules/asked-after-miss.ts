/**
 * Reads that ask a store only because the cache did not answer: with a cache hit nobody would have waited for them.
 *
 *   [ GET catalog:1 ✗ ][ SELECT books … ][ GET catalog:2 ✗ ][ SELECT books … ]      the cache is gone
 *
 * Clients take a cache that fails for one without the value, and read the store (Dalli; Rails cache stores; django-redis,
 * DJANGO_REDIS_IGNORE_EXCEPTIONS; Spring, CacheErrorHandler).
 */
import { isFailure } from '#diagnose/finding-kinds.ts';
import { LEAST_SHARE } from '#diagnose/rules/loops.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import { CACHE_SYSTEMS } from '#model/sql/cache-systems.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { under } from '#model/trace/views/subtrees.ts';

export function askedAfterMiss(pair: Pair): boolean {
  const { trace, cause, effect } = pair;
  if (cause.detector !== 'cache-miss-cascade' || effect.detector !== 'slow-query') return askedWithoutCache(pair);
  return under(trace, effect.spans, cause.spans).length === effect.spans.length;
}

/** What says only that reads are many or slow. */
const OF_READS: ReadonlySet<string> = new Set([
  'slow-query',
  'n-plus-one-queries',
  'n-plus-one-calls',
  'fan-out',
  'sequential-calls',
]);

/** One cache read that fails is no reason for many others. */
const LEAST_READS = 2;

function askedWithoutCache({ trace, cause, effect, detectors }: Pair): boolean {
  if (!isFailure(cause.detector, detectors) || !OF_READS.has(effect.detector)) return false;
  const [failed] = cause.spans;
  if (failed === undefined || !isFailedLook(trace, failed)) return false;
  const replacing = effect.spans.filter((read) => {
    const look = callBefore(trace, read);
    return look !== undefined && isFailedLook(trace, look) && trace.peer(look) === trace.peer(failed);
  });
  return replacing.length >= Math.max(LEAST_READS, LEAST_SHARE * effect.spans.length);
}

function isFailedLook(trace: Trace, span: SpanIndex): boolean {
  return trace.failed(span) && CACHE_SYSTEMS.has(trace.databaseSystem(span));
}

/** The last call below the same caller that ended before it. */
function callBefore(trace: Trace, span: SpanIndex): SpanIndex | undefined {
  const parent = trace.parent(span);
  if (parent === undefined) return undefined;
  let last: SpanIndex | undefined;
  for (const one of trace.children(parent)) {
    if (one === span || trace.endUs(one) > trace.startUs(span)) continue;
    if (last === undefined || trace.endUs(one) > trace.endUs(last)) last = one;
  }
  return last;
}
