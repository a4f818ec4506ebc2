/**
 * Tokens without a known form: random characters that neither a person nor a program composed. The ids that connect
 * pieces of evidence stay readable. So ids, hashes and names in any usual form do not count: hexadecimal digits, UUIDs,
 * names of classes, pods and files, digests, values under the name of an id.
 */

import { isHeaderOfToken, isPlainObject, isPlainSentence, isSecretSetting } from '#model/redaction/encoded-objects.ts';
import { POSITIONS } from '#model/redaction/names.ts';
import { isPublicFile, isPublicKey } from '#model/redaction/public-keys.ts';

/** Half-open; the text's characters there are `[A-Za-z0-9_-]`, and none on either side is. */
export function isRandomToken(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length > LONGEST || length < SHORTEST_NAMED) return false;
  const run = text.slice(start, end);
  if (!/[a-z]/i.test(run) || !/\d/.test(run)) return false;
  const before = text.slice(Math.max(0, start - BEFORE_CHARS), start);
  if (CALLED_POSITION.test(before)) return false;
  if (CALLED_SECRET.test(before))
    return (
      isNoWord(run) &&
      (!ID_FORM.test(run) || (HEX_KEY.test(run) && (REFUSED.test(before) || CALLED_AS_MEMBER.test(before)))) &&
      !namesSecret(before, run) &&
      !isPublicKey(run + tailOf(text, end))
    );
  if (!isMixed(run)) return false;
  return (length >= SHORTEST_SETTING && isSecretSetting(run)) || isScatteredToken(text, start, end);
}

/** No id, no name, no public key and no plain text in base64. The run has letters of both cases and digits. */
function isScatteredToken(text: string, start: number, end: number): boolean {
  const run = text.slice(start, end);
  if (run.length < SHORTEST || longestPart(run) < LONGEST_PART) return false;
  if (isPublicKey(run) || isKnownId(run) || !isScattered(run) || isPartOfName(text, start, end)) return false;
  return (
    !isDigestOrPayload(text, start, end) &&
    !isOfPublicKey(text, start, end) &&
    !isPlainObject(run) &&
    !isHeaderOfToken(run) &&
    !isPlainSentence(run)
  );
}

/**
 * Whether a run has the form in which vendors write their keys: a short name, what it opens, and random characters
 * (`acme_live_…`, `zen-pat-…`). Behind a name alone, the words before must speak about a key: ids are written so, too.
 */
export function isVendorsKey(text: string, start: number, end: number): boolean {
  if (end - start > LONGEST || end - start < SHORTEST_NAMED) return false;
  const [, opens = '', random = ''] = VENDORS_KEY.exec(text.slice(start, end)) ?? [];
  if (random === '' || PUBLISHED.test(text.slice(start, start + 24)) || !/\d\D*\d/.test(random) || !isNoWord(random))
    return false;
  if (STRONG.test(opens)) return true;
  if (!/[a-z]/.test(random) || !/[A-Z]/.test(random) || changes(random) / random.length < 0.35) return false;
  return (
    opens !== '' ||
    (random.length >= 20 &&
      !OF_RECORD.test(text.slice(start, start + 12)) &&
      SPOKEN_OF.test(text.slice(Math.max(0, start - BEFORE_CHARS), start)))
  );
}

const VENDORS_KEY =
  /^(?:[a-z][a-z\d]{1,14}[-_]){1,3}?(?:(live|test|prod|sandbox|pat|sk|rk|secret|sec|key|apikey|api|tok|token|auth|svc|sa|priv|bot|app|v\d)[-_])?([A-Za-z\d]{16,})$/;
/** Publishable keys are in each page of a shop. */
const PUBLISHED = /(?:^|[-_])(?:pk|pub|public|publishable|anon)[-_]/;
const STRONG = /^(?:pat|sk|rk|secret|apikey|tok|token|priv)$/;
const SPOKEN_OF =
  /\b(?:keys?|tokens?|secrets?|credentials?|leak\w{0,6}|revok\w{0,6}|rotat\w{0,6}|pushed|pasted|exposed)\b[^\r\n\v]{0,40}$/i;
/** Whether a word is the id of a record, as services call them: `req_h4K7xq8VFtjBGK`. */
export function isRecord(word: string): boolean {
  return OF_RECORD.test(word) && RECORD.test(word);
}

/** KSUID behind a name of eight letters. */
const LONGEST_RECORD = 36;
const RECORD = /^[a-z]{2,8}_[A-Za-z\d]{8,32}$/;
/** Ids of payments, people, runs and messages. */
const OF_RECORD =
  /^(?:ep|we|hook|cus|price|pi|ch|evt|req|msg|sub|in|acct|prod|pm|seti|txn|re|card|src|ba|po|tr|cs|si|run|thread|asst|file|call|resp|batch|toolu|job|user|usr|org|proj|team|ws|inv|ord|pay|tenant|trace|span|dpl|prj|rec|app|doc)[-_]/;

