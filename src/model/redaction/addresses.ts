/** Addresses: those of people, and those that hold a user with a password. */
import { matchAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';

const LOCAL_PART = /[\w.+-]{1,64}$/;
const DOMAIN = /[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/y;

/** An address of a person: `sign` is where its `@` is, `after` is behind it, `from` where it may begin. */
export function emailAt(text: string, sign: number, after: number, from: number): Range | undefined {
  const [domain = ''] = matchAt(DOMAIN, text, after) ?? [];
  if (domain === '' || NO_MAIL_DOMAIN.test(domain)) return undefined;
  const [local = ''] = LOCAL_PART.exec(text.slice(Math.max(from, sign - 64), sign)) ?? [];
  const end = after + domain.length;
  const isRepository = local === 'git' && /^[:/]/.test(text.slice(end, end + 1));
  return /^[\w+]/.test(local) && !isRepository ? { start: sign - local.length, end } : undefined;
}

/** Hosts inside, versions, files and units: `icon@2x.png`, `lodash@4.17.21`, `getty@tty1.service`, `rabbit@db.local`. */
const NO_MAIL_DOMAIN =
  /\.(?:\d+|[a-z]|local|localdomain|internal|svc|lan|service|socket|timer|target|mount|scope|slice|png|jpe?g|gif|svg|webp|js|mjs|cjs|ts|css|json|tgz|md|py|rb|go|java)$|\.svc\.|^\d+\.\d/i;

const USER_INFO = /:\/\/([^\s/?#@:"'<>]*:[^\s/"'<>]+)@/y;

/** `https://user:pass@host`, at the colon: the host stays, it is what the reader needs. */
export function userInfoAt(text: string, colon: number): Range | undefined {
  const [, userInfo = ''] = matchAt(USER_INFO, text, colon) ?? [];
  if (userInfo === '' || userInfo.includes('[redacted:')) return undefined;
  const start = colon + '://'.length;
  return { start, end: start + userInfo.length };
}

const BOT_TOKEN = /:AA[\w-]{33}(?![\w-])/y;

/** Telegram's, at the colon: an id of 8 to 10 digits, and what comes after it. */
export function botTokenAt(text: string, colon: number): Range | undefined {
  if (!/\d{8,10}$/.test(text.slice(Math.max(0, colon - 10), colon))) return undefined;
  const [token = ''] = matchAt(BOT_TOKEN, text, colon) ?? [];
  return token === '' ? undefined : { start: colon + 1, end: colon + token.length };
}
