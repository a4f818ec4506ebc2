/**
 * Credentials with a known beginning: vendors' tokens, hashes of passwords, places of commands and protocols
 * (`placed.ts`), and values that a check rejected (`rejected.ts`). Patterns of tokens follow each vendor's documentation of
 * its format; they accept shorter ones, because log lines shorten them. Each form is tried only at its beginning.
 */

import { type Form, form } from '#model/redaction/form.ts';
import { FURTHER_NATIONAL_IDS } from '#model/redaction/further-national-ids.ts';
import { NAMES_OF_PERSONS } from '#model/redaction/names-of-persons.ts';
import { NATIONAL_IDS } from '#model/redaction/national-ids.ts';
import { NUMBERS_OF_PATIENTS } from '#model/redaction/numbers-of-patients.ts';
import { PAPERS_OF_PERSONS } from '#model/redaction/papers-of-persons.ts';
import { PLACED } from '#model/redaction/placed.ts';
import { PLACED_BY_ARGUMENTS } from '#model/redaction/placed-by-arguments.ts';
import { PLACED_BY_CALLS } from '#model/redaction/placed-by-calls.ts';
import { PLACED_BY_CHATS } from '#model/redaction/placed-by-chats.ts';
import { PLACED_BY_CODES } from '#model/redaction/placed-by-codes.ts';
import { PLACED_BY_COMMANDS } from '#model/redaction/placed-by-commands.ts';
import { PLACED_BY_DIALOGS } from '#model/redaction/placed-by-dialogs.ts';
import { PLACED_BY_DOORS } from '#model/redaction/placed-by-doors.ts';
import { PLACED_BY_FILES } from '#model/redaction/placed-by-files.ts';
import { PLACED_BY_PEOPLE } from '#model/redaction/placed-by-people.ts';
import { PLACED_BY_PHRASES } from '#model/redaction/placed-by-phrases.ts';
import { PLACED_BY_POSITION } from '#model/redaction/placed-by-position.ts';
import { PLACED_BY_PROGRAMS } from '#model/redaction/placed-by-programs.ts';
import { PLACED_BY_PROTOCOLS } from '#model/redaction/placed-by-protocols.ts';
import { PLACED_BY_SECOND_FACTORS } from '#model/redaction/placed-by-second-factors.ts';
import { PLACED_BY_STORES } from '#model/redaction/placed-by-stores.ts';
import { PLACED_BY_TOOLS } from '#model/redaction/placed-by-tools.ts';
import { PLACED_BY_WORDS } from '#model/redaction/placed-by-words.ts';
import { REJECTED } from '#model/redaction/rejected.ts';
import { CIPHERS_OF_DEVICES } from '#model/redaction/trades/ciphers-of-devices.ts';
import { FORMS_OF_PERSONS } from '#model/redaction/trades/forms-of-persons.ts';
import { FURTHER_TOKENS } from '#model/redaction/trades/further-tokens.ts';
import { LINES_OF_PROGRAMS } from '#model/redaction/trades/lines-of-programs.ts';
import { NETWORK_DEVICES } from '#model/redaction/trades/network-devices.ts';
import { NUMBERS_IN_MESSAGES } from '#model/redaction/trades/numbers-in-messages.ts';
import { PIPED_SECRETS } from '#model/redaction/trades/piped-secrets.ts';
import { PLACED_BY_ARGUMENTS_OF_TOOLS } from '#model/redaction/trades/placed-by-arguments-of-tools.ts';
import { SECRET_ADDRESSES } from '#model/redaction/trades/secret-addresses.ts';
import { TICKETS } from '#model/redaction/trades/tickets.ts';
import { WINDOWS_COMMANDS } from '#model/redaction/trades/windows-commands.ts';
import { VENDOR_TOKENS } from '#model/redaction/vendor-tokens.ts';
import { WEBHOOKS } from '#model/redaction/webhooks.ts';

