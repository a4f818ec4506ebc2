/** Services that lead to no container, addresses that name no Service, and what is between a caller and its Service. */

import { deadRoutes, emptyServices } from '#detect/signs/cluster/dead-routes.ts';
import type { Caller, DeadCause, DeadService, Found } from '#detect/signs/cluster/dead-service.ts';
import { shutOff } from '#detect/signs/cluster/shut-off.ts';
import { failingRoutes } from '#detect/signs/failures/failing-routes.ts';
import { complaintsAbout } from '#detect/signs/lines/complaints-about.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { ServiceEndpoints } from '#model/platform/cluster-objects.ts';
import type { Platform, Pod } from '#model/platform/platform.ts';
import { type Asked, isReady, servicesInQuestion } from '#model/platform/platform-pods.ts';
import { type PlatformService, portNumber, type ServicePort } from '#model/platform/service-objects.ts';

type Around = Asked & Partial<Pick<Evidence, 'logs'>>;

export function deadServices(asked: Around): readonly DeadService[] {
  const { platform, logs = [] } = asked;
  if (platform.services === undefined) return [];
  const serviceOf = servicesInQuestion(asked);
  const running = platform.pods.filter(isServing);
  const byNamespace = Map.groupBy(running, ({ namespace }) => namespace);
  const dead = platform.services.flatMap((one): Found[] => {
    const own = serviceOf({ name: '', namespace: one.namespace, services: [one.name] });
    if (own === undefined || one.type === 'ExternalName' || Object.keys(one.selector).length === 0) return [];
    return deadBy(one, byNamespace.get(one.namespace) ?? [], own, endpointsOf(platform, one));
  });
  const callers = callersOf(running, serviceOf);
  const podsOf = (one: PlatformService) => selectedBy(one, byNamespace.get(one.namespace) ?? []);
  return [
    ...dead,
    ...unnamed(callers, platform.services, running),
    ...emptyServices(platform, serviceOf),
    ...deadRoutes(platform, serviceOf),
    ...shutOff(platform, callers, podsOf),
    ...failingRoutes(platform, logs, serviceOf),
  ].map((found) => {
    const { called, namespace } = found;
    const ways = callers.filter((one) => one.name === called && one.namespace === namespace);
    return {
      ...found,
      callers: found.callers ?? [...new Set(ways.map(({ service }) => service))].sort(),
      complaints: complaintsOf(found, logs, platform.services ?? []),
    };
  });
}

/** Lines that report failed calls to any of the called Services. */
function complaintsOf(found: Found, logs: readonly LogLine[], services: readonly PlatformService[]): number {
  const { called, namespace } = found;
  const lines = called.split(', ').flatMap((name) => {
    const address = services.find((one) => one.name === name && one.namespace === namespace)?.address ?? '';
    return complaintsAbout(name, logs, { ports: ownPorts(services, { called: name, namespace }), address });
  });
  return new Set(lines).size;
}

/** Ports of the Service that no other Service of its namespace has. */
function ownPorts(services: readonly PlatformService[], { called, namespace }: Pick<Found, 'called' | 'namespace'>) {
  const beside = services.filter((one) => one.namespace === namespace);
  const portsOf = (all: readonly PlatformService[]) => all.flatMap(({ ports }) => ports.map(({ port }) => port));
  const others = new Set(portsOf(beside.filter(({ name }) => name !== called)));
  return portsOf(beside.filter(({ name }) => name === called)).filter((port) => !others.has(port));
}

function isServing({ phase, deletedUs }: Pod): boolean {
  return phase === 'Running' && !Number.isFinite(deletedUs);
}

function endpointsOf({ endpoints = [] }: Platform, { namespace, name }: PlatformService): ServiceEndpoints | undefined {
  return endpoints.find((one) => one.namespace === namespace && one.name === name);
}

function deadBy(
  one: PlatformService,
  pods: readonly Pod[],
  service: string,
  endpoints: ServiceEndpoints | undefined,
): Found[] {
  const selected = selectedBy(one, pods);
  const of = { service, namespace: one.namespace, called: one.name };
  if (selected.length === 0) return bySelector(one, pods, of);
  if (one.isHeadless || !selected.some(isReady)) return [];
  return one.ports.flatMap((port) => byPort(one, port, selected, of, endpoints));
}

type Of = Pick<DeadService, 'service' | 'namespace' | 'called'>;

/** Running pods are called like the Service, and it selects other labels. */
function bySelector({ name, namespace, selector }: PlatformService, pods: readonly Pod[], of: Of): Found[] {
  const [meant] = pods.filter(
    ({ owner, labels }) => owner.name === name || APP_LABELS.some((app) => labels[app] === name),
  );
  if (meant === undefined) return [];
  const says = labelsText(selector);
  const keys = Object.keys(selector);
  const near = keys.some((key) => key in meant.labels) ? keys.filter((key) => key in meant.labels) : APP_LABELS;
  const found = labelsText(
    Object.fromEntries(near.flatMap((key) => (key in meant.labels ? [[key, meant.labels[key] ?? '']] : []))),
  );
  return [
    {
      ...of,
      cause: 'selector',
      says,
      found: found === '' ? `other labels than ${keys.join(', ')}` : found,
      isProved: true,
      evidence: [
        itemOf('service', namespace, name, `${name}: selector ${says}, no pod has these labels`),
        itemOf('pod', namespace, meant.name, `${meant.name}: ${labelsText(meant.labels)}`),
      ],
    },
  ];
}

