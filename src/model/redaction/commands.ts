/** Values of command lines and of SQL, by the word before them: `--password x`, `curl -u jo:x`, `IDENTIFIED BY 'x'`. */
import { namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { matchAt } from '#model/redaction/sticky.ts';
import { quotedEnd, type Range } from '#model/redaction/values.ts';

/** A group as `1000:1000` behind `-u` is another program's. */
const CURL_USER = /(?:-u|--user) ["']?([^[\s:"'][^\s:"']{0,63}:[^\s"']{1,200})/y;
const COMMAND_CHARS = 200;

/** `curl -u jo:x`, at the dash. */
export function curlUser(text: string, start: number): Range | undefined {
  const [whole = '', info = ''] = matchAt(CURL_USER, text, start) ?? [];
  const isCurl = whole !== '' && text.slice(Math.max(0, start - COMMAND_CHARS), start).includes('curl');
  return isCurl ? { start: start + whole.length - info.length, end: start + whole.length } : undefined;
}

/** Of programs that take a password so: with a space, and right behind the letter. */
const SHORT_OPTION = /-[paw] ["']?([^\s"'-][^\s"']{0,199})/y;
const ATTACHED_OPTION = /-p["']?([^\s"'-][^\s"']{0,199})/y;
const TAKE_SHORT =
  /\b(?:sshpass|(?:docker|podman|helm registry|az|oc) login|redis-cli|mongo(?:sh|dump|restore|import|export)?|ldap(?:search|modify|add|delete|whoami))\s[^|;&\n]*$/;
const TAKE_ATTACHED = /\b(?:mysql(?:dump|admin|check|import)?|mariadb(?:-dump|-admin)?|sshpass)\s[^|;&\n]*$/;

/** `redis-cli -a x`, `mysql -px`, at the dash. */
export function shortOption(text: string, start: number): Range | undefined {
  const code = text[start + 1] ?? '';
  if (!/[paw]/.test(code)) return undefined;
  const isAttached = text[start + 2] !== ' ';
  const [whole = '', value = ''] = matchAt(isAttached ? ATTACHED_OPTION : SHORT_OPTION, text, start) ?? [];
  if (whole === '') return undefined;
  const before = text.slice(Math.max(0, start - COMMAND_CHARS), start);
  if (!(isAttached ? TAKE_ATTACHED : TAKE_SHORT).test(before) || value.startsWith('[redacted:')) return undefined;
  return { start: start + whole.length - value.length, end: start + whole.length };
}

const OPTION_VALUE = / (\\{0,15}["'])?(?![-\s"'<>,;[${\\])/y;
const BARE = /[^\s"'<>,;]{1,200}/y;

/** `--db-password x`: of the option that ends at `end`. */
export function optionValue(text: string, end: number): Range | undefined {
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

/** Statements that set a password. */
const CLAUSE = /(?:password(?: for [^\s=]{1,120} ?=)? (?:password\()?(')|by (["']))/iy;

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
  const end = quotedEnd(text, from, quote);
  const value = text.slice(from, end);
  return value === '' || value.includes('\n') || value.startsWith('[redacted:') ? undefined : { start: from, end };
}
