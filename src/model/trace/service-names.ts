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
    const domain = host.slice(label.length);
    return label !== '' && (INSIDE.test(domain) || PRIVATE.test(domain)) ? byHost.get(label) : undefined;
  };
}

/** Whether a peer's name is that of a service of one's own: a bare name, or a host with a domain of the cluster. */
export function isInternalHost(peer: string): boolean {
  const host = peer.toLowerCase().replace(/:\d+$/, '');
  if (!/^[a-z][\w.-]*$/.test(host)) return false;
  const domain = host.includes('.') ? host.slice(host.indexOf('.')) : '';
  return domain === '' || OF_CLUSTER.test(domain) || PRIVATE.test(domain);
}

/** A label of a domain that is known only inside. */
const OF_CLUSTER = /\b(?:svc|local|internal|consul|lan)\b/;

/**
 * Domains that no public name server knows: what people take inside (RFC 6762, appendix G; `intern` in German and Dutch),
 * `home.arpa` (RFC 8375), `internal` (ICANN, 2024), `localdomain` of Linux.
 */
const PRIVATE = /\.(?:intern(?:al)?|intranet|private|corp|home|lan|local(?:domain)?|home\.arpa)\.?$/;

/**
 * The service before a domain that is known only inside, or before a port: `badge-print.intern:8443` is `badge-print`. Other
 * names stay, and so do addresses that a cloud made into names.
 */
export function withoutPrivateDomain(host: string): string {
  const name = host.replace(/:\d{1,5}$/, '');
  if (!/^[a-z][\w-]{0,62}(?:\.[a-z][\w-]{0,62}){0,3}$/i.test(name) || /^ip-\d|\.compute\./i.test(name)) return host;
  const [label = '', ...domain] = name.split('.');
  return domain.length === 0 || PRIVATE.test(`.${domain.join('.')}`.toLowerCase()) ? label : host;
}

/** `geo.shop.svc.cluster.local` of Kubernetes, `geo.svc` for short, `geo.service.consul`: the first label is the service. */
export function withoutClusterDomain(host: string): string {
  return host.replace(CLUSTER_DOMAIN, '$1');
}

const CLUSTER_DOMAIN =
  /^([a-z][\w-]{0,62})\.(?:(?:[\w-]{1,63}\.)?svc|service(?:\.[\w-]{1,63})?\.consul)(?:\.[\w.-]{0,200})?$/i;

/**
 * The names that the service behind a host may have, the longest first. The host of a platform or of a cloud begins with the
 * name of its service, and some platforms add parts to it.
 */
export function namesInHost(host: string): readonly string[] {
  const [label = ''] = host.split('.', 1);
  const parts = isGeneratedHost(host) ? label.split('-') : [];
  const shorter = [parts.slice(0, -1), parts.slice(0, -2)].map((left) => left.join('-'));
  return [host, label, ...shorter].filter((name) => name !== '');
}

/**
 * Google Cloud Run (`name-hash-region.a.run.app`, `name-project.region.run.app`) and Heroku (`name-hash.herokuapp.com`)
 * make the host from the name; an address that leaves out the region has no other form. https://cloud.google.com/run/docs/triggering/https-request
 */
export function isGeneratedHost(host: string): boolean {
  return /\.(?:run\.app|herokuapp\.com)(?::\d{1,5})?$/i.test(host);
}

function asHost(service: string): string {
  return service.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** The rest of an internal host name after its first label: nothing, a namespace, a domain of the cluster. */
const INSIDE = /^(?:\.[\w-]+|\.[\w.-]*\b(?:svc|local|internal|consul|lan)\b.*)?$/s;
