/** Which finding leads, and the order of the others. */
import { type Because, followingFrom } from '#diagnose/chain.ts';
import { givesNoReason, isAboutTrace, isFailure } from '#diagnose/finding-kinds.ts';
import { SEVERITIES } from '#diagnose/severity.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding, Severity } from '#model/finding/finding.ts';
import { compareTexts } from '#model/text/compare-texts.ts';

export type Weight = Readonly<{ share: number; severity: Severity }>;
/** Severity follows from the cost of a finding; the order follows from the time that fixing it saves. */
export type Weighed = Omit<JudgedFinding, 'confidence'> & Readonly<{ winnable: Weight }>;

/** The positions of the findings, best first. */
export function orderOf(findings: readonly Weighed[], chain: readonly Because[], detectors: Detectors): number[] {
  const order = findings.map((_, at) => at).sort((a, b) => compare(findings, chain, detectors, a, b));
  const first = order.find((at) => holdsItsShare(findings, chain, detectors, at));
  return first === undefined ? order : [first, ...order.filter((at) => at !== first)];
}

/** A finding that holds less than this part of what it leaves open is not why the request took so long. */
const LEAST_OF_LARGEST = 0.5;
/** The same beside time without any reason: less than a tenth is within the noise of one request, as for a slow query. */
const LEAST_BESIDE_NO_REASON = 0.1;

/**
 * Whether it holds at least half as much as the largest finding that it does not explain. Where that one gives no
 * reason, a tenth of the request is enough. The failure that the user got leads, however long other things took.
 */
function holdsItsShare(
  findings: readonly Weighed[],
  chain: readonly Because[],
  detectors: Detectors,
  at: number,
): boolean {
  const explained = followingFrom(chain, at);
  if (findings.some(({ facts }, other) => explained.has(other) && reachedUser(facts))) return true;
  const share = findings[at]?.winnable.share ?? 0;
  return findings.every(({ detector, winnable, facts, isUsual }, other) => {
    if (explained.has(other) || (isUsual === true && findings[at]?.isUsual !== true)) return true;
    if (reachedUser(facts)) return false;
    if (share >= LEAST_OF_LARGEST * winnable.share) return true;
    const isReason = !givesNoReason(detector, detectors) && facts.guessed !== true;
    return !isReason && share >= LEAST_BESIDE_NO_REASON;
  });
}

function reachedUser({ reachedRoot, refused }: Finding['facts']): boolean {
  return reachedRoot === true || refused === true;
}

/**
 * Findings about the request before those about its trace, reasons before owners of time, what healthy requests do not
 * have before what they have too, causes before effects, then by how much fixing it helps, by severity and by share;
 * ties are broken by rule. What a report shows as equal is a tie: microseconds differ from request to request of one
 * incident, and its verdict must not.
 */
function compare(
  findings: readonly Weighed[],
  chain: readonly Because[],
  detectors: Detectors,
  a: number,
  b: number,
): number {
  const one = findings[a];
  const other = findings[b];
  if (one === undefined || other === undefined) return 0;
  const difference = (is: typeof isAboutTrace) =>
    Number(is(one.detector, detectors)) - Number(is(other.detector, detectors));
  const isEffect =
    Number(chain.some(({ finding }) => finding === a)) - Number(chain.some(({ finding }) => finding === b));
  return (
    difference(isAboutTrace) ||
    difference(givesNoReason) ||
    Number(one.isUsual === true) - Number(other.isUsual === true) ||
    isEffect ||
    isGuessBesideFailure(one, other, detectors) ||
    isBesideRefusal(one, other) ||
    SEVERITIES.indexOf(one.winnable.severity) - SEVERITIES.indexOf(other.winnable.severity) ||
    inPercent(other.winnable.share) - inPercent(one.winnable.share) ||
    asShown(other.wastedUs) - asShown(one.wastedUs) ||
    compareTexts(one.detector, other.detector) ||
    compareTexts(one.service, other.service) ||
    (one.spans[0] ?? 0) - (other.spans[0] ?? 0)
  );
}

function inPercent(share: number): number {
  return Math.round(share * 100);
}

/** To two significant digits. */
function asShown(us: number): number {
  return Number(us.toPrecision(2));
}

/** The chain by the places of the findings in that order, the effects in order. */
export function placedIn(order: readonly number[], chain: readonly Because[]): readonly Because[] {
  const place = new Map(order.map((from, to) => [from, to]));
  return chain
    .map(({ finding, because }) => ({ finding: place.get(finding) ?? 0, because: place.get(because) ?? 0 }))
    .sort((a, b) => a.finding - b.finding || a.because - b.because);
}

/** Divides the remaining confidence among the others, and the unknown rest, by their shares: `most` each. */
export function withConfidence(
  findings: readonly Omit<JudgedFinding, 'confidence'>[],
  confidence: number,
  most = 1,
): JudgedFinding[] {
  const [first, ...others] = findings;
  if (first === undefined) return [];
  const shares = others.reduce((sum, { share }) => sum + share, 0);
  const all = shares + Math.max(0, 1 - first.share - shares);
  return [
    { ...first, confidence },
    ...others.map((other) => {
      return { ...other, confidence: all === 0 ? 0 : Math.min(most, ((1 - confidence) * other.share) / all) };
    }),
  ];
}

/** One rank for each place and kind; `least` is below that of the last finding. */
export function rankedFindings(
  findings: readonly JudgedFinding[],
): Readonly<{ ranked: Diagnosis['ranking']; least: number }> {
  const ranked = new Map<string, Diagnosis['ranking'][number]>();
  let least = 1;
  for (const { service, operation, detector, confidence } of findings) {
    const score = Math.min(least, confidence);
    const key = `${service}\n${operation}\n${detector}`;
    if (!ranked.has(key)) ranked.set(key, { service, operation, kind: detector, score });
    least = score * 0.99;
  }
  return { ranked: [...ranked.values()], least };
}

/** A failure with words of its own comes before time for which nothing is recorded. */
function isGuessBesideFailure(one: Finding, other: Finding, detectors: Detectors): number {
  const isGuess = ({ facts, inferred, detector }: Finding) =>
    inferred === true && facts.guessed === true && !isFailure(detector, detectors);
  const isSaid = ({ detector, inferred, evidence = [] }: Finding) =>
    isFailure(detector, detectors) && inferred !== true && evidence.length > 0;
  return Number(isGuess(one) && isSaid(other)) - Number(isGuess(other) && isSaid(one));
}

/** The response to the user comes before failures that were tolerated on the way. */
function isBesideRefusal(one: Finding, other: Finding): number {
  const isBeside = (a: Finding, b: Finding) => Number(a.facts.refused === true && b.facts.reachedRoot === false);
  return isBeside(other, one) - isBeside(one, other);
}
