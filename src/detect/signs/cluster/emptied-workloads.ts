/** Deployments and StatefulSets that want no pod although others call them. */
import { complaintsAbout, dnsComplaints } from '#detect/signs/lines/complaints-about.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import type { ObjectName, Platform, PlatformEvent } from '#model/platform/platform.ts';
import { type Asked, mayBeWithin, type SeenTime, servicesInQuestion } from '#model/platform/platform-pods.ts';

export type EmptiedWorkload = Readonly<{
  workload: ObjectName;
  service: string;
  /** Log lines that report failed calls to it. */
  complaints: number;
  /** Whether the alert is about it. */
  isAskedFor: boolean;
  /** Scalings to zero in the time in question. */
  events: readonly PlatformEvent[];
  sinceUs: number;
}>;

/** Those that a Service or an address names; one without either is switched off. */
export function emptiedWorkloads(
  asked: Asked & Partial<Pick<Evidence, 'logs'>>,
  time: SeenTime,
): readonly EmptiedWorkload[] {
  const { platform, window, logs = [] } = asked;
  const serviceOf = servicesInQuestion(asked);
  return emptyOnes(platform).flatMap(({ workload, services }): EmptiedWorkload[] => {
    const { namespace, name } = workload;
    const isDns = namespace === 'kube-system' && CLUSTER_DNS.test(name);
    const complaints = isDns ? dnsComplaints(logs).length : complaintsAbout(name, logs).length;
    // Everybody calls the cluster's DNS, whatever was asked about.
    const service = serviceOf({ name: '', namespace, services }) ?? (isDns && complaints > 0 ? name : undefined);
    if (service === undefined) return [];
    const events = platform.events.filter(
      ({ about, reason, message, firstUs, lastUs }) =>
        about.namespace === namespace &&
        about.name === name &&
        reason === 'ScalingReplicaSet' &&
        /\bto 0\b/.test(message) &&
        mayBeWithin(firstUs, lastUs, time),
    );
    const isAskedFor = window.service !== '' && serviceKey(window.service) === serviceKey(service);
    const isNamed = isDns || isCalled(platform, workload) || complaints > 0 || isAskedFor;
    return isNamed
      ? [{ workload, service, complaints, isAskedFor, events, sinceUs: events.at(-1)?.lastUs ?? Number.NaN }]
      : [];
  });
}

/** The usual names of its Deployment (kubeadm, k3s, RKE2, older clusters). */
const CLUSTER_DNS = /^(?:coredns|kube-dns|rke2-coredns-rke2-coredns)$/;

/** A Deployment that was not listed is known by its revisions: none of them wants a pod. */
function emptyOnes({
  workloads,
  pods,
}: Platform): readonly Readonly<{ workload: ObjectName; services: readonly string[] }>[] {
  const byName = Map.groupBy(workloads, ({ kind, namespace, name }) => `${kind}/${namespace}/${name}`);
  const running = new Set(pods.map(({ namespace, owner }) => `${owner.kind}/${namespace}/${owner.name}`));
  return [...byName].flatMap(([key, own]) => {
    const [first] = own;
    const isEmpty = own.every(({ wanted, made }) => wanted === 0 && made === 0) && !running.has(key);
    if (first === undefined || !isEmpty || first.kind === 'DaemonSet') return [];
    const { kind, namespace, name, services } = first;
    return [{ workload: { kind, namespace, name }, services: [...services, name] }];
  });
}

function isCalled({ services = [], pods }: Platform, { namespace, name }: ObjectName): boolean {
  return (
    services.some((one) => one.namespace === namespace && one.name === name) ||
    pods.some((pod) =>
      pod.containers.some(({ addresses }) =>
        addresses.some(({ host }) => host === name || host.startsWith(`${name}.`)),
      ),
    )
  );
}
