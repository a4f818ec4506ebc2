/**
 * Values that some form or name takes for a secret, and that open nothing: the words right before them, or they themselves,
 * say so. The next one is a row of `OPEN_NOTHING`.
 */

/** `before` ends where the value begins. `isLong`: it reads more than the words right before the value. */
type Row = Readonly<{ before: RegExp; value: RegExp; isLong?: true }>;

const ANY = /^\S/;
const ANYWHERE = /$/;
/** iana.org, "SASL Mechanisms". */
const MECHANISM =
  '(?:PLAIN|LOGIN|ANONYMOUS|EXTERNAL|GSSAPI|NTLM|XOAUTH2?|OAUTHBEARER|(?:CRAM|DIGEST)-MD5|SCRAM-[A-Z\\d-]{4,20})';

const OPEN_NOTHING: readonly Row[] = [
  // learn.microsoft.com/openspecs/windows_protocols/ms-erref: an HRESULT or an NTSTATUS, and the word before it
  { before: ANYWHERE, value: /^0x[8cC]0[\da-fA-F]{6}$/ },
  {
    before: /\b(?:bad|wrong|invalid|incorrect|unknown|expired) (?:user ?name or )?password[.:]\s{1,2}$/i,
    value: /^(?:sub)?[-_ ]?status$/i,
  },
  // RFC 7515, section 4.1.4: which key signed
  { before: /\bkid\\{0,15}["'\x60]?\s?[:=]?\s?\\{0,15}["'\x60]?$/i, value: ANY },
  // RFC 2046, section 5.1.1: what divides the parts of a body
  { before: /\bboundary=\\{0,15}["']?$/i, value: ANY },
  { before: ANYWHERE, value: /^-{2,40}[A-Za-z]{0,30}Boundary\w{1,70}$/ },
  // RFC 6962, section 3.2: the id of a log is the hash of its public key
  { before: /\b(?:SCTs?|CT)\b[^\r\n\v]{0,40}\blog(?:[ _-]?id)?[:=]? ?["']?$/i, value: /^[A-Za-z\d+/]{43}=?$/ },
  // RFC 6376, section 3.6.1: the public key of a domain, also where a record has it in several texts or parts
  {
    before:
      /\b(?:v=DKIM1|k=(?:rsa|ed25519))\s?;[^\r\n\v]{0,80}\bp=["']?[A-Za-z\d+/=]{0,600}(?:["')(\s\\]{1,16}[A-Za-z\d+/=]{0,600})?$/,
    value: /^[A-Za-z\d+/=_-]+$/,
    isLong: true,
  },
  // RFC 4034, 4255, 6698, 7929 and 8624: keys, signatures and sums that a name server publishes, behind their algorithm
  {
    before:
      /\b(?:C?DNSKEY|RRSIG|IPSECKEY|OPENPGPKEY|SMIMEA|TLSA|SSHFP|DHCID|ZONEMD|NSEC3)\s{1,8}(?:[A-Z\d]{1,10}\s{1,4})?\d[^\r\n\v()]{0,120}?(?:\([^()]{0,900})?$/,
    value: /^[A-Za-z\d+/=]+$/,
    isLong: true,
  },
  // jedisct1.github.io/minisign, man.openbsd.org/signify: the line below the comment is a public key or a signature
  {
    before:
      /(?:\buntrusted comment: (?:signature |[^\r\n\v]{0,60}public key)[^\r\n\v]{0,80}|(?<!un)trusted comment: [^\r\n\v]{0,300})\r?[\n\v]\s{0,8}$/,
    value: /^[A-Za-z\d+/=]+$/,
    isLong: true,
  },
  // ethereum.org, eips.ethereum.org/EIPS/eip-55: the address of an account or a contract has 20 bytes, a private key 32
  {
    before: /(?<!(?:secret|private|priv|password|api|access|auth)[-_ ]?(?:key|token)?["']?\s?[:=]?\s?["']?)$/i,
    value: /^0x[\da-fA-F]{40}$/,
  },
  // en.bitcoin.it/wiki/Address, developers.tron.network, solana.com/docs/core/accounts: an address in base58, behind its name
  {
    before:
      /\b(?:address(?:es)?|addr|wallet|contract|mint|payout|payee|recipient|validator)(?: (?:address|account|is|was|to|from))?\\{0,3}["']?\s?[:=]?\s?\\{0,3}["'\x60]?$/i,
    value: /^[1-9A-HJ-NP-Za-km-z]{26,95}$/,
  },
  // wireguard.com, "Quick Start"; developers.google.com/recaptcha and docs.hcaptcha.com: the half of a pair that everybody sees
  {
    before:
      /\b(?:public[ -]?key|site[-_ ]?key)(?: (?:is|of|for)(?: [\w.@-]{1,40})?)?\\{0,3}["']?\s?[:=]?\s?\\{0,3}["'\x60]?$/i,
    value: /^[\w+/-]{20,}={0,2}$/,
  },
  // RFC 6376, RFC 8617: the signature of a mail, also in several lines
  {
    before: /\b(?:DKIM-Signature|ARC-Seal|ARC-Message-Signature): [\s\S]{0,600};\s{0,12}b=[\w+/=\s]{0,600}$/,
    value: /^[\w+/=]+$/,
    isLong: true,
  },
  // RFC 5322, section 3.6.4, and what servers of mail add for their own search
  {
    before:
      /\b(?:Message-I[Dd]|In-Reply-To|References|Content-I[Dd]):\s{0,3}(?:<[^<>\s]{1,100}>\s{0,3}){0,4}<[\w.+=-]{0,40}$/,
    value: ANY,
    isLong: true,
  },
  {
    before:
      /\b(?:X-(?:Google|Gm|Received|MS|Microsoft|Forefront|Proofpoint|SG|Mailgun|SES|Mimecast|Spam|Provags)[\w-]{0,60}|Thread-Index|Feedback-ID): [^\r\n\v]{0,80}$/,
    value: /^[\w+/=-]+$/,
    isLong: true,
  },
  // RFC 6962, section 2.1, and sums in general: SHA-256 in base64 behind its name
  {
    before:
      /(?<!(?:password|passwd|token|secret|nt|lm|ntlm)[ _-]?)\b(?:hash|digest|checksum|thumbprint) ?[:=]? ?["']?$/i,
    value: /^[\w+/-]{43}=?$/,
  },
  // w3.org/TR/xmldsig-core: the sum of what was signed, and the certificate
  { before: /<(?:\w{1,12}:)?(?:DigestValue|X509Certificate|X509SKI|Modulus)>\s{0,40}$/, value: /^[\w+/=]+$/ },
  // ISO 8583, field 38: the number of an approval beside those of the terminal
  {
    before:
      /\b(?:STAN|RRN|TID|MID|terminal|acquirer|approv(?:al|ed))\b[^\r\n\v]{0,60}\bauth(?:ori[sz]ation)? code[: =]{1,2}$/i,
    value: /^[A-Z\d]{6}$/,
  },
  // pkg.go.dev/cmd/go, "Testing flags"
  { before: /--- PASS: $/, value: /^(?:Test|Example|Benchmark|Fuzz)[A-Z_]/ },
  // RFC 4954, section 3: what a server offers
  { before: new RegExp(`\\bAUTH(?:[ =]${MECHANISM}){0,8} $`), value: new RegExp(`^${MECHANISM}$`) },
  // huggingface.co/docs/transformers, "Tokenizer": words of a vocabulary
  {
    before: /\b(?:bos|eos|unk|pad|mask|sep|cls|eot)_token\\{0,15}["']?\s?[:=]\s?\\{0,15}["']?\[?$/i,
    value: /^(?:\[?[A-Z]{2,12}\d{0,3}\]?|<.{1,20}>)$/,
  },
  // kubernetes.io/docs/reference/using-api: the kind of what was not found, and its name
  {
    before: /\b(?:token|secret|credentials?): $/i,
    value: /^(?:serviceaccounts|secrets|pods|nodes|configmaps|namespaces)$/,
  },
  // docs.ansible.com, "user module": when the password is written. A verb before the name makes a flag of it.
  {
    before:
      /\b(?:update|rotate|check|verify|validate|require|use|send|store|save|hide|mask|show|reset|generate|refresh|renew)[-_]\w{0,30}(?:password|passwd|secret|token|key|credentials?)s?\\{0,15}["']?\s?[:=]\s?\\{0,15}["']?$/i,
    value: /^(?:always|never|on[-_]create|once|auto(?:matic(?:ally)?)?|manual(?:ly)?|daily|weekly|monthly|yearly)$/i,
  },
  // “use ldap / Okta_SSO2”: two ways to log in, and no user with a password
  {
    before:
      /\b(?:ldaps?|saml2?|oidc|sso|oauth2?|kerberos|radius|okta|entra|adfs|mfa|passkeys?) ?(?:\/|\||,|or|and|oder|und|ou|et|o|y) ?["'\x60]?$/i,
    value: /^[A-Za-z]{2,20}[-_]?(?:SSO|SAML|LDAP|OIDC|OAuth|MFA|ADFS|IdP|IDP|Auth|Login)[-_]?\d{0,2}$/,
  },
  // RFC 3986: a scheme, a host and a port alone
  { before: ANYWHERE, value: /^[a-z][a-z\d+]{1,11}:\/\/[a-z\d][a-z\d.-]{0,80}(?::\d{1,5})?\/?$/i },
  // A pattern that would match a secret: `^password=(.*)$`
  {
    before: /[:=]\\{0,15}["']?$/,
    value: /^\(?(?:\?(?::|<[A-Za-z]{1,20}>))?(?:\.[*+]|\\{1,4}[swSWd][*+{]|\[\^?[^\]\r\n\v]{1,20}\][*+{])/,
  },
  // developers.google.com/style/placeholders, behind the beginning of a vendor's token
  { before: ANYWHERE, value: /^[a-z]{2,8}[-_]your[-_](?:[a-z]{1,12}[-_]){0,4}(?:key|token|secret|password|here)$/i },
];

/** Whether the value at that range opens nothing. */
export function opensNothing(text: string, start: number, end: number): boolean {
  if (end - start > LONGEST) return false;
  const value = text.slice(start, end);
  const said = text.slice(Math.max(0, start - BEFORE_CHARS), start);
  const saidFar = () => text.slice(Math.max(0, start - FAR_CHARS), start);
  return (
    OPEN_NOTHING.some(
      ({ before, value: form, isLong }) => form.test(value) && before.test(isLong ? saidFar() : said),
    ) ||
    (DOCUMENTED.has(value.replaceAll(/[ -]/g, '')) && SAYS_EXAMPLE.test(aroundOf(text, start, end)))
  );
}

const LONGEST = 600;
const BEFORE_CHARS = 80;
const FAR_CHARS = 1_000;

/**
 * Values that vendors publish as examples, without spaces and hyphens: docs.aws.amazon.com/IAM, "Access keys";
 * docs.stripe.com/testing; iban.com/structure. Only where the line says so: elsewhere somebody may test whether we redact.
 */
const DOCUMENTED: ReadonlySet<string> = new Set([
  'AKIAIOSFODNN7EXAMPLE',
  'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  '4242424242424242',
  'DE89370400440532013000',
]);
/** No part of an address: `jo@example.org` says nothing. */
const SAYS_EXAMPLE =
  /(?<![\w.@/-])(?:examples?|documented|documents|docs?|documentation|test card|sample)(?![\w@/-]|\.\w)/i;
const AROUND_CHARS = 100;

/** What stands in the same line, without the value. */
function aroundOf(text: string, start: number, end: number): string {
  const before =
    text
      .slice(Math.max(0, start - AROUND_CHARS), start)
      .split(/[\r\n\v]/)
      .at(-1) ?? '';
  const after = text.slice(end, end + AROUND_CHARS).split(/[\r\n\v]/, 1)[0] ?? '';
  return `${before} ${after}`;
}