/**
 * The end of a key of 64 bytes in base64 that stands alone in quotes or in its line, as keys of storage accounts do
 * (learn.microsoft.com/rest/api/storagerp/storage-accounts/list-keys); 0 where none begins. A sum of that length has a name.
 */
export function keyEnd(text: string, start: number): number {
  const end = start + KEY_OF_64_BYTES;
  if (text.charCodeAt(end - 1) !== EQUALS || text.charCodeAt(end - 2) !== EQUALS) return 0;
  const key = text.slice(start, end);
  if (!BASE64_OF_64_BYTES.test(key) || !isScattered(key)) return 0;
  const before = text.slice(Math.max(0, start - BEFORE_CHARS), start);
  const isAlone = /(?:^|["'\s])$/.test(before) && /^(?:$|["'\s\\])/.test(text.slice(end, end + 1));
  return isAlone && !CALLED_OTHERWISE.test(before) && !CALLED_SIGNED.test(before) ? end : 0;
}

const KEY_OF_64_BYTES = 88;
const EQUALS = 0x3d;
const BASE64_OF_64_BYTES = /^(?=.{0,84}[a-z])(?=.{0,84}[A-Z])(?=.{0,84}\d)[A-Za-z0-9+/]{86}==$/;
const CALLED_SIGNED = /(?:sig|signature|public|pubkey|proof)["']?\s?[:=]?\s?["']?$/i;

function isKnownId(run: string): boolean {
  return SID.test(run) || (run.length <= LONGEST_RECORD && isRecord(run));
}

/** twilio.com/docs/glossary/what-is-a-sid: the id of a message, a call, an account. The key `SK…` is a known form. */
const SID = /^[A-Z]{2}[0-9a-f]{32}$/;

/** The public members of a JSON Web Key (RFC 7518, section 6): the type stands in the same object. */
function isOfPublicKey(text: string, start: number, end: number): boolean {
  if (!PUBLIC_MEMBER.test(text.slice(Math.max(0, start - 12), start))) return false;
  return KEY_TYPE.test(text.slice(Math.max(0, start - KEY_CHARS), end + KEY_CHARS));
}

const PUBLIC_MEMBER = /"(?:x|y|n|x5t(?:#S256)?)\\?"\s?:\s?\\?"$/;
const KEY_TYPE = /"kty\\?"\s?:/;
const KEY_CHARS = 600;

/**
 * Whether a program generated a text of at least twelve characters, such as a signature or base64, whatever stands
 * before it.
 */
export function looksMade(value: string): boolean {
  return MADE.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value) && isNoWord(value);
}

const MADE = /^[\w+/.~%-]{12,4096}={0,2}$/;

/** Base64 is divided by `+` and `/`: what stands before all of it, or at its beginning, says what it is. */
function isDigestOrPayload(text: string, start: number, end: number): boolean {
  const tail = tailOf(text, end);
  let from = start;
  while (from > end - LONGEST && BASE64.test(text[from - 1] ?? '')) from -= 1;
  if (end - from + tail.length > LONGEST) return true;
  return (
    DIGEST.test(text.slice(from, end)) ||
    isPublicKey(text.slice(from, end)) ||
    isPublicKey(text.slice(from, end) + tail) ||
    isPublicFile(text.slice(from, end) + tail) ||
    CALLED_OTHERWISE.test(text.slice(Math.max(0, from - BEFORE_CHARS), from))
  );
}

/** The rest of a text in base64 behind a run. */
function tailOf(text: string, end: number): string {
  BASE64_BEHIND.lastIndex = end;
  return BASE64_BEHIND.exec(text)?.[0] ?? '';
}

const BASE64 = /[A-Za-z0-9+/_-]/;
const BASE64_BEHIND = /[A-Za-z0-9+/_=-]{0,256}/y;
const DIGEST = /^(?:sha-?\d+|md5)-/i;

/** 190 bits for 32 random characters out of 62. Ids of up to 27 such characters are common (KSUID). */
const SHORTEST = 32;
/** The least length after a word such as "token". */
const SHORTEST_NAMED = 16;
/** `pwd=x7…` in base64. */
const SHORTEST_SETTING = 20;
/** Longer ones are payloads. */
const LONGEST = 256;
/** Names consist of parts, tokens do not. */
const LONGEST_PART = 16;
const BEFORE_CHARS = 40;

/** "invalid api key 8Fk…", "with token 8Fk…" */
const CALLED_SECRET =
  /(?:token|secret|api[ _-]?key|password|passwd|passphrase|credentials?|access[ _-]?key)s? {0,2}(?:[:=]|is|was|value)? {0,2}["'`]?$/i;

/** “invalid token 4f9a…”: as many digits as keys of programs have. */
const HEX_KEY = /^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64})$/;
const REFUSED =
  /\b(?:invalid|bad|expired|revoked|unknown|wrong|rejected|using|with|leaked|my|our|the) (?:(?:api|access|refresh|auth|bearer|session|deploy|bot|user) )?(?:token|api key|access key) {0,2}["'`]?$/i;

/** `auth_token 976d…`: no sentence has such a name. */
const CALLED_AS_MEMBER =
  /(?:^|[\s"'`(,])[a-z]{0,20}_?(?:auth|api|access|refresh|bearer|bot|deploy|client|secret|private|signing)_(?:token|key|secret) {1,2}["'`]?$/i;

/** `page_token=Htzo…`, `"NextToken": "…"` */
const CALLED_POSITION = new RegExp(
  String.raw`(?:${POSITIONS})[-_. ]?token\\{0,15}["']?\s{0,2}(?:[:=]|is)?\s{0,2}\\{0,15}["'\x60]?$`,
  'i',
);

/** `secret "payments-tls-7f9c4b2d1a" not found`: the name of a Kubernetes Secret. */
function namesSecret(before: string, run: string): boolean {
  return /secrets?["'` ]{1,3}$/i.test(before) && /^[a-z][a-z\d]*(?:-[a-z\d]+)+$/.test(run);
}

/** Whether a value of that name is an id, a sum or content, however random it looks. */
export function namesNoSecret(name: string): boolean {
  return CALLED_OTHERWISE.test(`${name}=`) || CALLED_POSITION.test(`${name}=`);
}

/** Names of ids, checksums and contents. */
const CALLED_OTHERWISE =
  /(?:ids?(?:-2)?|trace|span|parent|hash|digest|sum|md5|sha-?\d*|etag|tag|integrity|print|cursor|continue|page|version|revision|commit|build|image|payload|data|body|content|base64|key|name|class|file|path|bin)\\?["']?\s{0,2}[-:=,]\s{0,2}(?:W\/)?\\?["']?$|(?:sha-?\d+|base64|\bh1)[-:=,]$|(?<!session[-_ ]?)ids?\\?["']? {1,2}\\?["'\x60]?$|\bpeer ['"]?$|(?:peer|secure|sealed|iv)["']?: ?["']?$|(?:[-_.]enc|encrypted|cipher(?:text|[-_ ]?blob)?|code[-_]?challenge|public(?:[-_ ]?key)?\)?)\\?["']?\s?[:=]\s?\\?["']?$|ids?>$|verification=$|\bvault:v\d{1,3}:$|\bTXT \\?"$/i;

/** Ids in hexadecimal digits and UUIDs. */
const ID_FORM = /^(?:[0-9a-f-]+|[0-9A-F-]+|[0-9a-hjkmnp-tv-z]{26}|[0-9A-HJKMNP-TV-Z]{26})$/;

function isMixed(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && (run.match(/\d/g) ?? []).length >= 2;
}

function longestPart(run: string): number {
  return Math.max(...run.split(/[-_]/).map((part) => (WORDS_TOGETHER.test(part) ? 0 : part.length)));
}

/** `OrdersTableRotation`: docs.aws.amazon.com/AWSCloudFormation, "Physical ID", puts such a name before random letters. */
const WORDS_TOGETHER = /^[A-Z]?[a-z]+(?:[A-Z][a-z]+)+$/;

/** Digits among letters: `k8s-node-group-12` and `payment-service-v2` are words. */
function isNoWord(run: string): boolean {
  return changes(run) / run.length >= 0.2 && bits(run) >= 2.8;
}

/**
 * In a random text of 62 characters the class changes at 62 % of the places, with a spread of 8.5 points at 32 of them; in
 * `Http2ServerConnectionHandler1` at 30 %.
 */
function isScattered(run: string): boolean {
  return changes(run) / run.length >= 0.4 && bits(run) >= 3.7;
}

/** The share of places where the class (lower case, upper case, digit) changes. */
function changes(run: string): number {
  let count = 0;
  for (let at = 1; at < run.length; at += 1)
    if (classOf(run.charCodeAt(at)) !== classOf(run.charCodeAt(at - 1))) count += 1;
  return count;
}

function classOf(code: number): number {
  if (code >= 97) return 1;
  if (code >= 65 && code !== 95) return 2;
  return code >= 48 ? 3 : 0;
}

/** Shannon's entropy, in bits per character. */
function bits(run: string): number {
  const counts = new Map<string, number>();
  for (const letter of run) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum -= (count / run.length) * Math.log2(count / run.length);
  return sum;
}

/** A step of a path, a file's name, a part of a qualified or a mangled name. */
function isPartOfName(text: string, start: number, end: number): boolean {
  const before = text[start - 1] ?? '';
  if ('/.$#\\'.includes(before) && before !== '') return true;
  const after = text.slice(end, end + 6);
  return /^(?:\.[A-Za-z]|[/$(]|::)/.test(after) || /^_[ZR]/.test(text.slice(start, start + 2));
}
