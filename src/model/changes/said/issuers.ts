/**
 * A certificate of another authority, where the failure shows this authority in the chain that it does not trust.
 *
 *   -  issuer: digicert            Certificate pinning failure!
 *   +  issuer: letsencrypt           CN=E7,O=Let's Encrypt,C=US
 *   ▲── the change brings the authority that the failure names
 */
import type { Touched } from '#model/changes/said/values.ts';

/** OkHttp, TrustKit, OpenSSL (19 to 21), Go, Java and Android, .NET, rustls, NSS, Chromium; in lower case. */
const SAYS_UNTRUSTED =
  /\bpinn(?:ing|ed)\b|\bpeer certificate chain\b|\bunknown authority\b|\bunable to get (?:local )?issuer\b|\bunable to verify the (?:first|leaf)\b|\bpkix path\b|\btrust anchor\b|\bself[- ]signed certificate in\b|\bunknown_?issuer\b|\bunknown ca\b|\bpartial_?chain\b/;
/** Values of what names an authority: cert-manager, load balancers, Terraform, ACME clients. */
const ISSUER =
  /\b\w{0,20}(?:issuer|authority|acme|certificate|cert)\w{0,20}["']?\s{0,3}[:=]\s{0,3}["']?([A-Za-z][\w .'&-]{3,60})/gi;
/** A shorter one is a part of many words. */
const SHORTEST_NAME = 5;
/** Parts of such values that name no authority. */
const OF_MANY = /(?:-|_|\b)(?:prod(?:uction)?|staging|issuer|cluster|root|ca|tls|cert(?:ificate)?s?)(?![a-z])/gi;

/** The authority that the change brings; empty where the failure does not show it. */
export function issuerBrought({ added, removed, context }: Touched, failure: string): string {
  if (!SAYS_UNTRUSTED.test(failure)) return '';
  const [said, before] = [lettersOf(failure), lettersOf(`${removed}\n${context}`)];
  const found = Array.from(added.matchAll(ISSUER), ([, value = '']) => value.trim()).find((value) => {
    const name = lettersOf(value.replaceAll(OF_MANY, ''));
    return name.length >= SHORTEST_NAME && said.includes(name) && !before.includes(name);
  });
  return found === undefined ? '' : `it brings a certificate of ${found}, which the failure names`;
}

/** `Let's Encrypt` and `letsencrypt` are one name. */
function lettersOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z\d\n]+/g, '');
}
