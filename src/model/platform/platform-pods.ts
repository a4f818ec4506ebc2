/** Which pods the evidence covers, which service they belong to, and in which time. */

import { groupsBy } from '#core/groups.ts';
import { memoize } from '#core/memoize.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { clockText } from '#model/logs/log-times.ts';
import {
  type Container,
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

/** A pod and the name of its service in the evidence. */
export type OwnPod = Readonly<{ pod: Pod; service: string }>;

export type Asked = Readonly<{
  platform: Platform;
  window: TimeWindow;
  requests?: readonly Trace[];
  healthyRequests?: readonly Trace[];
}>;

/**
 * Pods of the service in question, and of those that its requests or its failing lines name or call. A namespace may be
 * full of others. A namesake in another namespace does not count where spans name theirs. Without any named service, all pods.
 */
export function podsInQuestion(asked: Asked): readonly OwnPod[] {
  const serviceOf = servicesInQuestion(asked);
  return asked.platform.pods.flatMap((pod) => {
    const service = Number.isFinite(pod.deletedUs) ? undefined : serviceOf(pod);
    return service === undefined ? [] : [{ pod, service }];
  });
}

/** The same for any object that runs as a service; undefined for an irrelevant one. */
export function servicesInQuestion({
  window,
  requests = [],
  healthyRequests = [],
}: Omit<Asked, 'platform'>): (of: Pick<Pod, 'name' | 'namespace' | 'services'>) => string | undefined {
  const named = namedBy([...requests, ...healthyRequests]);
  const asked = [...(window.service === '' ? [] : [window.service]), ...named.services];
  // What failing lines call adds to a question. It does not narrow the question about a whole cluster.
  const services = new Set(asked.length === 0 ? [] : [...asked, ...(window.called ?? [])]);
  const places = new Map([...services].map((service, place) => [service, place]));
  const byKey = Map.groupBy(services, serviceKey);
  /** The first named service among those with one of its names. */
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

/** Nobody named a service: the question is about the whole cluster. */
export function isAboutAll({ window, requests = [], healthyRequests = [] }: Asked): boolean {
  return window.service === '' && requests.length === 0 && healthyRequests.length === 0;
}

type Named = Readonly<{
  services: ReadonlySet<string>;
  /** By the pod's name. */
  pods: ReadonlyMap<string, string>;
  /** By service, where its spans name it. */
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

/** Hosts that its spans call, by their first label: `redis-cart.shop.svc:6379` is `redis-cart`. */
function peersOf(trace: Trace): ReadonlySet<string> {
  const peers = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1) peers.add(trace.peer(span));
  return new Set([...peers].map((peer) => peer.replace(/[.:].*$/s, '')).filter((peer) => peer !== ''));
}

/** Microseconds since the epoch; without an end nobody can say how long something lasted. */
export type SeenTime = Readonly<{
  fromUs: number;
  endUs: number;
  /** If false, it ended at `endUs` or later: the latest time in the cluster's answers. */
  isEndTold: boolean;
  /** NaN where the window has no end. */
  windowEndUs: number;
}>;

/** The cause comes before its effect on requests; Prometheus and people work in steps of minutes. */
const LEAD_US = 5 * 60e6;

/**
 * The time in which the platform is examined: from shortly before the window to its end, or to the time of the answer.
 */
export function seenTime({ platform, window }: Pick<Asked, 'platform' | 'window'>): SeenTime {
  const ends = [window.toUs, platform.takenUs].filter(Number.isFinite);
  return {
    fromUs: Number.isFinite(window.fromUs) ? window.fromUs - LEAD_US : Number.NEGATIVE_INFINITY,
    endUs: ends.length === 0 ? Number.NaN : Math.min(...ends),
    windowEndUs: window.toUs,
    isEndTold: platform.isTimeTold || (Number.isFinite(window.toUs) && window.toUs <= platform.takenUs),
  };
}

/** Whether a lasting state has lasted long enough; true where nobody knows since when. */
export function hasLasted(sinceUs: number, leastUs: number, { endUs, isEndTold, windowEndUs }: SeenTime): boolean {
  // Nobody knows when the cluster answered: at the end of the window, if the state began before it.
  const untilUs = isEndTold ? endUs : sinceUs <= windowEndUs ? windowEndUs : Number.NaN;
  return !(untilUs - sinceUs < leastUs);
}

/** Times count as within unless something shows that they are not; without known times, all of them. */
export function mayBeWithin(firstUs: number, lastUs: number, { fromUs, endUs }: SeenTime): boolean {
  return !(lastUs < fromUs) && !(firstUs > endUs);
}

/** Of the known times; NaN for none. */
export function earliest(times: readonly (number | undefined)[]): number {
  return times.reduce<number>((first, us = Number.NaN) => (us >= first || Number.isNaN(us) ? first : us), Number.NaN);
}

/** Of the known times; NaN for none. */
export function latest(times: readonly (number | undefined)[]): number {
  return times.reduce<number>((last, us = Number.NaN) => (us <= last || Number.isNaN(us) ? last : us), Number.NaN);
}

/** Events of the pod in that time, in order of time. */
export function podEvents(platform: Platform, pod: Pod, time: SeenTime): readonly PlatformEvent[] {
  return eventsAbout(platform, podName(pod)).filter(
    (event) => mayBeWithin(event.firstUs, event.lastUs, time) || (isSaidOnce(event) && event.firstUs <= time.endUs),
  );
}

/**
 * The attach-detach controller reports a volume that another node holds once, and goes on trying in silence (Kubernetes,
 * pkg/controller/volume/attachdetach/reconciler).
 */
export function isSaidOnce({ reason, message }: Pick<PlatformEvent, 'reason' | 'message'>): boolean {
  return reason === 'FailedAttachVolume' && message.startsWith('Multi-Attach error');
}

/** A container of a pod in question, and the events of its pod in that time. */
export type OwnContainer = OwnPod & Readonly<{ container: Container; events: readonly PlatformEvent[] }>;

export function containersInQuestion(asked: Asked, time: SeenTime): readonly OwnContainer[] {
  return podsInQuestion(asked).flatMap((own) => {
    const events = podEvents(asked.platform, own.pod, time);
    return own.pod.containers.map((container) => ({ ...own, container, events }));
  });
}

/** After this uptime the restart backoff of a container is reset (Kubernetes, Pod lifecycle). */
export const REMEMBERED_US = 10 * 60e6;

/** The kubelet's messages about volumes that it still cannot attach or mount. */
export function failingMounts(
  pod: Pod,
  events: readonly PlatformEvent[],
  { endUs }: SeenTime,
): readonly PlatformEvent[] {
  if (areMounted(pod)) return [];
  const doneUs = events.findLast(({ reason }) => AFTER_MOUNTS.has(reason))?.lastUs ?? Number.NEGATIVE_INFINITY;
  return events.filter(
    (event) =>
      OF_MOUNTS.has(event.reason) &&
      !(event.lastUs <= doneUs) &&
      (isSaidOnce(event) ? !isAttachedSince(event, events) : !(endUs - event.lastUs > STILL_MOUNTING_US)),
  );
}

function isAttachedSince({ message, lastUs }: PlatformEvent, events: readonly PlatformEvent[]): boolean {
  const [, volume = ''] = /for volume "([^"]+)"/.exec(message) ?? [];
  return events.some(
    (event) =>
      event.reason === 'SuccessfulAttachVolume' && event.lastUs >= lastUs && event.message.includes(`"${volume}"`),
  );
}

