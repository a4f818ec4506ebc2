/**
 * Calls that only one side makes, makes more often, makes from another place, or makes without success.
 * A call is missing when nearly all healthy traces make it and hardly any failing one; it is added the other way round.
 * A call that some healthy traces skip is optional, and one odd trace in ten decides nothing. Of nested missing calls
 * the topmost is reported, of nested failures the deepest.
 */
import { comparedCall, made, pathTo, type Sides, valuesOf } from '#diagnose/compared-call.ts';
import { differenceOf, ENOUGH, middle, rangeOf } from '#diagnose/differs.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import type { AlignedCalls, CallIndex, CallSample } from '#model/requests/aligned-calls.ts';
import type { Range, StructureChange, Told } from '#model/requests/comparison.ts';
import { failureMessage, failureStatus } from '#model/trace/views/failure-text.ts';

/** Shares of a side's traces: nearly all, and hardly any. */
const NEARLY_ALL = 0.9;
const HARDLY_ANY = 0.1;

export function structureChanges(sides: Sides): StructureChange[] {
  const { calls } = sides;
  const absent = absences(calls);
  const view: View = {
    sides,
    pathUs: pathBelow(calls),
    begins: beginnings(calls),
    absent,
    absentBelow: absentBelow(calls, absent),
    isIncomplete: sides.failing.some((trace) => trace.repairs.orphan > 0),
    hasFailed: sides.failing.some((trace) => trace.failed(trace.root)),
  };
  const found: StructureChange[] = [];
  for (let call = 0; call < calls.count; call += 1) {
    const seen = changeAt(call, view);
    if (seen !== undefined) found.push(structureChange(call, seen, view));
  }
  return withMoves(found, calls).sort(byWeight);
}

type View = Readonly<{
  sides: Sides;
  /** By call: how much more of the critical path it and everything below it hold in the failing traces. */
  pathUs: readonly number[];
  /** Calls where a failure begins that the healthy traces do not have. */
  begins: ReadonlySet<CallIndex>;
  absent: readonly (Absence | undefined)[];
  absentBelow: readonly number[];
  /** A failing trace lacks spans: a call may have been made although its span is missing. */
  isIncomplete: boolean;
  hasFailed: boolean;
}>;

type Seen = Pick<StructureChange, 'change' | 'told'>;

function changeAt(call: CallIndex, view: View): Seen | undefined {
  const { calls } = view.sides;
  const told: Told = calls.healthy(call).length >= ENOUGH ? 'clear' : 'uncertain';
  if (view.begins.has(call)) return { change: 'failing', told };
  const parent = calls.parent(call);
  const absent = view.absent[call];
  if (absent !== undefined) {
    if (parent !== undefined && view.absent[parent] === absent) return undefined; // reported with its caller
    return { change: absent, told: absent === 'missing' && view.isIncomplete ? 'uncertain' : told };
  }
  return moreOrFewer(calls, call);
}

type Absence = 'missing' | 'added';

/** By call. */
function absences(calls: AlignedCalls): (Absence | undefined)[] {
  return Array.from({ length: calls.count }, (_, call) => {
    const healthy = shareOf(calls.healthy(call));
    const failing = shareOf(calls.failing(call));
    if (healthy >= NEARLY_ALL && failing <= HARDLY_ANY) return 'missing';
    return failing >= NEARLY_ALL && healthy <= HARDLY_ANY ? 'added' : undefined;
  });
}

function shareOf(samples: readonly (CallSample | undefined)[]): number {
  return samples.length === 0 ? 0 : made(samples).length / samples.length;
}

/** Twice is one more attempt; other calls may come in twos or threes. */
function moreOrFewer(calls: AlignedCalls, call: CallIndex): Seen | undefined {
  const healthy = made(calls.healthy(call)).map(({ count }) => count);
  const failing = made(calls.failing(call));
  if (healthy.length === 0 || failing.length === 0) return undefined;
  const counts = failing.map(({ count }) => count);
  const [{ median: before, low, high }, now] = [rangeOf(healthy), middle(counts)];
  if (isRetried(failing, rangeOf(healthy)))
    return { change: 'more', told: healthy.length >= ENOUGH ? 'clear' : 'uncertain' };
  if ((now >= low && now <= high) || Math.abs(now - before) < 2 || !isTwofold(now, before)) return undefined;
  const told = differenceOf(healthy, counts, 1);
  return told && { change: now > before ? 'more' : 'fewer', told };
}

function isTwofold(a: number, b: number): boolean {
  return Math.max(a, b) >= 2 * Math.min(a, b);
}

/** Made again after a failure. */
function isRetried(failing: readonly CallSample[], { high }: Range): boolean {
  return failing.every(({ count, failed }) => failed > 0 && count > high);
}

