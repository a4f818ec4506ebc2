import type { LogLine } from '#model/log-line.ts';
import type { Trace } from '#model/trace.ts';

/** Everything that detectors can ask for, by name. A new kind of evidence is a line here. */
export type Evidence = Readonly<{
  trace: Trace;
  /** The trace's own log lines in order of time. */
  logs: readonly LogLine[];
}>;

export type EvidenceKind = keyof Evidence;
