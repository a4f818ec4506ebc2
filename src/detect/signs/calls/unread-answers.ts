/** Calls whose answers nobody reads: a failure of one reached nobody. */
import { isOfCandidate } from '#detect/signs/calls/experiments.ts';
import { isMirrored } from '#detect/signs/calls/mirrored-copies.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export function answersNobody(trace: Trace, span: SpanIndex, logs: readonly LogLine[] = []): boolean {
  return isMirrored(trace, span) || isOfCandidate(trace, span) || isUnusedInLog(trace, span, logs);
}

const COPY =
  /\b(?:mirror(?:s|ed|ing)?|shadow(?:s|ed|ing)?|dark[- ]?(?:launch|read|traffic|call)\w{0,3}|tee[ds]?|dual[- ]?(?:reads?|writes?)|candidates?|challenger|experiment|compar(?:ed|ison|ing)|dry[- ]?runs?|rehearsal|second opinion|trial)\b/i;
const UNUSED =
  /\b(?:never|not|nobody|no one|isn't|aren't) (?:\w{1,12} ){0,2}(?:used|uses|read|reads|returned|served|shown|waits?|sent back|relied on)\b|\b(?:discard|ignor)\w{1,3}\b|\bthrown away\b|\b(?:only|just) (?:compared|logged|recorded|counted|measured)\b|\bfor comparison(?: only)?\b|\bwithout (?:any )?effect\b/i;
const LONGEST_READ = 2_000;
/** A shorter name is any word. */
const LEAST_NAME = 3;
/** A copy has few callers above it. */
const MOST_LEVELS = 20;

/**
 * A harmless line of this request, which a caller wrote, calls the answer of this callee that of a copy, and says that
 * nobody uses it. The caller did not fail.
 */
function isUnusedInLog(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): boolean {
  const said = logs.filter((line) => isCertain(line) && HARMLESS_LEVELS.has(line.level)).flatMap(saysUnused);
  if (said.length === 0) return false;
  let at: SpanIndex = span;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const caller = trace.parent(at);
    if (caller === undefined) return false;
    const names = [trace.service(at), trace.isCall(at) ? trace.peer(at) : ''];
    const isNamed = said.some(
      ({ service, text }) =>
        service === trace.service(caller) &&
        names.some((name) => name.length >= LEAST_NAME && name !== service && text.includes(name)),
    );
    if (isNamed && !trace.failed(caller)) return true;
    at = caller;
  }
  return false;
}

function saysUnused(line: LogLine): readonly Readonly<{ service: string; text: string }>[] {
  const text = logMessage(line).slice(0, LONGEST_READ);
  return COPY.test(text) && UNUSED.test(text) ? [{ service: line.service, text }] : [];
}
