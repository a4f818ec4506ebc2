/**
 * A service took a part of the work for the whole: its store left shards out, or its loader refused more than it took.
 *
 *   [ GET /search  200                          ]
 *     [ POST /articles/_search  200 ]             {"took":382,"_shards":{"total":5,"successful":2,"failed":3}}
 *
 * The answer has to hide it. One with 206 or 207 says so itself, and so does another line of the service.
 */
import { requestFacts } from '#detect/signs/request-share.ts';
import type { EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { LOST_COUNTS, type LostPart, lostPart, lostPartIn } from '#model/instruments/partial-words.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

type Found = Readonly<{ entry: SpanIndex; part: LostPart; item: EvidenceItem; source: 'line' | 'span' }>;

/** RFC 9110 and RFC 4918: a part, and several answers. */
const SAYS_PART: ReadonlySet<number> = new Set([206, 207]);
/** More spans of one request count the same. */
const MOST_READ = 1_000;

/** Undefined where the request failed, where its answer says what is missing, or where nothing is. */
export function partialResult(trace: Trace, logs: readonly LogLine[]): Sighting | undefined {
  const status = trace.httpStatus(trace.root);
  if (trace.spanCount === 0 || trace.failed(trace.root) || status >= 400 || SAYS_PART.has(status)) return undefined;
  const found = byLine(trace, logs) ?? byCounts(trace);
  return found === undefined || isTold(trace, found, logs) ? undefined : sightingOf(trace, found);
}

function byLine(trace: Trace, logs: readonly LogLine[]): Found | undefined {
  for (const line of logs) {
    const part = lostPart(line.line);
    const entry = part && entryOf(trace, line.service);
    if (part === undefined || entry === undefined) continue;
    if (!isCertain(line) && !isOfCall(trace, line, part)) continue;
    return { entry, part, item: { kind: 'log', ref: line.timeNs, text: line.line }, source: 'line' };
  }
  return undefined;
}

function byCounts(trace: Trace): Found | undefined {
  for (let span = 0; span < trace.spanCount && span < MOST_READ; span += 1) {
    const part = lostPartIn(trace.attributesFor(span, LOST_COUNTS));
    const entry = part && entryOf(trace, trace.service(span));
    if (part === undefined || entry === undefined || trace.failed(span)) continue;
    return { entry, part, item: { kind: 'span', ref: trace.spanId(span), text: part.text }, source: 'span' };
  }
  return undefined;
}

/** The first span of the service. */
function entryOf(trace: Trace, service: string): SpanIndex | undefined {
  for (let span = 0; span < trace.spanCount; span += 1)
    if (trace.service(span) === service && !asksOthers(trace, span))
      return trace.failed(span) || trace.httpStatus(span) >= 400 ? undefined : span;
  return undefined;
}

function asksOthers(trace: Trace, span: SpanIndex): boolean {
  return trace.kind(span) === 'client' || trace.kind(span) === 'producer' || trace.isDatabaseCall(span);
}

/** A store counts its own time, and the way to it comes on top. */
const LEAST_OF_CALL = 0.8;
/** The answer is written to the log at once. */
const WRITTEN_WITHIN_US = 50_000;

/** A line without an id has the answer of just this call: it was written as the call ended, and took as long. */
function isOfCall(trace: Trace, line: LogLine, { tookMs }: LostPart): boolean {
  if (tookMs === 0) return false;
  const atUs = epochUsOf(line) - trace.startEpochUs;
  const calls: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount && span < MOST_READ; span += 1) {
    if (trace.service(span) !== line.service || !asksOthers(trace, span) || trace.failed(span)) continue;
    const isThen = atUs >= trace.endUs(span) && atUs - trace.endUs(span) <= WRITTEN_WITHIN_US;
    const callUs = trace.durationOfUs(span);
    if (isThen && tookMs * 1000 <= callUs && tookMs * 1000 >= LEAST_OF_CALL * callUs) calls.push(span);
  }
  return calls.length === 1;
}

/** The service said that the answer is not whole, took the rest from elsewhere, or asked again. */
const TOLD =
  /\b(?:partial(?:ly)?|incomplete|banner|notice|hint|told|informed|notified|warned|shown|marked|degraded|fall(?:s|ing)? ?back|fallback|instead|again|retry(?:ing)?|retried|replica|cache[ds]?|alert(?:ed)?|ticket)\b/i;

/** Another line of the service about this request deals with it. */
function isTold(trace: Trace, { entry, item }: Found, logs: readonly LogLine[]): boolean {
  const service = trace.service(entry);
  return logs.some(
    (line) => line.service === service && line.timeNs !== item.ref && isCertain(line) && TOLD.test(logMessage(line)),
  );
}

function sightingOf(trace: Trace, { entry, part, item, source }: Found): Sighting {
  return {
    inferred: true,
    service: trace.service(entry),
    operation: trace.operation(entry),
    spans: [entry],
    wastedUs: 0,
    facts: {
      isTold: true,
      isRemark: false,
      isPart: true,
      reachedRoot: false,
      source,
      part: Number.isNaN(part.kept) ? `${part.lost} ${part.of}` : `${part.lost} of ${part.lost + part.kept} ${part.of}`,
      answered: trace.httpStatus(entry) || 'without an error',
      ...requestFacts(trace),
    },
    evidence: [item],
  };
}

export function wordsOfPart({ service, operation, answered, part, source }: Facts): Words {
  const record = source === 'line' ? 'a line' : 'a span';
  return {
    title: `${service}: ${operation} answered ${answered} without ${part}`,
    headline: { what: `${inWords(String(service))} takes a part for the whole`, why: `${part} are missing` },
    explanation: `The request went well for its caller. Only ${record} of ${service} shows that ${part} are missing.`,
    remedy: `Find out why ${part} are missing. Let ${operation} fail above a share that you choose, or say in the answer what is missing, and count it.`,
    check: `As many ${String(part).split(' ').at(-1)} are missing at times when nobody lacks anything.`,
    couldBe: [
      { what: `data that ${service} lost`, shownBy: 'what is missing stands in the source' },
      { what: 'data that nobody wants', shownBy: 'the source itself has no use for what is missing' },
    ],
  };
}
