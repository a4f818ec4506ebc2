/**
 * Credentials in headers: a scheme, followed by a token or parameters. The scheme stays, the rest is redacted.
 *
 *  Authorization: Bearer abc.def-123
 *  Authorization: Digest username="jo", nonce="dcd9…", response="6629…"
 *  Authorization: AWS4-HMAC-SHA256 Credential=AKIA…/20260106/eu-west-1/s3/aws4_request, SignedHeaders=host,
 *  Signature=fe5f…
 *  Authorization: Negotiate YIIJ…
 *
 * Schemes: IANA's registry (RFC 9110), and the documentation of vendors.
 */
import { looksMade } from '#model/redaction/entropy.ts';
import type { Named } from '#model/redaction/names.ts';
import { isNoSecret, standsForValue } from '#model/redaction/no-secret.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import { quotedEnd, type Range, type Sign, valueStart } from '#model/redaction/values.ts';

/** After a header's name; undefined where there are no credentials. */
export function credentialsAt(text: string, { rule, text: name }: Named, sign: Sign): Range | undefined {
  const [opening = '', quote = ''] = matchAt(OPENING, text, valueStart(text, sign)) ?? [];
  const from = valueStart(text, sign) + opening.length;
  const start = endAt(SCHEME, text, from);
  const end = quote === '' ? bareEnd(text, from, start) : quotedEnd(text, from, quote);
  const value = text.slice(start, Math.min(end, start + LONGEST_PLAIN));
  if (
    end <= start ||
    (start === from && PROSE.test(value)) ||
    isNoSecret({ rule, name, value, isQuoted: true, isTold: false })
  )
    return undefined;
  return { start, end };
}

const LONGEST_PLAIN = 64;
/** A token has letters of both cases. */
const PROSE = /^[a-z]+$/;
const OPENING = /[bu]?(\\{0,15}["'`])?/y;

/** pve.proxmox.com/wiki/User_Management, "API Tokens": the name of the token stands before its secret. */
const SCHEME =
  /(?:[a-z]{2,4}apitoken=[^\s=:!"']{1,80}![\w.-]{1,64}[=:]|(?:bearer|basic|digest|token|negotiate|ntlm|kerberos|apikey|api-key|key|oauth|hawk|hoba|mac|mutual|dpop|gnap|privatetoken|vapid|signature|sharedkey(?:lite)?|sharedaccesssignature|scram-sha-\d+|aws4?(?:-[a-z0-9-]{3,30})?|[a-z0-9]{2,8}-hmac-sha-?\d+|hmac(?:-sha-?\d+)?|splunk|ssws|geniekey|bot|genie|snowflake)(?:[ \t]|%20|\+|=(?=[\w"[])){1,3})/iy;

const TOKEN = /[^\s,;&"'<>(){}[\]\\]+/y;
/** RFC 9112 section 5.2: the rest of a value on the next line, behind a space. A sentence has spaces. */
const FOLDED = /\r?[\n\v][ \t]{1,8}(?=[A-Za-z+/]{0,60}\d)[\w+/~.-]{12,4096}={0,2}(?=[ \t]{0,8}(?:[\r\n\v]|$))/y;
/** A word before a token, or before an id and its secret, is an unregistered scheme: `sso-key id:secret`. */
const SECOND_TOKEN =
  / (?:(?=[^\s=:]*\d)[\w.~+/-]{16,}=*(?::[^\s,;"'<>(){}[\]\\]{4,400})?(?![\w=])|[\w.~+/@-]{2,128}:(?=[^\s,;"']{0,200}\d)(?=[^\s,;"']{0,200}[A-Za-z])[^\s,;:"'<>(){}[\]\\]{12,400}(?![\w:])|[a-z]{2,3}_(?=\w{0,60}\d)[\w-]{8,200}(?![\w=]))/y;

/** `from`: behind the quote, `start`: behind the scheme. */
function bareEnd(text: string, from: number, start: number): number {
  const parameters = parametersEnd(text, start);
  if (parameters > start) return parameters;
  const end = endAt(FOLDED, text, endAt(TOKEN, text, start));
  if (text[end - 1] === ':' && start === from) return end - 1;
  return start === from ? endAt(SECOND_TOKEN, text, end) : end;
}

/** `name="value"` or `name=value`; values in quotes that are cut off end with the text. */
const PARAMETER =
  /([\w*.-]{1,40})(?:\s?=\s?\\{0,15}"([^"\\]{0,4096})(?:\\{0,15}"|$)|=(\[redacted:[^\]\s]{1,80}\]|[^\s,"'\\<>(){}[\]=&;](?:[^\s,"'\\<>(){}[\]&;]|[&;](?![\w*.-]{1,40}=))*))/y;
/** Akamai divides them by semicolons, Azure as in a query. */
const DIVIDER = /(?:\s?,\s{0,3}|[&;])(?=[\w*.-]{1,40}\s?=)/y;

/** The end of the list of parameters that begins here; `start` where none begins. */
function parametersEnd(text: string, start: number): number {
  let end = start;
  for (const parameter of parametersAt(text, start)) end = parameter.next;
  return end;
}

type Parameter = Range & Readonly<{ name: string; next: number }>;

function* parametersAt(text: string, start: number): Generator<Parameter> {
  for (let at = start; ; at = endAt(DIVIDER, text, at)) {
    const [whole = '', name = '', quoted, bare = ''] = matchAt(PARAMETER, text, at) ?? [];
    if (whole === '') return;
    const value = quoted ?? bare;
    const from = at + whole.indexOf(value, name.length + 1);
    at += whole.length;
    yield { name, start: from, end: from + value.length, next: at };
    if (!isAt(DIVIDER, text, at)) return;
  }
}

/**
 * The secret parameters behind a scheme; undefined where it has none. Who asks for what, how it was signed and when is
 * no secret: RFC 7616 (Digest), RFC 5849 (OAuth 1.0), RFC 9421 (signatures), github.com/mozilla/hawk, the pages of AWS on
 * Signature Version 4 and of Azure on shared access signatures.
 */
export function secretParameters(text: string, from: number): readonly Range[] | undefined {
  const start = endAt(SCHEME, text, endAt(OPENING, text, from));
  const parameters = [...parametersAt(text, start)];
  if (parameters.length < 2) return undefined;
  return parameters.flatMap(({ name, start, end }) => {
    const value = text.slice(start, end);
    if (end <= start || PUBLIC.test(name) || standsForValue(value) || (OF_CLIENT.test(name) && !looksMade(value)))
      return [];
    const [id = ''] = (name === 'Credential' && SCOPED.exec(value)) || [];
    return [{ start, end: id === '' ? end : start + id.length }];
  });
}

const PUBLIC =
  /^(?:username|user|realm|uri|algorithm|qop|nc|charset|userhash|id|ts|ext|app|dlg|oauth_(?:signature_method|timestamp|version)|signature_?method|timestamp|version|signedheaders|sr|se|skn|st|sv|sp|headers|keyid|created|expires|scope|region|service|date|policy|decision|result|reason|status|action|resource|request|path|method|role)$/i;
/** The name of a client, unless somebody generated it. A scope follows what was generated. */
const OF_CLIENT = /^(?:oauth_consumer_key|Credential(?!s))$/i;
/** `AKIA…/20260106/eu-west-1/s3/aws4_request`: only the key is no place. */
const SCOPED = /^[^/\s]{1,128}(?=\/\d{8}\/)/;
