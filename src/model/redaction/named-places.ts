/**
 * Values that a statement or a query names by a place of its own, where the name beside the place is secret:
 *
 *   WHERE password = @p … @p = N'x'              learn.microsoft.com, "sp_executesql"
 *   SET token = :tok … {tok: 'x'}                docs.sqlalchemy.org, JPA and Oracle: named parameters
 *   login(password: $p) … "variables": {"p": "x"}, also before the query        graphql.org/learn/queries
 */

import { type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { matchAt } from '#model/redaction/sticky.ts';
import { quotedEnd, type Range } from '#model/redaction/values.ts';

const PLACE = /[@:$]([A-Za-z_]\w{0,40})(?![\w(])/y;
const GIVEN = /\\{0,15}["']?\s?(?:=>|[:=])\s?[NEbu]?(\\{0,15}["'])/y;
const LONGEST_WAY = 2_000;

/** At the value of a name: what its place holds, where the value is a place. */
export function valueOfPlace(text: string, { rule, text: name }: Named, from: number): Range | undefined {
  const [, called = ''] = matchAt(PLACE, text, from) ?? [];
  if (called === '') return undefined;
  const most = Math.min(text.length, from + LONGEST_WAY);
  for (
    let at = text.indexOf(called, Math.max(0, from - LONGEST_WAY));
    at >= 0 && at < most;
    at = next(text, called, at)
  ) {
    const value = at === from + 1 ? undefined : givenAt(text, called, at);
    if (value === undefined) continue;
    const said = { rule, name, value: text.slice(value.start, value.end), isQuoted: true, isTold: false };
    if (value.end > value.start && value.end - value.start <= LONGEST_WAY && !isNoSecret(said)) return value;
  }
  return undefined;
}

function next(text: string, called: string, at: number): number {
  return text.indexOf(called, at + called.length);
}

function givenAt(text: string, called: string, at: number): Range | undefined {
  if (/[\w.-]/.test(text[at - 1] ?? '')) return undefined;
  const [given = '', quote = ''] = matchAt(GIVEN, text, at + called.length) ?? [];
  const start = at + called.length + given.length;
  return given === '' ? undefined : { start, end: quotedEnd(text, start, quote) };
}

/** Whether a query gives the variable of that name to an argument whose name is secret. */
export function isSecretPlace(query: string, variable: string): boolean {
  if (!/^\w{1,60}$/.test(variable)) return false;
  const given = `$${variable}`;
  for (let at = query.indexOf(given); at >= 0; at = query.indexOf(given, at + 1)) {
    const [, name = ''] = ARGUMENT.exec(query.slice(Math.max(0, at - ARGUMENT_CHARS), at)) ?? [];
    if (name !== '' && !/\w/.test(query[at + given.length] ?? '') && namedAt(name, name.length - 1) !== undefined)
      return true;
  }
  return false;
}

const ARGUMENT = /(?<!\w)(\w{1,60})\s{0,4}:\s{0,4}$/;
const ARGUMENT_CHARS = 70;
