/** Values in command lines and SQL, by the word before them: `--password x`, `curl -u jo:x`, `IDENTIFIED BY 'x'`. */

import { isReferred } from '#model/redaction/addresses.ts';
import { MARK_START } from '#model/redaction/mark.ts';
import { namedAt } from '#model/redaction/names.ts';
import { isNoSecret, standsForValue } from '#model/redaction/no-secret.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import { quotedEnd, type Range, statementEnd } from '#model/redaction/values.ts';

/** Between two arguments in a list: `"-p", "x"` of JSON and of code, `a1="-p" a2="x"` of auditd, `argv[1]="-p" argv[2]="x"`. */
const NUMBERED = String.raw`a(?:\d{1,3}|rgv?\[?\d{1,3}\]?)(?:=| = |: )`;
const NEXT_ARGUMENT = String.raw`\\{0,15}["'](?:,\s{0,8}|\s${NUMBERED})(?=\\{0,15}["'])`;
const LISTED = new RegExp(String.raw`\\{0,15}["'],?\s{0,8}(?:${NUMBERED})?\\{0,15}["']`, 'g');

/** The part of a command before an option, with a space between its arguments however it is written. */
function commandBefore(text: string, start: number): string {
  const before = text.slice(Math.max(0, start - COMMAND_CHARS), start).replaceAll('.exe', '');
  return /["']$/.test(before) ? before.replace(LISTED, ' ').replace(/["']$/, '') : before;
}

/** With digits only, as in `-u 1000:1000`, it is a user and a group of another program. */
const USER_OPTION = new RegExp(
  String.raw`(-[a-zA-Z\d#]{0,8}[uU]|-[aA]|--(?:user|proxy-user|http-user|userpwd|(?:http-|basic-|proxy-)?auth|basic|(?:src-|dest-|[sd])?creds|credentials)(?=[ =\\"']))(?:${NEXT_ARGUMENT}|[ =]?)(\\{0,15}["'])?(?=[^[\s:"'\\][^\s:"'\\]{0,63}:[^\s"'])`,
  'y',
);
/** curl(1), httpie.io/docs, skopeo-copy(1), podman-push(1) */
const TAKE_USER: readonly (readonly [option: RegExp, program: RegExp])[] = [
  [
    /^(?:-[uU]|--(?:proxy-)?user)$/,
    /curl|\b(?:etcdctl|influxd?|nomad|consul|elasticdump|esrally|logcli|promtool|siege)\b/,
  ],
  // curl(1): short options without a value may stand before it, `-sSvu`
  [/^-[#0-46BGILMNOSafgijklnpqsvVZ]{1,8}u$/, /\bcurl\s[^|;&\n]{0,200}$/],
  [/^(?:-a|--auth)$/, /(?:^|[\s;&|("'`])(?:https?|xhs?|hey|bombardier|oha)\s[^|;&\n]{0,200}$/],
  // httpd.apache.org/docs/2.4/programs/ab.html
  [/^-A$/, /(?:^|[\s;&|("'`/])ab\s[^|;&\n]{0,200}$/],
  [/^--(?:http-user|userpwd|(?:http-|basic-|proxy-)auth|basic|credentials)$/, /\S/],
  [/creds$/, /\b(?:skopeo|podman|buildah|nerdctl|ctr|crictl)\s[^|;&\n]{0,200}$/],
];
/** A value `user:password` of any other program. A user and a group look alike, but no group has such a name. */
const USER_AND_CHOSEN =
  /^[^:]{1,64}:(?=.{0,60}\d)(?=.{0,60}[a-z])(?=.{0,60}[!#$%^&*?+~]|.{0,60}[A-Z].{0,60}\d.{0,60}[A-Za-z\d])[^\s:/]{6,100}$/;
/** The same with a sign and capitals: nobody calls a group so. Programs that run others take a user and a group. */
const USER_AND_WORDS = /^[^:]{1,64}:(?=.{0,60}[a-z])(?=.{0,60}[A-Z])(?=.{0,60}[!#$%^&*?+~.-])[^\s:/]{6,100}$/;
const RUNS_OTHERS =
  /\b(?:docker|podman|nerdctl|kubectl|oc|rsync|install|chown|runuser|systemd-run|setpriv)\s[^|;&\n]{0,200}$/;

function isUserAndChosen(value: string, before: string): boolean {
  return USER_AND_CHOSEN.test(value) || (USER_AND_WORDS.test(value) && !RUNS_OTHERS.test(before));
}

const CURL_BARE = /[^\s"']{1,264}/y;
/** How much of the text before an option is searched for the program that takes it. */
const COMMAND_CHARS = 200;

/** `curl -u jo:x`, `http -a jo:x`, at the dash. */
export function userOption(text: string, start: number): Range | undefined {
  const [opening = '', option = '', quote = ''] = matchAt(USER_OPTION, text, start) ?? [];
  if (opening === '') return undefined;
  const before = commandBefore(text, start);
  const isTaken = TAKE_USER.some(([taken, program]) => taken.test(option) && program.test(before));
  const from = start + opening.length;
  const end = quote === '' ? endAt(CURL_BARE, text, from) : quotedEnd(text, from, quote);
  if (!isTaken && !(/^-{1,2}u/.test(option) && isUserAndChosen(text.slice(from, end), before))) return undefined;
  return isReferred(text.slice(from, end)) ? undefined : { start: from, end };
}

/**
 * Options of programs that take a password like this: after a space, or directly after the letter. By their manuals:
 * rabbitmq.com/docs/management-cli, neo4j.com/docs/operations-manual/current/tools/cypher-shell, skopeo-login(1),
 * twine.readthedocs.io, docs.digitalocean.com/reference/doctl, vercel.com/docs/cli, learn.microsoft.com/sysinternals/downloads/psexec,
 * hive.apache.org, "Beeline – Command Line Shell", cli.cloudfoundry.org, freetds.org/userguide/tsql.
 */
const SHORT_OPTION = new RegExp(String.raw`-[pawPAXckKts](?:[ :=]|${NEXT_ARGUMENT})(\\{0,15}["'])?(?=[^\s"'\\-])`, 'y');
const ATTACHED_OPTION = /-(?:[pP]|hp)(\\{0,15}["'])?(?=[^\s"'\\-])/y;
const SHORT_BARE = /[^\s"'\\]{1,200}/y;
const TAKE_SHORT: Readonly<Record<string, RegExp>> = {
  p: /\b(?:security (?:unlock|create)-keychain|esxcli system account|altool|hydra|medusa|useradd|usermod|sshpass|(?:docker|podman|helm registry|az|oc) login|mongo(?:sh|dump|restore|import|export)?|cqlsh|cbq|hdbsql|exaplus|couchbase-cli|cbbackupmgr|cbimport|cbexport|couchbases?:\/\/[^\s|;&]{1,150}|rabbitmqadmin|cypher-shell|beeline|(?:skopeo|buildah|nerdctl|oras|crane auth|cf|ibmcloud) login|twine upload|psexec(?:64)?(?:\.exe)?|racadm|veracrypt|tabcmd login|openfortivpn)\s[^|;&\n]{0,200}$/,
  t: /\b(?:doctl auth init|vercel)\s[^|;&\n]{0,200}$/,
  a: /\bredis-cli\s[^|;&\n]{0,200}$/,
  w: /\b(?:vsql|kadmin|security (?:add|set)-\w{1,20}-password)\s[^|;&\n]{0,200}$|\bldap(?:search|modify|add|delete|whoami|passwd|compare|modrdn|exop| bind)\s[^|;&\n]{0,200}$/,
  // ldappasswd(1): the new password
  s: /\bldappasswd\s[^|;&\n]{0,200}$/,
  // openssl-enc(1): a passphrase, a key in hexadecimal digits; ss64.com/mac/security.html: the password of the keychain
  k: /\b(?:openssl|security set-key-partition-list)\s[^|;&\n]{0,200}$/,
  K: /\bopenssl\s[^|;&\n]{0,200}$/,
  P: /\b(?:security (?:import|export)|yubico-piv-tool|pkcs15-\w{2,10}|sqlcmd|bcp|osql|tsql|sqsh|ipmitool|mosquitto_(?:pub|sub)|unzip|zip|knife (?:bootstrap|ssh|winrm|windows))\s[^|;&\n]{0,200}$/,
  // snmpcmd(1): community, and the passphrases of version 3.
  c: /\bsnmp(?:walk|bulkwalk|get|getnext|set|table|trap|inform|status)\s[^|;&\n]{0,200}$/,
  A: /\bsnmp(?:walk|bulkwalk|get|getnext|set|table|trap|inform|status)\s[^|;&\n]{0,200}$/,
  X: /\bsnmp(?:walk|bulkwalk|get|getnext|set|table|trap|inform|status)\s[^|;&\n]{0,200}$/,
};
/** Also as elements of a list: `["mysql", "-px"]`. */
const TAKE_ATTACHED =
  /\b(?:mysql(?:dump|admin|check|import)?|mariadb(?:-dump|-admin)?|sshpass|7z[azr]?|(?:un)?rar|bcp|sqlcmd|osql|isql|tsql)(?:\\{0,15}["'],)?[\s"'][^|;&\n]{0,200}$/;

/** `redis-cli -a x`, `mysql -px`, at the dash. */
export function shortOption(text: string, start: number): Range | undefined {
  const code = text[start + 1] ?? '';
  const programs = code === 'h' ? TAKE_ATTACHED : TAKE_SHORT[code];
  if (programs === undefined) return undefined;
  const apart = matchAt(SHORT_OPTION, text, start);
  const isAttached = apart === undefined;
  const [opening = '', quote = ''] = apart ?? matchAt(ATTACHED_OPTION, text, start) ?? [];
  if (opening === '') return undefined;
  const before = commandBefore(text, start);
  const from = start + opening.length;
  const end = quote === '' ? endAt(SHORT_BARE, text, from) : quotedEnd(text, from, quote);
  const value = text.slice(from, end);
  const isTaken = (isAttached ? TAKE_ATTACHED : programs).test(before);
  if (!isTaken && !(/[pP]/.test(code) && !isAttached && BEHIND_USER.test(before) && isGiven(value))) return undefined;
  return standsForValue(value) ? undefined : { start: from, end };
}

/** An option with a user stands before the option `-p`. In such a command `-p` and `-P` may be a password in any program. */
const BEHIND_USER = /(?:^|\s)[-/]{1,2}(?:[uU]|user(?:name)?)[ =:]?[\w.@\\-]{1,64}\s(?:[^|;&\n]{0,100}\s)?$/;

/** A value that is no port, no path and no place: it has letters, and digits or signs. */
function isGiven(value: string): boolean {
  return value.length >= 6 && /[A-Za-z]/.test(value) && /[\d!#$%^&*?+~]/.test(value) && !/^[\w.-]*[:/]/.test(value);
}

/** Also as the next element of a list: `"--password", "x"`, or on the next line of YAML. A sentence goes on. */
const OPTION_VALUE = new RegExp(
  String.raw`(?: {1,4}(?:\\\r?\n|\v)[ \t]{0,40}| |\\{0,15}["']\s${NUMBERED}(?=\\{0,15}["'])|(?:\\{0,15}["'])?\s?,\s{0,8}(?=\\{0,15}["'])|[\n\v][ \t]{0,40}- |[\n\v][ \t]{4,40}(?=[^\s-]\S{3,100}[ \t]{0,4}(?:[\r\n\v]|$)))(?![A-Z_]{3,30}\])(?![a-z]{1,12} (?:the|a|an|is|are|or|and|to|on|in|for|of|from|with|not|option|flag)\b)(\\{0,15}["'])?(?![-\s"'<>,;[$({\\])`,
  'y',
);
/** A semicolon before another character of a word divides no commands: who types one, leaves a space. */
const BARE = /(?:[^\s"'<>,;]|;(?=[A-Za-z\d!#$%^&*+?]{3,60}(?:\s|$))){1,200}/y;

/** pulumi.com/docs/cli, "pulumi config set": the option says only that the value behind the name is secret. */
const FLAG = /\bconfig set (?:--?\S{1,60} ){0,3}--secret$/;
const NAME_AND_OPENING = / {1,4}["']?[A-Za-z][\w.:/-]{0,100}["']? {1,4}(["'])?(?![-$<|;&])/y;

/** `--db-password x`: the value of the option that ends at `end`. */
export function optionValue(text: string, end: number): Range | undefined {
  if (FLAG.test(text.slice(Math.max(0, end - COMMAND_CHARS), end))) return valueOfFlag(text, end);
  const named = namedAt(text, end - 1);
  const [opening = '', quote = ''] = (named?.rule.kind === 'secret' && matchAt(OPTION_VALUE, text, end)) || [];
  if (named === undefined || opening === '') return undefined;
  const start = end + opening.length;
  const valueEnd = quote === '' ? start + (matchAt(BARE, text, start)?.[0].length ?? 0) : quotedEnd(text, start, quote);
  const said = {
    rule: named.rule,
    name: named.text,
    value: text.slice(start, valueEnd),
    isQuoted: true,
    isTold: false,
  };
  return isNoSecret(said) ? undefined : { start, end: valueEnd };
}

function valueOfFlag(text: string, end: number): Range | undefined {
  const [opening = '', quote = ''] = matchAt(NAME_AND_OPENING, text, end) ?? [];
  const start = end + opening.length;
  const last = quote === '' ? start + (matchAt(BARE, text, start)?.[0].length ?? 0) : quotedEnd(text, start, quote);
  return opening === '' || standsForValue(text.slice(start, last)) ? undefined : { start, end: last };
}

/** Statements that set a password. */
const CLAUSE = /(?:password(?: for [^\s=]{1,120} ?=)? (?:password\()?[en]?('|\$[a-z_]{0,20}\$)|by (["']))/iy;

/** `PASSWORD 'x'`, `SET PASSWORD FOR 'jo'@'%' = 'x'`, `IDENTIFIED WITH caching_sha2_password BY 'x'`. */
export function clauseValue(text: string, start: number): Range | undefined {
  const [opening = '', quoteOfPassword, quote = quoteOfPassword ?? ''] = matchAt(CLAUSE, text, start) ?? [];
  if (opening === '') return undefined;
  if (
    quoteOfPassword === undefined &&
    !/identified (?:with \S{1,64} )?$/i.test(text.slice(Math.max(0, start - 80), start))
  )
    return undefined;
  const from = start + opening.length;
  // `'' '` is an empty text, and `'''x'''` is one that begins with a quote.
  const isEmpty = text.startsWith(quote, from) && !text.startsWith(quote + quote, from);
  const end = isEmpty ? from : quote.startsWith('$') ? dollarEnd(text, from, quote) : statementEnd(text, from, quote);
  const value = text.slice(from, end);
  return value === '' || value.includes('\n') || value.startsWith(MARK_START) ? undefined : { start: from, end };
}

/** postgresql.org/docs/current/sql-syntax-lexical.html, "Dollar-Quoted String Constants"; `from` without an end. */
function dollarEnd(text: string, from: number, quote: string): number {
  const at = text.slice(from, from + LONGEST_IN_DOLLARS).indexOf(quote);
  return at < 0 ? from : from + at;
}

const LONGEST_IN_DOLLARS = 200;

const SECURE_STRING = 'convertto-securestring';
/** Its options in any order. */
const SECURE_OPTIONS = String.raw`(?:\s{1,4}-(?:AsPlainText|Force|String)\b:?){0,3}`;
const SECURE_VALUE = new RegExp(`${SECURE_OPTIONS}\\s{1,4}(\\\\{0,15}["'])?(?![-$(@|"'])`, 'iy');
const SECURE_BARE = /[^\s"'`;|(){}<>\\]{1,200}/y;
/** The text that is piped into it. */
const PIPED = /(?:"([^"\r\n]{1,200})"|'([^'\r\n]{1,200})')\s{0,4}\|\s{0,4}$/;

/** `ConvertTo-SecureString 'x' -AsPlainText`, `'x' | ConvertTo-SecureString -AsPlainText`: of PowerShell. */
export function secureString(text: string, start: number, end: number): Range | undefined {
  if (end - start !== SECURE_STRING.length || text.slice(start, end).toLowerCase() !== SECURE_STRING) return undefined;
  const before = text.slice(Math.max(0, start - COMMAND_CHARS), start);
  if (/\|\s{0,4}$/.test(before)) return pipedValue(text, before, start, end);
  const [opening = '', quote = ''] = matchAt(SECURE_VALUE, text, end) ?? [];
  if (opening === '') return undefined;
  const from = end + opening.length;
  const valueEnd = quote === '' ? endAt(SECURE_BARE, text, from) : statementEnd(text, from, quote);
  const isGiven = quote !== '' || isAt(PLAIN, text, valueEnd) || / -AsPlainText/i.test(opening);
  return isGiven && valueEnd > from && !standsForValue(text.slice(from, valueEnd))
    ? { start: from, end: valueEnd }
    : undefined;
}

function pipedValue(text: string, before: string, start: number, end: number): Range | undefined {
  const piped = isAt(PLAIN, text, end) ? PIPED.exec(before) : null;
  const value = piped?.[1] ?? piped?.[2] ?? '';
  if (piped === null || standsForValue(value)) return undefined;
  const from = start - before.length + piped.index + 1;
  return { start: from, end: from + value.length };
}

const PLAIN = /(?:\s{1,4}-Force)?\s{1,4}-AsPlainText/iy;
