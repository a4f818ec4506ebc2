import { isFailure } from '#diagnose/finding-kinds.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** A failure below, or a missing service below, explains a small response. Nothing else explains it. */
export function smallAnswer({ trace, cause, effect, detectors }: Pair): boolean | undefined {
  if (effect.detector !== 'shrunk-response') return undefined;
  if (cause.detector !== 'missing-service' && !isFailure(cause.detector, detectors)) return false;
  return under(trace, cause.spans.slice(0, 1), effect.spans).length > 0;
}
