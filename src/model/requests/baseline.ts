/**
 * The baseline of a request, from its healthy traces.
 *
 *  baseline traces ── with one root operation, without the failed ones ──►  durations, counts, sizes
 *  the examined trace ── its spans, grouped by what they do ─────────────►  compared with the baseline of the same
 *  group
 *
 * Only traces that begin with the same operation of the same service are compared: another request does other work.
 * Where one name stands for many requests (`/*`, `Recv.`), those that reach the same services are similar: if there are
 * enough of them, times, numbers and sizes come only from these.
 */

import { type UsualRange, usualRange } from '#model/stats/usual-range.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { answerOf } from '#model/trace/views/call-span.ts';
import { callsAtOnce } from '#model/trace/views/calls-at-once.ts';
import { callAbove } from '#model/trace/views/entry.ts';
import { type ResponseSize, responseSizes } from '#model/trace/views/response-sizes.ts';
import { selfUs } from '#model/trace/views/self-time.ts';
import { type SpanGroups, spanGroups } from '#model/trace/views/span-groups.ts';

/** The healthy traces, seen from one trace: `group` is an index of its own groups. */
export type Baseline = Readonly<{
  /** How many healthy traces of the request there are. */
  traces: number;
  /** How many of them the times, numbers and sizes come from. */
  alike: number;
  /** How many of them reach exactly the same services as this one. */
  sameServices: number;
  rootUs: UsualRange;
  /** The groups of the examined trace's spans. */
  groups: SpanGroups;
  /** Undefined where no healthy trace has such a span. */
  usual(group: number): UsualOperation | undefined;
  /** For a response that should be as large as this one; undefined where no healthy trace shows it. */
  usualSize(size: ResponseSize): UsualRange | undefined;
  /** Services that are called and answered for, by name. */
  services: readonly UsualService[];
}>;

/** From spans that did not fail. Times in microseconds. */
export type UsualOperation = Readonly<{
  /** Own time of one span. */
  ownUs: UsualRange;
  /** The mean of it in one trace. */
  meanOwnUs: UsualRange;
  /** Spans a trace, failed ones as well, of the traces that have any. */
  count: UsualRange;
  /** Of spans with two calls or more: how many of them run at the same time. Undefined where no span has so many. */
  callsAtOnce: UsualRange | undefined;
}>;

export type UsualService = Readonly<{
  name: string;
  /** How many healthy traces call it. */
  traces: number;
  /** Names of groups, most frequent first: the spans directly above its own, and what makes these calls. */
  calls: readonly string[];
  callers: readonly string[];
}>;

export type Baselines = Readonly<{
  /** Undefined where there is no healthy trace of the same request. */
  of(trace: Trace): Baseline | undefined;
}>;

/** With fewer similar traces, all traces of the request are used. */
const ENOUGH_ALIKE = 10;

/** Reads each trace once and keeps only numbers. */
export function baselines(traces: Iterable<Trace>): Baselines {
  const byRequest = new Map<string, Collected[]>();
  for (const trace of traces) {
    if (!isHealthy(trace)) continue;
    const collections = byRequest.get(requestOf(trace)) ?? [];
    byRequest.set(requestOf(trace), collections);
    collect(trace, alikeIn(collections, trace) ?? added(collections, trace));
  }
  const shared = new Map<Collected, Shared>();
  const together = new Map<readonly Collected[], Collected>();
  return {
    of(trace) {
      const collections = byRequest.get(requestOf(trace));
      if (collections === undefined) return undefined;
      const all = together.get(collections) ?? merged(collections);
      together.set(collections, all);
      const like = alikeIn(collections, trace);
      const chosen = like !== undefined && like.traces >= ENOUGH_ALIKE ? like : all;
      const known = shared.get(chosen) ?? sharedOf(chosen);
      shared.set(chosen, known);
      const groups = spanGroups(trace);
      return {
        traces: all.traces,
        alike: chosen.traces,
        sameServices: like?.traces ?? 0,
        rootUs: known.rootUs,
        services: servicesOf(all),
        groups,
        usual: (group) => known.operation(groups.name(group)),
        usualSize: (size) => known.size(sizeKey(groups, size)),
      };
    },
  };
}

