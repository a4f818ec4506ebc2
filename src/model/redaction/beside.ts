/**
 * What a name says about the text beside it: after a sign, after a word of a sentence, after an option, between tags.
 * Each function examines one position of a text and returns its secret parts.
 */
import { credentialsAt } from '#model/redaction/authorization.ts';
import { valuesBelow } from '#model/redaction/blocks.ts';
import { clauseValue, curlUser, optionValue, secureString, shortOption } from '#model/redaction/commands.ts';
import { scalarsIn } from '#model/redaction/containers.ts';
import { GENERATED, isOfRandomPassword } from '#model/redaction/generated.ts';
import { MARK_START } from '#model/redaction/mark.ts';
import { secretContent } from '#model/redaction/markup.ts';
import { endingAt, isPassword, isRule, type Named, named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { formValue, partnerFrom, partnerOf, valueBesideName, valueNamedNext } from '#model/redaction/pairs.ts';
import { toldValue } from '#model/redaction/sentences.ts';
import { insertedValues } from '#model/redaction/sql.ts';
import { endAt, matchAt } from '#model/redaction/sticky.ts';
import { isBlank, nameEnd, type Range, type Sign, valueAt, valueStart } from '#model/redaction/values.ts';

/** Without a kind the part stays, but it may contain another secret. */
export type Part = Range & Readonly<{ kind?: string | undefined }>;

/** Parts in order, and the position from which nothing is known yet. */
export type Beside = Readonly<{ parts: readonly Part[]; end: number }>;

/** At a `:` or `=`, or its encoded form; `after` is the position behind it. A list is read up to `limit`. */
export function besideSign(
  text: string,
  at: number,
  after: number,
  isEncoded: boolean,
  limit: number,
): Beside | undefined {
  const last = nameEnd(text, at);
  const ending = endingAt(text, last);
  if (ending === undefined || MARK_ENDS.test(text.slice(Math.max(0, last - LONGEST_MARK), last + 1))) return undefined;
  const sign = { at, after, isEncoded };
  if (isRule(ending)) return ofSecret(text, named(text, last, ending), sign, limit);
  if (ending.kind === 'generated')
    return isOfRandomPassword(text, last) ? ofSecret(text, named(text, last, GENERATED), sign, limit) : undefined;
  if (ending.kind === 'naming') return alone(formValue(text, sign)) ?? ofPair(text, sign, limit);
  return alone(valueNamedNext(text, sign));
}

/** `[redacted:secret]=` is no name. */
const MARK_ENDS = /\[redacted:[a-z0-9:-]*$/;
const LONGEST_MARK = 90;

function alone(value: (Range & Pick<Named, 'rule'>) | undefined): Beside | undefined {
  return value && { parts: [{ kind: value.rule.kind, start: value.start, end: value.end }], end: value.end };
}

function ofSecret(text: string, name: Named, sign: Sign, limit: number): Beside | undefined {
  const { kind } = name.rule;
  const from = valueStart(text, sign);
  const resolved = resolvedEnd(text, from, name.start);
  if (resolved > from) return { parts: [], end: resolved };
  if (/[[{]/.test(text[from] ?? '')) return inBrackets(text, name, sign, from, limit);
  const below = valuesBelow(text, name, from);
  if (below.length > 0) return { parts: below.map((range) => ({ ...range, kind })), end: below.at(-1)?.end ?? from };
  // `${PASS:?missing}`
  if (text.startsWith('${', name.start - 2) && /[?+=-]/.test(text[sign.after] ?? '')) return undefined;
  const bound = boundValue(text, from);
  if (bound !== undefined)
    return {
      parts: [
        { start: from, end: bound.start },
        { ...bound, kind },
      ],
      end: bound.end,
    };
  const value = kind === 'authorization' ? credentialsAt(text, name, sign) : valueAt(text, name, sign);
  const changed = value && matchAt(CHANGED, text, value.end);
  if (value === undefined || changed === undefined) return alone(value && { ...value, rule: name.rule });
  const start = value.end + changed[0].length - (changed[1] ?? '').length;
  const end = value.end + changed[0].length;
  return {
    parts: [
      { start: value.start, end: value.end, kind },
      { start, end, kind },
    ],
    end,
  };
}

/** The new value in a plan of Terraform: `"old" -> "new"`. */
const CHANGED = /" -> "(?!\[redacted)([^"\r\n\v]{1,400})(?=")/y;

/** `token = $1 … parameters: $1 = 'x'`: the value of a parameter, as Postgres logs it below the statement. */
function boundValue(text: string, from: number): Range | undefined {
  const [, number = ''] = matchAt(PARAMETER, text, from) ?? [];
  if (number === '') return undefined;
  const after = text.slice(from, from + LONGEST_STATEMENT);
  const values = after.search(/parameters: \$1 = '/i);
  const opening = `$${number} = '`;
  const at = values < 0 ? -1 : after.indexOf(opening, values);
  if (at < 0) return undefined;
  const start = from + at + opening.length;
  const end = text.indexOf("'", start);
  return end <= start || text.startsWith(MARK_START, start) ? undefined : { start, end };
}

const PARAMETER = /\$(\d{1,2})(?!\w)/y;
const LONGEST_STATEMENT = 2_000;

const TEMPLATE = /\$?\{\{[^{}\r\n\v]{0,200}\}\}/y;
const RESOLVING = /\{\{resolve:[^{}\s"']{0,200}$/;
const REST_OF_RESOLVING = /[^{}\s"']{0,200}\}\}/y;
const RESOLVING_CHARS = 210;

/** The end of a template that is the value, or contains the name: `{{resolve:secretsmanager:x:SecretString:y}}`. */
function resolvedEnd(text: string, from: number, nameStart: number): number {
  if (text.startsWith('{{', from)) return endAt(TEMPLATE, text, from);
  if (text[from - 1] !== ':' || text[nameStart - 1] !== ':') return from;
  const isResolving = RESOLVING.test(text.slice(Math.max(0, nameStart - RESOLVING_CHARS), nameStart));
  return isResolving ? endAt(REST_OF_RESOLVING, text, from) : from;
}

/** Database drivers write values in braces and double a closing brace inside: `PWD={my p;ass}};`. */
const BRACED = /\{((?:[^}\r\n\v]|\}\}){1,200})\}(?!\})/y;
const MEMBER = /^\s*["']?[\w.$-]{1,80}["']?\s*[=:]/;

function inBrackets(text: string, name: Named, sign: Sign, from: number, limit: number): Beside | undefined {
  const { rule } = name;
  if (text.startsWith(MARK_START, from)) return undefined;
  const [whole = '', value = ''] = (text[sign.at] === '=' && matchAt(BRACED, text, from)) || [];
  if (value !== '' && isBraced(text, name, value, from + whole.length)) {
    const said = { rule, name: name.text, value, isQuoted: true, isTold: false };
    const isTemplate =
      isNoSecret(said) ||
      /^\d{1,2}$/.test(value) ||
      (/^[a-z_][\w.]*$/i.test(value) && namedAt(value, value.length - 1) !== undefined);
    const end = from + whole.length;
    return isTemplate ? { parts: [], end } : { parts: [{ kind: rule.kind, start: from + 1, end: end - 1 }], end };
  }
  const { scalars, end } = scalarsIn(text, from, limit, rule);
  return { parts: scalars, end };
}

/** Not a list of members: a part of a connection string, or a password alone. */
function isBraced(text: string, { rule, start }: Named, value: string, end: number): boolean {
  if (text[end] === ';' || /;[ \t]?$/.test(text.slice(Math.max(0, start - 2), start))) return true;
  return (
    isPassword(rule) &&
    !MEMBER.test(value) &&
    !/^\s*[[{"']/.test(value) &&
    /^(?:$|[\s"'`,)\]\\]|[:.!?](?:\s|$))/.test(text.slice(end, end + 2))
  );
}

/** Behind `"name":`: the values that another member holds, sometimes an old and a new one. */
function ofPair(text: string, sign: Sign, limit: number): Beside | undefined {
  const parts: Part[] = [];
  let end = sign.after;
  for (let partner = partnerOf(text, sign); partner !== undefined; ) {
    const value = ofSecret(text, partner.named, partner.sign, limit);
    parts.push({ start: end, end: partner.sign.at }, ...(value?.parts ?? []));
    end = value?.end ?? partner.sign.after;
    partner = partnerFrom(text, partner.named, /["']/.test(text[end] ?? '') ? end + 1 : end);
  }
  return parts.length === 0 ? undefined : { parts, end };
}

/** At the end of a word that no sign follows: `IDENTIFIED BY '…'`, a sentence, a pair in brackets. */
export function besideWord(text: string, start: number, end: number): Beside | undefined {
  const name = namedAt(text, end - 1);
  if (!isBlank(text.charCodeAt(end))) {
    const option = name !== undefined && text.startsWith('--', name.start) ? optionValue(text, end) : undefined;
    return alone(name && (option ? { ...option, rule: name.rule } : valueBesideName(text, name)));
  }
  const inserted = insertedValues(text, start);
  if (inserted.length > 0) return ofRow(inserted, end);
  const clause = clauseValue(text, start);
  if (clause !== undefined) return { parts: [{ ...clause, kind: 'secret' }], end: clause.end };
  if (name === undefined) return undefined;
  const value = text.startsWith('--', name.start) ? optionValue(text, end) : toldValue(text, name);
  return alone(value && { ...value, rule: name.rule });
}

function ofRow(values: readonly Range[], from: number): Beside {
  let end = from;
  const parts = values.flatMap((value): Part[] => {
    const between = { start: end, end: value.start };
    end = value.end;
    return [between, { ...value, kind: 'secret' }];
  });
  return { parts, end };
}

/** Behind a run that begins with a dash. */
export function besideDash(text: string, start: number, end: number): Beside | undefined {
  const user = curlUser(text, start);
  if (user !== undefined) return { parts: [{ ...user, kind: 'user-info' }], end: user.end };
  const value = shortOption(text, start) ?? optionValue(text, end);
  return value && { parts: [{ ...value, kind: 'secret' }], end: value.end };
}

/** At the end of a word in a script without case or spaces. */
export function besideOtherScript(text: string, last: number): Beside | undefined {
  const name = namedAt(text, last);
  const value = name && toldValue(text, name);
  return alone(value && name && { ...value, rule: name.rule });
}

/** At the end of a run that may be a PowerShell command. */
export function besideCommand(text: string, start: number, end: number): Beside | undefined {
  const value = secureString(text, start, end);
  return value && { parts: [{ ...value, kind: 'secret' }], end: Math.max(end, value.end) };
}

/** At a `<`. */
export function besideTag(text: string, at: number): Beside | undefined {
  const content = secretContent(text, at);
  if (content === undefined) return undefined;
  const { start, end, rule } = content;
  return {
    parts: [
      { start: at + 1, end: start },
      { start, end, kind: rule.kind },
    ],
    end,
  };
}
