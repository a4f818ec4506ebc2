/**
 * A job that two workers did at the same time: what watches for lost jobs took one for lost that was still running, and
 * started it once more.
 *
 *   [ print process, attempt 1                      ]
 *                            [ print process, attempt 2          ]    error  job 771 printed twice
 *
 * Oban's Lifeline, Sidekiq's super_fetch, BullMQ's stalled jobs, Celery's and SQS' visibility timeouts, Laravel's
 * `retry_after`, Hangfire's invisibility timeout, Pub/Sub's deadlines. A handler may notice that and do nothing; so its own
 * error has to say what came of it.
 */
import { deliveryCount } from '#detect/signs/messages/delivery-count.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { ERROR, severityOf } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

const MOST_READ = 500;
const LONGEST_READ = 1_000;

/** It was done more than once, or the first run goes on. */
const DONE_TWICE =
  /\b(?:twice|two times|a second time|double[ds]?|doubly|duplicat\w{1,4})\b|\b(?:still|already) (?:running|being processed|in progress|active|held)\b|\bmissing lock\b|\block (?:\w{1,20} ){0,3}(?:lost|mismatch|expired)\b/i;
/** Nothing came of it. */
const NOTICED =
  /\b(?:skipp(?:ed|ing)|ignor(?:ed|ing)|discard(?:ed|ing)|no-?op|nothing (?:done|sent|written|to do)|not (?:sent|written|printed|charged|repeated) again|deduplicated|(?:rolled|turned) back)\b/i;

/** The later run, and the error line that tells of it; undefined where no two runs of a job overlap. */
export function doubledJob(
  trace: Trace,
  logs: readonly LogLine[],
): Readonly<{ span: SpanIndex; item: EvidenceItem; surety?: undefined }> | undefined {
  const told = logs.filter((line) => isCertain(line) && severityOf(line.level) >= ERROR && saysTwice(line));
  if (told.length === 0) return undefined;
  const runs = spansWith(trace, { kinds: ['consumer'] }).slice(0, MOST_READ);
  for (const span of runs) {
    const line = told.find(({ service }) => service === trace.service(span));
    if (line === undefined || deliveryCount(trace, span) < 2) continue;
    if (runs.some((earlier) => isEarlierRun(trace, earlier, span)))
      return { span, item: { kind: 'log', ref: line.timeNs, text: logMessage(line) } };
  }
  return undefined;
}

function saysTwice(line: LogLine): boolean {
  const said = logMessage(line).slice(0, LONGEST_READ);
  return DONE_TWICE.test(said) && !NOTICED.test(said);
}

/** It runs the same message, and it goes on while the later run begins. */
function isEarlierRun(trace: Trace, earlier: SpanIndex, later: SpanIndex): boolean {
  const sender = trace.parent(later);
  return (
    sender !== undefined &&
    trace.parent(earlier) === sender &&
    trace.service(earlier) === trace.service(later) &&
    trace.operation(earlier) === trace.operation(later) &&
    trace.startUs(earlier) < trace.startUs(later) &&
    trace.endUs(earlier) > trace.startUs(later)
  );
}
