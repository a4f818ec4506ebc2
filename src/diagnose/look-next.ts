/** Where to look when the verdict leaves most of the time unexplained. */
import { isAboutTrace, isDescription, isFailure } from '#diagnose/finding-kinds.ts';
import { LIKELY } from '#diagnose/status.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Elsewhere } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import { durationsApart } from '#model/text/duration.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';

/** A smaller share of the request is not worth a second look. */
const WORTH_A_LOOK = 0.1;

/** A shorter time is not noticed (Nielsen, Response Times: 0.1 s feels instantaneous). */
const NOTICED_US = 100_000;

/**
 * The operation that has the most self time on the critical path outside of the finding; undefined where that is too
 * little to look at. Time explains no failure.
 */
export function elsewhereOf(trace: Trace, finding: JudgedFinding, detectors: Detectors): Elsewhere | undefined {
  const { detector } = finding;
  if (isAboutTrace(detector, detectors) || isFailure(detector, detectors)) return undefined;
  const most = mostBeside(trace, finding);
  const rootUs = trace.durationOfUs(trace.root);
  if (most === undefined || most.us < Math.max(WORTH_A_LOOK * rootUs, NOTICED_US)) return undefined;
  return { service: trace.service(most.span), operation: trace.operation(most.span), us: most.us, ofUs: rootUs };
}

/** The remedy, with where else to look. */
export function withNextLook(
  finding: JudgedFinding,
  strength: number,
  elsewhere: Elsewhere | undefined,
  detectors: Detectors,
): string {
  const { detector, service, wastedUs } = finding;
  // Looking costs nothing; changing the wrong thing does. An inferred finding says so itself.
  const isOpen = !isDescription(detector, detectors) && !finding.inferred && !isAboutTrace(detector, detectors);
  const isGuess = strength < LIKELY && isOpen;
  const remedy = isGuess ? `${aGuess(service)} ${finding.remedy}` : finding.remedy;
  if (elsewhere === undefined) return remedy;
  const operation = `${elsewhere.operation} of ${elsewhere.service}`;
  const takes = `takes ${durationsApart(elsewhere.us, elsewhere.ofUs).join(' of ')} by itself`;
  return elsewhere.us > wastedUs
    ? `Look first at ${operation}, which ${takes}. Then: ${remedy}`
    : `${remedy} Also, ${operation} ${takes}: look there next.`;
}

function aGuess(service: string): string {
  return `Look for what would prove this guess wrong before you change anything in ${service}.`;
}

function mostBeside(trace: Trace, finding: Finding) {
  const accountedUs = accountedFor(trace, finding);
  const ownUs = new Map<number, { span: number; us: number }>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const us = pathSelfUs(trace, span) - (accountedUs[span] ?? 0);
    if (us <= 0) continue;
    const known = ownUs.get(trace.operationKey(span));
    if (known === undefined) ownUs.set(trace.operationKey(span), { span, us });
    else known.us += us;
  }
  return [...ownUs.values()].sort((x, y) => y.us - x.us || x.span - y.span)[0];
}

/**
 * How much of each span's self time on the path the finding accounts for. A finding with known times accounts for
 * these, any other for all time below its spans.
 */
export function accountedFor(trace: Trace, { spans, explains = [], pausesUs }: Finding): Float64Array {
  const accountedUs = new Float64Array(trace.spanCount);
  for (const { span, startUs, endUs } of explains) accountedUs[span] = (accountedUs[span] ?? 0) + endUs - startUs;
  // Pauses between its spans are beside the time below them.
  if (explains.length > 0 && pausesUs === undefined) return accountedUs;
  const below = new Uint8Array(trace.spanCount);
  let reached = 0;
  for (const top of spans.toSorted((a, b) => trace.preorder(a) - trace.preorder(b))) {
    below.fill(1, Math.max(reached, trace.preorder(top)), trace.preorderEnd(top));
    reached = Math.max(reached, trace.preorderEnd(top));
  }
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (below[trace.preorder(span)] === 1) accountedUs[span] = pathSelfUs(trace, span);
  }
  return accountedUs;
}
