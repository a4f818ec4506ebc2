/**
 * A browser hides from its page why a request got no answer (Fetch standard, network error): the connection broke, CORS
 * or a policy of the page forbade the answer, an extension blocked the request, or no server runs.
 */
import type { Candidate } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

/** Chromium, Firefox, Safari, `whatwg-fetch` and React Native, axios. Chromium and Safari may add the host. */
const WITHOUT_REASON =
  /^(?:(?:Type|Axios)?Error: )?(?:failed to fetch|load failed|networkerror when attempting to fetch resource|network request failed|network error)(?: \([^)\s]{1,253}\))?\.?$/i;

/** They got no answer, no server recorded them, and nothing says more than those words. `isKnown`: something does. */
export function areUntoldFetches(
  trace: Trace,
  calls: readonly SpanIndex[],
  { lines, isKnown = false }: Readonly<{ lines: LinesBySpan; isKnown?: boolean }>,
): boolean {
  return !isKnown && calls.every((call) => isUntold(trace, call, lines));
}

function isUntold(trace: Trace, call: SpanIndex, lines: LinesBySpan): boolean {
  if (trace.kind(call) !== 'client' || trace.httpStatus(call) !== 0 || trace.childCount(call) > 0) return false;
  const texts = failureTexts(trace, call, lines);
  return texts.length > 0 && texts.every(({ text }) => WITHOUT_REASON.test(text));
}

export const CANDIDATES_OF_FETCH: readonly Candidate[] = [
  { what: 'the network of this device', shownBy: 'other devices get an answer at that time' },
  {
    what: 'a refusal of the browser (CORS, a policy of the page, an extension)',
    shownBy: 'the console of the browser names it, or the server answered the request',
  },
  { what: 'the server', shownBy: 'its log or its metrics show no request at that time, or all devices fail' },
];
