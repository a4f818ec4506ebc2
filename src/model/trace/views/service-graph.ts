/**
 * Which service called which in this trace: one edge for each pair, and one for each peer without spans (a database, a
 * broker, an external API).
 *
 *  web ──3 calls, 1 failed, p95 120 ms──► stock ──2 calls──► postgresql
 *
 * A call counts once, on its caller's side where that was recorded: only the caller saw how long it waited.
 */
import { nearestRank } from '#model/stats/nearest-rank.ts';
import { compareTexts } from '#model/text/compare-texts.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';

export type ServiceCalls = Readonly<{
  caller: string;
  callee: string;
  /** Only the caller's attributes show the callee. */
  external: boolean;
  /** In order of start: the client's spans, or the callee's where no client span was recorded. */
  calls: readonly SpanIndex[];
  failed: number;
  /** The duration of the calls, together and each. */
  totalUs: number;
  p50Us: number;
  p95Us: number;
  maxUs: number;
}>;

/** By caller, then callee, callees with spans first. */
export const serviceGraph = view((trace): readonly ServiceCalls[] => {
  const edges = new Map<string, Edge>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    for (const callee of calleesOf(trace, span)) addCall(edges, trace, span, callee);
    if (isCalledWithoutClient(trace, span)) addCall(edges, trace, span, undefined);
  }
  return [...edges.values()]
    .map((edge) => withLatencies(trace, edge))
    .sort(
      (a, b) =>
        compareTexts(a.caller, b.caller) || compareTexts(a.callee, b.callee) || Number(a.external) - Number(b.external),
    );
});

type Edge = { caller: string; callee: string; external: boolean; calls: SpanIndex[]; failed: number };
type Callee = Readonly<{ service: string; external: boolean; failed: boolean }>;

/** The callees of a client or producer: each service that answered below it, else the peer that it names. */
function calleesOf(trace: Trace, span: SpanIndex): Callee[] {
  if (!isCaller(trace, span)) return [];
  const answered = new Map<string, Callee>();
  for (const child of trace.children(span)) {
    const service = trace.service(child);
    if (service === trace.service(span) && trace.kind(child) !== 'server') continue;
    const failed = trace.failed(child) || answered.get(service)?.failed === true;
    answered.set(service, { service, external: false, failed });
  }
  if (answered.size > 0) return [...answered.values()];
  const peer = trace.peer(span);
  return peer === '' ? [] : [{ service: peer, external: true, failed: false }];
}

/** A span of another service directly below a span that is no client's. */
function isCalledWithoutClient(trace: Trace, span: SpanIndex): boolean {
  const parent = trace.parent(span);
  return parent !== undefined && !isCaller(trace, parent) && trace.service(parent) !== trace.service(span);
}

function isCaller(trace: Trace, span: SpanIndex): boolean {
  const kind = trace.kind(span);
  return kind === 'client' || kind === 'producer';
}

/** Without a callee, the span itself is the called one. */
function addCall(edges: Map<string, Edge>, trace: Trace, span: SpanIndex, callee: Callee | undefined): void {
  const caller = callee === undefined ? trace.service(trace.parent(span) ?? span) : trace.service(span);
  const to = callee ?? { service: trace.service(span), external: false, failed: false };
  const key = `${caller}\n${to.service}\n${to.external}`;
  const edge = edges.get(key) ?? { caller, callee: to.service, external: to.external, calls: [], failed: 0 };
  edges.set(key, edge);
  edge.calls.push(span);
  if (trace.failed(span) || to.failed) edge.failed += 1;
}

function withLatencies(trace: Trace, edge: Edge): ServiceCalls {
  const sorted = Float64Array.from(edge.calls, (span) => trace.durationOfUs(span)).sort();
  return {
    ...edge,
    totalUs: sorted.reduce((sum, us) => sum + us, 0),
    p50Us: nearestRank(sorted, 0.5),
    p95Us: nearestRank(sorted, 0.95),
    maxUs: nearestRank(sorted, 1),
  };
}
