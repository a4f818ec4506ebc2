/**
 * Connections that NetworkPolicies do not allow, between pods whose variables show that one calls the other. A peer that
 * these lists cannot decide (a block of addresses, labels of a namespace) counts as allowed.
 */
import type { Caller, Found } from '#detect/signs/cluster/dead-service.ts';
import { isSelectedBy, type NetworkPolicy, type PolicyRule } from '#model/platform/cluster-objects.ts';
import type { Platform, Pod } from '#model/platform/platform.ts';
import { type PlatformService, portNumber, type ServicePort } from '#model/platform/service-objects.ts';

type Shut = Readonly<{
  cause: 'policy' | 'egress-policy' | 'egress-dns';
  /** The Service that nobody reaches, or the caller that reaches nobody. */
  service: string;
  caller: string;
  called: string;
  namespace: string;
  policies: readonly NetworkPolicy[];
}>;

const DNS_PORT = 53;

/** One finding for the policies behind it: several Services that they shut off are the namespace's. */
export function shutOff(
  { policies, services = [] }: Platform,
  callers: readonly Caller[],
  podsOf: (service: PlatformService) => readonly Pod[],
): readonly Found[] {
  if (policies.length === 0) return [];
  const known = new Map(services.map((one) => [`${one.namespace}/${one.name}`, one]));
  const shut = callers.flatMap((caller): readonly Shut[] => {
    const service = known.get(`${caller.namespace}/${caller.name}`);
    const pods = service === undefined ? [] : podsOf(service);
    const [target] = pods;
    if (service === undefined || target === undefined) return [];
    const of = { called: service.name, caller: caller.service, namespace: caller.pod.namespace };
    const out = limiting(policies, caller.pod, 'to');
    if (out.length > 0 && !allows(out, 'to', undefined, () => [DNS_PORT]))
      return [{ ...of, cause: 'egress-dns', service: caller.service, policies: out }];
    const ports = portsOf(service, caller.port);
    if (out.length > 0 && !pods.some((pod) => allows(out, 'to', pod, (named) => numbersOf(named, ports, pod))))
      return [{ ...of, cause: 'egress-policy', service: caller.service, policies: out }];
    const blocked = pods.every((pod) => {
      const own = limiting(policies, pod, 'from');
      return own.length > 0 && !allows(own, 'from', caller.pod, (named) => numbersOf(named, ports, pod));
    });
    const own = limiting(policies, target, 'from');
    return blocked
      ? [{ ...of, cause: 'policy', service: service.name, namespace: service.namespace, policies: own }]
      : [];
  });
  const byPolicies = Map.groupBy(
    shut,
    ({ cause, policies: own, namespace }) => `${cause}\n${namespace}\n${own.map(({ name }) => name).join(' ')}`,
  );
  return [...byPolicies.values()].flatMap(foundOf);
}

function foundOf(own: readonly Shut[]): readonly Found[] {
  const [first] = own;
  if (first === undefined) return [];
  const { cause, namespace, policies } = first;
  const distinct = (names: readonly string[]) => [...new Set(names)].sort();
  const victims = distinct(own.map(({ service }) => service));
  const called = distinct(own.map((one) => one.called)).join(', ');
  const says = policies
    .map(({ name }) => name)
    .sort()
    .join(', ');
  const evidence = policies.map(({ name }) => ({
    kind: 'event' as const,
    ref: `networkpolicy/${namespace}/${name}`,
    text: `${name}: does not allow ${cause === 'egress-dns' ? 'port 53' : called} for ${distinct(own.map(({ caller }) => caller)).join(', ')}`,
  }));
  const callers = distinct(own.map(({ caller }) => caller));
  const service = victims.length === 1 ? (victims[0] ?? namespace) : namespace;
  return [{ cause, service, namespace, called, says, found: callers.join(', '), callers, isProved: false, evidence }];
}

/** Policies that apply to the pod in this direction. Without any, everything is allowed. */
function limiting(policies: readonly NetworkPolicy[], pod: Pod, way: 'from' | 'to'): readonly NetworkPolicy[] {
  return policies.filter(
    (policy) =>
      policy.namespace === pod.namespace && policy[way] !== undefined && isSelectedBy(pod.labels, policy.pods),
  );
}

/** `peer` is undefined for anybody; `wanted`: the port numbers in question, with the names in the rule resolved. */
function allows(
  policies: readonly NetworkPolicy[],
  way: 'from' | 'to',
  peer: Pod | undefined,
  wanted: (named: string) => readonly number[],
): boolean {
  return policies.some((policy) => (policy[way] ?? []).some((rule) => isPeer(rule, peer) && isPort(rule, wanted)));
}

function isPeer({ peers }: PolicyRule, pod: Pod | undefined): boolean {
  if (peers.length === 0 || pod === undefined) return true;
  return peers.some(
    ({ pods, namespace, isUnknown }) =>
      isUnknown ||
      ((namespace === '' || namespace === pod.namespace) && (pods === undefined || isSelectedBy(pod.labels, pods))),
  );
}

function isPort({ ports }: PolicyRule, wanted: (named: string) => readonly number[]): boolean {
  return (
    ports.length === 0 ||
    ports.some((port) => wanted(port).some((number) => `${number}` === port || Number.isNaN(number)))
  );
}

/** The numbers of these target ports in the pod; NaN where a name of the rule is not declared, so nobody knows. */
function numbersOf(named: string, ports: readonly ServicePort[], { containers }: Pod): readonly number[] {
  const declared = containers.flatMap((container) => container.ports);
  const ruled = portNumber(named, declared);
  if (Number.isNaN(ruled)) return [Number.NaN];
  const targets = ports.map(({ target }) => portNumber(target, declared));
  return targets.includes(ruled) || targets.some(Number.isNaN) ? [Number.NaN] : targets;
}

/** The port that the address names; all of them where it names none. */
function portsOf({ ports }: PlatformService, port: number): readonly ServicePort[] {
  const named = ports.filter((each) => each.port === port);
  return named.length === 0 ? ports : named;
}
