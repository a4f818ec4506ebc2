/** Removes descriptions and guesses about time that other findings explain. */

import type { Coverage, Detectors } from '#model/finding/detector-traits.ts';
import type { Finding, Stretch } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** From the most specific on: a mechanism or a guess about a gap, the gap itself, the owner of the time. */
const RANK: Readonly<Partial<Record<Coverage, number>>> = { gap: 1, 'own-time': 2 };

/** Descriptions of which the other findings, and more specific descriptions, explain less than half. */
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

/**
 * A finding on the same span, or on that very time, explains a gap; findings on spans above explain any other time as
 * well.
 */
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

/**
 * A finding with known times covers these times and nothing else of its spans. Pauses between its spans are outside of
 * them.
 */
function isAboutItsSpans(finding: Finding, coverage: CoverageOf): boolean {
  const { explains = [], pausesUs } = finding;
  return (explains.length === 0 || pausesUs !== undefined) && coverage(finding) !== 'calls';
}

/** The spans of a gap are those that contain it, and they contain more than the gap. */
function spansThatHold(findings: readonly Finding[], coverage: CoverageOf) {
  return findings.filter((finding) => coverage(finding) !== 'gap').flatMap(({ spans }) => spans);
}

/** All stretches lie on one path, so comparing times is enough. */
function sharedUs(gap: Stretch, stretches: readonly Stretch[]): number {
  return stretches.reduce(
    (sum, { startUs, endUs }) => sum + Math.max(0, Math.min(endUs, gap.endUs) - Math.max(startUs, gap.startUs)),
    0,
  );
}
