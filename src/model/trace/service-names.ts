/**
 * The service that a peer name stands for: `stock` itself, or an internal host: `stock:8080`, `stock.shop`,
 * `stock.shop.svc.cluster.local`. Hosts cannot spell all names: `Stock.API` is `stock-api` there. A partner's
 * `stock.example.com` is another service.
 */
export function serviceNamed(services: readonly string[]): (peer: string) => string | undefined {
  const byName = new Map(services.map((service) => [service, service]));
  const byHost = new Map(services.toReversed().map((service) => [asHost(service), service]));
  return (peer) => {
    const known = byName.get(peer);
    if (known !== undefined) return known;
    const host = peer.toLowerCase().replace(/:\d+$/, '');
    const label = host.split('.', 1)[0] ?? '';
    return label !== '' && INSIDE.test(host.slice(label.length)) ? byHost.get(label) : undefined;
  };
}

/** Whether a peer's name is that of a service of one's own: a bare name, or a host with a domain of the cluster. */
export function isInternalHost(peer: string): boolean {
  const host = peer.toLowerCase().replace(/:\d+$/, '');
  return /^[a-z][\w.-]*$/.test(host) && (!host.includes('.') || OF_CLUSTER.test(host.slice(host.indexOf('.'))));
}

/** A label of a domain that is known only inside. */
const OF_CLUSTER = /\b(?:svc|local|internal|consul|lan)\b/;

/** `geo.shop.svc.cluster.local` of Kubernetes, `geo.svc` for short, `geo.service.consul`: the first label is the service. */
export function withoutClusterDomain(host: string): string {
  return host.replace(CLUSTER_DOMAIN, '$1');
}

const CLUSTER_DOMAIN =
  /^([a-z][\w-]{0,62})\.(?:(?:[\w-]{1,63}\.)?svc|service(?:\.[\w-]{1,63})?\.consul)(?:\.[\w.-]{0,200})?$/i;

function asHost(service: string): string {
  return service.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** The rest of an internal host name after its first label: nothing, a namespace, a domain of the cluster. */
const INSIDE = /^(?:\.[\w-]+|\.[\w.-]*\b(?:svc|local|internal|consul|lan)\b.*)?$/s;
