/**
 * Attempts at one write that an optimistic lock refused each time, until nobody tried any more: the row is changed more
 * often than this code can read and write it.
 *
 *   PUT /seats/7 ✗     [==============================]
 *     hold ✗             [=====]                          "was updated or deleted by another transaction"
 *     hold ✗                    [=====]                   the same
 *     hold ✗                           [=====]            the same
 *
 * One conflict that the client hears of (409) is what such a lock is for, and so is a retry that succeeds.
 */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { saysStale } from '#model/sql/stale-write.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** `attempts`: in order of start. */
export type LostRace = Readonly<{ caller: SpanIndex; attempts: readonly SpanIndex[]; items: readonly EvidenceItem[] }>;

/** Spring Retry and Resilience4j make three attempts if nobody sets another number. */
const LEAST_ATTEMPTS = 3;
/** Reads the texts of this many failures. */
const READ_AT_MOST = 200;

export function lostRaces(trace: Trace): readonly LostRace[] {
  const failed = failedSpans(trace);
  if (failed.length < LEAST_ATTEMPTS) return [];
  const stale = failed.slice(0, READ_AT_MOST).flatMap((span) => {
    const caller = trace.parent(span);
    const item = failureTexts(trace, span, NO_LINES).find(({ text }) => saysStale(text));
    return caller === undefined || item === undefined ? [] : [{ span, caller, item }];
  });
  const byCall = Map.groupBy(stale, ({ span, caller }) => `${caller}\n${trace.operation(span)}`);
  return [...byCall.values()].flatMap((all): LostRace[] => {
    const tries = all.toSorted((a, b) => trace.startUs(a.span) - trace.startUs(b.span) || a.span - b.span);
    const [first] = tries;
    const attempts = tries.map(({ span }) => span);
    if (first === undefined || attempts.length < LEAST_ATTEMPTS || !areInARow(trace, attempts)) return [];
    const { caller } = first;
    const wasRefused = trace.failed(caller) || trace.httpStatus(caller) >= 400;
    if (!wasRefused || succeededAfter(trace, caller, attempts)) return [];
    return [{ caller, attempts, items: tries.map(({ item }) => item) }];
  });
}

function areInARow(trace: Trace, attempts: readonly SpanIndex[]): boolean {
  return attempts.every((span, at) => at === 0 || trace.startUs(span) >= trace.endUs(attempts[at - 1] ?? span));
}

function succeededAfter(trace: Trace, caller: SpanIndex, attempts: readonly SpanIndex[]): boolean {
  const last = attempts.at(-1) ?? caller;
  return trace
    .children(caller)
    .some(
      (child) =>
        !trace.failed(child) &&
        trace.operation(child) === trace.operation(last) &&
        trace.startUs(child) >= trace.endUs(last),
    );
}