const OWN_FORMS: readonly Form[] = [
  form('authorization', ['NTLM Tl', 'Negotiate YI', 'Negotiate Tl'], '((?:NTLM|Negotiate) )[A-Za-z0-9+/]{20,}=*'),
  // docs.aws.amazon.com, "Signature Version 4": the key before its scope; the signature has a name.
  form('authorization', ['Credential='], String.raw`(Credential=)[^/\s"'<>\\]{4,128}(?=\/\d{8}\/)`),
  // Passwords in addresses of Oracle's driver.
  form('secret', ['jdbc:oracle:'], String.raw`(jdbc:oracle:\w{2,8}:[^\s/@:"']{1,64}\/)(?!\[)[^\s@"']{1,128}(?=@)`),
  // rfc-editor.org/rfc/rfc3261, section 19.1: an address without slashes
  form(
    'secret',
    ['sip:', 'sips:'],
    String.raw`(sips?:[^\s:@;"'<>]{1,64}:)(?!\[|\d{1,5}(?:[\s;>]|$))[^\s@"'<>;?]{1,128}(?=@)`,
  ),
  // Docker writes each dollar twice: docs.docker.com/reference/compose-file/interpolation.
  // Hashes of passwords, as crypt(3), frameworks, databases and directories store them.
  form('password-hash', ['2a$', '2b$', '2x$', '2y$'], String.raw`(?<=\$)2[abxy]\${1,2}\d\d\${1,2}[./A-Za-z0-9]{22,53}`),
  form(
    'password-hash',
    ['1$', '5$', '6$'],
    String.raw`(?<=\$)[156]\${1,2}(?:rounds=\d{1,9}\${1,2})?[./A-Za-z0-9]{1,16}\${1,2}[./+A-Za-z0-9]{20,88}`,
  ),
  // juniper.net/documentation, "Hidden passwords": $9$ can be read by anybody
  form('password-hash', ['9$'], String.raw`(?<=\$)9\$[A-Za-z0-9./-]{10,120}`),
  form('password-hash', ['apr1$'], String.raw`(?<=\$)apr1\${1,2}[./A-Za-z0-9]{1,8}\${1,2}[./A-Za-z0-9]{22}`),
  form(
    'password-hash',
    ['y$', 'gy$'],
    String.raw`(?<=\$)g?y\$[./A-Za-z0-9]{1,12}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{20,86}`,
  ),
  form('password-hash', ['P$', 'H$', 'S$'], String.raw`(?<=\$)[PHS]\$[./A-Za-z0-9]{31,55}`),
  form(
    'password-hash',
    ['argon2id$', 'argon2i$', 'argon2d$'],
    String.raw`argon2(?:id|i|d)\$(?:v=\d{1,3}\$)?m=\d{1,9},t=\d{1,6},p=\d{1,4}\$[\w+/-]{8,128}={0,2}\$[\w+/-]{16,256}={0,2}`,
  ),
  form('password-hash', ['pbk'], String.raw`pbkdf2[_:-]sha-?\d{1,3}[$:]\d{1,9}\$[\w./+=-]{1,128}\$[\w./+=-]{20,256}`),
  form('password-hash', ['scr'], String.raw`scrypt:\d{1,9}:\d{1,4}:\d{1,4}\$[\w./+=-]{1,128}\$[\w./+=-]{20,256}`),
  // passlib.readthedocs.io, "scrypt", "bcrypt_sha256" and "sha1_crypt"; doc.libsodium.org, "The scrypt function"
  form(
    'password-hash',
    ['scrypt$ln=', 'bcrypt-sha256$'],
    String.raw`(?<=\$)(?:scrypt|bcrypt-sha256)\$[a-z]{1,2}=\w{1,4}(?:,[a-z]=\w{1,6}){1,3}\$[\w./+-]{1,128}\$[\w./+-]{20,256}`,
  ),
  form('password-hash', ['sha1$'], String.raw`(?<=\$)sha1\$\d{1,9}\$[./A-Za-z0-9]{1,64}\$[./A-Za-z0-9]{28}`),
  form('password-hash', ['7$'], String.raw`(?<=\$)7\$[./A-Za-z0-9]{11,60}\$[./A-Za-z0-9]{43}`),
  // mosquitto.org/man, "mosquitto_passwd": PBKDF2 with its rounds, and a salted SHA-512, both in base64
  form(
    'password-hash',
    ['7$', '6$'],
    String.raw`(?<=\$)(?:7\$\d{1,7}|6)\$[A-Za-z0-9+/]{8,88}={0,2}\$[A-Za-z0-9+/]{42,128}={0,2}`,
  ),
  // dev.mysql.com, "Caching SHA-2 Pluggable Authentication"; pages.nist.gov, PHC strings of PBKDF2 without a digest
  form('password-hash', ['A$00'], String.raw`(?<=\$)A\$00\d\$[^\s"'\x60]{40,90}`),
  form('password-hash', ['pbkdf2$'], String.raw`pbkdf2\$\d{1,9}\$(?:\d{1,4}\$)?[\w./+=-]{8,128}\$[\w./+=-]{20,256}`),
  form(
    'password-hash',
    ['SHA512-CRYPT}', 'SHA256-CRYPT}', 'MD5-CRYPT}', 'BLF-CRYPT}', 'CRYPT}', 'crypt}', 'ARGON2'],
    String.raw`(?<=\{)(?:(?:SHA\d{3}-|MD5-|BLF-)?CRYPT|crypt|ARGON2(?:ID|I)?)\}\$[\w./+=,$-]{20,400}`,
  ),
  // directory.fedoraproject.org, "PBKDF2"; doc.dovecot.org, "Password Schemes"
  form(
    'password-hash',
    ['PBKDF2', 'pbkdf2'],
    String.raw`(?<=\{)(?:PBKDF2|pbkdf2)(?:[_-](?:SHA|sha)\d{1,3})?\}(?:\$?\d{1,9}\$)?[\w./+=$-]{20,400}`,
  ),
  form('password-hash', ['md5', 'sha'], String.raw`(?:md5|sha1)\$\w{1,64}\$[0-9a-f]{32,40}(?![0-9a-f])`),
  form('password-hash', ['md5'], 'md5[0-9a-f]{32}(?![0-9A-Za-z])'),
  form(
    'password-hash',
    ['SHA', 'SSH', 'MD5', 'SMD'],
    String.raw`(?<=\{)S?(?:SHA|MD5)(?:256|384|512)?\}[A-Za-z0-9+/]{20,200}={0,2}`,
  ),
  form(
    'password-hash',
    ['SCR'],
    String.raw`SCRAM-SHA-(?:1|256)\$\d{1,9}:[A-Za-z0-9+/]{8,200}={0,2}\$[A-Za-z0-9+/]{8,200}={0,2}:[A-Za-z0-9+/]{8,200}={0,2}`,
  ),
  // gnu.org/software/grub/manual, "grub-mkpasswd-pbkdf2"
  form('password-hash', ['grub.pbkdf2.'], String.raw`grub\.pbkdf2\.sha512\.\d{1,7}(?:\.[0-9A-F]{32,256}){2}`),
  // Cisco's types 8 and 9: cisco.com, "Understand Cisco IOS Password Encryption".
  form('password-hash', ['8$', '9$'], String.raw`(?<=\$)[89]\$[./A-Za-z0-9]{14}\$[./A-Za-z0-9]{43}`),
  // Replies of Kerberos, as tools write them for guessing: hashcat.net/wiki, "example_hashes".
  form(
    'password-hash',
    ['krb5asrep$', 'krb5tgs$'],
    String.raw`(krb5(?:asrep|tgs)\$\d{1,2}\$[^\s:]{1,200}[:$])[0-9a-f]{16,32}\$[0-9a-f]{16,}`,
  ),
  form('private-key', ['AGE-SECRET-KEY-'], 'AGE-SECRET-KEY-[A-Z0-9]{16,}'),
];

