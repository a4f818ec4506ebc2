import { isFailure } from '#diagnose/finding-kinds.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import { CONNECTION_CUT, NOBODY_LISTENS } from '#model/instruments/cut-words.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';

/**
 * Attempts after a callee that went away: its connection broke during the first, and nobody accepted the later ones. The
 * retries follow from that, never the other way round.
 */
export function wentAway({ trace, cause, effect, detectors }: Pair): boolean | undefined {
  const isOfPair = (failure: Finding, storm: Finding) =>
    isFailure(failure.detector, detectors) &&
    storm.detector === 'retry-storm' &&
    failure.spans.some((span) => storm.spans.includes(span)) &&
    endsInRefusal(trace, storm);
  if (isOfPair(cause, effect)) return true;
  return isOfPair(effect, cause) ? false : undefined;
}

function endsInRefusal(trace: Trace, { spans }: Finding): boolean {
  const inOrder = spans.toSorted((a, b) => trace.startUs(a) - trace.startUs(b));
  const [first, ...others] = inOrder.map((span) => failureTexts(trace, span, NO_LINES).map(({ text }) => text));
  const isCut = first?.some((text) => CONNECTION_CUT.test(text)) === true;
  return isCut && others.some((texts) => texts.some((text) => NOBODY_LISTENS.test(text)));
}
