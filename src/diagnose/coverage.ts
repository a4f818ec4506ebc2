/** Descriptions of time, and guesses at it, that other findings account for say nothing new. */

import type { Coverage, Detectors } from '#model/finding/detector-traits.ts';
import type { Finding, Stretch } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** From the most particular on: a mechanism, or a guess at what a gap is, that there is one, and only whose time it is. */
const RANK: Readonly<Partial<Record<Coverage, number>>> = { gap: 1, 'own-time': 2 };

/** Those of the descriptions of which the others, and the more particular descriptions, account for less than half. */
export function uncovered(
  trace: Trace,
  descriptions: readonly Finding[],
  others: readonly Finding[],
  detectors: Detectors,
): Finding[] {
  const coverage = ({ detector }: Finding) => detectors.of(detector).coverage;
  const rank = (finding: Finding) => RANK[coverage(finding)] ?? 0;
  const kept: Finding[] = [];
  for (const finding of descriptions.toSorted((a, b) => rank(a) - rank(b))) {
    if (coveredUs(trace, finding, [...others, ...kept], coverage) < finding.wastedUs / 2) kept.push(finding);
  }
  return kept;
}

type CoverageOf = (finding: Finding) => Coverage;

/** A gap is explained by what explains that time, and by what is known of its very span; any other time also by what lies above. */
function coveredUs(trace: Trace, finding: Finding, others: readonly Finding[], coverage: CoverageOf): number {
  const explained = others.flatMap(({ explains = [] }) => explains);
  if (coverage(finding) !== 'own-time') {
    const known = new Set(others.filter((other) => isAboutItsSpans(other, coverage)).flatMap(({ spans }) => spans));
    return (finding.explains ?? []).reduce(
      (sum, gap) => sum + (known.has(gap.span) ? gap.endUs - gap.startUs : sharedUs(gap, explained)),
      0,
    );
  }
  const below = new Set(under(trace, finding.spans, spansThatHold(others, coverage)));
  const own = new Set(finding.spans.filter((span) => !below.has(span)));
  return (
    [...below].reduce((sum, span) => sum + pathSelfUs(trace, span), 0) +
    explained.filter(({ span }) => own.has(span)).reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0)
  );
}

/** One that knows when it was explains that time and no more of its spans; pauses between its spans are beside them. */
function isAboutItsSpans(finding: Finding, coverage: CoverageOf): boolean {
  const { explains = [], pausesUs } = finding;
  return (explains.length === 0 || pausesUs !== undefined) && coverage(finding) !== 'calls';
}

/** The spans of a gap are those that hold it, and more than it. */
function spansThatHold(findings: readonly Finding[], coverage: CoverageOf) {
  return findings.filter((finding) => coverage(finding) !== 'gap').flatMap(({ spans }) => spans);
}

/** All of it lies on one path, so that times alone tell. */
function sharedUs(gap: Stretch, stretches: readonly Stretch[]): number {
  return stretches.reduce(
    (sum, { startUs, endUs }) => sum + Math.max(0, Math.min(endUs, gap.endUs) - Math.max(startUs, gap.startUs)),
    0,
  );
}