/** `isCut`: whether its beginning tells a token that is cut off; one that keeps a part begins with words. */
type Known = Readonly<{ kind: string; beginning: string; pattern: RegExp; isCut: boolean }>;

/** A shorter beginning may match by chance, and `api-` begins names, too. */
const DISTINCT_CHARS = 4;
const WORD = /^[a-z]{1,3}-$/;

/** Forms by the first two characters of their beginnings. */
const FORMS_BY_PAIR: ReadonlyMap<number, readonly Known[]> = Map.groupBy(
  [
    ...VENDOR_TOKENS,
    ...FURTHER_TOKENS,
    ...WEBHOOKS,
    ...SECRET_ADDRESSES,
    ...TICKETS,
    ...CIPHERS_OF_DEVICES,
    ...OWN_FORMS,
    ...PLACED,
    ...PLACED_BY_ARGUMENTS,
    ...PLACED_BY_ARGUMENTS_OF_TOOLS,
    ...PLACED_BY_CALLS,
    ...PLACED_BY_CHATS,
    ...PLACED_BY_CODES,
    ...PLACED_BY_DIALOGS,
    ...PLACED_BY_DOORS,
    ...PLACED_BY_FILES,
    ...PLACED_BY_COMMANDS,
    ...PLACED_BY_PEOPLE,
    ...PLACED_BY_PHRASES,
    ...PLACED_BY_POSITION,
    ...PLACED_BY_PROGRAMS,
    ...PLACED_BY_PROTOCOLS,
    ...PLACED_BY_SECOND_FACTORS,
    ...PLACED_BY_STORES,
    ...PLACED_BY_TOOLS,
    ...PLACED_BY_WORDS,
    ...NATIONAL_IDS,
    ...FURTHER_NATIONAL_IDS,
    ...NUMBERS_OF_PATIENTS,
    ...FORMS_OF_PERSONS,
    ...PAPERS_OF_PERSONS,
    ...NAMES_OF_PERSONS,
    ...REJECTED,
    ...NETWORK_DEVICES,
    ...LINES_OF_PROGRAMS,
    ...NUMBERS_IN_MESSAGES,
    ...PIPED_SECRETS,
    ...WINDOWS_COMMANDS,
  ].flatMap(({ kind, beginnings, pattern }) => {
    const sticky = new RegExp(pattern, 'y');
    return beginnings.map((beginning) => ({
      kind,
      beginning,
      pattern: sticky,
      isCut: beginning.length >= DISTINCT_CHARS && !pattern.startsWith('(') && !WORD.test(beginning),
    }));
  }),
  ({ beginning }) => pairOf(beginning.charCodeAt(0), beginning.charCodeAt(1)),
);

