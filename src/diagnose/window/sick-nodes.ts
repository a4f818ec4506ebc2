/**
 * A node that makes several services sick at once: on it they work longer, fail, or are not ready, and the same
 * services elsewhere do not.
 *
 *   node-1   cart ●  price ●  web ●        all sick services run here, and most services here are sick: the node
 *   node-2   cart ○  price ○
 *
 * One sick service is its own problem, even on a busy node. A service that is sick on all nodes has another cause. Where no
 * single node is, an availability zone may be: the same is compared by zone.
 */
import { answeredBy } from '#diagnose/window/call-times.ts';
import { chanceAmong, chanceOfRise, MOST_CHANCE } from '#diagnose/window/chance.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import type { FullNode } from '#diagnose/window/full-nodes.ts';
import { kernelFaults } from '#diagnose/window/kernel-faults.ts';
import { usualEndOf } from '#diagnose/window/samples.ts';
import { failingLines, nodesOfPods, type OnNodes, slowPods } from '#diagnose/window/sick-pods.ts';
import { silentZone } from '#diagnose/window/silent-zone.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Series } from '#model/metrics/series.ts';
import { conditionOf, type Platform, type Pod } from '#model/platform/platform.ts';
import { hasLasted, seenTime } from '#model/platform/platform-pods.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { operationName } from '#model/trace/views/operation-name.ts';
import { selfUs } from '#model/trace/views/self-time.ts';

export type SickNode = Readonly<{
  /** The name of the node or of the zone. */
  node: string;
  what: 'node' | 'zone';
  /** The sick services on it, by name. */
  services: readonly SickService[];
  /** How many services with known state run there. */
  of: number;
  /**
   * The evidence: requests, pods, answers that no longer come from there, failing lines that name it, how long each pod
   * takes by its metrics, or lines of errors by the pod that wrote them.
   */
  by: 'requests' | 'pods' | 'answers' | 'lines' | 'times' | 'complaints';
  /** The chance that this happens on any node at random. */
  chance: number;
  /** What the node itself ran out of. */
  full?: FullNode | undefined;
  /** What its kernel says of it, where only lines show that it is sick. */
  fault?: string | undefined;
  /** The zone of the node, where it may be the cause as well. */
  zone?: string | undefined;
}>;

/** `unanswered`: its calls without an answer, where the evidence is answers. */
export type SickService = Readonly<{ service: string; here: Counted; elsewhere: Counted; unanswered?: number }>;

const NODE = 'k8s.node.name';
const ZONE = 'cloud.availability_zone';

/** One sick service says nothing about its node. */
const FEWEST_SERVICES = 2;
/** This share of the services on the node must be sick, where the node itself shows nothing. */
const LEAST_SHARE = 2 / 3;
/** Fewer calls do not show what is usual. */
const FEWEST_CALLS = 10;
/** A smaller share is no problem; and it has to be twice the share elsewhere. */
const LEAST_SICK = 0.1;
const TIMES_ELSEWHERE = 2;

type Both = TimeWindow &
  Readonly<{
    traces: readonly Trace[];
    healthyTraces: readonly Trace[];
    platform?: Platform | undefined;
    logs?: readonly LogLine[];
    healthyLogs?: readonly LogLine[];
    series?: readonly Series[];
    /** Nodes that ran out of something. */
    full?: ReadonlyMap<string, FullNode>;
  }>;

/** Undefined where there is none; several sick nodes have a common cause elsewhere. */
export function sickNode(both: Both): SickNode | undefined {
  const { traces, platform } = both;
  const notReady = platform && byPods(platform, both);
  if (notReady !== undefined) return notReady;
  return traces.length === 0 ? bySigns(both) : byTraces(both);
}

function byTraces(both: Both): SickNode | undefined {
  const { traces, healthyTraces } = both;
  const zoneOf = zonesOf(both);
  const onNode = byRequests(both, 'node', nodeOf(both));
  if (onNode !== undefined) return { ...onNode, zone: zoneBehind(onNode, both, zoneOf) };
  if (!areZonesTold(traces, zoneOf)) return undefined;
  return byRequests(both, 'zone', zoneOf) ?? bySilence(traces, healthyTraces, zoneOf);
}

/**
 * The zone of the node, where its other nodes run too little to tell whether the whole zone is sick: one service that is
 * well says nothing, because what it calls may stand in the same zone. Undefined where the zone has no other node.
 */
function zoneBehind(sick: SickNode, both: Both, zoneOf: PlaceOf): string | undefined {
  if (sick.full !== undefined || !areZonesTold(both.traces, zoneOf)) return undefined;
  const zone = byRequests(both, 'zone', zoneOf);
  if (zone === undefined || zone.of - zone.services.length >= FEWEST_SERVICES) return undefined;
  const sickThere = new Set(zone.services.map(({ service }) => service));
  if (!sick.services.every(({ service }) => sickThere.has(service))) return undefined;
  const placed = nodeOf(both);
  const isElsewhere = (trace: Trace, span: SpanIndex) =>
    zoneOf(trace, span) === zone.node && ![sick.node, ''].includes(placed?.(trace, span) ?? '');
  return both.traces.some((trace) => anySpan(trace, (span) => isElsewhere(trace, span))) ? zone.node : undefined;
}

