import type { Pair } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { KEEPS_THOUGHT_US } from '#model/trace/views/request-nature.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** Calls one after another. In a fan-out each query delays the request by itself. */
const LOOPS: ReadonlySet<string> = new Set(['n-plus-one-calls', 'sequential-calls']);
/** Sentry reports an N+1 from five calls on. A few calls may each be meant, and then their query counts. */
const FEWEST_RUNS = 5;

/**
 * A caller asks another service once for each element, and each answer takes one run of the same query. No run is long
 * enough to bother anybody, and nothing on record says that the query is bad: what makes the request long is the loop.
 *
 *   GET /overview  [===========================================]   bookings   ← the loop: the verdict
 *     GET /zones/1   [==== SELECT ====]                            fleet
 *     GET /zones/2                     [==== SELECT ====]          fleet
 */
export function loopOverQueries({ trace, cause, effect }: Pair): boolean | undefined {
  if (isLoopOver(trace, cause, effect)) return true;
  return isLoopOver(trace, effect, cause) ? false : undefined;
}

function isLoopOver(trace: Trace, loop: Finding, query: Finding): boolean {
  if (!LOOPS.has(loop.detector) || query.detector !== 'slow-query') return false;
  const { spans, evidence = [] } = query;
  if (spans.length < FEWEST_RUNS || evidence.length > 0 || query.facts.suspicion !== '') return false;
  if (spans.some((span) => trace.durationOfUs(span) > KEEPS_THOUGHT_US)) return false;
  const calls = loop.spans.filter((span) => trace.isCall(span) && trace.service(span) === loop.service);
  return under(trace, spans, calls).length === spans.length && calls.length >= spans.length;
}
