/** Which pods the evidence speaks of, whose they are, and in which time. */

import { memoize } from '#core/memoize.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { clockText } from '#model/logs/log-times.ts';
import {
  conditionOf,
  eventsAbout,
  type Platform,
  type PlatformEvent,
  type Pod,
  podName,
} from '#model/platform/platform.ts';
import { counted } from '#model/text/count-text.ts';
import { cutLine } from '#model/text/cut-text.ts';
import type { Attributes, SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A pod and the name of its service as the evidence has it. */
export type OwnPod = Readonly<{ pod: Pod; service: string }>;

export type Asked = Readonly<{
  platform: Platform;
  window: TimeWindow;
  requests?: readonly Trace[];
  healthyRequests?: readonly Trace[];
}>;

/**
 * Pods of the service that was asked about, and of those that its requests name or call: a namespace may be full of
 * others, and a namesake in another namespace is not it where spans say in which they run. Where nobody is named, all.
 */
export function podsInQuestion(asked: Asked): readonly OwnPod[] {
  const serviceOf = servicesInQuestion(asked);
  return asked.platform.pods.flatMap((pod) => {
    const service = Number.isFinite(pod.deletedUs) ? undefined : serviceOf(pod);
    return service === undefined ? [] : [{ pod, service }];
  });
}

/** The same of anything that runs as a service; undefined for what nobody asks about. */
export function servicesInQuestion({
  window,
  requests = [],
  healthyRequests = [],
}: Omit<Asked, 'platform'>): (of: Pick<Pod, 'name' | 'namespace' | 'services'>) => string | undefined {
  const named = namedBy([...requests, ...healthyRequests]);
  const services = new Set([...(window.service === '' ? [] : [window.service]), ...named.services]);
  const places = new Map([...services].map((service, place) => [service, place]));
  const byKey = Map.groupBy(services, serviceKey);
  /** The one that was named first, of those that go by one of its names. */
  const firstNamed = ({ services: own, namespace }: Pick<Pod, 'services' | 'namespace'>): string | undefined => {
    let first: string | undefined;
    for (const service of new Set(own.flatMap((name) => byKey.get(serviceKey(name)) ?? []))) {
      if (!(named.namespaces.get(service)?.has(namespace) ?? true)) continue;
      if (first === undefined || (places.get(service) ?? 0) < (places.get(first) ?? 0)) first = service;
    }
    return first;
  };
  return (of) => named.pods.get(of.name) ?? (services.size === 0 ? of.services[0] : firstNamed(of));
}

type Named = Readonly<{
  services: ReadonlySet<string>;
  /** By the pod's name. */
  pods: ReadonlyMap<string, string>;
  /** By service, where its spans say so. */
  namespaces: ReadonlyMap<string, ReadonlySet<string>>;
}>;

function namedBy(traces: readonly Trace[]): Named {
  const pods = new Map<string, string>();
  const namespaces = new Map<string, Set<string>>();
  const services = new Set(traces.flatMap((trace) => trace.services));
  for (const trace of traces) {
    for (const peer of peersOf(trace)) services.add(peer);
    for (const span of onePerResource(trace)) {
      const [resource, service] = [trace.resource(span), trace.service(span)];
      const pod = canonicalText(resource, 'k8s.pod.name');
      const namespace = canonicalText(resource, 'k8s.namespace.name');
      if (pod !== '') pods.set(pod, service);
      if (namespace !== '') namespaces.set(service, (namespaces.get(service) ?? new Set()).add(namespace));
    }
  }
  return { services, pods, namespaces };
}

/** Spans of one process share their resource. */
function onePerResource(trace: Trace): readonly SpanIndex[] {
  const spans = new Map<Attributes, SpanIndex>();
  for (let span = 0; span < trace.spanCount; span += 1) spans.set(trace.resource(span), span);
  return [...spans.values()];
}

/** Hosts that its spans call, by their first part: `redis-cart.shop.svc:6379` is `redis-cart`. */
function peersOf(trace: Trace): ReadonlySet<string> {
  const peers = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1) peers.add(trace.peer(span));
  return new Set([...peers].map((peer) => peer.replace(/[.:].*$/s, '')).filter((peer) => peer !== ''));
}

