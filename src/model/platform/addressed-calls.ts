/** Which service calls which, by the addresses in the variables of its containers. */
import type { Platform } from '#model/platform/platform.ts';

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
