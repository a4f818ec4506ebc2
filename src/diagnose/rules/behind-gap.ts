/** Who knows why a service started late: the services of the calls below the span with the gap. */
import type { Judgement } from '#model/finding/diagnosis.ts';
import { type CorrelatedLine, isCertain } from '#model/logs/log-correlation.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Before a service starts its work, only that one knows why it could not start: its process began, its machine warmed up. */
export function servicesBehindGap({ findings: [first] }: Judgement, trace: Trace): readonly string[] {
  const [span] = first?.spans ?? [];
  if (first?.detector !== 'unexplained-gap' || span === undefined) return [];
  return [...trace.children(span).subarray(0, MOST_CHILDREN)].map((child) => trace.service(child));
}

/** A call has one server below it, or a few where it was sent again. */
const MOST_CHILDREN = 4;

/** Services below a span without any calls: their spans did not arrive, and only their lines carry the id of this trace. */
export function servicesWithoutSpans(
  { findings: [first] }: Judgement,
  trace: Trace,
  lines: readonly CorrelatedLine[],
): readonly string[] {
  const [span] = first?.spans ?? [];
  if (first?.detector !== 'bottleneck' || span === undefined || trace.childCount(span) > 0) return [];
  const own = lines.filter((line) => isCertain(line) && !trace.services.includes(line.service));
  return [...new Set(own.map(({ service }) => service))];
}