/** Microseconds since the epoch; without an end nobody can say how long something lasted. */
export type SeenTime = Readonly<{
  fromUs: number;
  endUs: number;
  /** If not, it ended at `endUs` or later: the latest time that the cluster's answers speak of. */
  isEndTold: boolean;
}>;

/** What did it comes before what is seen of it in requests; Prometheus and people ask in steps of minutes. */
const LEAD_US = 5 * 60e6;

/** The time that the platform is asked about: from a little before the window to its end, or to when it was asked. */
export function seenTime({ platform, window }: Pick<Asked, 'platform' | 'window'>): SeenTime {
  const ends = [window.toUs, platform.takenUs].filter(Number.isFinite);
  return {
    fromUs: Number.isFinite(window.fromUs) ? window.fromUs - LEAD_US : Number.NEGATIVE_INFINITY,
    endUs: ends.length === 0 ? Number.NaN : Math.min(...ends),
    isEndTold: platform.isTimeTold || (Number.isFinite(window.toUs) && window.toUs <= platform.takenUs),
  };
}

/** Whether something that is still so has been so for long enough. Where nobody knows for how long, it has. */
export function hasLasted(sinceUs: number, leastUs: number, { endUs, isEndTold }: SeenTime): boolean {
  return !isEndTold || !(endUs - sinceUs < leastUs);
}

/** Every time is of it that nothing says is not: where no time is known at all, all of them. */
export function mayBeWithin(firstUs: number, lastUs: number, { fromUs, endUs }: SeenTime): boolean {
  return !(lastUs < fromUs) && !(firstUs > endUs);
}

/** Of those that are known; NaN where none is. */
export function earliest(times: readonly (number | undefined)[]): number {
  return times.reduce<number>((first, us = Number.NaN) => (us >= first || Number.isNaN(us) ? first : us), Number.NaN);
}

/** Of those that are known; NaN where none is. */
export function latest(times: readonly (number | undefined)[]): number {
  return times.reduce<number>((last, us = Number.NaN) => (us <= last || Number.isNaN(us) ? last : us), Number.NaN);
}

/** Of the pod that happened in that time, in order of time. */
export function podEvents(platform: Platform, pod: Pod, time: SeenTime): readonly PlatformEvent[] {
  return eventsAbout(platform, podName(pod)).filter(({ firstUs, lastUs }) => mayBeWithin(firstUs, lastUs, time));
}

/** A container that has been up for so long is not restarted more slowly any more (Kubernetes, Pod lifecycle). */
export const REMEMBERED_US = 10 * 60e6;

/** What the kubelet says of volumes that it could not attach or mount, as long as it still cannot. */
export function failingMounts(
  pod: Pod,
  events: readonly PlatformEvent[],
  { endUs }: SeenTime,
): readonly PlatformEvent[] {
  if (areMounted(pod)) return [];
  const doneUs = events.findLast(({ reason }) => AFTER_MOUNTS.has(reason))?.lastUs ?? Number.NEGATIVE_INFINITY;
  return events.filter(
    ({ reason, lastUs }) => OF_MOUNTS.has(reason) && !(lastUs <= doneUs) && !(endUs - lastUs > STILL_MOUNTING_US),
  );
}

const OF_MOUNTS: ReadonlySet<string> = new Set(['FailedMount', 'FailedAttachVolume']);

/** What happens to a pod once all of its volumes are there. */
const AFTER_MOUNTS: ReadonlySet<string> = new Set(['Pulling', 'Pulled', 'Created', 'Started']);

/**
 * The kubelet tries again after two minutes at most, and of an event that comes often its recorder lets one through in
 * five minutes (client-go, EventSourceObjectSpamFilter): after two of these it has stopped failing.
 */
const STILL_MOUNTING_US = 10 * 60e6;

/** A pod that got further than its volumes: one of its containers ran, or waits for something that comes later. */
function areMounted({ containers }: Pod): boolean {
  return containers.some(({ state, last }) => {
    if (state.is !== 'waiting') return true;
    return last !== undefined || !BEFORE_CREATION.has(state.reason);
  });
}

const BEFORE_CREATION: ReadonlySet<string> = new Set(['', 'ContainerCreating', 'PodInitializing']);

/** Pods of one owner with one reason are one trouble. */
export function byOwner<T extends OwnPod>(
  all: readonly T[],
  causeOf: (one: T) => string,
): readonly (readonly [T, ...T[]])[] {
  const keyOf = (one: T) => `${ownerKey(one.pod)}\n${causeOf(one)}`;
  return [...Map.groupBy(all, keyOf).values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [[first, ...rest] as const],
  );
}

