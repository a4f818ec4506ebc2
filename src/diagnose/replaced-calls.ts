/**
 * What a fix did to the calls of a request: which calls are new, which of these replace the call at fault, and which
 * services are no longer called.
 *
 *   before   40 × SELECT … FROM items WHERE id = ?        after   SELECT … FROM items WHERE id IN (?)    a replacement
 *                                                                 GET /tax                               a new call
 */
import type { Sides } from '#diagnose/compared-call.ts';
import { middle } from '#diagnose/differs.ts';
import type { CallIndex, CallSample } from '#model/requests/aligned-calls.ts';
import { queryTable } from '#model/sql/query-shape.ts';
import { type Share, shareOf } from '#model/stats/proportion.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { callAbove } from '#model/trace/views/entry.ts';

/** The call at fault, in the traces before, and its work. */
export type Fault = Readonly<{ call: CallIndex; work: Work }>;

/**
 * Caller and callee of a call: a service or a kind of database, empty for work inside a service. `table`: the first
 * table that a query names.
 */
export type Work = Readonly<{ service: string; whom: string; table: string; shape: string }>;

export type NewCall = Readonly<{
  call: CallIndex;
  service: string;
  operation: string;
  /** The callee, where the operation does not name it. */
  whom: string;
  /** It asks the same database or service for the same as the call at fault did. */
  isInPlace: boolean;
  /** Time on the critical path, with all new calls below it: the median over the traces that make it. */
  us: number;
  made: Share;
}>;

/** Shares of the traces of a side: nearly all, and hardly any. */
const NEARLY_ALL = 0.9;
const HARDLY_ANY = 0.1;

/** Calls that no trace before makes and more than a tenth of the traces after make. Of nested ones the topmost. */
export function newCalls({ failing, calls }: Sides, fault: Fault | undefined): NewCall[] {
  const top = new Map<CallIndex, CallIndex>();
  for (let call = 1; call < calls.count; call += 1) {
    if (calls.healthy(call).some((sample) => sample)) continue;
    const parent = calls.parent(call);
    top.set(call, (parent === undefined ? undefined : top.get(parent)) ?? call);
  }
  const held = new Map<CallIndex, number[]>();
  for (const [call, of] of top) {
    const sums = held.get(of) ?? new Array<number>(failing.length).fill(0);
    held.set(of, sums);
    for (const [at, sample] of calls.failing(call).entries()) sums[at] = (sums[at] ?? 0) + (sample?.pathUs ?? 0);
  }
  return [...held].flatMap(([call, sums]): NewCall[] => {
    const samples = calls.failing(call);
    const made = { times: samples.filter((sample) => sample).length, of: failing.length };
    if (shareOf(made) <= HARDLY_ANY) return [];
    const us = middle(sums.filter((_, at) => samples[at] !== undefined));
    const work = workOfCall(failing, samples);
    const isInPlace = fault !== undefined && work !== undefined && standsFor(work, fault.work);
    const [service, operation] = [calls.service(call), calls.operation(call)];
    const isSaid = work === undefined || work.table !== '' || work.service !== service || operation.includes(work.whom);
    return [{ call, service, operation, whom: isSaid ? '' : work.whom, isInPlace, us, made }];
  });
}

/**
 * The calls after the fix that are the call at fault: at its place, or the same work at a place where no trace before
 * made it (another route, a renamed span). Of nested ones the topmost, because the others run within its time.
 */
export function callsInPlace({ failing, calls }: Sides, fault: Fault): CallIndex[] {
  const found = new Set<CallIndex>([fault.call]);
  const within = new Set<CallIndex>(found);
  for (let call = 1; call < calls.count; call += 1) {
    const parent = calls.parent(call);
    if (call === fault.call) continue;
    if (parent !== undefined && within.has(parent)) {
      within.add(call);
      continue;
    }
    if (calls.healthy(call).some((sample) => sample)) continue;
    const work = workOfCall(failing, calls.failing(call));
    if (work === undefined || !(calls.work(call) === calls.work(fault.call) || standsFor(work, fault.work))) continue;
    found.add(call);
    within.add(call);
  }
  return [...found];
}

/** Another query of the same table, or another call of the same service, by the same caller. */
function standsFor(work: Work, fault: Work): boolean {
  if (fault.whom === '' || work.whom !== fault.whom || work.service !== fault.service) return false;
  return fault.table === '' ? work.table === '' : words(work.shape).has(fault.table);
}

function words(shape: string): ReadonlySet<string> {
  return new Set(shape.split(/[^\p{L}\p{N}_.$#-]+/u));
}

export type NoLongerAsked = Readonly<{ name: string; before: Share; after: Share }>;

/**
 * Services and databases that nearly all traces before call and hardly any after. The callee of the call at fault, and
 * everything below it, does not count.
 */
export function noLongerAsked({ healthy, failing, calls }: Sides, fault: Fault | undefined): NoLongerAsked[] {
  const isOfFault = new Set<CallIndex>(fault === undefined ? [] : [fault.call]);
  const askedBefore = new Map<string, Set<number>>();
  const askedAfter = new Map<string, Set<number>>();
  const note = (known: Map<string, Set<number>>, name: string, samples: readonly (CallSample | undefined)[]) => {
    const asking = known.get(name) ?? new Set<number>();
    known.set(name, asking);
    for (const [at, sample] of samples.entries()) if (sample !== undefined) asking.add(at);
  };
  for (let call = 1; call < calls.count; call += 1) {
    const parent = calls.parent(call);
    const [before, after] = [calls.healthy(call), calls.failing(call)];
    const whom = (workOfCall(healthy, before) ?? workOfCall(failing, after))?.whom ?? '';
    if (whom === '') continue;
    note(askedAfter, whom, after);
    if (parent !== undefined && isOfFault.has(parent)) isOfFault.add(call);
    if (!isOfFault.has(call)) note(askedBefore, whom, before);
  }
  return [...askedBefore].flatMap(([name, asking]): NoLongerAsked[] => {
    const before = { times: asking.size, of: healthy.length };
    const after = { times: askedAfter.get(name)?.size ?? 0, of: failing.length };
    const isGone = shareOf(before) >= NEARLY_ALL && shareOf(after) <= HARDLY_ANY && name !== fault?.work.whom;
    return isGone ? [{ name, before, after }] : [];
  });
}

/** From the first trace that makes the call. */
function workOfCall(traces: readonly Trace[], samples: readonly (CallSample | undefined)[]): Work | undefined {
  for (const [at, sample] of samples.entries()) {
    const [trace, span] = [traces[at], sample?.spans[0]];
    if (trace !== undefined && span !== undefined) return workOf(trace, span);
  }
  return undefined;
}

export function workOf(trace: Trace, span: SpanIndex): Work {
  const service = trace.service(span);
  const system = trace.databaseSystem(span);
  const shape = trace.queryShape(span);
  if (system !== '') return { service, whom: system, table: queryTable(shape), shape };
  const whom = callee(trace, span);
  if (whom !== '') return { service, whom, table: '', shape };
  const call = callAbove(trace, span);
  return call === undefined
    ? { service, whom: '', table: '', shape }
    : { service: trace.service(call), whom: service, table: '', shape };
}
