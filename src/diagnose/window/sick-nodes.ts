/**
 * A machine that makes several services sick at once: what runs on it works longer, fails, or is not ready, and the same
 * services elsewhere do not.
 *
 *   node-1   cart ●  price ●  web ●        all that is sick runs here, and most of what runs here is sick: the node
 *   node-2   cart ○  price ○
 *
 * One service alone is its own affair, also where its machine is busy; and what is sick on all machines has it from
 * somewhere else.
 */
import { answeredBy } from '#diagnose/window/call-times.ts';
import { chanceAmong, chanceOfRise, MOST_CHANCE } from '#diagnose/window/chance.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import { usualEndOf } from '#diagnose/window/samples.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { conditionOf, type Platform, type Pod } from '#model/platform/platform.ts';
import { hasLasted, seenTime } from '#model/platform/platform-pods.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { selfUs } from '#model/trace/views/self-time.ts';

export type SickNode = Readonly<{
  node: string;
  /** Those that are sick on it, by name. */
  services: readonly SickService[];
  /** Of those that run there as far as anything is known of them, how many. */
  of: number;
  /** What was looked at. */
  by: 'requests' | 'pods';
  /** That chance alone does so on any node. */
  chance: number;
}>;

export type SickService = Readonly<{ service: string; here: Counted; elsewhere: Counted }>;

const NODE = 'k8s.node.name';

/** One alone is no sign of its machine. */
const FEWEST_SERVICES = 2;
/** Of what runs there, so many have to be sick. */
const LEAST_SHARE = 2 / 3;
/** Of fewer calls nobody knows how they usually are. */
const FEWEST_CALLS = 10;
/** Less is no trouble; and it has to be twice as much as elsewhere. */
const LEAST_SICK = 0.1;
const TIMES_ELSEWHERE = 2;

type Both = TimeWindow &
  Readonly<{
    traces: readonly Trace[];
    healthyTraces: readonly Trace[];
    platform?: Platform | undefined;
  }>;

/** Undefined where none is; several sick nodes have it from somewhere else. */
export function sickNode(both: Both): SickNode | undefined {
  return (both.platform && byPods(both.platform, both)) ?? byRequests(both);
}

/** By node and service: how many of how many are sick. */
type OnNodes = ReadonlyMap<string, ReadonlyMap<string, Counted>>;

function byPods(platform: Platform, window: TimeWindow): SickNode | undefined {
  const here = new Map<string, Map<string, [number, number]>>();
  const time = seenTime({ platform, window });
  for (const pod of platform.pods) {
    const service = pod.services[0] ?? pod.owner.name;
    const ready = conditionOf(pod, 'Ready');
    if (!isToRun(pod) || ready === undefined) continue;
    // Every pod begins so, and what began after the time that was asked about is not of it.
    if (ready.status !== 'True' && !hasLasted(ready.sinceUs, LEAST_US, time)) continue;
    count(here, pod.node, service, ready.status !== 'True');
  }
  const isSick = ([times]: Counted) => times > 0;
  return theSickOne(here, isSick, { by: 'pods', fewest: 1, chanceOf: () => 0 });
}

/** What was never placed, or has ended, says nothing of a machine: evicted pods are listed long after it is well again. */
function isToRun({ node, phase, deletedUs }: Pod): boolean {
  return node !== '' && phase !== 'Succeeded' && phase !== 'Failed' && !Number.isFinite(deletedUs);
}

/** A minute is no start's ordinary pace, as for a pod that waits for its node. */
const LEAST_US = 60e6;

function byRequests({ traces, healthyTraces, platform }: Both): SickNode | undefined {
  const nodes = new Map((platform?.pods ?? []).map(({ name, node }) => [name, node]));
  if (nodes.size === 0 && !traces.some((trace) => canonicalText(trace.resource(trace.root), NODE) !== ''))
    return undefined;
  const usual = usualEnds(healthyTraces);
  const healthy = new Map<string, [number, number]>();
  for (const trace of healthyTraces)
    for (const { service, isSick } of workOf(trace, usual)) countOf(healthy, service, isSick);
  const now = new Map<string, Map<string, [number, number]>>();
  for (const trace of traces)
    for (const { service, isSick, span } of workOf(trace, usual)) {
      const resource = trace.resource(span);
      const node = canonicalText(resource, NODE) || (nodes.get(canonicalText(resource, 'k8s.pod.name')) ?? '');
      if (node !== '') count(now, node, service, isSick);
    }
  const pairs = [...now.values()].reduce((sum, services) => sum + services.size, 0);
  const chanceOf = (service: string, here: Counted) =>
    chanceAmong(chanceOfRise(healthy.get(service) ?? [0, 0], here).chance, pairs);
  const isSick = (here: Counted, service: string) =>
    here[0] >= LEAST_SICK * here[1] && chanceOf(service, here) <= MOST_CHANCE;
  return theSickOne(now, isSick, { by: 'requests', fewest: FEWEST_CALLS, chanceOf });
}