const OF_MOUNTS: ReadonlySet<string> = new Set(['FailedMount', 'FailedAttachVolume']);

/** Events of a pod after all of its volumes are mounted. */
const AFTER_MOUNTS: ReadonlySet<string> = new Set(['Pulling', 'Pulled', 'Created', 'Started']);

/**
 * The kubelet retries after two minutes at most, and its recorder lets one of many equal events through in five minutes
 * (client-go, EventSourceObjectSpamFilter): after two such intervals it has stopped failing.
 */
const STILL_MOUNTING_US = 10 * 60e6;

/** The pod got past its volumes: one of its containers ran, or waits for a later step. */
function areMounted({ containers }: Pod): boolean {
  return containers.some(({ state, last }) => {
    if (state.is !== 'waiting') return true;
    return last !== undefined || !BEFORE_CREATION.has(state.reason);
  });
}

const BEFORE_CREATION: ReadonlySet<string> = new Set(['', 'ContainerCreating', 'PodInitializing']);

/** Pods of one owner with one reason are one problem. */
export function byOwner<T extends OwnPod>(
  all: readonly T[],
  causeOf: (one: T) => string,
): readonly (readonly [T, ...T[]])[] {
  return groupsBy(all, (one) => `${ownerKey(one.pod)}\n${causeOf(one)}`);
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

/** Whether the same owner still has ready pods, and how many, in words. */
export function readyBeside(
  own: readonly [OwnPod, ...OwnPod[]],
  { pods }: Platform,
): Readonly<{ ready: number; serving: string }> {
  const all = readyAmong(podsOfOwner(pods, own[0].pod));
  const ready = all.size - new Set(own.map((one) => one.pod).filter((pod) => all.has(pod))).size;
  if (ready === 0) return { ready, serving: 'It has no other ready pod.' };
  return { ready, serving: `It has ${counted(ready, 'other ready pod')}.` };
}

/** Facts about pods that do not run. */
export function downFacts(own: readonly [OwnPod, ...OwnPod[]], platform: Platform, sinceUs: number) {
  return { pods: podsText(own, platform), ...readyBeside(own, platform), since: instantText(sinceUs), sinceUs };
}

function podsOfOwner(pods: readonly Pod[], pod: Pod): readonly Pod[] {
  return ownedPods(pods).get(ownerKey(pod)) ?? [pod];
}

function ownerKey({ namespace, owner }: Pod): string {
  return `${namespace}\n${owner.kind}\n${owner.name}`;
}

const ownedPods = memoize((pods: readonly Pod[]) => Map.groupBy(pods, ownerKey));

const readyAmong = memoize((pods: readonly Pod[]): ReadonlySet<Pod> => new Set(pods.filter(isReady)));

/** Finished pods serve nobody. The pod's own condition counts: on a lost node the container states are outdated. */
export function isReady(pod: Pod): boolean {
  if (Number.isFinite(pod.deletedUs) || pod.phase !== 'Running') return false;
  const ready = conditionOf(pod, 'Ready');
  return ready === undefined
    ? pod.containers.every(({ isInit, isReady }) => isInit || isReady)
    : ready.status === 'True';
}

/** Longer messages are truncated: the event has the whole message. */
const LONGEST_MESSAGE = 300;

/** More events say the same. */
const CITED = 3;

/** Each different message once, in its latest event. */
export function citedEvents(events: readonly PlatformEvent[]): EvidenceItem[] {
  const cited = new Map<string, EvidenceItem>();
  for (const event of events.toReversed()) {
    if (cited.size === CITED) break;
    const key = `${event.reason} ${event.message.replaceAll(/\d+/g, '#')}`;
    if (!cited.has(key)) cited.set(key, { kind: 'event', ref: objectRef(event.about), text: eventText(event) });
  }
  return [...cited.values()];
}

/** `14:31:07 UTC Failed (3 times): Failed to pull image …` */
function eventText({ reason, message, count, lastUs }: PlatformEvent): string {
  return `${instantText(lastUs)} ${reason}${count > 1 ? ` (${count} times)` : ''}: ${shortened(message)}`.trim();
}

/** A container's own report of its state. */
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
