/** Reads waits for a connection from spans, their events and their log lines, as words or as a duration. */

import { failedWithin } from '#detect/signs/failures/failed-within.ts';
import { calleeThreads } from '#detect/signs/waits/callee-threads.ts';
import { innermostWaits } from '#detect/signs/waits/nested-waits.ts';
import { type GapLimits, type PoolGap, type PoolRecords, poolGaps } from '#detect/signs/waits/pool-gaps.ts';
import { poolStarts } from '#detect/signs/waits/pool-starts.ts';
import { poolerWaits } from '#detect/signs/waits/pooler-waits.ts';
import { ownerOfThreads, threadWaits } from '#detect/signs/waits/thread-waits.ts';
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { missingThreads } from '#model/instruments/thread-counts.ts';
import { THREADS_ARE_FULL } from '#model/instruments/thread-words.ts';
import { type LogLine, linesBySpan, NO_LINES } from '#model/logs/log-line.ts';
import { connectionWaits, couldNotConnect, poolOfText } from '#model/sql/connection-wait.ts';
import { countText, POOL_COUNTS, pairsIn, poolCount, saysPoolIsFull } from '#model/sql/pool-state.ts';
import type { SpanEvent, SpanIndex } from '#model/trace/columns.ts';
import { recordsException } from '#model/trace/event-text.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathSelfUs } from '#model/trace/views/critical-path.ts';
import { aboveInService } from '#model/trace/views/entry.ts';
import { failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

export type Wait = Omit<PoolGap, 'sign' | 'gap' | 'pool'> &
  Readonly<{
    sign: 'said' | 'recorded' | PoolGap['sign'];
    /** `21 of 20 in use`; empty where nothing shows the count. */
    inUse: string;
    /** Set where the wait is a span's own time. */
    gap?: Stretch;
    /** Set unless it is a database's pool. */
    pool?: Readonly<{ kind: PoolOf; users: string }>;
  }>;

type PoolOf = 'database' | 'calls' | 'work';

/** The waits of each service for its pools. The surest sign comes first, then the longest wait. */
export function poolWaits(trace: Trace, records: PoolRecords, limits: Limits & GapLimits): Wait[][] {
  const lines = linesBySpan(records.logs);
  const gapBeforeUse = poolGaps(trace, records, limits);
  const waits: Wait[] = calleeThreads(trace, records.logs, limits.minWaitMs * 1000).map(({ span, gap, items }) => ({
    span,
    caller: span,
    waitUs: gap.endUs - gap.startUs,
    sign: 'recorded',
    inUse: '',
    gap,
    items,
    ...poolNamed('work'),
  }));
  const pooled = poolerWaits(trace, records.logs, limits.minWaitMs * 1000);
  waits.push(
    ...pooled.map(({ span, waitUs, item }): Wait => {
      return { span, caller: trace.parent(span) ?? span, waitUs, sign: 'recorded', inUse: '', items: [item] };
    }),
  );
  const starts = poolStarts(trace, records.logs);
  // Any span may follow a long gap; without one, only a failed span or a span with its own wait can show a full pool.
  const heldUs = gapBeforeUse !== undefined ? 0 : limits.minWaitMs * 1000;
  for (const span of spansWith(trace, { failed: true, heldUs })) {
    if (starts.has(span) && !trace.failed(span)) continue;
    const recorded = joined(saidToBeFull(trace, span, lines), recordedWait(trace, span, lines, limits));
    const gap = recorded === undefined ? gapBeforeUse?.(span) : undefined;
    const wait = recorded ?? (gap && { ...gap, inUse: '' });
    if (wait !== undefined) waits.push(wait);
  }
  return byService(trace, withoutNested(trace, waits)).map((all) =>
    all.filter((wait, at) => !isCounted(wait, all.slice(0, at))),
  );
}

/**
 * Reads from a failed span, its events and its log lines that the pool is full. The wait may have any duration. Of a span
 * without an error status, only its exceptions are read.
 */
function saidToBeFull(trace: Trace, span: SpanIndex, lines: LinesBySpan): Wait | undefined {
  const at = failedWithin(trace, span, lines);
  if (at === undefined) return undefined;
  const all = trace.failed(span) ? texts(trace, span, lines) : exceptionTexts(trace, span);
  // What a callee answers with a status speaks of its own threads.
  const isAnswer = trace.httpStatus(span) !== 0 && (trace.kind(span) === 'client' || trace.isDatabaseCall(span));
  const said = all.flatMap((one) => {
    if (saysPoolIsFull(one.text) || (!isAnswer && saysOwnThreadsAreFull(one.text))) return [one];
    const text = isAnswer ? '' : missingThreads(one.text);
    return text === '' ? [] : [{ ...one, text }];
  });
  const counted = all.flatMap((one) => {
    const count = poolCount(one.facts);
    return count === undefined ? [] : [{ ...one, ...count }];
  });
  const [first] = counted;
  // A pool that cannot open a new connection also reports an error, but it is not full.
  if (first === undefined && (said.length === 0 || couldNotConnect(trace, span, lines))) return undefined;
  return {
    span: at,
    caller: trace.parent(at) ?? at,
    waitUs: pathSelfUs(trace, at),
    sign: 'said',
    ...poolField(said[0]),
    inUse: first === undefined ? '' : `${first.inUse} of ${first.size} in use`,
    // A refused connection is no sign of a full pool: only its count is quoted.
    items: [
      ...said.map(({ kind, ref, text }): EvidenceItem => ({ kind, ref, text })),
      ...counted.map((one): EvidenceItem => ({ kind: one.kind, ref: one.ref, text: countText(one) })),
    ],
  };
}

function saysOwnThreadsAreFull(text: string): boolean {
  const sign = THREADS_ARE_FULL.find(text);
  return sign !== undefined && sign.isOfStore !== true;
}

/** Whose pool a message speaks of. */
function poolField(said: EvidenceItem | undefined): Pick<Wait, 'pool'> {
  if (said === undefined) return {};
  return poolNamed(saysPoolIsFull(said.text) ? poolOfText(said.text) : 'work');
}

function poolNamed(kind: PoolOf): Pick<Wait, 'pool'> {
  return kind === 'database' ? {} : { pool: { kind, users: '' } };
}

type Said = EvidenceItem & Readonly<{ facts: Readonly<Record<string, unknown>> }>;

function texts(trace: Trace, span: SpanIndex, lines: LinesBySpan): Said[] {
  const ref = trace.spanId(span);
  const attributes = trace.attributesFor(span, POOL_COUNTS);
  return [
    { kind: 'span', ref, text: trace.statusText(span) || trace.text(span, 'exception.message'), facts: attributes },
    ...trace.events(span).map((event) => textOf(trace, span, event)),
    ...[...(lines.get(ref) ?? []), ...quotedAbove(trace, span, lines)].map(
      (line): Said => ({
        kind: 'log',
        ref: line.timeNs,
        text: line.line,
        facts: { ...attributes, ...pairsIn(line.line) },
      }),
    ),
  ];
}

/** Shorter messages may agree by chance. */
const LEAST_QUOTED = 20;

/** Lines of the code above a failed call that repeat its message: a logger writes more of it than the span holds. */
function quotedAbove(trace: Trace, span: SpanIndex, lines: LinesBySpan): readonly LogLine[] {
  if (lines === NO_LINES || (!trace.isCall(span) && !trace.isDatabaseCall(span))) return [];
  const messages = failureTexts(trace, span, NO_LINES).flatMap(({ text }) =>
    text.length < LEAST_QUOTED ? [] : [text],
  );
  if (messages.length === 0) return [];
  return [...aboveInService(trace, span).take(MOST_ABOVE)]
    .flatMap((above) => lines.get(trace.spanId(above)) ?? [])
    .filter(({ line }) => messages.some((message) => line.includes(message)));
}

/** Code that logs the failure of a call is seldom further above. */
const MOST_ABOVE = 5;

function exceptionTexts(trace: Trace, span: SpanIndex): Said[] {
  if (!trace.hasEvents(span)) return [];
  return trace
    .events(span)
    .filter(recordsException)
    .map((event) => textOf(trace, span, event));
}

/** The message of the exception. Some pools only name themselves in its type. */
function textOf(trace: Trace, span: SpanIndex, { name, attributes }: SpanEvent): Said {
  const message = canonicalText(attributes, 'exception.message') || String(attributes.error ?? '') || name;
  const type = canonicalText(attributes, 'exception.type');
  return {
    kind: 'event',
    ref: trace.spanId(span),
    text: saysPoolIsFull(message) || !saysPoolIsFull(type) ? message : `${type}: ${message}`,
    facts: { ...trace.attributesFor(span, POOL_COUNTS), ...attributes },
  };
}

type Limits = GapLimits & Readonly<{ minWaitMs: number }>;

/** The longest wait that the span shows; all other signs of it are cited, too. */
function recordedWait(trace: Trace, span: SpanIndex, lines: LinesBySpan, { minWaitMs }: Limits): Wait | undefined {
  const heldUs = pathBelowUs(trace, span);
  if (heldUs < minWaitMs * 1000) return undefined;
  const all = [...connectionWaits(trace, span, lines), ...threadWaits(trace, span, lines)].sort(
    (a, b) => b.waitUs - a.waitUs,
  );
  const [longest] = all;
  if (longest === undefined || Math.min(longest.waitUs, heldUs) < minWaitMs * 1000) return undefined;
  return {
    span,
    caller: trace.parent(span) ?? span,
    sign: 'recorded',
    ...poolNamed(longest.of),
    inUse: all.find(({ inUse }) => inUse !== '')?.inUse ?? '',
    waitUs: Math.min(longest.waitUs, heldUs),
    ...(longest.gap && { gap: longest.gap }),
    items: all.filter(({ waitUs }) => waitUs >= LEAST_CITED * longest.waitUs).map(({ item }) => item),
  };
}

/** A sign of a much shorter wait says nothing about this one. */
const LEAST_CITED = 0.01;

/** Joins both signs of one span. A full pool is the stronger sign; the duration is kept, too. */
function joined(said: Wait | undefined, recorded: Wait | undefined): Wait | undefined {
  if (said === undefined || recorded === undefined) return said ?? recorded;
  return {
    ...recorded,
    ...said,
    waitUs: Math.max(said.waitUs, recorded.waitUs),
    inUse: said.inUse || recorded.inUse,
    items: [...said.items, ...recorded.items],
  };
}

/** Gaps are deduplicated by their times, see `isCounted`. */
function withoutNested(trace: Trace, waits: readonly Wait[]): Wait[] {
  const isTold = ({ sign }: Wait) => sign === 'said' || sign === 'recorded';
  return [...innermostWaits(trace, waits.filter(isTold), withOuter), ...waits.filter((wait) => !isTold(wait))];
}

function withOuter(wait: Wait, outer: Wait): Wait {
  return {
    ...wait,
    inUse: wait.inUse || outer.inUse,
    sign: outer.sign === 'said' ? 'said' : wait.sign,
    items: [...wait.items, ...outer.items],
  };
}

/** The service that owns the pool. */
export function poolOwner(trace: Trace, { span, pool }: Pick<Wait, 'span' | 'pool'>): string {
  return pool?.kind === 'work' ? ownerOfThreads(trace, span) : trace.service(span);
}

/** Waits by service, which owns the pools. The surest sign comes first, then the longest wait. */
function byService(trace: Trace, waits: readonly Wait[]): Wait[][] {
  const surest = { said: 0, recorded: 1, backed: 2, gap: 3 } as const;
  return [...Map.groupBy(waits, (wait) => `${poolOwner(trace, wait)}\n${wait.pool?.kind}`).values()].map((mine) =>
    mine.sort((a, b) => surest[a.sign] - surest[b.sign] || b.waitUs - a.waitUs || a.span - b.span),
  );
}

/** A wait that a log line shows is often also a gap before a query: it counts once. */
function isCounted({ gap, sign, caller }: Wait, before: readonly Wait[]): boolean {
  if (gap === undefined) return false;
  // The caller's own line or event has the length of that gap.
  const isInferred = sign === 'backed' || sign === 'gap';
  if (isInferred && before.some((other) => other.sign === 'recorded' && other.span === caller)) return true;
  return before.some(({ gap: other }) => other !== undefined && other.startUs < gap.endUs && gap.startUs < other.endUs);
}