function alikeIn(collections: readonly Collected[], trace: Trace): Collected | undefined {
  const reached = trace.services.join('\n');
  return collections.find((collected) => collected.reached === reached);
}

function added(collections: Collected[], trace: Trace): Collected {
  const collected = emptyCollection(trace.services.join('\n'));
  collections.push(collected);
  return collected;
}

/** A failed request does not show what is usual. */
export function isHealthy(trace: Trace): boolean {
  return trace.spanCount > 0 && !trace.failed(trace.root) && trace.httpStatus(trace.root) < 400;
}

/** Equal for traces that can be compared. Some name every request `GET`: their route distinguishes them. */
export function requestOf(trace: Trace): string {
  const operation = operationTemplate(trace.operation(trace.root));
  const route = operation.includes('/') ? '' : trace.text(trace.root, 'http.route');
  return [trace.service(trace.root), operation, route].join('\n');
}

type Collected = {
  /** The services of each of them; empty for all together. */
  reached: string;
  traces: number;
  rootUs: number[];
  operations: Map<string, OperationSamples>;
  services: Map<string, ServiceSamples>;
  sizes: Map<string, number[]>;
};

/** `meanOwnUs` and `counts` have one value a trace. */
type OperationSamples = { ownUs: number[]; meanOwnUs: number[]; counts: number[]; atOnce: number[] };
type ServiceSamples = { traces: number; calls: Map<string, number>; callers: Map<string, number> };

function emptyCollection(reached: string): Collected {
  return { reached, traces: 0, rootUs: [], operations: new Map(), services: new Map(), sizes: new Map() };
}

function merged(collections: readonly Collected[]): Collected {
  const all = emptyCollection('');
  for (const { traces, rootUs, operations, services, sizes } of collections) {
    all.traces += traces;
    append(all.rootUs, rootUs);
    for (const [name, samples] of operations) {
      const known = operationIn(all, name);
      append(known.ownUs, samples.ownUs);
      append(known.meanOwnUs, samples.meanOwnUs);
      append(known.counts, samples.counts);
      append(known.atOnce, samples.atOnce);
    }
    for (const [name, { traces: times, calls, callers }] of services) {
      const known = serviceIn(all, name);
      known.traces += times;
      for (const [call, count] of calls) addCount(known.calls, call, count);
      for (const [caller, count] of callers) addCount(known.callers, caller, count);
    }
    for (const [key, values] of sizes) append(sizesIn(all, key), values);
  }
  return all;
}

/** Too many for the arguments of one call. */
function append(all: number[], values: readonly number[]): void {
  for (const value of values) all.push(value);
}

function operationIn({ operations }: Collected, name: string): OperationSamples {
  const known = operations.get(name) ?? { ownUs: [], meanOwnUs: [], counts: [], atOnce: [] };
  operations.set(name, known);
  return known;
}

function serviceIn({ services }: Collected, name: string): ServiceSamples {
  const known = services.get(name) ?? { traces: 0, calls: new Map(), callers: new Map() };
  services.set(name, known);
  return known;
}

function sizesIn({ sizes }: Collected, key: string): number[] {
  const known = sizes.get(key) ?? [];
  sizes.set(key, known);
  return known;
}

function collect(trace: Trace, collected: Collected): void {
  const groups = spanGroups(trace);
  collected.traces += 1;
  collected.rootUs.push(trace.durationOfUs(trace.root));
  for (let group = 0; group < groups.count; group += 1) collectOperation(trace, groups, group, collected);
  collectServices(trace, groups, collected);
  for (const size of responseSizes(trace, groups)) sizesIn(collected, sizeKey(groups, size)).push(size.value);
}

/** Per operation and trace: more samples would add nothing. */
const MOST_SAMPLES = 200;

