/**
 * The values of a cookie header, one by one: the names stay, and so do the values of preferences, of balancers and of
 * visitor counts, because they log nobody in. Any other value may be a session.
 *
 *  lang=de; JSESSIONID=ACB2…; route=node-3          the session alone is secret
 *
 * Names: developers.google.com/analytics, "Cookie usage"; learn.microsoft.com/aspnet/core, "Localization";
 * docs.haproxy.org, "cookie"; nginx.org, "sticky"; nextjs.org and i18next.com, the language.
 */
import { looksMade } from '#model/redaction/entropy.ts';
import { standsForValue } from '#model/redaction/no-secret.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';

const HARMLESS =
  /(?:^|[._-])(?:lang|language|locale|i18next|i18n_redirected|culture|theme|skin|colou?r[-_]?(?:scheme|mode)|dark[-_]?mode|tz|time[-_]?zone|currency|country|route|lb|srv|server|serverid|backend|node|consent|cookie[-_]?(?:consent|notice|policy|accepted)|gdpr|(?:callback|redirect|return)[-_]?(?:ur[il]|to|path)|layout|view|sidebar|device|platform|(?:user[-_]?)?settings(?:[-_](?:time[-_])?\d{1,6})?|prefs?|preferences|user[-_]?context|variant|experiment|canary|font[-_]?size|page[-_]?size|per[-_]?page)$/i;
/** When another cookie ends, and public halves of a signature: docs.aws.amazon.com/AmazonCloudFront, "Signed cookies". */
const TIMES =
  /(?:^|[._-])(?:expir(?:es|y|ation)(?:[-_]?(?:at|in|time|date))?|max[-_]?age|last[-_]?(?:seen|visit|activity))$/i;
const TIME = /^(?:\d{1,19}|\d{4}-\d\d-\d\d[\dT:.%AZz+-]{0,24}|[A-Z][a-z]{2}, [\w :-]{8,30})$/;
const PUBLIC_IDS = /(?:^|[._-])(?:key[-_]?pair[-_]?id|key[-_]?id|kid)$/i;
const COUNTS = /^(?:_ga(?:_\w{1,20})?|_gid|_gat(?:_\w{1,40})?|_gcl_au|_pk_(?:id|ses)[\w.]{0,20})$/;
const ATTRIBUTE = /^(?:path|domain|expires|max-age|samesite|priority|version)=?$/i;
const FLAG = /^(?:secure|httponly|partitioned)$/i;
/** “session cookie: HttpOnly, Secure, SameSite=Lax, 30m”: how a cookie is set, and none of it. */
const ATTRIBUTES_ALONE =
  /^(?:(?:secure|httponly|http-only|partitioned|session|persistent|(?:path|domain|expires|max-age|samesite|priority)(?:=[\w./:+-]{1,40})?|\d{1,6}[a-z]{0,7})(?:[;,] ?| |$)){1,9}$/i;
const LONGEST_ATTRIBUTES = 200;
const LONGEST_HARMLESS = 40;

/** The values that may log somebody in, in order. */
export function secretCookies(text: string, { start, end }: Range): Range[] {
  if (ATTRIBUTES_ALONE.test(text.slice(start, Math.min(end, start + LONGEST_ATTRIBUTES)))) return [];
  const found: Range[] = [];
  for (let at = start; at < end; at = endAt(NEXT, text, at)) {
    const [, name = '', value = ''] = matchAt(PAIR, text, at) ?? [];
    if (value === '') break;
    const from = PAIR.lastIndex - value.length;
    at = Math.min(PAIR.lastIndex, end);
    const kept = text.slice(from, at).trimEnd();
    const isLater = from > start && name === '';
    if (kept !== '' && !(isLater && !looksMade(kept)) && !isHarmless(name.slice(0, -1), kept))
      found.push({ start: from, end: from + kept.length });
    if (!isAt(NEXT, text, at)) break;
  }
  return found;
}

const PAIR = /([^\s=;"'\\]{1,200}=)?([^;"'\\]{1,4096})/y;
const NEXT = /;\s{0,8}/y;

function isHarmless(name: string, value: string): boolean {
  if (standsForValue(value) || COUNTS.test(name) || ATTRIBUTE.test(name)) return true;
  if (name === '') return FLAG.test(value);
  if (PUBLIC_IDS.test(name) || (TIMES.test(name) && TIME.test(value))) return true;
  return HARMLESS.test(name) && value.length <= LONGEST_HARMLESS && !looksMade(value.replace(/%[0-9A-Fa-f]{2}/g, '-'));
}
