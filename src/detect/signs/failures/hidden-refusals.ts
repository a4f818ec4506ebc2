/**
 * Calls that an open breaker refused and that left no span: the code answered well, with less than it would have got. Only its
 * own warning tells.
 *
 *   [ POST /orders  201 ]     CircuitBreaker 'recalls' is OPEN and does not permit further calls - fallback: none recalled
 */
import { type Refusal, refusalLines } from '#detect/signs/failures/breaker-refusals.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type LinesBySpan, saysCircuitOpen } from '#model/trace/views/failure-text.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** What was taken instead is less than the answer: nothing, an assumption, a default. */
const GIVES_LESS =
  /\b(?:fall(?:s|ing)?[ -]?back|instead|assum(?:es?|ed|ing)|treat(?:s|ed|ing)?|go(?:es|ing)? on|continu(?:es?|ed|ing)|proceed\w{0,3}|return(?:s|ed|ing)?|us(?:es|ed|ing)|tak(?:es|en|ing)|accept\w{0,3})\b[^\n]{0,60}\b(?:no|none|nothing|empty|without|zero|0|null|nil|false|un(?:checked|verified|known|priced|filtered)|skipp?(?:s|ed|ing)?|defaults?)\b/i;
/** The caller was built for it, or does the work later. */
const AS_GOOD =
  /\b(?:cache[ds]?|stale|cop(?:y|ies)|stored|saved|snapshot|last (?:known|good|value|answer|result)|previous(?:ly)?|secondary|backup|replica|queued?|later|outbox|retr(?:y|ied)|by design|as (?:planned|intended|expected)|optional)\b/i;
/** A request that goes on after many refusals says the same of each. */
const MOST_READ = 1_000;
const MOST_FOUND = 20;

/** None where a span of the request failed: then the refusal has a span, or it is not what the request suffers from. */
export function hiddenRefusals(trace: Trace, logs: readonly LogLine[], lines: LinesBySpan): Refusal[] {
  if (!logs.some(({ line }) => saysCircuitOpen(line)) || failedSpans(trace).length > 0) return [];
  const found: Refusal[] = [];
  for (let span: SpanIndex = 0; span < trace.spanCount && span < MOST_READ && found.length < MOST_FOUND; span += 1) {
    const [item] = refusalLines(trace, span, lines).filter(({ text }) => GIVES_LESS.test(text) && !AS_GOOD.test(text));
    if (item !== undefined) found.push({ span, halfOpen: false, item, isHidden: true });
  }
  return found;
}
