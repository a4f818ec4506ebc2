/**
 * Keeps the most telling findings of each detector. A cluster whose every pod was killed, or a trace in which each of
 * fifty thousand services has a wrong clock, gives a finding for each. Nobody reads the hundred-and-first of a kind,
 * and weighing findings takes quadratic time.
 */
import type { Finding } from '#model/finding/finding.ts';

/** More of one kind make a report pages long. */
const MOST_OF_A_KIND = 100;

export type MostFindings = Readonly<{
  findings: readonly Finding[];
  /** For detectors with omitted findings, how many there were. */
  cut: readonly Readonly<{ detector: string; found: number; kept: number }>[];
}>;

/** In their original order. `service`: the service in question; empty where nobody named one. */
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

/** The service in question first, then what made the request fail, then what cost most; equal ones keep their order. */
function compareTelling(a: Finding, b: Finding, service: string): number {
  const isAsked = (finding: Finding) => Number(service !== '' && finding.service === service);
  const reached = ({ facts }: Finding) => Number(facts.reachedRoot === true || facts.refused === true);
  const cost = ({ wastedUs, lateUs = 0 }: Finding) => wastedUs + lateUs;
  return isAsked(b) - isAsked(a) || reached(b) - reached(a) || cost(b) - cost(a) || b.spans.length - a.spans.length;
}
