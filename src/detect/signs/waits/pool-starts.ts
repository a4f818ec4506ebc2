/**
 * Waits for the first connection of a pool that is being started:
 *
 *   [ getConnection                     ]  1.8 s
 *     ·  HikariPool-1 - Starting...
 *                  HikariPool-1 - Added connection  ·
 *
 * Nobody else holds a connection of such a pool, so it is not full. Its process has just begun to work.
 */
import { POOL_STARTS } from '#model/instruments/start-words.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { isConnectionWait } from '#model/sql/connection-wait.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

/** The clocks of a line and a span of one process differ by their rounding to milliseconds. */
const APART_US = 10_000;

/** The line of each wait that says that its pool starts. */
export function poolStarts(trace: Trace, logs: readonly LogLine[]): ReadonlyMap<SpanIndex, LogLine> {
  const started = new Map<SpanIndex, LogLine>();
  const told = logs.filter(({ line }) => POOL_STARTS.test(line));
  if (told.length === 0) return started;
  for (const span of spansWith(trace, { operation: isConnectionWait })) {
    const line = told.find((one) => {
      const atUs = epochUsOf(one) - trace.startEpochUs;
      const isThen = atUs >= trace.startUs(span) - APART_US && atUs <= trace.endUs(span);
      return isThen && one.service === trace.service(span);
    });
    if (line !== undefined) started.set(span, line);
  }
  return started;
}
