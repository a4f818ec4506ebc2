import type { Baseline } from '#model/baseline.ts';
import type { LogLine } from '#model/log-line.ts';
import type { LogTemplates } from '#model/log-templates.ts';
import type { Trace } from '#model/trace.ts';

/** Everything that detectors can ask for, by name. A new kind of evidence is a line here. */
export type Evidence = Readonly<{
  trace: Trace;
  /** The trace's own log lines in order of time. */
  logs: readonly LogLine[];
  /** What they say, one message each, mined when first asked for. */
  templates: LogTemplates;
  /** What is usual of the same request, from healthy traces of it. */
  baseline: Baseline;
}>;

export type EvidenceKind = keyof Evidence;
