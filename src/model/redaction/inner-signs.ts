/**
 * Secrets without a known beginning: a sign inside of them, or what stands before them, tells their form.
 *
 *   q1V8Q~…                                     Entra: three characters, `8Q~`
 *   w9Xk2.atlasv1.…                             Terraform: an id before the word
 *   jo:1104:aad3b435…:8846f7ea…:::              Windows: user, RID, LM hash, NT hash
 *   *:*:*:jo:x                                  .pgpass
 *   8428…-us12                                 Mailchimp: the data center behind the key
 *   AKIA… / wJalr…                              AWS: the secret key behind the id of its key
 */
import { matchAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';

/** github.com/microsoft/security-utilities, "Entra client secret" */
const ENTRA = /[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w~-])/y;
const BEFORE_TILDE = 5;

/** A secret of an application in Entra, at its first `~`. */
export function entraSecretAt(text: string, tilde: number): Range | undefined {
  const start = tilde - BEFORE_TILDE;
  if (start < 0 || text[tilde - 1] !== 'Q') return undefined;
  const [secret = ''] = matchAt(ENTRA, text, start) ?? [];
  return secret === '' ? undefined : { start, end: start + secret.length };
}

/** Where a token begins whose form is known by its second part. */
export function startWithId(text: string, kind: string, start: number): number {
  if (kind !== 'terraform-token') return start;
  return start - (/[A-Za-z0-9]{14}\.$/.exec(text.slice(Math.max(0, start - 15), start))?.[0] ?? '').length;
}

/** mailchimp.com/developer/marketing/docs/fundamentals, "API structure": the data center is a part of the key. */
export function isMailchimpKey(text: string, start: number, end: number): boolean {
  return text[end - MAILCHIMP_CHARS] === '-' || text[end - MAILCHIMP_CHARS + 1] === '-'
    ? /^[0-9a-f]{32}-us\d{1,2}$/.test(text.slice(start, Math.min(end, start + 40)))
    : false;
}

/** `-us12` */
const MAILCHIMP_CHARS = 5;

/** learn.microsoft.com/windows-server/security/kerberos/passwords-technical-overview; impacket's secretsdump.py */
const WINDOWS_HASHES = /([0-9a-f]{32}):([0-9a-f]{32})(?=:::)/iy;
/** The LM hash of no password. */
const EMPTY_LM = 'aad3b435b51404eeaad3b435b51404ee';
const HASH_CHARS = 32;

/** At a run of 32 characters: the hashes of a password. */
export function windowsHashAt(text: string, start: number, end: number): Range | undefined {
  if (end - start !== HASH_CHARS || text[end] !== ':' || !/:\d{1,9}:$/.test(text.slice(Math.max(0, start - 11), start)))
    return undefined;
  const [hashes = '', lm = ''] = matchAt(WINDOWS_HASHES, text, start) ?? [];
  if (hashes === '') return undefined;
  return { start: lm.toLowerCase() === EMPTY_LM ? end + 1 : start, end: start + hashes.length };
}

/** postgresql.org/docs/current/libpq-pgpass.html, where any port counts: the five parts of a line. */
const OF_FILE =
  /:\*:(?!\d{1,9}:)[^\s:"']{1,64}:(?:\*|[A-Za-z_][^\s:"']{0,63}):(?![[$])((?:\\[:\\]|[^\s\\:"']){1,200})(?=\s*(?:[\r\n\v]|$))/y;
const FIRST_PART = /(?:^|[\n\v"'])[ \t]{0,8}(?:\*|[\w.-]{1,64})$/;

/** At the first colon of such a line. */
export function passwordOfFileAt(text: string, colon: number): Range | undefined {
  const [line = '', password = ''] = matchAt(OF_FILE, text, colon) ?? [];
  const before = text.slice(Math.max(0, colon - 80), colon);
  if (line === '' || !FIRST_PART.test(colon > 80 ? `.${before}` : before)) return undefined;
  const end = colon + line.length;
  return { start: end - password.length, end };
}

/**
 * docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html: 40 characters of base64. As text, the CLI writes
 * the date of the key between the two.
 */
const AWS_SECRET =
  /\\{0,15}["']?[\s,;:|/]{1,6}(?:\d{4}-\d\d-\d\dT[\d:.+Z-]{6,24}\s{1,6})?\\{0,15}["']?(?=[A-Za-z+/]{0,39}\d)(?=[^a-z\s]{0,39}[a-z])(?=[^A-Z\s]{0,39}[A-Z])([A-Za-z0-9+/]{40})(?![\w+/=])/y;

/** Behind the id of an access key. */
export function awsSecretAt(text: string, from: number): Range | undefined {
  const [whole = '', secret = ''] = matchAt(AWS_SECRET, text, from) ?? [];
  return secret === '' ? undefined : { start: from + whole.length - secret.length, end: from + whole.length };
}
