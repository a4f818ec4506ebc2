/** Ingresses whose Service or port does not exist, and Services behind which nobody entered an address. */
import type { Found } from '#detect/signs/cluster/dead-service.ts';
import type { Ingress, IngressBackend } from '#model/platform/cluster-objects.ts';
import type { Platform } from '#model/platform/platform.ts';
import type { servicesInQuestion } from '#model/platform/platform-pods.ts';
import type { PlatformService } from '#model/platform/service-objects.ts';

type ServiceOf = ReturnType<typeof servicesInQuestion>;

export function deadRoutes({ ingresses, services = [] }: Platform, serviceOf: ServiceOf): readonly Found[] {
  const known = new Map(services.map((one) => [`${one.namespace}/${one.name}`, one]));
  return ingresses.flatMap((ingress) => {
    const dead = ingress.backends.flatMap((backend) => {
      const cause = causeOf(backend, known.get(`${ingress.namespace}/${backend.service}`));
      return cause === undefined ? [] : [{ backend, cause }];
    });
    // Several paths of an Ingress often lead to one Service.
    const byService = Map.groupBy(dead, ({ backend, cause }) => `${cause}\n${backend.service}\n${backend.port}`);
    return [...byService.values()].flatMap((own) => ofRoutes(ingress, own, serviceOf));
  });
}

type Dead = Readonly<{ backend: IngressBackend; cause: 'ingress-service' | 'ingress-port' }>;

function causeOf({ port }: IngressBackend, service: PlatformService | undefined): Dead['cause'] | undefined {
  if (service === undefined) return 'ingress-service';
  // Controllers send requests of an external name to any port.
  if (service.type === 'ExternalName' || port === '') return undefined;
  const isOffered = service.ports.some((each) => each.name === port || `${each.port}` === port);
  return isOffered ? undefined : 'ingress-port';
}

function ofRoutes(ingress: Ingress, own: readonly Dead[], serviceOf: ServiceOf): readonly Found[] {
  const [first] = own;
  if (first === undefined) return [];
  const { namespace, name } = ingress;
  const { service: called, port } = first.backend;
  if (serviceOf({ name: '', namespace, services: [name, called] }) === undefined) return [];
  const routes = own.map(({ backend }) => backend.route || '/');
  const says = `${routes.slice(0, MOST_ROUTES).join(', ')}${routes.length > MOST_ROUTES ? ' …' : ''}`;
  const text = `${name}: ${says} leads to Service ${called}${port === '' ? '' : `, port ${port}`}`;
  return [
    {
      cause: first.cause,
      service: name,
      namespace,
      called,
      says,
      found: port,
      callers: [`the Ingress ${name}`],
      isProved: true,
      evidence: [{ kind: 'event', ref: `ingress/${namespace}/${name}`, text }],
    },
  ];
}

/** More routes say nothing more. */
const MOST_ROUTES = 3;

/** A Service without a selector: somebody enters its addresses by hand, and there is none. */
export function emptyServices({ services = [], endpoints }: Platform, serviceOf: ServiceOf): readonly Found[] {
  if (endpoints === undefined) return [];
  const ready = new Map(endpoints.map((one) => [`${one.namespace}/${one.name}`, one.ready]));
  return services.flatMap(({ namespace, name, type, selector }): readonly Found[] => {
    const own = serviceOf({ name: '', namespace, services: [name] });
    const isByHand = type !== 'ExternalName' && Object.keys(selector).length === 0;
    if (own === undefined || !isByHand || (ready.get(`${namespace}/${name}`) ?? 0) > 0) return [];
    const text = `${name}: no selector, and no ready address in its endpoints`;
    const evidence = [{ kind: 'event', ref: `service/${namespace}/${name}`, text }] as const;
    return [
      { cause: 'no-endpoints', service: own, namespace, called: name, says: '', found: '', isProved: false, evidence },
    ];
  });
}
