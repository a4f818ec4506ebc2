import { checklist } from '#diagnose/checklist.ts';
import { firstFailures } from '#diagnose/first-failures.ts';
import { fishbone } from '#diagnose/fishbone.ts';
import { fiveWhys } from '#diagnose/five-whys.ts';
import { hypotheses } from '#diagnose/hypotheses.ts';
import type { Diagnosed, DiagnosedWindow } from '#model/finding/analysis.ts';
import { type FishboneCategories, USUAL_CATEGORIES } from '#model/finding/cause-fields.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Methods } from '#model/finding/methods.ts';

/** One diagnosis in the forms in which people reason; the same evidence gives the same words. */
export function methodsOf(
  analysis: Diagnosed | DiagnosedWindow,
  detectors: Detectors,
  categories: FishboneCategories = USUAL_CATEGORIES,
): Methods {
  const { trace, logs, correlation, judgement, checked, queries } = analysis;
  const timeline = analysis.trace === undefined ? analysis.request?.timeline : undefined;
  return {
    fiveWhys: fiveWhys({ trace, logs, judgement, detectors, timeline }),
    hypotheses: hypotheses(trace, judgement, queries, detectors),
    fishbone: fishbone({ judgement, checked, categories, detectors }),
    firstFailures: firstFailures(trace, logs, correlation?.offsets ?? []),
    checklist: checklist(analysis, detectors),
  };
}
