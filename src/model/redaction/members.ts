/**
 * Whether the value of a member is a secret: by its own name, or by the name of its container.
 *
 *   {"db_password": "…"}                    its own name
 *   {"passwords": ["…", "…"]}               a list under such a name
 *   {"credentials": {"shop": "…"}}          a member inside of one, unless its name says otherwise (`user`, `type`,
 *   `url`)
 */
import { endingAt, isRule, type NameKind, type NameRule, type PairWord } from '#model/redaction/names.ts';
import { isChosenKey, keyInside, opensSomething } from '#model/redaction/nested-keys.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';

/** The kind of a value by its name; undefined where the name says nothing, or where the value is no secret. */
export function secretKind(name: string, value: string): NameKind | undefined {
  const rule = ruleFor(name);
  return rule === undefined ? undefined : kindBy(rule, name, value);
}

/** The same for a member inside the container that `around` names. */
export function secretKindInside(around: string, name: string, value: string): NameKind | undefined {
  const outer = ruleFor(around);
  const own = KEY.test(name) ? keyInside(around, isChosenKey(value)) : undefined;
  const rule = own ?? (outer ? ruleInside(outer, name) : undefined);
  return rule === undefined ? undefined : kindBy(rule, name, value);
}

const KEY = /^key$/i;

/** The name that governs the content of a member; '' where none does. */
export function nameAround(around: string, name: string): string {
  if (ruleFor(name) !== undefined) return name;
  const outer = around === '' ? undefined : ruleFor(around);
  if (outer !== undefined && ruleInside(outer, name) !== undefined) return around;
  return opensSomething(name) ? name : '';
}

function ruleFor(name: string): NameRule | undefined {
  return ruleOf(name) ?? ruleAlong(name);
}

/** Whether a value with that name may be secret. */
export function mayBeSecret(name: string): boolean {
  return ruleFor(name) !== undefined;
}

/** Whether a member names the content of another one: `{"name": "DB_PASSWORD", "value": "…"}`. */
export function pairRole(name: string): PairWord | undefined {
  const ending = endingAt(name, name.length - 1);
  if (ending === undefined || isRule(ending) || ending.word === 'type') return undefined;
  return ending.kind === 'naming' || ending.kind === 'valuing' ? ending.kind : undefined;
}

/** The same for a member inside of a secret: `rule` governs it. */
export function kindBy(rule: NameRule, name: string, value: string): NameKind | undefined {
  const isChosen = KEY.test(name) && /^(?:jwt|tokens?)$/.test(rule.word) && isChosenKey(value);
  const stated = isChosen ? { ...rule, isMade: false } : rule;
  return isNoSecret({ rule: stated, name, value, isQuoted: true, isTold: false }) ? undefined : rule.kind;
}

/** The rule that a name gives for its value. */
function ruleOf(name: string): NameRule | undefined {
  let last = name.length - 1;
  while (CLOSING.test(name[last] ?? '')) last -= 1; // `user[password]`
  const ending = endingAt(name, last);
  return ending !== undefined && isRule(ending) ? ending : undefined;
}

const CLOSING = /["'\])]/;

/** developer.mozilla.org, "Set-Cookie"; expressjs.com, "res.cookie": what a cookie is set with. */
const OF_COOKIE =
  /^(?:max[-_]?age|path|domain|expires|secure|http[-_]?only|same[-_]?site|signed|overwrite|partitioned|priority)$/i;

/**
 * The rule for a member inside of a secret; undefined where its name says otherwise. Elements of lists have no name.
 */
export function ruleInside(outer: NameRule, member: string): NameRule | undefined {
  if (member === '' || outer.word === 'stringdata' || outer.word === 'cookies' || VALUE_OF_PAIR.test(member))
    return outer;
  if (outer.kind === 'cookie' && OF_COOKIE.test(member)) return undefined;
  const own = ruleOf(member);
  if (own !== undefined) return own;
  if (OTHER_MEMBERS.has(member.toLowerCase()) || OTHER_ENDS.test(member)) return undefined;
  return SPARING.test(outer.word) || KEY.test(member) ? { ...outer, isMade: true } : outer;
}

/** The members in which OTLP writes values of attributes. */
const VALUE_OF_PAIR = /^(?:(?:string|int|double|bytes|array|kvlist)_?)?values?$/i;

/** Parsers call their input tokens, too: inside of such a member only generated values count. */
const SPARING = /^(?:token|jwt)/;

const OTHER_MEMBERS: ReadonlySet<string> = new Set(
  (
    'user login account email namespace optional mode realm iss issuer aud audience scope scopes role roles alg algorithm ' +
    'provider engine state reason message error description policy strength age expiry expires expires_in expiresin ttl ' +
    'expiration validuntil min max enabled required valid region items format pattern title labels annotations origin desc info hint comment secure encrypted ciphertext'
  ).split(' '),
);
const OTHER_ENDS =
  /(?:name|type|kind|ids?|ur[il]|path|file|arn|host|port|version|status|length|count|size|time|date|_(?:at|on|by)|(?:expires|created|updated|issued)at|ref)$/i;

/** `request.body.passwords.0`, `login.password.value`: names of flattened attributes. */
function ruleAlong(name: string): NameRule | undefined {
  if (!MAY_LIE_INSIDE.test(name)) return undefined;
  let rule: NameRule | undefined;
  for (const part of name.split(/[.[\]]+/)) rule = rule === undefined ? ruleOf(part) : insideOf(rule, part);
  return rule;
}

function insideOf(rule: NameRule, part: string): NameRule | undefined {
  return ruleInside(rule, /^\d+$/.test(part) ? '' : part);
}

const MAY_LIE_INSIDE = /(?:pass(?:(?!pass)\w)*|secret|credential|token|key|pwd|cookie|authorization)s?[.[]/i;
