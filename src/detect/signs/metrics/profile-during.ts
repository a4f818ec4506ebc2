/** What the processor of a service did during a stretch of a span, by profiles: context, and no sign of a cause. */
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { type Profile, profileItems } from '#model/metrics/hot-functions.ts';
import type { Trace } from '#model/trace/trace.ts';

export function profileDuring(
  trace: Trace,
  { span, startUs, endUs }: Stretch,
  profiles: readonly Profile[],
): readonly EvidenceItem[] {
  const { startEpochUs } = trace;
  return profileItems(profiles, {
    service: trace.service(span),
    fromUs: startEpochUs + startUs,
    toUs: startEpochUs + endUs,
  });
}
