import { isFailure } from '#diagnose/finding-kinds.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** A failure on the way explains why a service was not called. Nothing else explains it. */
export function notCalled({ trace, cause, effect, detectors }: Pair): boolean | undefined {
  if (effect.detector !== 'missing-service') return undefined;
  if (effect.facts.cutShort !== true || !isFailure(cause.detector, detectors)) return false;
  return under(trace, cause.spans.slice(0, 1), effect.spans).length > 0;
}