function anySpan(trace: Trace, is: (span: SpanIndex) => boolean): boolean {
  for (let span = 0; span < trace.spanCount; span += 1) if (is(span)) return true;
  return false;
}

type PlaceOf = (trace: Trace, span: SpanIndex) => string;

/** As the span records it, else by the label of the node that its pod runs on. */
function zonesOf(both: Both): PlaceOf {
  const recorded: PlaceOf = (trace, span) => canonicalText(trace.resource(span), ZONE);
  const zones = new Map(
    (both.platform?.nodes ?? []).filter(({ zone }) => zone !== '').map((one) => [one.name, one.zone]),
  );
  const placed = zones.size === 0 ? undefined : nodeOf(both);
  return placed === undefined
    ? recorded
    : (trace, span) => recorded(trace, span) || (zones.get(placed(trace, span)) ?? '');
}

/** Undefined where nobody recorded nodes. */
function nodeOf({ traces, platform }: Both): PlaceOf | undefined {
  const nodes = new Map((platform?.pods ?? []).map(({ name, node }) => [name, node]));
  const areTold = nodes.size > 0 || traces.some((trace) => canonicalText(trace.resource(trace.root), NODE) !== '');
  if (!areTold) return undefined;
  return (trace, span) => {
    const resource = trace.resource(span);
    return canonicalText(resource, NODE) || (nodes.get(canonicalText(resource, 'k8s.pod.name')) ?? '');
  };
}

/** The entry may run outside of all zones: a function, a balancer. A few requests show whether zones are recorded. */
function areZonesTold(traces: readonly Trace[], zoneOf: PlaceOf): boolean {
  return traces.slice(0, MOST_ASKED).some((trace) => {
    const last = Math.min(trace.spanCount, MOST_ASKED);
    for (let span = 0; span < last; span += 1) if (zoneOf(trace, span) !== '') return true;
    return false;
  });
}

const MOST_ASKED = 50;

function bySilence(traces: readonly Trace[], healthyTraces: readonly Trace[], zoneOf: PlaceOf): SickNode | undefined {
  const silent = silentZone(traces, healthyTraces, zoneOf);
  if (silent === undefined) return undefined;
  const { zone, services, of, chance } = silent;
  const sick = services.map(({ service, before, elsewhere, unanswered }) => {
    return { service, here: before, elsewhere: [0, elsewhere] as const, unanswered };
  });
  return { node: zone, what: 'zone', services: sick, of, by: 'answers', chance };
}

/** Without requests, by what each pod shows of itself. */
function bySigns(both: Both): SickNode | undefined {
  const { series = [], logs = [], healthyLogs = [], full, platform } = both;
  const nodes = nodesOfPods(series, platform);
  const isAllSlow = ([times, of]: Counted) => times > 0 && times === of;
  const slow = slowPods(series, nodes, both);
  const slowed = theSickOne(slow, isAllSlow, { what: 'node', by: 'times', fewest: 1, chanceOf: () => 0, full });
  // Lines of one failure depend on each other, so they need the node's own metric or its kernel as a second sign.
  const faults = kernelFaults(logs, healthyLogs);
  if (slowed !== undefined || (full ?? faults).size + faults.size === 0) return slowed;
  const placed = nodesOfPods(series, platform, [...healthyLogs, ...logs]);
  const now = failingLines(logs, placed);
  const healthy = new Map<string, [number, number]>();
  for (const services of failingLines(healthyLogs, placed).values())
    for (const [service, [times, of]] of services) {
      const known = healthy.get(service) ?? [0, 0];
      healthy.set(service, [known[0] + times, known[1] + of]);
    }
  const sick = theSickOne(now, ...riseSince(healthy, now, { what: 'node', by: 'complaints', full, faults }));
  return sick?.full === undefined && sick?.fault === undefined ? undefined : sick;
}

function byPods(platform: Platform, window: TimeWindow): SickNode | undefined {
  const here = new Map<string, Map<string, [number, number]>>();
  const time = seenTime({ platform, window });
  for (const pod of platform.pods) {
    const service = pod.services[0] ?? pod.owner.name;
    const ready = conditionOf(pod, 'Ready');
    if (!isToRun(pod) || ready === undefined) continue;
    // Every pod starts unready, and what began after the given time does not belong to it.
    if (ready.status !== 'True' && !hasLasted(ready.sinceUs, LEAST_US, time)) continue;
    count(here, pod.node, service, ready.status !== 'True');
  }
  const isSick = ([times]: Counted) => times > 0;
  return theSickOne(here, isSick, { what: 'node', by: 'pods', fewest: 1, chanceOf: () => 0 });
}

