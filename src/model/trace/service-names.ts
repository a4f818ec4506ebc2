/**
 * Which service a peer is, as a span names whom it calls: `stock` by itself, or as a host inside: `stock:8080`,
 * `stock.shop`, `stock.shop.svc.cluster.local`. Hosts cannot spell all names: `Stock.API` is `stock-api` there. A
 * partner's `stock.example.com` is another.
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

function asHost(service: string): string {
  return service.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** What follows the first label of a host that nobody outside can reach: nothing, a namespace, a domain of the cluster. */
const INSIDE = /^(?:\.[\w-]+|\.[\w.-]*\b(?:svc|local|internal|consul|lan)\b.*)?$/s;
