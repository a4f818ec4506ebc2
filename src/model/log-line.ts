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
