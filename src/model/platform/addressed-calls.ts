/** Which service waits for which, as a cluster shows it: addresses in variables, webhooks that fail, a DNS that is lost. */
import type { Platform } from '#model/platform/platform.ts';
import { isReady } from '#model/platform/platform-pods.ts';

export type AddressedCall = Readonly<{ caller: string; callee: string }>;

/** Addresses in ConfigMaps and Secrets are unknown, so a missing pair proves nothing. */
export function addressedCalls({ pods }: Pick<Platform, 'pods'>): readonly AddressedCall[] {
  const serviceNamed = new Map<string, string>();
  for (const { namespace, services } of pods)
    for (const name of services) serviceNamed.set(`${namespace}/${name}`, services[0] ?? name);
  return pods.flatMap(({ namespace: own, services: [caller], containers }) =>
    caller === undefined
      ? []
      : containers.flatMap(({ addresses }) =>
          addresses.map(({ host }) => {
            const [name = '', namespace = own] = host.split('.');
            return { caller, callee: serviceNamed.get(`${namespace}/${name}`) ?? name };
          }),
        ),
  );
}

/**
 * The API server asks a webhook before it creates a pod. If the webhook does not answer, the pods of others wait for the
 * pods behind it (Kubernetes, Dynamic Admission Control: Failure policy).
 */
export function webhookCalls({
  events,
  pods,
  rollouts,
  workloads,
}: Pick<Platform, 'events' | 'pods' | 'rollouts' | 'workloads'>): readonly AddressedCall[] {
  const failed = events.flatMap(({ about, reason, message }) => {
    const [, name, namespace] = (reason === 'FailedCreate' && WEBHOOK.exec(message)) || [];
    return name === undefined ? [] : [{ about, name, namespace }];
  });
  return failed.flatMap(({ about, name, namespace }) => {
    const isAbout = (own: string, of: string) => own === about.name && of === about.namespace;
    const callers = [
      ...rollouts.filter((one) => about.kind === 'ReplicaSet' && isAbout(one.replicaSet, one.namespace)),
      ...workloads.filter((one) => one.kind === about.kind && isAbout(one.name, one.namespace)),
    ].flatMap(({ services }) => services);
    const behind = pods.filter((pod) => pod.namespace === namespace && pod.services.includes(name));
    const callees = new Set(behind.flatMap(({ services }) => services));
    return [...new Set(callers)].flatMap((caller) => [...callees].map((callee) => ({ caller, callee })));
  });
}

/**
 * While no pod of the cluster's DNS is ready, everybody waits for it (Kubernetes, DNS for Services and Pods). Its pods have
 * this label whatever program serves them (Customizing DNS Service).
 */
export function resolverCalls({ pods }: Pick<Platform, 'pods'>): readonly AddressedCall[] {
  const resolvers = new Set(pods.filter(({ labels }) => labels['k8s-app'] === 'kube-dns'));
  if (resolvers.size === 0 || [...resolvers].some(isReady)) return [];
  const callees = new Set([...resolvers].flatMap(({ services }) => services));
  const callers = new Set(pods.filter((pod) => !resolvers.has(pod)).flatMap(({ services }) => services));
  return [...callers].flatMap((caller) => [...callees].map((callee) => ({ caller, callee })));
}

const WEBHOOK = /failed calling webhook .{1,300}?https:\/\/([\w-]+)\.([\w-]+)\.svc\b/;
