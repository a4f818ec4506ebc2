/**
 * One read failed, another source gave the same at once, and the service says so. Nobody noticed it, and the next read
 * may succeed.
 *
 *   [ GET /agenda  60 ms          ]
 *     [ redis GET ✗ ][ SELECT … ]     warn  cache read failed (LOADING …), reading from the database
 *
 * It stays a headline where the words tell of a state that lasts: a cache that refuses connections costs every request.
 */
import type { Judgement } from '#model/finding/diagnosis.ts';
import { type CorrelatedLine, isCertain } from '#model/logs/log-correlation.ts';
import { severityOf, WARN } from '#model/logs/log-level.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { givesSubstitute } from '#model/logs/stated-reasons.ts';
import type { Trace } from '#model/trace/trace.ts';
import { SATISFIES_US } from '#model/trace/views/request-nature.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** Redis, Memcached, and the network: no later call fares better by itself. */
const LASTS =
  /\b(?:refused|ECONNREFUSED|no server|unreachable|EHOSTUNREACH|ENOTFOUND|name or service not known|no such host|NOAUTH|WRONGPASS|NOPERM|denied|OOM|READONLY|MISCONF|CLUSTERDOWN|max number of clients|certificate|down|gone|dead|unavailable|since|again|every|always)\b/i;

/** What failed, and why: `cache read failed (LOADING …), …`. */
const FAILED_READ =
  /^[^,;:.\n]{0,60}\b(?:read|lookup|get|fetch|query) (?:failed|timed out)(?: \([^)\n]{1,120}\))?[,;:]/i;

export function isReadElsewhere(
  { findings: [first] }: Judgement,
  trace: Trace,
  lines: readonly CorrelatedLine[],
): boolean {
  if (first?.facts.isReplaced !== true || trace.failed(trace.root) || trace.httpStatus(trace.root) >= 400) return false;
  const [call, ...others] = failedSpans(trace);
  if (call === undefined || others.length > 0 || trace.durationOfUs(trace.root) > SATISFIES_US) return false;
  const own = lines.filter((line) => line.service === trace.service(call) && isCertain(line));
  if (own.some(({ level, line }) => severityOf(level) > WARN || LASTS.test(line))) return false;
  return !LASTS.test(String(first.facts.message)) && own.some(namesOther);
}

function namesOther(line: CorrelatedLine): boolean {
  return givesSubstitute(logMessage(line).replace(FAILED_READ, ' '));
}
