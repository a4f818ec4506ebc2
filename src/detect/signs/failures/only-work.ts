/**
 * Jobs that answer nobody, and whose only calls failed. No span of them is marked, because their code writes an error line
 * and goes on with the next message:
 *
 *   [ levels process                    ]   consumer: no caller who could get less than the whole
 *     [ POST influx ✗ 400 "partial write" ]    the only call: it was the work
 *       · error  write failed: partial write
 *
 * A job that did other work beside the failed call, whose message comes again, or whose line says what was done instead
 * may do without the call.
 */
import { noInstanceLine } from '#detect/signs/failures/callee-lines.ts';
import { saysMended } from '#detect/signs/failures/told-losses.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { ERROR, severityOf } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { isOfDevice } from '#model/trace/views/device.ts';

/** Work inside a job is seldom nested deeper. */
const MOST_LEVELS = 20;
/** A job with more spans did more than one thing. */
const MOST_SPANS = 50;
const LONGEST_READ = 1_000;
/** RFC 9110: the thing is gone, which a job may be sent to find out (APNs answers so for an app that was removed). */
const GONE: ReadonlySet<number> = new Set([404, 410]);

/**
 * Whether the failed call was all that a job did, and its own error line of this job says that it failed. The screen of a
 * device answers nobody either: there the callee's platform has to say that no instance took the call.
 */
export function wasOnlyWork(trace: Trace, call: SpanIndex, logs: readonly LogLine[]): boolean {
  if (!trace.isCall(call) || GONE.has(trace.httpStatus(call))) return false;
  const job = jobAbove(trace, call);
  if (job === undefined || didOtherWork(trace, job, 0) || comesAgain(trace, job, logs)) return false;
  if (trace.kind(job) !== 'consumer') return noInstanceLine(trace, call, trace.peer(call), logs) !== undefined;
  const own = logs.filter(
    (line) => line.service === trace.service(job) && isCertain(line) && severityOf(line.level) >= ERROR,
  );
  return own.length > 0 && own.every((line) => !saysMended(logMessage(line).slice(0, LONGEST_READ)));
}

/** The consumer of the same service above the call, or the screen; undefined where something between them failed or answers somebody. */
function jobAbove(trace: Trace, call: SpanIndex): SpanIndex | undefined {
  let above = trace.parent(call);
  for (let level = 0; level < MOST_LEVELS && above !== undefined; level += 1, above = trace.parent(above)) {
    if (trace.failed(above) || trace.service(above) !== trace.service(call)) return undefined;
    if (trace.kind(above) === 'consumer' || (above === trace.root && isScreen(trace, above))) return above;
    if (!trace.isInternal(above)) return undefined;
  }
  return undefined;
}

function isScreen(trace: Trace, root: SpanIndex): boolean {
  return trace.isInternal(root) && trace.httpStatus(root) === 0 && isOfDevice(trace, root);
}

/** A call or a message that went well. */
function didOtherWork(trace: Trace, job: SpanIndex, level: number): boolean {
  const children = trace.children(job);
  if (level > MOST_LEVELS || children.length > MOST_SPANS) return true;
  return [...children].some((child) => {
    if (trace.failed(child)) return false;
    return !trace.isInternal(child) || trace.isDatabaseCall(child) || didOtherWork(trace, child, level + 1);
  });
}

/** The field in which a function answers which messages of its batch failed: SQS, Kinesis and DynamoDB deliver them again. */
const PARTIAL_BATCH = /\bbatchItemFailures\b(?!["']?\s{0,2}[:=]\s{0,2}(?:\[\s{0,2}\]|0\b|none\b))/;

/**
 * Celery's instrumentation records the state of the task, and RETRY is its word for a task that its worker put off. AWS:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function comesAgain(trace: Trace, entry: SpanIndex, logs: readonly LogLine[]): boolean {
  if (trace.kind(entry) !== 'consumer') return false;
  if (trace.text(entry, 'celery.state') === 'RETRY') return true;
  const service = trace.service(entry);
  return logs.some((line) => line.service === service && line.rung === 'trace-id' && PARTIAL_BATCH.test(line.line));
}
