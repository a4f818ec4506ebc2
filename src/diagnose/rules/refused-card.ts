/**
 * A customer's bank refused a card, the service told the customer, and the answer came in time. Where the bank is asked
 * takes a second, and that is no cause of anything.
 *
 *   [ click pay  1.4 s                     ]
 *     [ POST /pay  402                   ]      info  your card was declined: insufficient funds
 *       [ POST bank ✗ 402              ]
 */
import type { Judgement } from '#model/finding/diagnosis.ts';
import { type CorrelatedLine, isCertain } from '#model/logs/log-correlation.ts';
import { severityOf, WARN } from '#model/logs/log-level.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { saysPersonRefused } from '#model/logs/stated-reasons.ts';
import type { Trace } from '#model/trace/trace.ts';
import { KEEPS_ATTENTION_US } from '#model/trace/views/request-nature.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** Many refusals of many cards are an attack, and a line with a secret stays one. */
const EXCUSED: ReadonlySet<string> = new Set(['bottleneck', 'unexplained-gap', 'error-origin', 'swallowed-error']);
const PAYMENT_REQUIRED = 402;

/** Each call that failed was such a refusal, a line of its service says so, and no line warns. */
export function isRefusedCard({ diagnosis }: Judgement, trace: Trace, lines: readonly CorrelatedLine[]): boolean {
  if (diagnosis?.status !== 'inconclusive' || !EXCUSED.has(diagnosis.kind)) return false;
  const failed = failedSpans(trace);
  if (trace.durationOfUs(trace.root) > KEEPS_ATTENTION_US) return false;
  if (failed.length === 0 || failed.some((span) => trace.httpStatus(span) !== PAYMENT_REQUIRED)) return false;
  const services = new Set(failed.map((span) => trace.service(span)));
  const own = lines.filter((line) => services.has(line.service) && isCertain(line));
  return !own.some(({ level }) => severityOf(level) >= WARN) && own.some((line) => saysPersonRefused(logMessage(line)));
}
