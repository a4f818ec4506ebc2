import { checklist } from '#diagnose/checklist.ts';
import { firstFailures } from '#diagnose/first-failures.ts';
import { fishbone } from '#diagnose/fishbone.ts';
import { fiveWhys } from '#diagnose/five-whys.ts';
import { hypotheses } from '#diagnose/hypotheses.ts';
import type { Diagnosed } from '#model/analysis.ts';
import { type FishboneCategories, USUAL_CATEGORIES } from '#model/cause-fields.ts';
import type { Methods } from '#model/methods.ts';

/** One diagnosis in the forms in which people reason: the same evidence gives the same words. */
export function methodsOf(analysis: Diagnosed, categories: FishboneCategories = USUAL_CATEGORIES): Methods {
  const { trace, logs, correlation, judgement, checked, queries } = analysis;
  return {
    fiveWhys: fiveWhys(trace, logs, judgement),
    hypotheses: hypotheses(trace, judgement, queries),
    fishbone: fishbone({ judgement, checked, categories }),
    firstFailures: firstFailures(trace, logs, correlation?.offsets ?? []),
    checklist: checklist(analysis),
  };
}
