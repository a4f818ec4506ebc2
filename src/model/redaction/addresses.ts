/** Addresses of people, and addresses that contain a user with a password. */
import { looksMade } from '#model/redaction/entropy.ts';
import { MARK_START } from '#model/redaction/mark.ts';
import { standsForValue } from '#model/redaction/no-secret.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';

const LOCAL_PART = /[\w.+-]{1,64}$/;
/** With the Latin letters of international domains (RFC 5890). */
const DOMAIN = /[A-Za-z0-9\u00c0-\u024f-]{1,63}(?:\.[A-Za-z0-9\u00c0-\u024f-]{1,63}){1,8}/y;

/**
 * An email address: `sign` is the position of its `@`, `after` the position behind it, `from` the first possible start.
 */
export function emailAt(text: string, sign: number, after: number, from: number): Range | undefined {
  const [domain = ''] = matchAt(DOMAIN, text, after) ?? [];
  if (domain === '' || NO_MAIL_DOMAIN.test(domain)) return undefined;
  const [local = ''] = LOCAL_PART.exec(text.slice(Math.max(from, sign - 64), sign)) ?? [];
  const end = after + domain.length;
  const isRepository = local === 'git' && (HOST_OF_CODE.test(domain) || /^[:/]/.test(text.slice(end, end + 1)));
  const before = text[sign - local.length - 1] ?? '';
  const isVariable = before === '$' || (before === ':' && standsForValue(local));
  // A service's name in Kerberos, `HTTP/host@REALM`, and the public key of Sentry in its DSN.
  const isPrincipal = before === '/' && (/^[A-Z\d.-]+$/.test(domain) || /(?:^|\.)sentry\.io$/.test(domain));
  const isOther = isPrincipal || isAlgorithm(local, domain) || isOfRealm(text, sign - local.length, domain);
  return /^[\w+]/.test(local) && !isRepository && !isVariable && !isOther
    ? { start: sign - local.length, end }
    : undefined;
}

/** RFC 4251, section 6: names of algorithms and extensions that somebody other than IETF gave, `aes256-gcm@openssh.com`. */
function isAlgorithm(local: string, domain: string): boolean {
  return OF_ALGORITHMS.test(domain) && /^(?:zlib$|[a-z]+[\d-])/.test(local);
}

const OF_ALGORITHMS = /^(?:openssh\.com|libssh\.org|lysator\.liu\.se|ssh\.com|putty\.projects\.tartarus\.org)$/;

/** RFC 4120, section 6.1: a realm in capitals, beside a word of Kerberos. */
function isOfRealm(text: string, start: number, domain: string): boolean {
  return /^[A-Z\d.-]+$/.test(domain) && OF_KERBEROS.test(text.slice(Math.max(0, start - REALM_CHARS), start));
}

const OF_KERBEROS =
  /(?:^|[^A-Za-z])(?:kinit|klist|kvno|ktutil|kadmin|krb5\w{0,12}|kerberos|keytab|principal|realm|KDC|TG[TS]|(?:AS|TGS)_RE[QP]|gss\w{0,8})(?![A-Za-z])[^\r\n\v]*$/i;
const REALM_CHARS = 60;

/** `ssh -T git@github.com` */
const HOST_OF_CODE = /^(?:ssh\.)?(?:github|gitlab|bitbucket|codeberg)\./;

/**
 * Not addresses of people: internal hosts, versions, files and units: `icon@2x.png`, `lodash@4.17.21`,
 * `kit@v1.8.3-0.20251120101112-b2bf96ce722d` (go.dev/ref/mod#pseudo-versions), `getty@tty1.service`, `rabbit@db.local`.
 */
const NO_MAIL_DOMAIN =
  /\.(?:\d+|[a-z]|local|localdomain|internal|svc|lan|service|socket|timer|target|mount|scope|slice|png|jpe?g|gif|svg|webp|js|mjs|cjs|ts|css|json|tgz|md|py|rb|go|java)$|\.svc\.|^v?\d+\.\d/i;

