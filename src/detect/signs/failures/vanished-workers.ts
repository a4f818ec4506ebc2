/**
 * A task whose process was killed. What runs the task finds it dead some time later, and reports that as its own failure.
 *
 *   dag nightly ✗   [==============================]   scheduler   Detected zombie job
 *     task sum        [=========]                      sums        ← its process is gone
 */
import { KILLED_LINES, TASK_VANISHED } from '#model/instruments/kill-words.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A runner begins few tasks within one of its spans. */
const MOST_TASKS = 200;

/** The service whose process ran the task; empty where the text says nothing of it, or where several may have. */
export function vanishedWorker(trace: Trace, span: SpanIndex, said: string, logs: readonly LogLine[]): string {
  if (!TASK_VANISHED.test(said)) return '';
  const reporter = trace.service(span);
  const below = [...trace.children(span)].slice(0, MOST_TASKS).map((task) => trace.service(task));
  const others = [...new Set(below)].filter((service) => service !== '' && service !== reporter);
  const killed = others.filter((service) =>
    logs.some((line) => line.service === service && (KILLED_LINES.test(line.line) || TASK_VANISHED.test(line.line))),
  );
  const [only = '', ...more] = killed.length > 0 ? killed : others;
  return more.length === 0 ? only : '';
}
