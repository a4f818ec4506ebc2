/**
 * A server could not write the rest of its answer, because its client had left.
 *
 *   GET /audio/{id} ✗ 206 BrokenPipeError   [=========]   player
 *                                                    ·    client closed the connection after 410 kB
 *
 * A broken pipe alone may be that of another process, so a line has to say who left.
 */
import { ERROR, severityOf } from '#model/logs/log-level.ts';
import { type LogLine, linesBySpan } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, saysCancelled } from '#model/trace/views/failure-text.ts';

/** Python, Go and C, Tomcat, Node.js. */
const PIPE = /\bBroken ?Pipe|\bEPIPE\b|\bClientAbortException\b/i;

export function isLeftByClient(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): boolean {
  const status = trace.httpStatus(span);
  // Its head was sent, so the answer itself was none of a failure.
  if (span !== trace.root || trace.kind(span) !== 'server' || status < 200 || status >= 300) return false;
  if (trace.children(span).some((child) => trace.failed(child))) return false;
  const lines = linesBySpan(logs);
  const texts = [trace.text(span, 'error.type'), ...failureTexts(trace, span, lines).map(({ text }) => text)];
  if (!texts.some((text) => PIPE.test(text))) return false;
  return logs.some((line) => {
    const isOwn = line.service === trace.service(span) && severityOf(line.level) < ERROR;
    return isOwn && saysCancelled(logMessage(line));
  });
}
