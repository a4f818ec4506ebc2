/**
 * The attempt that repaired a failed call may have no span: it was lost, or the library records only the first one. A line of
 * the service promises that attempt, no span fills the time that it takes, and the request ends well:
 *
 *   [ POST /payments 200                          ]   saleroom
 *     [ POST ✗ 429 ]                                  charges
 *                   warn  will retry in 100ms
 *                           (   no span     )
 */
import { isCertain } from '#model/logs/log-correlation.ts';
import { severityOf, WARN } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { upstreamIn } from '#model/logs/proxied-calls.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';

/** Req, Polly, Spring Retry, tenacity, Prisma, Airflow, Celery; drivers that open another connection or session. */
const PROMISES =
  /\bwill (?:be )?retr(?:y|ied)\b|\bretrying\b|\b(?:attempt|try|retry) \d{1,2} ?(?:of|\/) ?\d{1,2}\b|\b[1-9]\d? (?:attempts?|tries|retries) (?:left|remaining)\b|\bre-?(?:connecting|opening|sending|dialing|dialling)\b|\b(?:opening|trying|using|taking|asking|dialing|switching to|moving to) (?:an?|the) ?(?:new|next|other|second)\b|\b(?:opening|trying|using|asking|taking) another\b|\btrying (?:it )?again\b|\bUP_FOR_RETRY\b/i;
const GIVES_UP =
  /\bg(?:ive|ives|iving|iven|ave) up\b|\bexhausted\b|\blast (?:attempt|try)\b|\bin vain\b|\bdropp(?:ed|ing)\b/i;

/** A failed call is logged at once. A tenth of a second is what people do not notice. */
const LOGGED_WITHIN_US = 100_000;
const LONGEST_READ = 1_000;

/**
 * A proxy got no answer from one upstream and answered well: it has nothing of its own to answer with, so the next upstream or
 * its cache gave it. https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream
 */
export function passedToNext(trace: Trace, entry: SpanIndex, call: SpanIndex, lines: LinesBySpan): boolean {
  const status = trace.httpStatus(entry);
  if (status < 200 || status >= 300 || !trace.isOfOneService(entry, call)) return false;
  const own = lines.get(trace.spanId(call)) ?? [];
  return own.some((line) => line.service === trace.service(call) && upstreamIn(line) !== '');
}

export function promisesAttempt(trace: Trace, entry: SpanIndex, call: SpanIndex, logs: readonly LogLine[]): boolean {
  const endUs = trace.endUs(call);
  if (unfilledUs(trace, entry, endUs) < trace.durationOfUs(call)) return false;
  const own = logs.filter((line) => line.service === trace.service(call) && isCertain(line));
  const atUs = (line: LogLine) => epochUsOf(line) - trace.startEpochUs;
  const promise = own.find((line) => {
    const message = logMessage(line).slice(0, LONGEST_READ);
    const isThen = atUs(line) >= trace.startUs(call) && atUs(line) <= endUs + LOGGED_WITHIN_US;
    return isThen && PROMISES.test(message) && !GIVES_UP.test(message);
  });
  if (promise === undefined) return false;
  return own.every((line) => severityOf(line.level) < WARN || atUs(line) <= atUs(promise));
}

/** The time of the request after this moment in which no call of it ran. */
function unfilledUs(trace: Trace, entry: SpanIndex, fromUs: number): number {
  let [freeUs, atUs] = [0, fromUs];
  for (const child of trace.children(entry)) {
    freeUs += Math.max(0, trace.startUs(child) - atUs);
    atUs = Math.max(atUs, trace.endUs(child));
  }
  return freeUs + Math.max(0, trace.endUs(entry) - atUs);
}
