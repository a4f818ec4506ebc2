/**
 * What a name says about the text beside it: after a sign, after a word of a sentence, after an option, between tags.
 * Each function examines one position of a text and returns its secret parts.
 */
import { secretOfUserInfo } from '#model/redaction/addresses.ts';
import { credentialsAt, secretParameters } from '#model/redaction/authorization.ts';
import { valuesBelow } from '#model/redaction/blocks.ts';
import { boundRow, boundValues, valuesBefore } from '#model/redaction/bound-values.ts';
import { copiedValues, listedValues } from '#model/redaction/columns.ts';
import { clauseValue, optionValue, secureString, shortOption, userOption } from '#model/redaction/commands.ts';
import { scalarsIn } from '#model/redaction/containers.ts';
import { secretCookies } from '#model/redaction/cookies.ts';
import { furtherValues } from '#model/redaction/further-values.ts';
import { GENERATED, isOfRandomPassword, isOfSecretResource } from '#model/redaction/generated.ts';
import { privateMembers } from '#model/redaction/key-sets.ts';
import { valuesOfSecret } from '#model/redaction/manifests.ts';
import { MARK_START } from '#model/redaction/mark.ts';
import { secretContent } from '#model/redaction/markup.ts';
import { valueOfPlace } from '#model/redaction/named-places.ts';
import { endingAt, isHeader, isPassword, isRule, type Named, named, namedAt } from '#model/redaction/names.ts';
import { nestedKey } from '#model/redaction/nested-keys.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import {
  formValue,
  partnerFrom,
  partnerOf,
  valueBesideName,
  valueInObject,
  valueInTuple,
  valueNamedNext,
} from '#model/redaction/pairs.ts';
import { positionalValues } from '#model/redaction/positional-rows.ts';
import {
  answerTo,
  FIRST_WITHOUT_SPACES,
  labelledValue,
  oldAndNew,
  toldValue,
  valueBefore,
} from '#model/redaction/sentences.ts';
import { curlCookie, optionOfSecret, secretsSet, setValue } from '#model/redaction/setting-commands.ts';
import { spokenValues } from '#model/redaction/spoken.ts';
import { insertedValues } from '#model/redaction/sql.ts';
import { bracketedStandInEnd } from '#model/redaction/stand-ins.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import type { Table } from '#model/redaction/table-lines.ts';
import { expandedCell, pairedCell, tableAt } from '#model/redaction/tables.ts';
import { credentialEnd, promptEnd, subjectEnd } from '#model/redaction/trades/prompts.ts';
import { idBesideKey, isBlank, nameEnd, type Range, type Sign, valueAt, valueStart } from '#model/redaction/values.ts';

/** Without a kind the part stays, but it may contain another secret. */
export type Part = Range & Readonly<{ kind?: string | undefined }>;

/** Parts in order, and the position from which nothing is known yet. `tableEnd`: where the rows below a header end. */
export type Beside = Readonly<{ parts: readonly Part[]; end: number; tableEnd?: number }>;

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
  if (isRule(ending)) return ofName(text, named(text, last, ending), sign, limit);
  if (ending.kind === 'generated')
    return isOfRandomPassword(text, last) ? ofSecret(text, named(text, last, GENERATED), sign, limit) : undefined;
  if (ending.kind === 'manifest') {
    const values = valuesOfSecret(text, ending.word, last - ending.word.length + 1, valueStart(text, sign), limit);
    return values.length === 0 ? undefined : severalFrom(after, values);
  }
  if (ending.kind === 'key-type') return ofKey(after, privateMembers(text, at));
  if (ending.kind === 'bound') {
    const values = valuesBefore(text, after);
    return values.length === 0 ? undefined : severalFrom(after, values);
  }
  if (ending.kind === 'naming') return ofNaming(text, last, sign, limit);
  return ofValue(text, last, sign, limit);
}

/** Behind `key`, `name` and the like: a key in a section, a part of a form, or the name of another member. */
function ofNaming(text: string, last: number, sign: Sign, limit: number): Beside | undefined {
  const key = nestedKey(text, last, sign);
  return key ? ofSecret(text, key, sign, limit) : (alone(formValue(text, sign)) ?? ofPair(text, sign, limit));
}

/** Behind `value`: another member names it, or the resource of Terraform around it. */
function ofValue(text: string, last: number, sign: Sign, limit: number): Beside | undefined {
  const mayBeTerraform = text[sign.at] === '=' && text[sign.at - 1] === ' ';
  return mayBeTerraform && isOfSecretResource(text, last)
    ? ofSecret(text, named(text, last, GENERATED), sign, limit)
    : alone(valueNamedNext(text, sign));
}