/**
 * For each pair of first characters: 0 where no form begins with it, otherwise an index; and a bit for each possible
 * third and fourth character, by its last five bits.
 */
const PAIRS = new Uint16Array(128 * 128);
const FORMS: readonly (readonly Known[])[] = [[], ...FORMS_BY_PAIR.values()];
const THIRDS = new Int32Array(FORMS.length);
const FOURTHS = new Int32Array(FORMS.length);
for (const [at, pair] of [...FORMS_BY_PAIR.keys()].entries()) PAIRS[pair] = at + 1;
for (const [at, forms] of FORMS.entries())
  for (const { beginning } of forms) {
    THIRDS[at] = (THIRDS[at] ?? 0) | bitAt(beginning, 2);
    FOURTHS[at] = (FOURTHS[at] ?? 0) | bitAt(beginning, 3);
  }

function bitAt(beginning: string, at: number): number {
  return beginning.length <= at ? -1 : 1 << (beginning.charCodeAt(at) & 31);
}

/** Whether a form may begin here; false for most words. */
export function mayBeginForm(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  const pair = next < 128 ? (PAIRS[pairOf(text.charCodeAt(at), next)] ?? 0) : 0;
  return (
    pair !== 0 &&
    ((THIRDS[pair] ?? 0) & (1 << (text.charCodeAt(at + 2) & 31))) !== 0 &&
    ((FOURTHS[pair] ?? 0) & (1 << (text.charCodeAt(at + 3) & 31))) !== 0
  );
}

