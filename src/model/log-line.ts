/** One line of a log, as its store gave it. */
export type LogLine = Readonly<{
  /** Nanoseconds since the epoch, a decimal string: too large for a number. */
  timeNs: string;
  /** Stream labels, structured metadata and parsed fields, later ones winning. */
  labels: Readonly<Record<string, string>>;
  line: string;
  service: string;
  /** Lower case; empty where none was found. */
  level: string;
  /** Lower-case hex without leading zeros, empty where none was found: compare with `sameId`. */
  traceId: string;
  spanId: string;
}>;

/** Lines that name their span, by its id, in the order in which they came. */
export function linesBySpan(lines: readonly LogLine[]): ReadonlyMap<string, readonly LogLine[]> {
  const bySpan = new Map<string, LogLine[]>();
  for (const line of lines) {
    if (line.spanId === '') continue;
    const known = bySpan.get(line.spanId);
    if (known === undefined) bySpan.set(line.spanId, [line]);
    else known.push(line);
  }
  return bySpan;
}