/**
 * A pod that was never scheduled, or has ended, says nothing about a node: evicted pods stay listed long after the node
 * has recovered.
 */
function isToRun({ node, phase, deletedUs }: Pod): boolean {
  return node !== '' && phase !== 'Succeeded' && phase !== 'Failed' && !Number.isFinite(deletedUs);
}

/** No normal start takes a minute; the same limit as for a pod that waits for its node. */
const LEAST_US = 60e6;

function byRequests(
  { traces, healthyTraces, full }: Both,
  what: SickNode['what'],
  placeOf: PlaceOf | undefined,
): SickNode | undefined {
  if (placeOf === undefined) return undefined;
  const usual = usualEnds(healthyTraces);
  const healthy = new Map<string, [number, number]>();
  for (const trace of healthyTraces)
    for (const { service, isSick } of workOf(trace, usual)) countOf(healthy, service, isSick);
  const now = new Map<string, Map<string, [number, number]>>();
  for (const trace of traces)
    for (const { service, isSick, span } of workOf(trace, usual)) {
      const node = placeOf(trace, span);
      if (node !== '') count(now, node, service, isSick);
    }
  return theSickOne(now, ...riseSince(healthy, now, { what, by: 'requests', full }));
}

/** A service is sick on a node where more of its calls are sick than before, by more than chance. */
function riseSince(
  healthy: ReadonlyMap<string, Counted>,
  now: OnNodes,
  looked: Pick<Looked, 'by' | 'full' | 'faults' | 'what'>,
): readonly [isSick: (here: Counted, service: string) => boolean, looked: Looked] {
  const pairs = [...now.values()].reduce((sum, services) => sum + services.size, 0);
  const chanceOf = (service: string, here: Counted) =>
    chanceAmong(chanceOfRise(healthy.get(service) ?? [0, 0], here).chance, pairs);
  const isSick = (here: Counted, service: string) =>
    here[0] >= LEAST_SICK * here[1] && chanceOf(service, here) <= MOST_CHANCE;
  return [isSick, { ...looked, fewest: FEWEST_CALLS, chanceOf }];
}

type Looked = Readonly<{
  what: SickNode['what'];
  by: SickNode['by'];
  /** Fewer samples prove nothing. */
  fewest: number;
  chanceOf(service: string, here: Counted): number;
  full?: ReadonlyMap<string, FullNode> | undefined;
  /** By node, what its kernel says. */
  faults?: ReadonlyMap<string, string> | undefined;
}>;

function theSickOne(
  nodes: OnNodes,
  isSick: (here: Counted, service: string) => boolean,
  { what, by, fewest, chanceOf, full, faults }: Looked,
): SickNode | undefined {
  if (nodes.size < 2) return undefined;
  const sick = [...nodes].flatMap(([node, services]) => {
    const known = [...services].filter(([, [, of]]) => of >= fewest);
    const own = known.filter(([service, here]) => isSick(here, service));
    return own.length === 0 ? [] : [{ node, known, own }];
  });
  // Callers elsewhere fail with what they call on a full node.
  const isSigned = ({ node }: Readonly<{ node: string }>) => full?.has(node) || faults?.has(node);
  const [one, ...others] = sick.length > 1 ? sick.filter(isSigned) : sick;
  if (one === undefined || others.length > 0) return undefined;
  const { node, known, own } = one;
  // The node’s own metric is a second sign: then some of its services may have gone on, or get no requests any more.
  const least = isSigned(one) ? FEWEST_SERVICES : LEAST_SHARE * known.length;
  const services = own.map(([service, here]) => ({ service, here, elsewhere: elsewhereOf(nodes, node, service) }));
  const areOnlyHere = services.every(
    ({ here, elsewhere }) => here[0] * elsewhere[1] >= TIMES_ELSEWHERE * elsewhere[0] * here[1],
  );
  if (services.length < Math.max(FEWEST_SERVICES, least) || !areOnlyHere) return undefined;
  if (!isTold(services, fewest) && chanceOfPlaces(nodes, one, fewest) > MOST_CHANCE) return undefined;
  // Each of them would have to be chance.
  const chance = own.reduce((most, [service, here]) => Math.max(most, chanceOf(service, here)), 0);
  services.sort((a, b) => (a.service < b.service ? -1 : 1));
  return { node, what, services, of: known.length, by, chance, full: full?.get(node), fault: faults?.get(node) };
}

/** Whether at least one of them also runs elsewhere, so that there is something to compare. */
function isTold(services: readonly SickService[], fewest: number): boolean {
  return services.some(({ elsewhere }) => elsewhere[1] >= fewest);
}

/** The chance that the sick ones run on one node at random. */
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

/** By operation, the end of the usual range of healthy durations. */
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
      found.push({ key: `${trace.service(span)}\n${operationName(trace, span)}`, span });
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
