import { comparableId } from '#model/trace/id-forms.ts';

/** What ties a line to a request, most certain first; see `log-correlation.ts`. */
export type Rung = 'trace-id' | 'request-id' | 'session' | 'time' | 'address';

/** One line of a log, as its store sent it. */
export type LogLine = Readonly<{
  /** Nanoseconds since the epoch, a decimal string: too large for a number. */
  timeNs: string;
  /** Stream labels, structured metadata and parsed fields, later ones winning. */
  labels: Readonly<Record<string, string>>;
  /** As received, including its stack trace. */
  line: string;
  service: string;
  /** One of `log-level.ts`; empty where none was found. */
  level: string;
  /** Both in the form in which ids are compared (`id-forms.ts`), empty where none was found. */
  traceId: string;
  spanId: string;
  /** Set where the line itself names no span of the trace: `spanId` is that of the span that ran at its time. */
  isPlaced?: true;
  /** Missing where no request is examined. */
  rung?: Rung;
  /** The line without its variable parts (`log-templates.ts`); missing until somebody computes it. */
  shape?: string;
  /**
   * Set where there were too many lines to keep each: this one stands for this many lines that say the same within ten
   * seconds. `line` is then their shape, without their ids. Missing for an ordinary line.
   */
  standsFor?: number;
}>;

/** Lines that name their span, by its id as spelled in the trace, in the original order. */
export function linesBySpan(
  lines: readonly LogLine[],
): Readonly<{ get(spanId: string): readonly LogLine[] | undefined }> {
  if (lines.length === 0) return NO_LINES;
  const bySpan = new Map<string, LogLine[]>();
  for (const line of lines) {
    if (line.spanId === '') continue;
    const known = bySpan.get(line.spanId);
    if (known === undefined) bySpan.set(line.spanId, [line]);
    else known.push(line);
  }
  return { get: (spanId) => bySpan.get(comparableId(spanId)) };
}

/** For callers that read only spans. */
export const NO_LINES = { get: () => undefined };

/** Whether the line names this span; the id is spelled as in the trace. */
export function namesSpan(line: LogLine, spanId: string): boolean {
  return line.spanId !== '' && line.spanId === comparableId(spanId);
}

/** Compares times in nanoseconds, decimal strings of any length, by value. */
export function compareNs(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** In whole microseconds since the epoch: a number holds these exactly, unlike nanoseconds. */
export function epochUsOf({ timeNs }: Pick<LogLine, 'timeNs'>): number {
  return Number(timeNs.slice(0, -3));
}

/** The number of lines, including those that one line stands for. */
export function lineCount(lines: Iterable<LogLine>): number {
  let count = 0;
  for (const { standsFor = 1 } of lines) count += standsFor;
  return count;
}
