/**
 * Experiments that run a candidate beside the code in use (GitHub's Scientist and its ports, dark launches, dual reads).
 * They compare both and answer with the control. A failure of the candidate reaches nobody.
 * https://github.com/github/scientist#readme
 */

import { nameInWords } from '#model/text/name-in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The two sides in the words of Scientist and Laboratory. */
const CANDIDATE = /\bcandidate\b/i;
const CONTROL = /\bcontrol\b/i;
/** The two sides in other words, which count within a span that names an experiment. */
const NEW_SIDE = /\b(?:candidate|challenger|experimental|new|next|shadow|dark|secondary|v2|try)\b/i;
const OLD_SIDE = /\b(?:control|champion|baseline|primary|legacy|old|current|v1|use)\b/i;
const EXPERIMENT =
  /\b(?:experiment|scientist|science|laboratory|dark ?launch|dual ?reads?|double ?reads?|shadow ?reads?|parallel ?runs?|comparison ?read)\b/i;
/** The side whose answer was used: `experiment.used: control`. */
const USED = /(?:^|[._-])(?:used|returned|served|chosen|winner|result_?from|returns)$/i;
/** `experiment.behavior: candidate`, `scientist.branch`. */
const SIDE =
  /(?:^|[._-])(?:experiment|scientist|laboratory|trip)[._-](?:side|branch|behaviou?r|role|arm|observation)$/i;
/** Work inside one service is seldom nested deeper. */
const MOST_LEVELS = 20;
/** Looks for the control among this many spans. */
const MOST_COMPARED = 50;

/** Whether this span is, or is below, a candidate beside whose failure the control gave the answer. */
export function isOfCandidate(trace: Trace, span: SpanIndex): boolean {
  let at: SpanIndex = span;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const above = trace.parent(at);
    if (above === undefined) return false;
    if (isCandidate(trace, at, above)) return true;
    at = above;
  }
  return false;
}

function isCandidate(trace: Trace, span: SpanIndex, above: SpanIndex): boolean {
  const isExperiment = EXPERIMENT.test(nameInWords(trace.operation(above)));
  const [news, olds] = isExperiment ? [NEW_SIDE, OLD_SIDE] : [CANDIDATE, CONTROL];
  const name = sideOf(trace, span);
  if (!news.test(name) || olds.test(name)) return false;
  const control = [...trace.children(above).subarray(0, MOST_COMPARED)].find((other) => {
    const side = other === span ? '' : sideOf(trace, other);
    return olds.test(side) && !news.test(side);
  });
  const used = usedSide(trace, above);
  if (used === '' ? control === undefined : !olds.test(used) || news.test(used)) return false;
  // The experiment failed although the control did not: it passed the failure of the candidate on.
  return !trace.failed(above) || (control !== undefined && trace.failed(control));
}

function sideOf(trace: Trace, span: SpanIndex): string {
  const sides = Object.entries(trace.attributesFor(span, SIDE)).flatMap(([name, value]) =>
    SIDE.test(name) ? [String(value)] : [],
  );
  return nameInWords([trace.operation(span), ...sides].join(' ')).slice(0, 300);
}

/** Empty where nothing records it. */
function usedSide(trace: Trace, experiment: SpanIndex): string {
  for (const [name, value] of Object.entries(trace.attributesFor(experiment, USED)))
    if (USED.test(name) && typeof value === 'string') return nameInWords(value);
  return '';
}
