import { compareTexts } from '#model/text/compare-texts.ts';
import { view } from '#model/trace/view.ts';
import { pathByOperation } from '#model/trace/views/critical-path.ts';

/** The critical path's time by service and operation. */
export type Attribution = Readonly<{ service: string; operation: string; selfUs: number; share: number }>;

/** By service and operation, largest first, ties by name; the shares sum to 1. Empty where the root took no time. */
export const attributionOf = view((trace): readonly Attribution[] => {
  const totalUs = pathByOperation(trace).reduce((sum, { ownUs }) => sum + ownUs, 0);
  return pathByOperation(trace)
    .map(({ first, ownUs }) => ({
      service: trace.service(first),
      operation: trace.operation(first),
      selfUs: ownUs,
      share: ownUs / totalUs,
    }))
    .sort(
      (a, b) => b.selfUs - a.selfUs || compareTexts(a.service, b.service) || compareTexts(a.operation, b.operation),
    );
});
