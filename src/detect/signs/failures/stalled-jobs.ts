/**
 * A job whose worker computed on its event loop for so long that it could not renew its lock: the queue gives the job up,
 * and the computing is the reason.
 *
 *   [ reminders process ✗ "job stalled more than allowable limit" ]
 *        · event loop blocked for 63988 ms
 */
import { wasLoopBlocked } from '#detect/signs/runtime/cpu-starvation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs } from '#model/trace/views/critical-path.ts';
import { failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

/** Bull and BullMQ, by their checker of stalled jobs and by the worker: https://docs.bullmq.io/guide/workers/stalled-jobs */
const STALLED = /\bjob stalled more than (?:the )?allowable (?:limit|stall count)\b|\bMissing lock for job \S/i;

/**
 * Whether the failed job stalled, and a line of its worker says for how long its event loop was blocked then. Where the
 * request did not wait for the job, no time of the request shows the computing, and the failure stays the finding.
 */
export function stalledByLoop(
  trace: Trace,
  span: SpanIndex,
  { lines, logs }: Readonly<{ lines: LinesBySpan; logs: readonly LogLine[] }>,
): boolean {
  if (pathBelowUs(trace, span) === 0) return false;
  return failureTexts(trace, span, lines).some(({ text }) => STALLED.test(text)) && wasLoopBlocked(trace, span, logs);
}
