/** Zones and records of names that a change adds, removes or alters: whatever is below them resolves in another way. */
import type { Effect, Sides } from '#model/changes/effect.ts';

/** Terraform's providers, CloudFormation, Bicep and ARM, Config Connector, external-dns, CoreDNS, kube-dns, BIND. */
const OF_ZONES =
  /\b(?:\w{2,40}_)?(?:private_)?dns_(?:\w{1,40}_)?(?:zone|record|managed_zone)\w{0,40}|\b\w{2,20}_route53_\w{3,40}|\bAWS::Route53\b|\b(?:privateDnsZones|dnsZones|DNSRecordSet|DNSManagedZone|DNSEndpoint)\b|\bhosted[_-]?zone\w{0,20}|\bexternal-dns\.alpha\.kubernetes\.io\b|\bstubDomains\b|\bzone\s{1,3}"[^"\n]{3,80}"/i;
/** Not `zone.name`, which refers to another block. */
const DOMAIN = /(?<![\w.-])(?:\*\.)?((?:[a-z\d](?:[a-z\d-]{0,40}[a-z\d])?\.){1,6}[a-z]{2,24})\.?(?![\w.-])/gi;
/** Azure's zones of private endpoints stand for the public names without it. */
const PRIVATE_LINK = /^privatelink\./;
/** Files, and what code writes with a dot. */
const NO_DOMAIN = /\.(?:tf|ya?ml|json|id|name|zone_id|fqdn|arn|value|txt|local)$/;
const MOST_NAMES = 20;

export function otherZones({ added, removed }: Sides, context: string): Effect[] {
  const changed = `${added}\n${removed}`;
  if (!OF_ZONES.test(`${changed}\n${context}`)) return [];
  const ofChange = domainsIn(changed);
  // The zone around a record says nothing about the other names in it.
  const names = ofChange.length > 0 ? ofChange : domainsIn(context);
  const [first] = names;
  if (first === undefined) return [];
  return [{ kind: 'other-zone', text: `it changes how names below ${first} are resolved`, strength: 1, names }];
}

function domainsIn(text: string): readonly string[] {
  const found = Array.from(text.matchAll(DOMAIN), ([, name = '']) => name.toLowerCase());
  const names = found.filter((name) => !NO_DOMAIN.test(name)).map((name) => name.replace(PRIVATE_LINK, ''));
  return [...new Set(names)].slice(0, MOST_NAMES);
}