/** Some members stand before the type of their key, in the part that is read already. */
function ofKey(after: number, values: readonly Range[]): Beside | undefined {
  if (values.length === 0) return undefined;
  const isBefore = values.map(({ end }) => end <= after);
  const earlier = values.filter((_, at) => isBefore[at]).map((range) => ({ ...range, kind: 'secret' }));
  const later = severalFrom(
    after,
    values.filter((_, at) => !isBefore[at]),
  );
  return { parts: [...earlier, ...later.parts], end: later.end };
}

/** `[redacted:secret]=` is no name. */
const MARK_ENDS = /\[redacted:[a-z0-9:-]*$/;
const LONGEST_MARK = 90;

function alone(value: (Range & Pick<Named, 'rule'>) | undefined): Beside | undefined {
  return value && { parts: [{ kind: value.rule.kind, start: value.start, end: value.end }], end: value.end };
}

/** Behind the name of a secret, unless it is a step of a path. */
function ofName(text: string, name: Named, sign: Sign, limit: number): Beside | undefined {
  return isPath(text, name, sign) ? undefined : ofSecret(text, name, sign, limit);
}

function ofSecret(text: string, name: Named, sign: Sign, limit: number): Beside | undefined {
  const { kind } = name.rule;
  const from = valueStart(text, sign);
  const slice = endAt(SLICE, text, from);
  if (slice > from) return ofSecret(text, name, { ...sign, after: slice }, limit);
  const resolved = resolvedEnd(text, from, name.start);
  if (resolved > from) return { parts: [], end: resolved };
  const known = Math.max(
    promptEnd(text, name.start, from),
    credentialEnd(text, name.start, from),
    subjectEnd(text, from),
    idBesideKey(text, name, from),
  );
  if (known > from) return { parts: [], end: known };
  if (/[[{]/.test(text[from] ?? '')) return inBrackets(text, name, sign, from, limit);
  const inside = insideOfText(text, name, from, limit);
  if (inside !== undefined) return inside;
  const below = valuesBelow(text, name, from);
  if (below.length > 0) return { parts: below.map((range) => ({ ...range, kind })), end: below.at(-1)?.end ?? from };
  // `${PASS:?missing}`
  if (text.startsWith('${', name.start - 2) && /[?+=-]/.test(text[sign.after] ?? ''))
    return ofDefault(text, name, sign);
  const held = ofPlace(text, name, from);
  if (held !== undefined) return held;
  if (isHeader(kind)) return ofHeader(text, name, sign);
  const value = valueAt(text, name, sign);
  return (
    changedTo(text, kind, value ?? { start: from, end: endAt(MARKED, text, from) }) ?? withOther(text, name, value)
  );
}

/** `cenik::auth::password::verify`, `Password::validate(x)`: steps of a name in Rust, C++, Ruby, Perl and Puppet. */
function isPath(text: string, { end, text: name }: Named, { at }: Sign): boolean {
  if (at !== end || !text.startsWith('::', at)) return false;
  const isInside = BEHIND_STEP.test(text.slice(Math.max(0, end - name.length - 2), end));
  return isAt(isInside ? STEP : STEP_AND_MORE, text, at);
}

const BEHIND_STEP = /::[\w<>]{1,64}$/;
const STEP = /::[A-Za-z_<{]/y;
const STEP_AND_MORE = /::[A-Za-z_]\w{0,60}(?:::[A-Za-z_<{]|[(<!])/y;

/**
 * docs.aws.amazon.com/secretsmanager, "GetSecretValue": the secret is JSON in a text. Its users, hosts and ports stay, as in
 * an object; a text that does not end as an object is secret as a whole.
 */
function insideOfText(text: string, { rule }: Named, from: number, limit: number): Beside | undefined {
  if (rule.word !== 'secretstring') return undefined;
  const [quote = ''] = matchAt(OBJECT_IN_TEXT, text, from) ?? [];
  if (quote === '') return undefined;
  const { scalars, end } = scalarsIn(text, from + quote.length, limit, rule);
  return text[end - 1] === '}' && text.startsWith(quote, end) ? { parts: scalars, end } : undefined;
}

const OBJECT_IN_TEXT = /\\{0,15}["'](?=\{\\{1,15}["'])/y;

/** gnu.org/software/bash/manual, "Shell Parameter Expansion": `${PASSWORD:-x}` states what counts without the variable. */
const DEFAULT = /[-=](\\{0,15}["'])?(?![$<{"'])([^\s}"'\\]{1,200})(?=\\{0,15}["']?\})/y;

function ofDefault(text: string, { rule, text: name }: Named, { after }: Sign): Beside | undefined {
  const [whole = '', , value = ''] = matchAt(DEFAULT, text, after) ?? [];
  const said = { rule, name, value, isQuoted: false, isTold: false };
  const end = after + whole.length;
  return whole === '' || isNoSecret(said) ? undefined : alone({ rule, start: end - value.length, end });
}

/** Where the value is a place of a statement: what its parameters hold. */
function ofPlace(text: string, name: Named, from: number): Beside | undefined {
  const bound = boundValues(text, from);
  if (bound.length > 0) return severalFrom(from, bound);
  const held = valueOfPlace(text, name, from);
  if (held === undefined) return undefined;
  return held.start < from ? { parts: [{ ...held, kind: name.rule.kind }], end: from } : severalFrom(from, [held]);
}

/** The secret part of a header: the value of a session cookie, the signature among the parameters. */
function ofHeader(text: string, name: Named, sign: Sign): Beside | undefined {
  const { kind } = name.rule;
  if (text.startsWith('::', sign.at)) return undefined; // a member of a class: `[Net.Cookie]::new(…)`
  const value = kind === 'cookie' ? valueAt(text, name, sign) : credentialsAt(text, name, sign);
  if (value === undefined) return undefined;
  const several = kind === 'cookie' ? secretCookies(text, value) : secretParameters(text, valueStart(text, sign));
  return several === undefined
    ? alone({ ...value, rule: name.rule })
    : severalFrom(valueStart(text, sign), several, value.end, kind);
}

/** "old password: x, new: y" */
function withOther(text: string, name: Named, value: Range | undefined): Beside | undefined {
  if (value === undefined) return undefined;
  const { rule } = name;
  const others = furtherValues(text, name, value.end);
  return others.length === 0
    ? alone({ ...value, rule })
    : severalFrom(value.start, [value, ...others], undefined, rule.kind);
}

/** The old value and the new one; the old one may be redacted already. */
function changedTo(text: string, kind: string, old: Range): Beside | undefined {
  const changed = old.end > old.start ? matchAt(CHANGED, text, old.end) : undefined;
  if (changed === undefined) return undefined;
  const end = old.end + changed[0].length;
  const start = end - (changed[1] ?? '').length;
  return {
    parts: [
      { ...old, kind: isAt(MARKED, text, old.start) ? undefined : kind },
      { start, end, kind },
    ],
    end,
  };
}

/** Go writes the type of a list before it, TypeScript, Python and Rust that of a text behind the name. */
const SLICE =
  /\[\](?:string|interface \{\}|any)\{|(?:string|str|String|&(?:'static )?str|Optional\[str\]|SecretStr|bytes)(?: \| (?:null|undefined|None))? = (?=[b&]?["'`])/y;

/** A mark, or what a plan writes in its place: `"(old)"`. */
const MARKED = /\\{0,15}["']?(?:\[redacted:[^\]\r\n]{1,80}\]|\([a-z][a-z -]{1,30}\)(?=\\{0,15}" -> ))/y;

/** The new value in a plan of Terraform: `"old" -> "new"`. */
const CHANGED = /\\{0,15}" -> \\{0,15}"(?!\[redacted)([^"\r\n\v\\]{1,400})(?=\\{0,15}")/y;

const TEMPLATE = /\$?\{\{[^{}\r\n\v]{0,200}\}\}/y;
/** getsops.io/docs, github.com/voxpupuli/hiera-eyaml, jasypt.org: what somebody encrypted to keep it in a repository. */
const SEALED = /ENC(?:\[[A-Z\d_]{2,20},[^\]\r\n\v]{1,8000}\]|\([\w+/=.-]{8,4000}\))/y;
/** docs.ansible.com, "Encrypting individual variables with Ansible Vault": the tag, the header, the ciphertext. */
const VAULT =
  /!vault[ \t]{1,4}[|>][-+\d]{0,2}\s{1,60}\$ANSIBLE_VAULT;[\w.;-]{1,80}(?:\s{1,60}[\da-f]{8,400}(?!\w)){0,400}/y;
/** kafka.apache.org/documentation, "Config Providers": the path and the key of a secret. */
const OF_PROVIDER = /[\w./-]{1,100}:[\w.-]{1,100}(?=\})/y;
const RESOLVING = /\{\{resolve:[^{}\s"']{0,200}$/;
const REST_OF_RESOLVING = /[^{}\s"']{0,200}\}\}/y;
const RESOLVING_CHARS = 210;

/** The end of a template or an encrypted text that is the value, or of a template that contains the name: `{{resolve:secretsmanager:x:SecretString:y}}`. */
function resolvedEnd(text: string, from: number, nameStart: number): number {
  if (text.startsWith('{{', from)) return endAt(TEMPLATE, text, from);
  if (text.startsWith('!vault', from)) return endAt(VAULT, text, from);
  if (text.startsWith('ENC', from)) return endAt(SEALED, text, from);
  if (text.startsWith('${secrets:', nameStart - 2)) return endAt(OF_PROVIDER, text, from);
  if (text[from - 1] !== ':' || !/[:/]/.test(text[nameStart - 1] ?? '')) return from;
  const isResolving = RESOLVING.test(text.slice(Math.max(0, nameStart - RESOLVING_CHARS), nameStart));
  return isResolving ? endAt(REST_OF_RESOLVING, text, from) : from;
}

/** Database drivers write values in braces and double a closing brace inside: `PWD={my p;ass}};`. */
const BRACED = /\{((?:[^}\r\n\v]|\}\}){1,200})\}(?!\})/y;
const MEMBER = /^\s*["']?[\w.$-]{1,80}["']?\s*[=:]/;

function inBrackets(text: string, name: Named, sign: Sign, from: number, limit: number): Beside | undefined {
  const { rule } = name;
  if (text.startsWith(MARK_START, from)) return undefined;
  const standIn = bracketedStandInEnd(text, from);
  if (standIn > from) return { parts: [], end: standIn };
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
    /^(?:$|[\s"'`,)\]\\<]|[:.!?](?:\s|$))/.test(text.slice(end, end + 2))
  );
}

const CLOSING_QUOTE = /\\{0,15}["']/y;

/** Behind `"name":`: the values that another member holds, sometimes an old and a new one. */
function ofPair(text: string, sign: Sign, limit: number): Beside | undefined {
  const parts: Part[] = [];
  let end = sign.after;
  for (let partner = partnerOf(text, sign); partner !== undefined; ) {
    const value = ofSecret(text, partner.named, partner.sign, limit);
    parts.push({ start: end, end: partner.sign.at }, ...(value?.parts ?? []));
    end = value?.end ?? partner.sign.after;
    partner = partnerFrom(text, partner.named, endAt(CLOSING_QUOTE, text, end));
  }
  return parts.length === 0 ? undefined : { parts, end };
}

/** At the end of a word that no sign follows: `IDENTIFIED BY '…'`, a sentence, a pair in brackets. */
export function besideWord(text: string, start: number, end: number, isInTable: boolean): Beside | undefined {
  const name = namedAt(text, end - 1);
  const cell = name && besideCell(text, name);
  if (cell !== undefined) return cell;
  const table = isInTable ? undefined : tableOf(text, start, name);
  if (table === undefined) return besideSpace(text, start, end, name);
  const { secrets, end: tableEnd } = table;
  if (secrets.length > 0) return { ...severalFrom(end, secrets, tableEnd), end: tableEnd, tableEnd };
  return { ...(besideSpace(text, start, end, name) ?? { parts: [], end }), tableEnd };
}

/** Where rows follow the names of their columns. */
function tableOf(text: string, start: number, name: Named | undefined): Table | undefined {
  return name === undefined ? copiedValues(text, start) : (listedValues(text, name) ?? tableAt(text, name));
}

/** Where no rows follow. */
function besideSpace(text: string, start: number, end: number, name: Named | undefined): Beside | undefined {
  if (!isBlank(text.charCodeAt(end))) return withoutSpace(text, name, end);
  return inStatement(text, start, end) ?? (name && behindName(text, name, end));
}

/** A quote, a comma, a bracket, a line break, or a sign of a script without spaces follows. */
function withoutSpace(text: string, name: Named | undefined, end: number): Beside | undefined {
  if (name === undefined) return undefined;
  if (text.charCodeAt(end) >= FIRST_WITHOUT_SPACES) return withOther(text, name, toldValue(text, name));
  const option = text.startsWith('--', name.start) ? optionValue(text, end) : undefined;
  const given = argumentOf(text, name, end);
  if (given !== undefined) return alone({ ...given, rule: name.rule });
  const beside = option ? { ...option, rule: name.rule } : (valueBesideName(text, name) ?? valueInObject(text, name));
  const labelled = beside === undefined ? labelledValue(text, name) : undefined;
  return alone(labelled ? { ...labelled, rule: name.rule } : beside) ?? spoken(text, name);
}

/** `setPassword("x")`, `.withToken('x')`: the name of a function that takes the secret. */
const ARGUMENT = /\(\s?[bu]?(\\{0,15}["'`])([^"'`\r\n\v\\]{3,400})\1\s?\)/y;
const GIVES =
  /(?:^|[^.\w])credentials$|(?:get|has|find|read|load|fetch|look\w{0,8}|require|is|resolve|delete|remove|missing|invalid|no|by|env)[A-Z_]\w{0,40}$/;

function argumentOf(text: string, { rule, text: name }: Named, end: number): Range | undefined {
  const [whole = '', quote = '', value = ''] = matchAt(ARGUMENT, text, end) ?? [];
  if (whole === '' || rule.kind !== 'secret' || GIVES.test(name)) return undefined;
  if (isNoSecret({ rule, name, value, isQuoted: true, isTold: false })) return undefined;
  const start = end + whole.indexOf(quote) + quote.length;
  return { start, end: start + value.length };
}

/** Where the name is a cell: of a row of psql, of a tuple. */
function besideCell(text: string, name: Named): Beside | undefined {
  const cell = expandedCell(text, name) ?? pairedCell(text, name) ?? valueInTuple(text, name);
  return alone(cell && { ...cell, rule: name.rule });
}

/** `INSERT INTO users (password) VALUES ('…')`, `IDENTIFIED BY '…'` */
function inStatement(text: string, start: number, end: number): Beside | undefined {
  const inserted = [...insertedValues(text, start), ...positionalValues(text, start)];
  if (inserted.length > 0) return severalFrom(end, inserted);
  const bound = boundRow(text, start);
  if (bound.length > 0) return severalFrom(end, bound);
  const clause = clauseValue(text, start);
  return clause && { parts: [{ ...clause, kind: 'secret' }], end: clause.end };
}

function behindName(text: string, name: Named, end: number): Beside | undefined {
  const several = name.rule.word === 'secrets' ? secretsSet(text, end) : [];
  if (several.length > 0) return severalFrom(end, several);
  const block = name.rule.word === 'tokens' ? endAt(BLOCK, text, end) : end;
  if (block > end) return inBlock(text, name, block - 1);
  if (text.startsWith('--', name.start)) return withOther(text, name, optionValue(text, end));
  const both = oldAndNew(text, name);
  if (both !== undefined) return alone({ ...both, rule: name.rule });
  const told = setValue(text, name) ?? toldValue(text, name) ?? answerTo(text, name);
  return told === undefined ? spoken(text, name) : withOther(text, name, told);
}

/** What the words around the name say. */
function spoken(text: string, name: Named): Beside | undefined {
  const values = spokenValues(text, name);
  if (values.length === 0) return withOther(text, name, valueBefore(text, name));
  const first = values[0]?.start ?? name.end;
  return severalFrom(first < name.start ? first : name.end, values, undefined, name.rule.kind);
}

/** developer.hashicorp.com/consul, "ACL parameters": `tokens { agent = "…" }` */
const BLOCK = /[ \t]{1,8}\{/y;

function inBlock(text: string, { rule }: Named, open: number): Beside {
  const { scalars, end } = scalarsIn(text, open, text.length, rule, true);
  return { parts: scalars, end };
}

/** What stands between the values may contain another secret. */
function severalFrom(from: number, values: readonly Range[], last = from, kind = 'secret'): Beside {
  let end = from;
  const parts = values.flatMap((value): Part[] => {
    const between = { start: end, end: value.start };
    end = value.end;
    return [between, { start: value.start, end: value.end, kind }];
  });
  return { parts: last > end ? [...parts, { start: end, end: last }] : parts, end };
}

/** Behind a run that begins with a dash. */
export function besideDash(text: string, start: number, end: number): Beside | undefined {
  const user = userOption(text, start);
  if (user !== undefined) return { parts: [secretOfUserInfo(text, user)], end: user.end };
  const cookie = curlCookie(text, start, end);
  if (cookie !== undefined) return severalFrom(end, secretCookies(text, cookie), cookie.end, 'cookie');
  const value = shortOption(text, start) ?? optionValue(text, end) ?? optionOfSecret(text, start, end);
  return value && { parts: [{ ...value, kind: 'secret' }], end: value.end };
}

/** At the end of a word in a script without case or spaces. */
export function besideOtherScript(text: string, last: number): Beside | undefined {
  const name = namedAt(text, last);
  if (name === undefined) return undefined;
  const value = toldValue(text, name);
  return value === undefined ? spoken(text, name) : withOther(text, name, value);
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
