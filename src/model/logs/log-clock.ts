/**
 * How far a service's log clock is from its span clock, learned from pairs: a line that names its span was written
 * while that span ran. Each pair allows a range of offsets. The offset that most pairs allow is used, where nearly all
 * agree and an offset of 0 does not fit as well.
 *
 *  span            ├──────────┤
 *  line                              ▲        the offset lies between these:  ├──────────┤
 */

import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';

/** What to add to the times of a service's lines. `agreeing` of the `pairs` fit. */
export type ClockOffset = Readonly<{
  service: string;
  /** The service whose lines were compared with it; empty for its own spans. */
  against: string;
  offsetUs: number;
  agreeing: number;
  pairs: number;
}>;

/** Offsets that one pair allows, in microseconds. */
export type Allowed = Readonly<{ fromUs: number; toUs: number }>;

/** Fewer could all be late for one reason. */
const LEAST_PAIRS = 3;
/** Some lines are written after their span has ended, or by a thread that outlives it. */
const LEAST_AGREEING = 0.8;
/** The time that a logger takes to write a line; nobody would notice less. */
const TOLERANCE_US = 5_000;

/** By service name; only services whose clock is off. */
export function clockOffsets(trace: Trace, lines: readonly LogLine[]): ClockOffset[] {
  const spanOf = spansById(trace, lines);
  const allowed = new Map<string, Allowed[]>();
  for (const line of lines) {
    const span = line.isPlaced ? undefined : spanOf(line);
    if (span === undefined) continue;
    const us = epochUsOf(line) - trace.startEpochUs;
    const pairs = allowed.get(line.service) ?? [];
    pairs.push({ fromUs: trace.startUs(span) - us, toUs: trace.endUs(span) - us });
    allowed.set(line.service, pairs);
  }
  return [...allowed.keys()].sort().flatMap((service) => {
    const learned = learnedOffset(allowed.get(service) ?? []);
    return learned === undefined ? [] : [{ service, against: '', ...learned }];
  });
}

/** Undefined where there are too few pairs, where they disagree, or where the clocks agree. */
export function learnedOffset(
  pairs: readonly Allowed[],
): Pick<ClockOffset, 'offsetUs' | 'agreeing' | 'pairs'> | undefined {
  if (pairs.length < LEAST_PAIRS) return undefined;
  const { fromUs, toUs, agreeing } = mostAllowed(pairs);
  const asTheyAre = pairs.filter((pair) => pair.fromUs <= TOLERANCE_US && pair.toUs >= -TOLERANCE_US).length;
  if (agreeing < pairs.length * LEAST_AGREEING || asTheyAre >= agreeing) return undefined;
  if (asTheyAre > pairs.length * (1 - LEAST_AGREEING)) return undefined; // two groups disagree, and neither is large enough
  return { offsetUs: Math.round((fromUs + toUs) / 2), agreeing, pairs: pairs.length };
}

/** The range of offsets that most pairs allow; of several, the one nearest to 0. n log n. */
function mostAllowed(pairs: readonly Allowed[]): Allowed & { agreeing: number } {
  const ends = pairs
    .flatMap(({ fromUs, toUs }) => [
      { us: fromUs, step: 1 },
      { us: toUs, step: -1 },
    ])
    .sort((a, b) => a.us - b.us || b.step - a.step);
  let open = 0;
  let best = { fromUs: 0, toUs: 0, agreeing: 0 };
  ends.forEach(({ us, step }, at) => {
    open += step;
    const here = { fromUs: us, toUs: ends[at + 1]?.us ?? us, agreeing: open };
    const isNearer = distance(here) < distance(best);
    if (step > 0 && (open > best.agreeing || (open === best.agreeing && isNearer))) best = here;
  });
  return best;
}

function distance({ fromUs, toUs }: Allowed): number {
  return Math.abs(fromUs + toUs) / 2;
}

/** The span that a line names. The trace's ids are indexed once, and only where a line names one. */
export function spansById(trace: Trace, lines: readonly LogLine[]): (line: LogLine) => SpanIndex | undefined {
  const wanted = new Set(lines.map(({ spanId }) => spanId));
  wanted.delete('');
  const spans = new Map<string, SpanIndex>();
  for (let span = 0; wanted.size > spans.size && span < trace.spanCount; span += 1) {
    const id = comparableId(trace.spanId(span));
    if (wanted.has(id) && !spans.has(id)) spans.set(id, span);
  }
  return ({ spanId }) => spans.get(spanId);
}
