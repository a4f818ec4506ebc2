/** Reads waits for a connection from spans, their events and their log lines, as words or as a duration. */
import { innermostWaits } from '#detect/signs/nested-waits.ts';
import { type GapLimits, type PoolGap, poolGaps } from '#detect/signs/pool-gaps.ts';
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { type LogLine, linesBySpan } from '#model/logs/log-line.ts';
import { connectionWaits, couldNotConnect } from '#model/sql/connection-wait.ts';
import { countText, pairsIn, poolCount, saysPoolIsFull } from '#model/sql/pool-state.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathSelfUs } from '#model/trace/views/critical-path.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

export type Wait = Omit<PoolGap, 'sign' | 'gap'> &
  Readonly<{
    sign: 'said' | 'recorded' | PoolGap['sign'];
    /** `21 of 20 in use`; empty where nothing shows the count. */
    inUse: string;
    /** Set where the wait is a span's own time. */
    gap?: Stretch;
  }>;

/** The waits of each service for its pools. The surest sign comes first, then the longest wait. */
export function poolWaits(trace: Trace, logs: readonly LogLine[], limits: Limits & GapLimits): Wait[][] {
  const lines = linesBySpan(logs);
  const gapBeforeUse = poolGaps(trace, logs, limits);
  const waits: Wait[] = [];
  // Any span may follow a long gap; without one, only a failed span or a span with its own wait can show a full pool.
  const heldUs = gapBeforeUse !== undefined ? 0 : limits.minWaitMs * 1000;
  for (const span of spansWith(trace, { failed: true, heldUs })) {
    const recorded = joined(
      trace.failed(span) ? saidToBeFull(trace, span, lines) : undefined,
      recordedWait(trace, span, lines, limits),
    );
    const gap = recorded === undefined ? gapBeforeUse?.(span) : undefined;
    const wait = recorded ?? (gap && { ...gap, inUse: '' });
    if (wait !== undefined) waits.push(wait);
  }
  return byService(trace, withoutNested(trace, waits)).map((all) =>
    all.filter((wait, at) => !isCounted(wait, all.slice(0, at))),
  );
}

/** Reads from a failed span, its events and its log lines that the pool is full. The wait may have any duration. */
function saidToBeFull(trace: Trace, span: SpanIndex, lines: LinesBySpan): Wait | undefined {
  if (trace.children(span).some((child) => trace.failed(child))) return undefined;
  const all = texts(trace, span, lines);
  const said = all.filter(({ text }) => saysPoolIsFull(text));
  const counted = all.flatMap((one) => {
    const count = poolCount(one.facts);
    return count === undefined ? [] : [{ ...one, ...count }];
  });
  const [first] = counted;
  // A pool that cannot open a new connection also reports an error, but it is not full.
  if (first === undefined && (said.length === 0 || couldNotConnect(trace, span, lines))) return undefined;
  return {
    span,
    caller: trace.parent(span) ?? span,
    waitUs: pathSelfUs(trace, span),
    sign: 'said',
    inUse: first === undefined ? '' : `${first.inUse} of ${first.size} in use`,
    // A refused connection is no sign of a full pool: only its count is quoted.
    items: [
      ...said.map(({ kind, ref, text }): EvidenceItem => ({ kind, ref, text })),
      ...counted.map((one): EvidenceItem => ({ kind: one.kind, ref: one.ref, text: countText(one) })),
    ],
  };
}

type Said = EvidenceItem & Readonly<{ facts: Readonly<Record<string, unknown>> }>;

function texts(trace: Trace, span: SpanIndex, lines: LinesBySpan): Said[] {
  const ref = trace.spanId(span);
  const attributes = trace.attributes(span);
  return [
    { kind: 'span', ref, text: trace.statusText(span) || trace.text(span, 'exception.message'), facts: attributes },
    ...trace.events(span).map(
      (event): Said => ({
        kind: 'event',
        ref,
        text:
          canonicalText(event.attributes, 'exception.message') || String(event.attributes.error ?? '') || event.name,
        facts: { ...attributes, ...event.attributes },
      }),
    ),
    ...(lines.get(ref) ?? []).map(
      (line): Said => ({
        kind: 'log',
        ref: line.timeNs,
        text: line.line,
        facts: { ...attributes, ...pairsIn(line.line) },
      }),
    ),
  ];
}

type Limits = GapLimits & Readonly<{ minWaitMs: number }>;

/** The longest wait that the span shows; all other signs of it are cited, too. */
function recordedWait(trace: Trace, span: SpanIndex, lines: LinesBySpan, { minWaitMs }: Limits): Wait | undefined {
  const heldUs = pathBelowUs(trace, span);
  if (heldUs < minWaitMs * 1000) return undefined;
  const all = connectionWaits(trace, span, lines);
  const [longest] = all;
  if (longest === undefined || Math.min(longest.waitUs, heldUs) < minWaitMs * 1000) return undefined;
  return {
    span,
    caller: trace.parent(span) ?? span,
    sign: 'recorded',
    inUse: all.find(({ inUse }) => inUse !== '')?.inUse ?? '',
    waitUs: Math.min(longest.waitUs, heldUs),
    ...(longest.gap && { gap: longest.gap }),
    items: all.map(({ item }) => item),
  };
}

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

/** Waits by service, which owns the pool. The surest sign comes first, then the longest wait. */
function byService(trace: Trace, waits: readonly Wait[]): Wait[][] {
  const surest = { said: 0, recorded: 1, backed: 2, gap: 3 } as const;
  return [...Map.groupBy(waits, ({ span }) => trace.service(span)).values()].map((mine) =>
    mine.sort((a, b) => surest[a.sign] - surest[b.sign] || b.waitUs - a.waitUs || a.span - b.span),
  );
}

/** A wait that a log line shows is often also a gap before a query: it counts once. */
function isCounted({ gap }: Wait, before: readonly Wait[]): boolean {
  if (gap === undefined) return false;
  return before.some(({ gap: other }) => other !== undefined && other.startUs < gap.endUs && gap.startUs < other.endUs);
}
