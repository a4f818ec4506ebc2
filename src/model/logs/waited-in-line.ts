/**
 * Lines without any id in which a service tells how long it waited: for a lock, a thread, a connection. Such a line speaks
 * of the span of its service that did nothing else for just that long, until just then.
 *
 *   GET /prices       [================================]
 *     SELECT                                    [==]
 *   the service's line ~~~~~~~~~~~~~~~~~~~~~~~~~·          waited 3.1 s for advisory lock 4411
 */
import { LOCK_ACQUIRED, LOCK_WAITING } from '#model/instruments/lock-words.ts';
import { POOL_IS_SHORT } from '#model/instruments/pool-words.ts';
import { THREADS_ARE_SHORT } from '#model/instruments/thread-words.ts';
import { waitsIn } from '#model/logs/failed-in-line.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';

/** The wait lies within the time without anything else, as a share of that time: the code works a little before and after. */
const LEAST_OF_TIME = 0.8;
/** A line is written soon after the wait. Clocks of one host agree. */
const APART_US = 250_000;
/** In a larger trace, a time alone fits too many spans. */
const MOST_SPANS = 5_000;

/** The line with the id of its span, where it fits exactly one; otherwise as it is. */
export function withWaitingSpan<Line extends LogLine>(trace: Trace, line: Line): Line {
  if (line.spanId !== '' || line.traceId !== '' || trace.spanCount > MOST_SPANS || !tellsWait(line.line)) return line;
  const atUs = epochUsOf(line) - trace.startEpochUs;
  const waits = waitsIn(line.line);
  const fitting: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount && waits.length > 0; span += 1)
    if (trace.service(span) === line.service && waits.some((us) => isWaitOf(trace, span, { atUs, us })))
      fitting.push(span);
  const [only, ...others] = fitting;
  return only === undefined || others.length > 0 ? line : { ...line, spanId: comparableId(trace.spanId(only)) };
}

function tellsWait(line: string): boolean {
  return [LOCK_WAITING, LOCK_ACQUIRED, POOL_IS_SHORT, THREADS_ARE_SHORT].some((list) => list.test(line));
}

/** Whether the span itself took the time before the line, and little more than the wait. */
function isWaitOf(trace: Trace, span: SpanIndex, { atUs, us }: Readonly<{ atUs: number; us: number }>): boolean {
  if (trace.isDatabaseCall(span) || trace.startUs(span) > atUs || trace.endUs(span) < atUs - APART_US) return false;
  const own = pathWithin(trace, trace.startUs(span), trace.endUs(span), (each) => each === span);
  const longest = own.toSorted((a, b) => lengthOf([b]) - lengthOf([a]))[0];
  if (longest === undefined) return false;
  const ownUs = lengthOf([longest]);
  const isAsLong = us <= ownUs + APART_US && us >= LEAST_OF_TIME * ownUs;
  return isAsLong && Math.abs(longest.endUs - atUs) <= APART_US;
}
