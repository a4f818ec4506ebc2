/**
 * Two traces on the same rows: a call that both make is one row, whatever its durations.
 *
 * Rows are chosen by importance (different, failed, long), each after its callers, until the limit is reached. A row
 * counts the hidden calls below it.
 */
import type { AlignedCalls, CallIndex, CallSample } from '#model/requests/aligned-calls.ts';
import type { Comparison, DurationChange } from '#model/requests/comparison.ts';
import { exactDuration } from '#model/text/duration.ts';
import type { Trace } from '#model/trace/trace.ts';
import { ratioText } from '#present/words/comparison-words.ts';
import { shown } from '#present/words/plain-text.ts';

/** Microseconds from the start of the trace. */
export type Bar = Readonly<{ startUs: number; endUs: number }>;

export type AlignedRow = Readonly<{
  depth: number;
  service: string;
  operation: string;
  /** Empty where the trace does not make the call. */
  healthy: readonly Bar[];
  failing: readonly Bar[];
  /** `only here`, `not made`, `slower`, `fails`, `3 × instead of 1 ×`; empty where nothing differs clearly. */
  mark: string;
  kind: 'both' | 'added' | 'missing';
  fails: boolean;
  /** `250 ms → 5 s` */
  times: string;
  /** `20×`; empty where both took about the same. */
  ratio: string;
  /** Calls below it that have no row. */
  hidden: number;
}>;

export type AlignedTraces = Readonly<{
  calls: AlignedCalls;
  healthy: Trace;
  healthyAt: number;
  failing: Trace;
  failingAt: number;
}>;

/** The two drawn traces: for each side the one with the median duration among those that show the main difference. */
export function drawnTraces(
  { healthy, failing }: Readonly<{ healthy: readonly Trace[]; failing: readonly Trace[] }>,
  calls: AlignedCalls,
  { conclusion: { main } }: Pick<Comparison, 'conclusion'>,
): AlignedTraces | undefined {
  const call = main === undefined || main.kind === 'log' ? undefined : main.change.at.call;
  const isFailure = main?.kind === 'structure' && main.change.change === 'failing';
  const samples = call === undefined ? [] : calls.failing(call);
  const showsIt = (at: number) => samples[at] !== undefined && (!isFailure || samples[at].failed > 0);
  const healthyAt = middleTrace(healthy, () => true);
  const failingAt = middleTrace(failing, showsIt);
  const [one, other] = [healthy[healthyAt], failing[failingAt]];
  return one && other && { calls, healthy: one, healthyAt, failing: other, failingAt };
}

/** The trace with the median duration among those that pass; among all where none passes. */
function middleTrace(traces: readonly Trace[], passes: (at: number) => boolean): number {
  const order = traces
    .map((trace, at) => ({ at, us: trace.durationOfUs(trace.root) }))
    .sort((a, b) => a.us - b.us || a.at - b.at);
  const passed = order.filter(({ at }) => passes(at));
  const among = passed.length > 0 ? passed : order;
  return among[Math.floor((among.length - 1) / 2)]?.at ?? 0;
}

export function alignedRows(drawn: AlignedTraces, comparison: Comparison, maxRows: number): AlignedRow[] {
  const { calls } = drawn;
  const samples = (call: CallIndex): Pair => [
    calls.healthy(call)[drawn.healthyAt],
    calls.failing(call)[drawn.failingAt],
  ];
  const differing = new Set([...comparison.structure, ...comparison.durations].map(({ at }) => at.call));
  const chosen = chosenCalls(calls, samples, differing, maxRows);
  const hidden = hiddenBelow(calls, samples, chosen);
  return inPlace(calls, chosen, drawn).map(({ call, depth }) => {
    const [healthy, failing] = samples(call);
    return {
      depth,
      service: shown(calls.service(call)),
      operation: shown(calls.operation(call)) || '(no name)',
      healthy: barsOf(drawn.healthy, healthy),
      failing: barsOf(drawn.failing, failing),
      mark: markOf(healthy, failing, wordsFor(call, comparison)),
      kind: healthy === undefined ? 'added' : failing === undefined ? 'missing' : 'both',
      fails: failing !== undefined && failing.failed > 0,
      times: timesOf(healthy, failing),
      ratio: healthy && failing ? ratioText(failing.durationUs, healthy.durationUs) : '',
      hidden: hidden[call] ?? 0,
    };
  });
}

type Pair = readonly [CallSample | undefined, CallSample | undefined];

function chosenCalls(
  calls: AlignedCalls,
  samples: (call: CallIndex) => Pair,
  differing: ReadonlySet<CallIndex>,
  maxRows: number,
): Set<CallIndex> {
  const chosen = new Set<CallIndex>();
  for (const { call } of weighed(calls, samples, differing)) {
    const way = wayTo(calls, call, chosen);
    if (chosen.size + way.length <= maxRows) for (const at of way) chosen.add(at);
    if (chosen.size >= maxRows) break;
  }
  return chosen;
}

