/**
 * Loops that healthy requests have too. What every request has always had is background: it stands behind any other
 * finding, and alone it is no sure cause.
 */
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Baseline } from '#model/requests/baseline.ts';
import type { Trace } from '#model/trace/trace.ts';
import { selfUs } from '#model/trace/views/self-time.ts';

/** With fewer healthy requests, one of another kind would decide. The comparison with alike traces needs as many. */
const ENOUGH = 10;
/** Nearly every healthy request: one in ten may have had an empty list. */
const NEARLY_ALL = 0.9;

export function withUsualLoops(
  trace: Trace,
  findings: readonly Finding[],
  baseline: Baseline | undefined,
  detectors: Detectors,
): readonly Finding[] {
  if (baseline === undefined || baseline.alike < ENOUGH) return findings;
  return findings.map((finding) => {
    const isLoop = detectors.of(finding.detector).coverage === 'calls';
    return isLoop && isUsual(trace, finding, baseline) ? { ...finding, isUsual: true } : finding;
  });
}

/** As many calls as in healthy requests, and none of them slower. */
function isUsual(trace: Trace, { spans }: Finding, { groups, usual, alike }: Baseline): boolean {
  const own = new Set(spans.map((span) => groups.of[span] ?? 0));
  return (
    own.size > 0 &&
    [...own].every((group) => {
      const known = usual(group);
      if (known === undefined || known.count.traces < NEARLY_ALL * alike) return false;
      const all = groups.spans(group);
      const ownUs = all.reduce((sum, span) => sum + selfUs(trace, span), 0);
      return all.length <= known.count.high && ownUs <= all.length * known.meanOwnUs.high;
    })
  );
}