type Looked = Readonly<{
  by: SickNode['by'];
  /** Of what nobody looks at more often, nothing is known. */
  fewest: number;
  chanceOf(service: string, here: Counted): number;
}>;

function theSickOne(
  nodes: OnNodes,
  isSick: (here: Counted, service: string) => boolean,
  { by, fewest, chanceOf }: Looked,
): SickNode | undefined {
  if (nodes.size < 2) return undefined;
  const sick = [...nodes].flatMap(([node, services]) => {
    const known = [...services].filter(([, [, of]]) => of >= fewest);
    const own = known.filter(([service, here]) => isSick(here, service));
    return own.length === 0 ? [] : [{ node, known, own }];
  });
  const [one] = sick;
  if (one === undefined || sick.length > 1) return undefined;
  const { node, known, own } = one;
  const services = own.map(([service, here]) => ({ service, here, elsewhere: elsewhereOf(nodes, node, service) }));
  const areOnlyHere = services.every(
    ({ here, elsewhere }) => here[0] * elsewhere[1] >= TIMES_ELSEWHERE * elsewhere[0] * here[1],
  );
  if (services.length < FEWEST_SERVICES || services.length < LEAST_SHARE * known.length || !areOnlyHere)
    return undefined;
  if (!isTold(services, fewest) && chanceOfPlaces(nodes, one, fewest) > MOST_CHANCE) return undefined;
  // Each of them would have to be chance.
  const chance = own.reduce((most, [service, here]) => Math.max(most, chanceOf(service, here)), 0);
  services.sort((a, b) => (a.service < b.service ? -1 : 1));
  return { node, services, of: known.length, by, chance };
}

/** Whether one of them runs elsewhere as well, so that there is something to compare. */
function isTold(services: readonly SickService[], fewest: number): boolean {
  return services.some(({ elsewhere }) => elsewhere[1] >= fewest);
}

/** That those that are sick run on one machine by chance. */
function chanceOfPlaces(
  nodes: OnNodes,
  { node, known, own }: Readonly<{ node: string; known: readonly unknown[]; own: readonly unknown[] }>,
  fewest: number,
): number {
  let others = 0;
  for (const [name, services] of nodes)
    if (name !== node) others += [...services.values()].filter(([, of]) => of >= fewest).length;
  return chanceOfRise([0, others], [own.length, known.length]).chance;
}

function elsewhereOf(nodes: OnNodes, not: string, service: string): Counted {
  let [times, of] = [0, 0];
  for (const [node, services] of nodes) {
    const [sick, all] = (node === not ? undefined : services.get(service)) ?? [0, 0];
    times += sick;
    of += all;
  }
  return [times, of];
}

/** A part of a request in which a service works itself. */
type Work = Readonly<{ service: string; span: SpanIndex; isSick: boolean }>;

function workOf(trace: Trace, usual: ReadonlyMap<string, number>): readonly Work[] {
  const failing = new Set<SpanIndex>(errorOrigins(trace).flatMap(({ spans }) => [...spans]));
  return placesOf(trace).map(({ key, span }) => {
    const service = trace.service(span);
    return {
      service,
      span,
      isSick: failing.has(span) || selfUs(trace, span) > (usual.get(key) ?? Number.POSITIVE_INFINITY),
    };
  });
}

/** By operation, what nearly all healthy ones keep to. */
function usualEnds(traces: readonly Trace[]): ReadonlyMap<string, number> {
  const times = new Map<string, number[]>();
  for (const trace of traces)
    for (const { key, span } of placesOf(trace)) {
      const known = times.get(key);
      if (known === undefined) times.set(key, [selfUs(trace, span)]);
      else known.push(selfUs(trace, span));
    }
  return new Map(
    [...times]
      .filter(([, values]) => values.length >= FEWEST_CALLS)
      .map(([key, values]) => [key, usualEndOf(values.sort((a, b) => a - b))]),
  );
}

function placesOf(trace: Trace): readonly Readonly<{ key: string; span: SpanIndex }>[] {
  const found: { key: string; span: SpanIndex }[] = [];
  for (let span = 0; span < trace.spanCount; span += 1)
    if (answeredBy(trace, span) === undefined)
      found.push({ key: `${trace.service(span)}\n${trace.operation(span)}`, span });
  return found;
}

function count(
  nodes: Map<string, Map<string, [number, number]>>,
  node: string,
  service: string,
  isSick: boolean,
): void {
  const services = nodes.get(node) ?? new Map<string, [number, number]>();
  nodes.set(node, services);
  countOf(services, service, isSick);
}

function countOf(services: Map<string, [number, number]>, service: string, isSick: boolean): void {
  const counted = services.get(service) ?? [0, 0];
  services.set(service, counted);
  counted[0] += Number(isSick);
  counted[1] += 1;
}
