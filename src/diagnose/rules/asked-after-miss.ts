import type { Pair } from '#diagnose/rules/pair.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** A query that runs only because of a cache miss: with a cache hit nobody would have waited for it. */
export function askedAfterMiss({ trace, cause, effect }: Pair): boolean {
  if (cause.detector !== 'cache-miss-cascade' || effect.detector !== 'slow-query') return false;
  return under(trace, effect.spans, cause.spans).length === effect.spans.length;
}