const USER_INFO = /:\/\/([^\s/?#@:"'<>]*:[^\s/"'<>]+)@/y;
/** RFC 3986, section 3.2.1: an apostrophe among letters and digits; one around the address has a space or a sign beside it. */
const WITH_APOSTROPHE =
  /:\/\/([^\s/?#@:"'<>]{0,64}:(?![$<{%*[])[^\s/?#@"'<>]{1,64}(?:'(?=[\w!$&*+=.-])[^\s/?#@"'<>,]{1,64}){1,3})@(?=[\w.-]{1,253}(?::\d{1,5})?(?:[/?#\s"',;)]|$))/y;

/** `https://user:pass@host`, at the colon: the host stays, because the reader needs it. */
export function userInfoAt(text: string, colon: number): Range | undefined {
  const [, userInfo = ''] =
    matchAt(USER_INFO, text, colon) ??
    matchAt(WITH_APOSTROPHE, text, colon) ??
    matchAt(SLASHED, text, colon) ??
    (OF_SERVER.test(text.slice(Math.max(0, colon - SCHEME_CHARS), colon))
      ? matchAt(SLASHED_ALONE, text, colon)
      : undefined) ??
    matchAt(OF_MAIL, text, colon) ??
    matchAt(KEY_ALONE, text, colon) ??
    [];
  if (
    userInfo === '' ||
    (!userInfo.includes(':') && !isKeyLike(userInfo)) ||
    userInfo.includes(MARK_START) ||
    isReferred(userInfo)
  )
    return undefined;
  const start = colon + '://'.length;
  const end = start + userInfo.length;
  return { start, end: isAt(NO_HOST, text, end + 1) ? Math.max(end, endAt(TO_LAST_AT, text, start) - 1) : end };
}

/** A `/` in a password that is not encoded: what stands before it is no port, and a host with its port follows. */
const SLASHED =
  /:\/\/([^\s/?#@:"'<>]{0,64}:(?!\d{1,5}\/)(?![$<{%*[])[^\s/?#@:"'<>,]{1,64}\/[^\s?#@"'<>,]{1,128})@(?=[\w.-]{1,253}:\d{1,5}(?!\w))/y;

/** The same without a port, where the scheme is that of a server whose paths have no `@`. */
const SLASHED_ALONE =
  /:\/\/([^\s/?#@:"'<>]{0,64}:(?!\d{1,5}\/)(?![$<{%*[])[^\s/?#@:"'<>,]{1,64}\/[^\s?#@"'<>,]{1,128})@(?=[\w.-]{1,253}(?:[/?,\s"')]|$))/y;
const OF_SERVER =
  /(?:^|[^\w+-])(?:mysql2?|mysqlx|mariadb|postgres(?:ql)?|sqlserver|mssql|oracle|mongodb|redis|rediss|valkeys?|amqps?|ldaps?|smtps?|imaps?|ftps?|sftp|clickhouse|cockroach(?:db)?|snowflake|neo4j|bolt|nats|mqtts?|memcached|influxdb|cassandra|couchbases?|elasticsearch|hana|trino|presto|vertica|redshift|db2|stomp)(?:\+\w{1,20})?$/i;
const SCHEME_CHARS = 40;

/** An address of mail is the user, and its sign is not encoded. */
const OF_MAIL =
  /:\/\/([\w.+-]{1,64}@[\w.-]{1,253}:(?!\d{1,5}\/)(?![$<{%*[])[^\s/?#@:"'<>,]{1,128})@(?=[\w.-]{1,253}(?::\d{1,5})?(?:[/?#\s"',;)]|$))/y;

/** `https://key@host`: the key without a password. The user in Sentry's address is a public key. */
const KEY_ALONE =
  /:\/\/([\w-]{16,200})@(?=[\w-]{1,63}\.[\w.-]{1,253}(?::\d{1,5})?(?:[/?#\s"',;)]|$))(?![\w.-]{0,253}sentry\.io)/y;

/** Behind the first `@` of a password that has several: a sign that no host has, and another `@`. */
const NO_HOST = /[\w.-]{0,64}(?::(?![\d$<{%*[]|\/\/)|[!&=~^+])[^\s"'<>,?#@]{0,100}@/y;
const TO_LAST_AT = /(?:(?!:\/\/)[^\s"'<>,?#]){1,256}@(?=[\w.-]{1,253}(?::\d{1,5})?(?:[/?#\s"',;)]|$))/y;

/** What is secret in `jo:password`, and its kind: the user stays, because the reader needs it, unless it is the key. */
export function secretOfUserInfo(text: string, { start, end }: Range): Range & Readonly<{ kind: string }> {
  const colon = text.indexOf(':', start);
  const user = text.slice(start, colon);
  const isPairOfKeys = /^[0-9a-f]{8}$/.test(user) && /^[0-9a-f]{8}$/.test(text.slice(colon + 1, end));
  const isKey =
    isPairOfKeys ||
    colon < start ||
    colon >= end - 1 ||
    KEY_PASSWORD.test(text.slice(colon + 1, end)) ||
    isKeyLike(user);
  return isKey ? { kind: 'user-info', start, end } : { kind: 'secret', start: colon + 1, end };
}

/** What stands for the password behind a key: docs.github.com, "x-oauth-basic"; docs.chargebee.com and others leave it. */
const KEY_PASSWORD = /^(?:x-oauth-basic|x|api_?token|unused|ignored)$/i;

/** Random, in both cases or in hexadecimal digits: `svc-report-2026` is the name of an account. */
function isKeyLike(user: string): boolean {
  return user.length >= 16 && looksMade(user) && (/[a-z][A-Z]|[A-Z][a-z]/.test(user) || /^[0-9a-f-]+$/i.test(user));
}

/** `jo:$PASSWORD`: whether the password is only a placeholder. */
export function isReferred(userInfo: string): boolean {
  const password = userInfo.slice(userInfo.indexOf(':') + 1);
  return standsForValue(password) || /^(?:PASSWORD|PASS|PWD|SECRET|TOKEN)$/.test(password);
}

/**
 * Addresses of Go's drivers, after the `@`: `tcp(db:3306)/shop`, `unix(/tmp/x.sock)/shop`, `tcp/shop`, or a custom
 * protocol.
 */
const DRIVER_ADDRESS =
  /(?:tcp[46]?|unix)\(|tcp[46]?\/|[a-z][\w+-]{1,30}\([^()\s]{0,200}\)\/|\([\w.-]{1,100}:\d{2,5}\)\//y;

/** `jo:password@tcp(db:3306)/shop`, at the `@`: an address without a scheme. */
export function driverUserAt(text: string, sign: number, from: number): Range | undefined {
  if (!isAt(DRIVER_ADDRESS, text, sign + 1)) return undefined;
  let begin = sign;
  const least = Math.max(from, sign - LONGEST_USER_INFO);
  while (begin > least && !endsUserInfo(text.charCodeAt(begin - 1))) begin -= 1;
  const colon = text.indexOf(':', begin);
  if (colon < 0 || colon >= sign - 1) return undefined;
  let start = colon;
  while (start > begin && /[\w.${}%+-]/.test(text[start - 1] ?? '')) start -= 1;
  const userInfo = text.slice(start, sign);
  const isNone = start === colon || text.startsWith(MARK_START, colon + 1 - MARK_START.length) || isReferred(userInfo);
  return isNone || userInfo.includes(MARK_START) ? undefined : { start, end: sign };
}

const LONGEST_USER_INFO = 200;

/** Characters around an address: white space, quotes, brackets. */
function endsUserInfo(code: number): boolean {
  return code <= 0x20 || code === 0x22 || code === 0x27 || code === 0x60 || code === 0x3c || code === 0x3e;
}

const BOT_TOKEN = /:AA[\w-]{33}(?![\w-])/y;

/** A Telegram token, at the colon: an id of 8 to 10 digits, and the secret after it. */
export function botTokenAt(text: string, colon: number): Range | undefined {
  if (!/\d{8,10}$/.test(text.slice(Math.max(0, colon - 10), colon))) return undefined;
  const [token = ''] = matchAt(BOT_TOKEN, text, colon) ?? [];
  const id = /\d{8,10}$/.exec(text.slice(Math.max(0, colon - 10), colon))?.[0] ?? '';
  return token === '' ? undefined : { start: colon - id.length, end: colon + token.length };
}
