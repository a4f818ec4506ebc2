/**
 * A task went well, and the engine that started it refuses its result as too large. Only the engine's line shows it.
 *
 *   [ collect              ]
 *                            · stepfunctions: TaskFailed  States.DataLimitExceeded  … function:collect …
 */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { taskWithLargeResult } from '#model/instruments/workflow-words.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The engine writes its line when it has the result. */
const WRITTEN_WITHIN_US = 1_000_000;
/** Functions and activities stand near the root. */
const MOST_READ = 200;

/** The span of the task whose result was refused. A line without an id has to name it, and to come as it ended. */
export function refusedResult(
  trace: Trace,
  logs: readonly LogLine[],
): Readonly<{ span: SpanIndex; item: EvidenceItem; surety?: Readonly<{ inferred: true }> }> | undefined {
  for (const line of logs) {
    const task = taskWithLargeResult(line.line);
    const span = task === '' ? undefined : spanOf(trace, task, line);
    if (span === undefined) continue;
    const item: EvidenceItem = { kind: 'log', ref: line.timeNs, text: line.line };
    return { span, item, ...(!isCertain(line) && { surety: { inferred: true } }) };
  }
  return undefined;
}

function spanOf(trace: Trace, task: string, line: LogLine): SpanIndex | undefined {
  const atUs = epochUsOf(line) - trace.startEpochUs;
  for (let span = 0; span < trace.spanCount && span < MOST_READ; span += 1) {
    if (trace.failed(span) || !namesOf(trace, span).includes(task)) continue;
    const afterUs = atUs - trace.endUs(span);
    if (isCertain(line) || (afterUs >= 0 && afterUs <= WRITTEN_WITHIN_US)) return span;
  }
  return undefined;
}

/** https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/ */
function namesOf(trace: Trace, span: SpanIndex): readonly string[] {
  const activity = /^RunActivity:(.{1,128})$/.exec(trace.operation(span))?.[1] ?? '';
  return [trace.text(span, 'faas.invoked_name'), trace.text(span, 'faas.name'), trace.service(span), activity];
}
