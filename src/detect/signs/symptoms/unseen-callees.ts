/** The stores, brokers and hosts without spans of their own at which a request failed. Their settings decide what they take. */
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

/** More spans of one request repeat the same failure. */
const MOST_READ = 50;

/** By the names that the failed calls of the finding record. */
export function unseenCallees(trace: Trace, { spans }: Pick<Finding, 'spans'>): ReadonlySet<string> {
  const failed = spans
    .slice(0, MOST_READ)
    .filter((span) => trace.isCall(span) || trace.kind(span) === 'producer')
    .filter((span) => trace.failed(span) && trace.childCount(span) === 0);
  const names = new Set(failed.map((span) => callee(trace, span)));
  for (const name of ['', ...trace.services]) names.delete(name);
  return names;
}
