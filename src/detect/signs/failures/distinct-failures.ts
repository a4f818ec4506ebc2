/** The failures of a trace by operation and message: many spans may fail for one reason. */
import { endsWithException } from '#detect/signs/failures/thrown-calls.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callNumbers } from '#model/trace/views/call-numbers.ts';
import { decidedOrigins, type ErrorOrigin, errorOrigins } from '#model/trace/views/error-origins.ts';
import { failureMessage, failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

/** Messages of at most this many origins are read; the rest are shown by name only. */
const READ_AT_MOST = 200;

/** A longer list does not help. Failures that made the request fail come first, then the most frequent. */
const MOST_FAILURES = 20;

type DistinctFailure = Readonly<{ origin: ErrorOrigin; said: EvidenceItem | undefined; spans: SpanIndex[] }>;

/** One failure for each operation and reason, however many spans failed. The one that reached the root comes first. */
export function distinctFailures(trace: Trace, lines: LinesBySpan): DistinctFailure[] {
  if (errorOrigins(trace).length === 0) return [];
  const reachedRoot = ({ symptom }: ErrorOrigin) => symptom === trace.root;
  const all = decidedByLines(trace, lines);
  const origins = all.filter(reachedRoot);
  for (const origin of all) if (!reachedRoot(origin)) origins.push(origin);
  const callNumber = callNumbers(trace);
  const byCall = new Map<number, Map<string, DistinctFailure>>();
  origins.forEach((origin, at) => {
    const span = origin.spans[0] ?? trace.root;
    const said = at < READ_AT_MOST ? messageOf(trace, span, lines) : undefined;
    const ofCall = byCall.get(callNumber(span)) ?? new Map<string, DistinctFailure>();
    if (ofCall.size === 0) byCall.set(callNumber(span), ofCall);
    const known = said === undefined ? [...ofCall.values()][0] : ofCall.get(said.text);
    if (known === undefined) ofCall.set(said?.text ?? '', { origin, said, spans: [...origin.spans] });
    else for (const each of origin.spans) known.spans.push(each);
  });
  return [...byCall.values()]
    .flatMap((ofCall) => [...ofCall.values()])
    .sort((a, b) => Number(reachedRoot(b.origin)) - Number(reachedRoot(a.origin)) || b.spans.length - a.spans.length)
    .slice(0, MOST_FAILURES);
}

function messageOf(trace: Trace, span: SpanIndex, lines: LinesBySpan): EvidenceItem | undefined {
  return failureMessage(trace, span, lines) ?? thrownBelow(trace, span)?.item;
}

/** `path`: from the parent of `span` up to the failed span. */
export type Thrown = Readonly<{ span: SpanIndex; path: readonly SpanIndex[]; item: EvidenceItem }>;

/** The exception that the last work below a failed span ended with: many SDKs record it and set no status there. */
function thrownBelow(trace: Trace, failed: SpanIndex): Thrown | undefined {
  let last = trace.children(failed).at(-1);
  const path = [failed];
  for (let level = 0; level < MOST_LEVELS && last !== undefined; level += 1) {
    if (!trace.isAwaited(last) || trace.endUs(last) > trace.endUs(failed)) return undefined;
    if (endsWithException(trace, last)) {
      const item = failureTexts(trace, last, NO_LINES).find(({ kind }) => kind === 'event');
      return item && { span: last, path, item };
    }
    path.unshift(last);
    last = trace.children(last).at(-1);
  }
  return undefined;
}

/**
 * The same in another service, whose span is marked as failed. Its answer counts as successful where it carries the error
 * in its body, as GraphQL's does. The failed span has no words of its own.
 */
export function thrownElsewhere(trace: Trace, failed: SpanIndex, lines: LinesBySpan): Thrown | undefined {
  if (failureMessage(trace, failed, lines) !== undefined) return undefined;
  const thrown = thrownBelow(trace, failed);
  const isElsewhere = thrown !== undefined && trace.failed(thrown.span) && !trace.isOfOneService(thrown.span, failed);
  return isElsewhere ? thrown : undefined;
}

/** Work inside a service is seldom nested deeper. */
const MOST_LEVELS = 20;

/** Log lines may show which of several failures made the caller fail. */
function decidedByLines(trace: Trace, lines: LinesBySpan): readonly ErrorOrigin[] {
  const open = errorOrigins(trace)
    .filter(({ rivals }) => rivals > 0)
    .slice(0, READ_AT_MOST);
  if (open.length === 0) return errorOrigins(trace);
  const decided = [...Map.groupBy(open, ({ symptom }) => symptom).values()].flatMap((rivals) =>
    decidedOrigins(trace, rivals, lines),
  );
  const isOpen = new Set(open);
  return [...decided, ...errorOrigins(trace).filter((origin) => !isOpen.has(origin))];
}