/** The calls of either trace, most important first. */
function weighed(calls: AlignedCalls, samples: (call: CallIndex) => Pair, differing: ReadonlySet<CallIndex>) {
  const here: Readonly<{ call: CallIndex; weight: number }>[] = [];
  for (let call = 0; call < calls.count; call += 1) {
    const [healthy, failing] = samples(call);
    if (healthy === undefined && failing === undefined) continue;
    const fails = (failing?.failed ?? 0) > 0 ? RANK : 0;
    const us = Math.max(healthy?.durationUs ?? 0, failing?.durationUs ?? 0);
    here.push({ call, weight: (differing.has(call) ? 2 * RANK : fails) + us });
  }
  return here.sort((a, b) => b.weight - a.weight || a.call - b.call);
}

/** The call and its ancestors that are not chosen yet. */
function wayTo(calls: AlignedCalls, call: CallIndex, chosen: ReadonlySet<CallIndex>): CallIndex[] {
  const way: CallIndex[] = [];
  for (let at: CallIndex | undefined = call; at !== undefined && !chosen.has(at); at = calls.parent(at)) way.push(at);
  return way;
}

/** Longer than any trace, so that what differs comes first. */
const RANK = 1e15;

/** By call: how many calls below it have no row and belong to no nearer row. */
function hiddenBelow(
  calls: AlignedCalls,
  samples: (call: CallIndex) => Pair,
  chosen: ReadonlySet<CallIndex>,
): number[] {
  const hidden = new Array<number>(calls.count).fill(0);
  for (let call = calls.count - 1; call > 0; call -= 1) {
    const parent = calls.parent(call);
    const [healthy, failing] = samples(call);
    if (parent === undefined || chosen.has(call) || (healthy === undefined && failing === undefined)) continue;
    hidden[parent] = (hidden[parent] ?? 0) + (hidden[call] ?? 0) + 1;
  }
  return hidden;
}

/** Callers before callees, siblings by their start in the failing trace. */
function inPlace(calls: AlignedCalls, chosen: ReadonlySet<CallIndex>, drawn: AlignedTraces) {
  const below = Map.groupBy(chosen, (call) => calls.parent(call) ?? TOP);
  const startUs = (call: CallIndex) =>
    startOf(drawn.failing, calls.failing(call)[drawn.failingAt]) ??
    startOf(drawn.healthy, calls.healthy(call)[drawn.healthyAt]) ??
    0;
  const open = [{ call: TOP, depth: -1 }];
  const placed: { call: CallIndex; depth: number }[] = [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { call, depth } = next;
    if (call !== TOP) placed.push(next);
    const children = (below.get(call) ?? []).sort((a, b) => startUs(b) - startUs(a) || b - a);
    open.push(...children.map((child) => ({ call: child, depth: depth + 1 })));
  }
  return placed;
}

const TOP = -1;

function startOf(trace: Trace, sample: CallSample | undefined): number | undefined {
  return sample?.spans.reduce((us, span) => Math.min(us, trace.startUs(span)), Number.POSITIVE_INFINITY);
}

function barsOf(trace: Trace, sample: CallSample | undefined): Bar[] {
  return (sample?.spans ?? []).map((span) => ({ startUs: trace.startUs(span), endUs: trace.endUs(span) }));
}

/** The comparison's words about the call. */
function wordsFor(call: CallIndex, { structure, durations }: Comparison): string[] {
  const change = durations.find(({ at }) => at.call === call);
  return [
    ...(structure.some((one) => one.change === 'failing' && one.at.call === call) ? ['fails'] : []),
    ...(change === undefined ? [] : [slowerOrFaster(change)]),
  ];
}

/** By its self time. The row shows the times with all calls below, which may have moved the other way. */
function slowerOrFaster({ failingOwnUs, healthyOwnUs, failingUs, healthyUs }: DurationChange): string {
  const isSlower = failingOwnUs > healthyOwnUs;
  const isSo = isSlower ? failingUs.median >= healthyUs.median : failingUs.median <= healthyUs.median;
  return `${isSo ? '' : 'alone '}${isSlower ? 'slower' : 'faster'}`;
}

function markOf(healthy: CallSample | undefined, failing: CallSample | undefined, words: readonly string[]): string {
  if (failing === undefined) return 'not made';
  if (healthy === undefined) return ['only here', ...words].join(', ');
  const counts = healthy.count === failing.count ? [] : [`${failing.count} × instead of ${healthy.count} ×`];
  return [...words, ...counts].join(', ');
}

function timesOf(healthy: CallSample | undefined, failing: CallSample | undefined): string {
  const before = healthy && exactDuration(healthy.durationUs);
  const now = failing && exactDuration(failing.durationUs);
  if (before === undefined) return now ?? '';
  return now === undefined ? before : `${before} → ${now}`;
}