/** For ASCII characters. */
function pairOf(first: number, second: number): number {
  return (first << 7) | second;
}

/** `kept`: the end of the beginning, which holds no secret. */
type FormAt = Readonly<{ kind: string; start: number; end: number; kept: number }>;

/**
 * The longest credential that begins here, of the form with the longest known beginning; undefined where none begins.
 * The text may end inside of it.
 */
export function formAt(text: string, at: number): FormAt | undefined {
  let found: FormAt | undefined;
  let known = 0;
  const forms = FORMS_BY_PAIR.get(pairOf(text.charCodeAt(at), text.charCodeAt(at + 1))) ?? [];
  for (const form of forms) {
    const { kind, beginning } = form;
    if (!text.startsWith(beginning, at)) continue;
    const { end, start } = rangeOf(text, at, form);
    const isLonger = end > (found?.end ?? at) || (end === found?.end && beginning.length > known);
    if (!isLonger) continue;
    found = { kind, start, end, kept: at + beginning.length };
    known = beginning.length;
  }
  return found;
}

/** Where the secret of a form begins and ends; `end` is 0 where the form does not match. */
function rangeOf(
  text: string,
  at: number,
  { beginning, pattern, isCut }: Known,
): Readonly<{ start: number; end: number }> {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  const end = match === null ? (isCut ? cutEnd(text, at + beginning.length) : 0) : at + match[0].length;
  const isFilled = end > at && FILLED.test(text.slice(Math.max(at, end - FILLED_CHARS), end));
  return { start: at + (match?.[1] ?? '').length, end: isFilled ? 0 : end };
}

/** `sk_live_xxxxxxxxxxxx` stands for a token. */
const FILLED = /([x*])\1{9}$/;
const FILLED_CHARS = 10;

/** The kind of a value that is known by its name and its form together, as `ssn` and `user_code` are. */
export function kindOfForm(name: string, value: string): string | undefined {
  if (name.length > LONGEST_NAME || value.length > LONGEST_NAMED) return undefined;
  const text = `${name}: ${value}`;
  const start = name.length + 2;
  for (const at of wordsOf(name)) {
    const form = mayBeginForm(text, at) ? formAt(text, at) : undefined;
    if (form?.start === start && form.end === text.length) return form.kind;
  }
  return undefined;
}

/** Whether a value of that name may be known by its form. */
export function mayNameForm(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  const text = `${name}: `;
  return wordsOf(name).some(
    (at) =>
      mayBeginForm(text, at) &&
      (FORMS[PAIRS[pairOf(text.charCodeAt(at), text.charCodeAt(at + 1))] ?? 0] ?? []).some(({ beginning }) =>
        text.startsWith(beginning, at),
      ),
  );
}

function wordsOf(name: string): number[] {
  return Array.from(name.matchAll(/(?<![A-Za-z0-9])[A-Za-z0-9]/g), ({ index }) => index);
}

const LONGEST_NAME = 60;
const LONGEST_NAMED = 400;

/** The end of a truncated token: the end of the text, or dots that mark the cut. 0 where it is not truncated. */
function cutEnd(text: string, from: number): number {
  CUT_TOKEN.lastIndex = from;
  const rest = CUT_TOKEN.exec(text);
  return rest === null ? 0 : CUT_TOKEN.lastIndex - (rest[1] ?? '').length;
}

const CUT_TOKEN = /[\w-]{6,200}(\.\.\.|…|$)/y;