/** `2 of 3 pods of Deployment payment in shop`, `pod db-0 of StatefulSet db in shop` */
export function podsText(own: readonly [OwnPod, ...OwnPod[]], platform: Platform): string {
  const [{ pod }] = own;
  const { kind, name } = pod.owner;
  const all = podsOfOwner(platform.pods, pod);
  const of = kind === 'Pod' ? '' : ` of ${kind} ${name}`;
  const pods = all.length === 1 ? `pod ${pod.name}` : `${own.length} of ${counted(all.length, 'pod')}`;
  return `${pods}${of} in ${pod.namespace}`;
}

/** Whether anything of the same owner still serves: how many other pods of it are ready, and in words. */
export function readyBeside(
  own: readonly [OwnPod, ...OwnPod[]],
  { pods }: Platform,
): Readonly<{ ready: number; serving: string }> {
  const all = readyAmong(podsOfOwner(pods, own[0].pod));
  const ready = all.size - new Set(own.map((one) => one.pod).filter((pod) => all.has(pod))).size;
  if (ready === 0) return { ready, serving: 'It has no other ready pod.' };
  return { ready, serving: `It has ${counted(ready, 'other ready pod')}.` };
}

function podsOfOwner(pods: readonly Pod[], pod: Pod): readonly Pod[] {
  return ownedPods(pods).get(ownerKey(pod)) ?? [pod];
}

function ownerKey({ namespace, owner }: Pod): string {
  return `${namespace}\n${owner.kind}\n${owner.name}`;
}

const ownedPods = memoize((pods: readonly Pod[]) => Map.groupBy(pods, ownerKey));

const readyAmong = memoize((pods: readonly Pod[]): ReadonlySet<Pod> => new Set(pods.filter(isReady)));

/** Finished ones serve nobody. What the pod says of itself counts: of a lost node its containers still say what they last said. */
export function isReady(pod: Pod): boolean {
  if (Number.isFinite(pod.deletedUs) || pod.phase !== 'Running') return false;
  const ready = conditionOf(pod, 'Ready');
  return ready === undefined
    ? pod.containers.every(({ isInit, isReady }) => isInit || isReady)
    : ready.status === 'True';
}

/** Longer messages are cut: the whole of it stands in the event. */
const LONGEST_MESSAGE = 300;

/** Further events say the same. */
const CITED = 3;

/** Each different message once, the latest of each first. */
export function citedEvents(events: readonly PlatformEvent[]): EvidenceItem[] {
  const cited = new Map<string, EvidenceItem>();
  for (const event of events.toReversed()) {
    if (cited.size === CITED) break;
    const key = `${event.reason} ${event.message.replaceAll(/\d+/g, '#')}`;
    if (!cited.has(key)) cited.set(key, { kind: 'event', ref: objectRef(event.about), text: eventText(event) });
  }
  return [...cited.values()];
}

/** The latest that the platform says of anything. */
export function latestEvent(events: readonly PlatformEvent[], reason: string): PlatformEvent | undefined {
  return events.findLast((event) => event.reason === reason);
}

/** `14:31:07 UTC Failed (3 times): Failed to pull image …` */
function eventText({ reason, message, count, lastUs }: PlatformEvent): string {
  return `${instantText(lastUs)} ${reason}${count > 1 ? ` (${count} times)` : ''}: ${shortened(message)}`.trim();
}

/** What a container's state says of itself. */
export function stateItem(pod: Pod, text: string): EvidenceItem {
  return { kind: 'event', ref: objectRef(podName(pod)), text: shortened(text) };
}

/** `pod/shop/payment-7d4b9-aaaaa` */
function objectRef({ kind, namespace, name }: Readonly<{ kind: string; namespace: string; name: string }>): string {
  return [kind.toLowerCase(), namespace, name].filter((part) => part !== '').join('/');
}

/** `14:31:07 UTC`; empty where there is no time. */
export function instantText(us: number): string {
  return Number.isFinite(us) ? clockText(`${Math.round(us)}000`) : '';
}

export function shortened(text: string, most: number = LONGEST_MESSAGE): string {
  return cutLine(text, most);
}