/** The labels that name an application: the recommended one, and the two older customs. */
const APP_LABELS = ['app.kubernetes.io/name', 'app', 'k8s-app'] as const;

function byPort(
  one: PlatformService,
  port: ServicePort,
  pods: readonly Pod[],
  of: Of,
  endpoints: ServiceEndpoints | undefined,
): Found[] {
  const containers = pods.flatMap((pod) => pod.containers.filter(({ isInit }) => !isInit));
  const declared = containers.flatMap(({ ports }) => ports);
  const target = portNumber(port.target, declared);
  const says = `port ${port.port}/${port.protocol} leads to target port ${port.target}`;
  const offers = [...new Set(declared.map((each) => `${each.port}/${each.protocol}`))].sort().join(', ');
  const [first] = pods;
  const evidence = [
    itemOf('service', one.namespace, one.name, `${one.name}: ${says}`),
    ...(first === undefined
      ? []
      : [itemOf('pod', one.namespace, first.name, `${first.name}: declares ${offers || 'no port'}`)]),
  ];
  const found = (cause: DeadCause, isProved: boolean): Found[] => [
    { ...of, cause, says, found: offers || 'no port', isProved, evidence },
  ];
  // Lists made from texts of `kubectl describe` lack the names of ports. The controller of the endpoints knows them: it leaves
  // out a port that no container has (Kubernetes, pkg/controller/endpointslice).
  const isLeftOut = endpoints !== undefined && endpoints.ready > 0 && !endpoints.ports.includes(port.name);
  if (Number.isNaN(target)) return found('port-name', isLeftOut || declared.some(({ name }) => name !== ''));
  const sameNumber = declared.filter((each) => each.port === target);
  if (sameNumber.length > 0)
    return sameNumber.some(({ protocol }) => protocol === port.protocol)
      ? []
      : found('protocol', one.ports.length === 1);
  // A container may listen on ports that it does not declare, and its probes tell of one.
  const probed = containers.flatMap(({ probes }) => probes.map((probe) => portNumber(probe.port, declared)));
  return declared.length === 0 || probed.includes(target) ? [] : found('port', false);
}

/** Addresses of the form of a Service of this cluster: `cart`, `cart.shop`, `cart.shop.svc.cluster.local`. */
function callersOf(pods: readonly Pod[], serviceOf: ReturnType<typeof servicesInQuestion>): readonly Caller[] {
  return pods.flatMap((pod) => {
    const service = serviceOf(pod);
    if (service === undefined) return [];
    return pod.containers.flatMap(({ addresses }) =>
      addresses.flatMap((address): Caller[] => {
        const [name = '', namespace = pod.namespace, suffix = 'svc'] = address.host.split('.');
        if (suffix !== 'svc' || name === 'localhost') return [];
        return [{ ...address, service, pod, name, namespace }];
      }),
    );
  });
}

function unnamed(
  callers: readonly Caller[],
  services: readonly PlatformService[],
  pods: readonly Pod[],
): readonly Found[] {
  const known = new Map(services.map((one) => [`${one.namespace}/${one.name}`, one]));
  const namespaces = new Set(services.map(({ namespace }) => namespace));
  const hosts = new Set(pods.map(({ name }) => name));
  const wrong = callers.filter(({ name, namespace, port }) => {
    const one = known.get(`${namespace}/${name}`);
    if (one === undefined) return namespaces.has(namespace) && !hosts.has(name);
    return port > 0 && !one.isHeadless && one.type !== 'ExternalName' && !one.ports.some((each) => each.port === port);
  });
  const byAddress = Map.groupBy(wrong, ({ name, namespace, port }) => `${namespace}/${name}:${port}`);
  return [...byAddress.values()].flatMap((own): Found[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { name, namespace, port, pod, variable, host } = first;
    const says = `${variable}=${host}${port > 0 ? `:${port}` : ''}`;
    const evidence = [itemOf('pod', pod.namespace, pod.name, `${pod.name}: ${says}`)];
    const ways = [...new Set(own.map(({ service }) => service))].sort();
    const of = { namespace, called: name, says, callers: ways, evidence, isProved: false };
    const one = known.get(`${namespace}/${name}`);
    if (one !== undefined) {
      const offers = one.ports.map((each) => each.port).join(', ');
      return [{ ...of, cause: 'not-offered', service: first.service, found: offers, isProved: own.length === 1 }];
    }
    const isMeant = pods.some((each) => each.namespace === namespace && each.owner.name === name) || ways.length > 1;
    return [
      {
        ...of,
        cause: isMeant ? 'missing-service' : 'no-such-name',
        service: isMeant ? name : first.service,
        found: '',
      },
    ];
  });
}

function selectedBy({ selector }: PlatformService, pods: readonly Pod[]): readonly Pod[] {
  return Object.keys(selector).length === 0 ? [] : pods.filter(({ labels }) => hasLabels(labels, selector));
}

function hasLabels(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function itemOf(kind: string, namespace: string, name: string, text: string): EvidenceItem {
  return { kind: 'event', ref: `${kind}/${namespace}/${name}`, text };
}
