import type { Pair } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { under } from '#model/trace/views/subtrees.ts';

/**
 * A query ran when somebody's time limit ended the request. The limit is on record. Why the query took so long is not,
 * unless a plan, a line or the database's statistics show it: it may have waited for a lock or for a busy database. So
 * the timeout leads and names the query. A query with such evidence explains the timeout.
 */
export function queryAtLimit({ trace, cause, effect }: Pair): boolean | undefined {
  if (isUnexplainedQuery(cause) && (isTimeout(effect) || isRetriedTooEarly(effect)))
    return wasWaitedFor(trace, cause, effect) ? false : undefined;
  if (isUnexplainedQuery(effect) && isTimeout(cause)) return wasWaitedFor(trace, effect, cause) ? true : undefined;
  return undefined;
}

function isUnexplainedQuery({ detector, evidence = [] }: Finding): boolean {
  return detector === 'slow-query' && evidence.length === 0;
}

/** A limit that only a round number of seconds suggests is no record. */
function isTimeout({ detector, inferred, facts }: Finding): boolean {
  return detector === 'timeout-cascade' && inferred !== true && facts.sign !== 'guessed';
}

/** Each attempt met a limit, and the callee answered it later: the query ran in each, and explains the attempts no more. */
function isRetriedTooEarly({ detector, facts }: Finding): boolean {
  return detector === 'retry-storm' && facts.answered === true;
}

/** The calls without an answer are the first spans of a timeout, and of attempts. */
function wasWaitedFor(trace: Trace, query: Finding, { spans, facts }: Finding): boolean {
  return under(trace, query.spans, spans.slice(0, Number(facts.attempts))).length === query.spans.length;
}
