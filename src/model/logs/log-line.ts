import { comparableId } from '#model/trace/id-forms.ts';

/** By what a line is known to belong to a request, surest first; see `log-correlation.ts`. */
export type Rung = 'trace-id' | 'request-id' | 'session' | 'time' | 'address';

/** One line of a log, as its store gave it. */
export type LogLine = Readonly<{
  /** Nanoseconds since the epoch, a decimal string: too large for a number. */
  timeNs: string;
  /** Stream labels, structured metadata and parsed fields, later ones winning. */
  labels: Readonly<Record<string, string>>;
  /** As it came, its stack trace in it, a line each. */
  line: string;
  service: string;
  /** One of `log-level.ts`; empty where none was found. */
  level: string;
  /** Both in the form in which ids are compared (`id-forms.ts`), empty where none was found. */
  traceId: string;
  spanId: string;
  /** Missing where no request is looked at. */
  rung?: Rung;
  /** What it says without what differs from line to line (`log-templates.ts`); missing where nobody looked yet. */
  shape?: string;
  /**
   * There were too many lines to keep each as it came: this one stands for so many that say the same within ten seconds.
   * `line` is their shape then, and their ids are left out. Missing for a line that is itself.
   */
  standsFor?: number;
}>;

/** Lines that name their span, by its id as its trace spells it, in the order in which they came. */
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

/** For callers that read spans alone. */
export const NO_LINES = { get: () => undefined };

/** Whether the line names this span, whose id is as its trace spells it. */
export function namesSpan(line: LogLine, spanId: string): boolean {
  return line.spanId !== '' && line.spanId === comparableId(spanId);
}

/** Of times in nanoseconds, decimal strings of any length: by value. */
export function compareNs(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** In whole microseconds since the epoch, which a number holds exactly where it does not hold the nanoseconds. */
export function epochUsOf({ timeNs }: Pick<LogLine, 'timeNs'>): number {
  return Number(timeNs.slice(0, -3));
}

/** How many lines these are, those that stand for several counted as such. */
export function lineCount(lines: Iterable<LogLine>): number {
  let count = 0;
  for (const { standsFor = 1 } of lines) count += standsFor;
  return count;
}
