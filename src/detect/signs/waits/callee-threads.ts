/**
 * Requests that waited for a thread of their callee. The server's span begins only when a thread takes the request, so
 * the wait lies between caller and callee:
 *
 *   [ GET  client                        ]
 *     ~~~~~ waits in the accept queue ~~~~[ GET /rates  server ]
 *            · "All threads (200) are currently busy"      a line of the callee, without a trace id
 */
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { PROXY_QUEUES, THREADS_ARE_FULL, THREADS_ARE_SHORT } from '#model/instruments/thread-words.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSteps } from '#model/trace/views/critical-path.ts';
import { amountIn, saidAmountUs } from '#model/trace/wait-amounts.ts';

export type CalleeThreads = Readonly<{ span: SpanIndex; gap: Stretch; items: readonly EvidenceItem[] }>;

/** Waits of at least this many microseconds, by the callee's span. */
export function calleeThreads(trace: Trace, logs: readonly LogLine[], leastUs: number): readonly CalleeThreads[] {
  const said = logs.filter(({ line }) => THREADS_ARE_SHORT.test(line) || THREADS_ARE_FULL.test(line));
  const queued = logs.filter(({ line }) => amountIn(line, PROXY_QUEUES) > 0);
  if (said.length + queued.length === 0) return [];
  const path = pathSteps(trace);
  const found: CalleeThreads[] = [];
  for (let step = 0; step < path.count; step += 1) {
    const gap = { span: path.span(step), startUs: path.startUs(step), endUs: path.endUs(step) };
    const callee = gap.endUs - gap.startUs < leastUs ? undefined : calleeAt(trace, gap);
    if (callee === undefined) continue;
    const items = [...linesIn(trace, gap, trace.service(callee), said), ...queueIn(trace, gap, queued)];
    if (items.length > 0) found.push({ span: callee, gap, items });
  }
  return found;
}

/** The request of another service that begins as the gap ends. A proxy may record no span for its call. */
function calleeAt(trace: Trace, { span, endUs }: Stretch): SpanIndex | undefined {
  return trace
    .children(span)
    .find(
      (child) => trace.startUs(child) === endUs && trace.kind(child) === 'server' && !trace.isOfOneService(child, span),
    );
}

/** A server repeats such a line. */
const MOST_LINES = 3;

/** A server says once that its workers are all busy, and says it again only after some were free: php-fpm, Apache. */
const SAID_BEFORE_US = 60_000_000;

/** Application servers by the names of their processes, under which their own lines are often collected. */
const SERVER_PROCESS = /^(?:php-?fpm[\w.]{0,8}|apache2?|httpd|tomcat\d{0,2}|uwsgi|gunicorn|puma|passenger|unicorn)$/i;

function linesIn(
  trace: Trace,
  { startUs, endUs }: Stretch,
  service: string,
  said: readonly LogLine[],
): readonly EvidenceItem[] {
  return said
    .filter((line) => {
      const atUs = epochUsOf(line) - trace.startEpochUs;
      if (!isOf(trace, line, service) || atUs < startUs - SAID_BEFORE_US) return false;
      // Who took the request afterwards tells how long it waited.
      const toldUs = isCertain(line) ? saidAmountUs(line.line) : 0;
      return atUs <= endUs || (toldUs > 0 && Math.abs(toldUs - (endUs - startUs)) <= MOST_OFF * (endUs - startUs));
    })
    .slice(0, MOST_LINES)
    .map((line): EvidenceItem => {
      const isUnsure = line.service !== service || epochUsOf(line) - trace.startEpochUs < startUs;
      return { kind: 'log', ref: line.timeNs, text: line.line, ...(isUnsure && { unsure: true }) };
    });
}

/** A proxy counts the queue in whole milliseconds, and the way to the server comes on top. */
const MOST_OFF = 0.1;
/** A proxy writes its line when the answer is through. */
const WRITTEN_WITHIN_US = 60_000_000;

/** The line in which the calling proxy says that this request was queued for about as long as the gap. */
function queueIn(trace: Trace, gap: Stretch, queued: readonly LogLine[]): readonly EvidenceItem[] {
  const gapUs = gap.endUs - gap.startUs;
  const endUs = trace.endUs(gap.span);
  const line = queued.find((one) => {
    const afterUs = epochUsOf(one) - trace.startEpochUs - endUs;
    const isOfGap = Math.abs(amountIn(one.line, PROXY_QUEUES) - gapUs) <= MOST_OFF * gapUs;
    return one.service === trace.service(gap.span) && isOfGap && Math.abs(afterUs) <= WRITTEN_WITHIN_US;
  });
  return line === undefined ? [] : [{ kind: 'log', ref: line.timeNs, text: line.line }];
}

/** The service's own line, or one of a server process that has no spans under its name. */
function isOf(trace: Trace, line: LogLine, service: string): boolean {
  return line.service === service || (SERVER_PROCESS.test(line.service) && !trace.services.includes(line.service));
}
