/** The part of the critical path in a time range. */

import { firstPlace } from '#core/first-place.ts';
import type { Stretch } from '#model/finding/finding.ts';
import type { SpanTest } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSteps } from '#model/trace/views/critical-path.ts';

/** The parts of the path between two times that are self time of a span that passes, in order of time. */
export function pathWithin(trace: Trace, fromUs: number, toUs: number, passes: SpanTest): Stretch[] {
  const path = pathSteps(trace);
  const found: Stretch[] = [];
  for (let step = firstStepAfter(trace, fromUs); step < path.count; step += 1) {
    const startUs = Math.max(fromUs, path.startUs(step));
    const endUs = Math.min(toUs, path.endUs(step));
    if (startUs >= toUs) break;
    const span = path.span(step);
    if (endUs > startUs && passes(span)) found.push({ span, startUs, endUs });
  }
  return found;
}

export function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
}

/** The longest part in which no descendant of the span runs. Asynchronous work is off the path, but counts here. */
export function longestFree(trace: Trace, stretch: Stretch): Stretch {
  const { span, startUs, endUs } = stretch;
  let longest: Stretch = { span, startUs, endUs: startUs };
  let reachedUs = startUs;
  const see = (untilUs: number) => {
    if (untilUs - reachedUs > longest.endUs - longest.startUs) longest = { span, startUs: reachedUs, endUs: untilUs };
  };
  // Spans are numbered by start; the few whose clock was moved are a little out of order.
  for (let other = 0; other < trace.spanCount; other += 1) {
    if (other === span || trace.endUs(other) <= reachedUs || !trace.isUnder(other, span)) continue;
    if (trace.startUs(other) >= endUs) continue;
    see(trace.startUs(other));
    reachedUs = Math.max(reachedUs, trace.endUs(other));
  }
  see(endUs);
  return longest;
}

/** The first step that ends after a time: steps follow one another. */
function firstStepAfter(trace: Trace, us: number): number {
  const path = pathSteps(trace);
  return firstPlace(path.count, (at) => path.endUs(at) > us);
}
