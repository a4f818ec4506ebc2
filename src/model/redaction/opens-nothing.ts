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
