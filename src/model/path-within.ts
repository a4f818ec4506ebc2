/** What the critical path was doing in a stretch of time. */
import type { Stretch } from '#model/finding.ts';
import type { SpanTest, Trace } from '#model/trace.ts';

/** The parts of the path between two times that are own time of a span that passes, in order of time. */
export function pathWithin(trace: Trace, fromUs: number, toUs: number, passes: SpanTest): Stretch[] {
  const { pathSteps } = trace;
  const found: Stretch[] = [];
  for (let step = firstStepAfter(trace, fromUs); step < pathSteps.count; step += 1) {
    const startUs = Math.max(fromUs, pathSteps.startUs(step));
    const endUs = Math.min(toUs, pathSteps.endUs(step));
    if (startUs >= toUs) break;
    const span = pathSteps.span(step);
    if (endUs > startUs && passes(span)) found.push({ span, startUs, endUs });
  }
  return found;
}

export function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
}

/** The first step that ends after a time: steps follow one another. */
function firstStepAfter({ pathSteps }: Trace, us: number): number {
  let low = 0;
  let high = pathSteps.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pathSteps.endUs(middle) > us) high = middle;
    else low = middle + 1;
  }
  return low;
}