/** Calls that fail in the failing traces but not in the healthy ones, and have no such call below them. */
function beginnings(calls: AlignedCalls): Set<CallIndex> {
  const failsBelow = new Set<CallIndex>();
  const begins = new Set<CallIndex>();
  for (let call = calls.count - 1; call >= 0; call -= 1) {
    const isNew = failShare(calls.failing(call)) >= 0.5 && failShare(calls.healthy(call)) <= HARDLY_ANY;
    if (isNew && !failsBelow.has(call)) begins.add(call);
    const parent = calls.parent(call);
    if (parent !== undefined && (isNew || failsBelow.has(call))) failsBelow.add(parent);
  }
  return begins;
}

/** As a share of all traces: a call that is not made does not fail. */
function failShare(samples: readonly (CallSample | undefined)[]): number {
  return samples.length === 0 ? 0 : made(samples).filter(({ failed }) => failed > 0).length / samples.length;
}

function pathBelow(calls: AlignedCalls): number[] {
  const pathUs = Array.from({ length: calls.count }, (_, call) => pathGrowth(calls, call));
  for (let call = calls.count - 1; call > 0; call -= 1) {
    const parent = calls.parent(call);
    if (parent !== undefined) pathUs[parent] = (pathUs[parent] ?? 0) + (pathUs[call] ?? 0);
  }
  return pathUs;
}

/** How much longer the call's self time holds the critical path. */
export function pathGrowth(calls: AlignedCalls, call: CallIndex): number {
  const pathUs = ({ pathUs }: CallSample) => pathUs;
  return middle(valuesOf(calls.failing(call), pathUs)) - middle(valuesOf(calls.healthy(call), pathUs));
}

function structureChange(call: CallIndex, { change, told }: Seen, view: View): StructureChange {
  const { calls } = view.sides;
  const healthy = made(calls.healthy(call));
  const failing = made(calls.failing(call));
  const count = (samples: readonly CallSample[]) => rangeOf(samples.map((sample) => sample.count));
  return {
    change,
    at: comparedCall(view.sides, call),
    told,
    healthyCount: count(healthy),
    failingCount: count(failing),
    healthyTraces: healthy.length,
    failingTraces: failing.length,
    below: view.absentBelow[call] ?? 0,
    pathUs: view.pathUs[call] ?? 0,
    failure: failureOf(call, view.sides),
    afterFailure: change === 'missing' && view.begins.size > 0 && view.hasFailed,
    failed: failing.reduce((sum, { failed }) => sum + failed, 0),
    from: [],
  };
}

/** By call: how many calls below it are absent with it. */
function absentBelow(calls: AlignedCalls, absent: View['absent']): number[] {
  const below = new Array<number>(calls.count).fill(0);
  for (let call = calls.count - 1; call > 0; call -= 1) {
    const parent = calls.parent(call);
    if (parent === undefined || absent[call] === undefined || absent[parent] !== absent[call]) continue;
    below[parent] = (below[parent] ?? 0) + (below[call] ?? 0) + 1;
  }
  return below;
}

function failureOf(call: CallIndex, { calls, failing }: Sides): string {
  for (const [at, sample] of calls.failing(call).entries()) {
    const trace = failing[at];
    const span = sample?.spans.find((one) => trace?.failed(one));
    if (trace === undefined || span === undefined) continue;
    const message = failureMessage(trace, span, NO_LINES)?.text ?? '';
    return [failureStatus(trace, span), message].filter((text) => text !== '').join(': ');
  }
  return '';
}

/** A call that is missing here and added there is the same call, made from another place. */
function withMoves(found: readonly StructureChange[], calls: AlignedCalls): StructureChange[] {
  const missing = Map.groupBy(
    found.filter(({ change }) => change === 'missing'),
    ({ at }) => calls.work(at.call),
  );
  const taken = new Set<StructureChange>();
  const moved = found.map((change) => {
    const before = change.change === 'added' ? missing.get(calls.work(change.at.call))?.shift() : undefined;
    if (before === undefined) return change;
    taken.add(before);
    const { healthyCount, healthyTraces } = before;
    return { ...change, change: 'moved' as const, from: pathTo(calls, before.at.call), healthyCount, healthyTraces };
  });
  return moved.filter((change) => !taken.has(change));
}

const ORDER: readonly StructureChange['change'][] = ['failing', 'more', 'added', 'missing', 'fewer', 'moved'];

function byWeight(a: StructureChange, b: StructureChange): number {
  return (
    ORDER.indexOf(a.change) - ORDER.indexOf(b.change) ||
    Math.abs(b.pathUs) - Math.abs(a.pathUs) ||
    a.at.call - b.at.call
  );
}