function collectOperation(trace: Trace, groups: SpanGroups, group: number, collected: Collected): void {
  const known = operationIn(collected, groups.name(group));
  const spans = groups.spans(group);
  known.counts.push(spans.length);
  const step = Math.ceil(spans.length / MOST_SAMPLES);
  let ownUs = 0;
  let timed = 0;
  for (let at = 0; at < spans.length; at += 1) {
    const span = spans[at] ?? 0;
    if (trace.failed(span)) continue;
    timed += 1;
    ownUs += selfUs(trace, span);
    if (at % step === 0) known.ownUs.push(selfUs(trace, span));
  }
  const [first = 0] = spans;
  const atOnce = callsAtOnce(trace, first);
  if (atOnce !== undefined && !trace.failed(first)) known.atOnce.push(atOnce);
  if (timed > 0) known.meanOwnUs.push(ownUs / timed);
}

/** By whom each service was called first. What consumes messages comes when it comes. */
function collectServices(trace: Trace, groups: SpanGroups, collected: Collected): void {
  const seen = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const call = callAbove(trace, span);
    if (call === undefined || isMessage(trace, call, span)) continue;
    const service = trace.service(span);
    if (seen.has(service)) continue;
    seen.add(service);
    const known = serviceIn(collected, service);
    known.traces += 1;
    addCount(known.calls, groups.name(groups.of[call] ?? 0), 1);
    addCount(known.callers, groups.name(groups.of[callerOf(trace, call)] ?? 0), 1);
  }
}

function isMessage(trace: Trace, call: SpanIndex, span: SpanIndex): boolean {
  return trace.kind(span) === 'consumer' || trace.kind(call) === 'producer';
}

/** The work that makes the call, above the span that is the call itself. */
function callerOf(trace: Trace, call: SpanIndex): SpanIndex {
  const above = trace.parent(call);
  const isCall = above !== undefined && trace.isOfOneService(call, above) && answerOf(trace, call) !== undefined;
  return isCall ? above : call;
}

function addCount(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function sizeKey(groups: SpanGroups, { group, measure, encoding }: ResponseSize): string {
  return [groups.name(group), measure, encoding].join('\n');
}

type Shared = Readonly<{
  rootUs: UsualRange;
  operation(name: string): UsualOperation | undefined;
  size(key: string): UsualRange | undefined;
}>;

/** Units: below a millisecond times are noise, and so are a hundred bytes of headers and wording. */
const NOISE_US = 1_000;
const NOISE_BYTES = 100;
const NOISE_TIMES = 0.05;

/** Sorts only what is requested. */
function sharedOf(collected: Collected): Shared {
  const operations = new Map<string, UsualOperation>();
  const sizes = new Map<string, UsualRange>();
  return {
    rootUs: usualRange(collected.rootUs, { traces: collected.traces, unit: NOISE_US }),
    operation(name) {
      const samples = collected.operations.get(name);
      if (samples === undefined) return undefined;
      const { ownUs, meanOwnUs, counts, atOnce } = samples;
      const timed = meanOwnUs.length;
      const usual = operations.get(name) ?? {
        ownUs: usualRange(ownUs, { traces: timed, unit: NOISE_US }),
        meanOwnUs: usualRange(meanOwnUs, { traces: timed, unit: NOISE_US }),
        count: usualRange(counts, { traces: counts.length, unit: 1 }),
        callsAtOnce: atOnce.length === 0 ? undefined : usualRange(atOnce, { traces: atOnce.length, unit: NOISE_TIMES }),
      };
      operations.set(name, usual);
      return usual;
    },
    size(key) {
      const values = collected.sizes.get(key);
      if (values === undefined) return undefined;
      const unit = key.split('\n').at(-2) === 'bytes' ? NOISE_BYTES : 1;
      const usual = sizes.get(key) ?? usualRange(values, { traces: values.length, unit });
      sizes.set(key, usual);
      return usual;
    },
  };
}

function servicesOf({ services }: Collected): UsualService[] {
  return [...services]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { traces, calls, callers }]) => ({
      name,
      traces,
      calls: mostFrequentFirst(calls),
      callers: mostFrequentFirst(callers),
    }));
}

function mostFrequentFirst(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1)).map(([name]) => name);
}
