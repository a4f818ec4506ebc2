/**
 * A caller that records a substitute in place of a failed call's answer: the fallback of a circuit breaker, a default
 * value, a stale copy. It goes on as it was built to.
 */
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { Attributes, SpanIndex } from '#model/trace/columns.ts';
import { spaced } from '#model/trace/event-text.ts';
import type { Trace } from '#model/trace/trace.ts';
import { laterSiblings } from '#model/trace/views/answered-elsewhere.ts';

/** Work inside a service is seldom nested deeper. */
const MOST_LEVELS = 20;

/** Whether the caller, up to the request that it answers, records a substitute after the failed call began. */
export function recordsFallback(trace: Trace, failed: SpanIndex): boolean {
  if (FALLBACK.test(asWords(trace.operation(failed))) || saysFallback(trace, failed)) return true;
  let span = failed;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const caller = trace.parent(span);
    if (caller === undefined || trace.service(caller) !== trace.service(failed)) return false;
    if (laterSiblings(trace, span).some((other) => isSubstitute(trace, other)) || saysFallback(trace, caller))
      return true;
    if (trace.kind(caller) === 'server' || trace.kind(caller) === 'consumer') return false;
    span = caller;
  }
  return false;
}

/** `used local copy`, `last price used`, `serving the stored answer`: the substitute is there and was taken. */
const TOOK_OTHER =
  /\b(?:used|using|took|taking|served|serving)\b.{0,30}\b(?:copy|cached|stored|saved|last|previous|snapshot|fallback|secondary|backup)\b|\b(?:copy|cached|stored|saved|last|previous|snapshot|fallback)\b.{0,30}\b(?:used|taken|served)\b/i;

/**
 * Two records agree that nothing is missing: the caller's own line, written for this request at a harmless level, says what
 * it took instead, and a later call of the caller, which went well, got it.
 */
export function tookSubstitute(trace: Trace, failed: SpanIndex, logs: readonly LogLine[]): boolean {
  const gotIt = laterSiblings(trace, failed).some((other) => {
    const isGood = !trace.failed(other) && trace.httpStatus(other) < 400;
    return (
      isGood && trace.startUs(other) >= trace.endUs(failed) && (trace.isCall(other) || trace.isDatabaseCall(other))
    );
  });
  if (!gotIt) return false;
  const endUs = trace.startEpochUs + trace.endUs(failed);
  return logs.some(
    (line) =>
      line.service === trace.service(failed) &&
      line.rung === 'trace-id' &&
      HARMLESS_LEVELS.has(line.level) &&
      epochUsOf(line) >= endUs - ROUNDED_US &&
      TOOK_OTHER.test(line.line),
  );
}

/** Lines round their time to milliseconds. */
const ROUNDED_US = 1_000;

function isSubstitute(trace: Trace, span: SpanIndex): boolean {
  if (trace.failed(span)) return false;
  return (
    FALLBACK.test(asWords(trace.operation(span))) || namesFallback(trace.attributesFor(span, IS_FALLBACK, ON_REASON))
  );
}

/** In its attributes, or as an event. */
function saysFallback(trace: Trace, span: SpanIndex): boolean {
  if (namesFallback(trace.attributesFor(span, IS_FALLBACK, ON_REASON))) return true;
  return trace.hasEvents(span) && trace.events(span).some(({ name }) => FALLBACK.test(asWords(name)));
}

/** Resilience4j, Hystrix and Polly: fallback. RFC 5861: stale-if-error. */
const FALLBACK =
  /\bfall(?:s|ing|en)?[ _-]?back\b|\bstale\b|\bdegraded\b|\bdefault[ _-](?:value|answer|response)\b|\bfail[ _-]?open\b/i;
const IS_FALLBACK = /(?:^|[._])(?:is_?)?(?:fallback|stale|degraded)(?:[._](?:used|served|value|executed))?$/i;
/** OpenTelemetry's reasons of a flag's value, and what HTTP caches record. */
const ON_REASON = /(?:^|[._])(?:result[._]reason|cache[._](?:status|result)|source)$/i;

function namesFallback(attributes: Attributes): boolean {
  return Object.entries(attributes).some(([name, value]) => {
    const text = String(value);
    if (IS_FALLBACK.test(name)) return /^(?:true|1|yes)$/i.test(text);
    return ON_REASON.test(name) && /^(?:default|stale|fallback|stale-if-error|error)$/i.test(text);
  });
}

/** `topFallback` and `recs.fallback` as words. */
function asWords(name: string): string {
  return spaced(name).replace(/([a-z])([A-Z])/g, '$1 $2');
}
