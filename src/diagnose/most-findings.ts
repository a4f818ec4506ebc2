/**
 * Of each detector the findings that say most. A cluster whose every pod was ended, or a trace in which each of fifty
 * thousand services has its clock wrong, gives a finding for each; nobody reads the hundred-and-first of a kind, and what
 * weighs findings against each other takes the square of their number.
 */
import type { Finding } from '#model/finding/finding.ts';

/** A report with so many of one kind is pages long. */
const MOST_OF_A_KIND = 100;

export type MostFindings = Readonly<{
  findings: readonly Finding[];
  /** How many of each detector there were, where some are left out. */
  cut: readonly Readonly<{ detector: string; found: number; kept: number }>[];
}>;

/** In the order in which they came. `service`: the one that was asked about; empty where nobody named one. */
export function mostFindings(all: readonly Finding[], service: string): MostFindings {
  if (all.length <= MOST_OF_A_KIND) return { findings: all, cut: [] };
  const tooMany = [...Map.groupBy(all, ({ detector }) => detector)].filter(([, own]) => own.length > MOST_OF_A_KIND);
  if (tooMany.length === 0) return { findings: all, cut: [] };
  const dropped = new Set<Finding>();
  for (const [, own] of tooMany) {
    const ranked = own.toSorted((a, b) => compareTelling(a, b, service));
    for (const finding of ranked.slice(MOST_OF_A_KIND)) dropped.add(finding);
  }
  return {
    findings: all.filter((finding) => !dropped.has(finding)),
    cut: tooMany.map(([detector, own]) => ({ detector, found: own.length, kept: MOST_OF_A_KIND })),
  };
}

/** Of the service in question first, then what made the request fail, then what cost most; what is alike stays in its order. */
function compareTelling(a: Finding, b: Finding, service: string): number {
  const isAsked = (finding: Finding) => Number(service !== '' && finding.service === service);
  const reached = ({ facts }: Finding) => Number(facts.reachedRoot === true || facts.refused === true);
  const cost = ({ wastedUs, lateUs = 0 }: Finding) => wastedUs + lateUs;
  return isAsked(b) - isAsked(a) || reached(b) - reached(a) || cost(b) - cost(a) || b.spans.length - a.spans.length;
}
