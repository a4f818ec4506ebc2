/**
 * The content of a Kubernetes Secret, in YAML and in JSON. All its values are secret, whatever their names are:
 *
 *   kind: Secret          {"kind":"Secret","data":{"user":"am8="}}
 *   stringData:
 *     pin: hunter2
 */
import { scalarsIn } from '#model/redaction/containers.ts';
import { MARK_START } from '#model/redaction/mark.ts';
import type { NameRule } from '#model/redaction/names.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';

/** Behind the sign of `data` or `stringData`; the values in order, empty where it is no Secret's. */
export function valuesOfSecret(
  text: string,
  name: string,
  nameAt: number,
  from: number,
  limit: number,
): readonly Range[] {
  const after = endAt(BLANKS, text, from);
  const isObject = text[after] === '{';
  if (!isObject && !isAt(LINE, text, after)) return [];
  if (name.toLowerCase() === 'data' && !isOfSecret(text, nameAt)) return [];
  const values = isObject
    ? scalarsIn(text, after, limit, SEALED).scalars.filter(({ kind }) => kind !== undefined)
    : valuesBelow(text, nameAt, after);
  return values.filter(
    ({ start, end }) => end > start && !text.startsWith(MARK_START, start) && !isPlace(text, start, end),
  );
}

/**
 * Where a service is, and nothing else: the name says so, and the value is an address without a user, a path or parameters.
 * Any other value of a Secret stays a secret, whatever its name.
 */
function isPlace(text: string, start: number, end: number): boolean {
  return (
    end - start <= LONGEST_PLACE &&
    OF_PLACE.test(text.slice(Math.max(0, start - NAME_CHARS), start)) &&
    PLACE.test(text.slice(start, end))
  );
}

const OF_PLACE =
  /(?:^|[-_.\s"'{,])(?:host(?:name)?|endpoint|ur[il]|addr(?:ess)?|server)\\{0,15}["']?\s{0,3}:\s{0,20}\\{0,15}["']?$/i;
const PLACE = /^(?:https?|wss?|grpcs?|tcp):\/\/[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){0,8}(?::\d{1,5})?\/?$/i;
const LONGEST_PLACE = 200;
const NAME_CHARS = 80;

/** No member inside says otherwise: its word is none of `members.ts`. */
const SEALED: NameRule = { kind: 'secret', word: 'stringdata', stands: 'alone', isMade: false };

const BLANKS = /[ \t]*/y;
const KIND = /\bkind\\{0,15}["']?\s{0,3}:\s{0,3}\\{0,15}["']?Secret(?!\w)/;
/** The kind stands before the data or behind it. */
const NEAR = 4_000;

/** kubernetes.io/docs/reference/kubernetes-api, "Secret": the path of a request, or the command, names what it changes. */
const REQUESTED = /\/secrets\/[\w.-]{1,253}(?![\w.-])|\bpatch secrets?[ /][\w.-]{1,253} /;
const NEAR_REQUEST = 400;

function isOfSecret(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - NEAR), at);
  const after = text.slice(at, at + NEAR);
  return (
    (before.includes('Secret') && KIND.test(before.slice(before.lastIndexOf('\n---') + 1))) ||
    (after.includes('Secret') && KIND.test(after.split('\n---', 1)[0] ?? '')) ||
    REQUESTED.test(before.slice(-NEAR_REQUEST)) ||
    isOfVault(before, after)
  );
}

/** developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2, "Read secret version": `metadata` stands before the data or behind it. */
function isOfVault(before: string, after: string): boolean {
  return METADATA_BEHIND.test(after) || METADATA_BEFORE.test(before);
}

const METADATA_BEHIND =
  /^data\\{0,15}"\s{0,3}:\s{0,3}\{[^{}]{0,2000}\},?\s{0,60}\\{0,15}"metadata\\{0,15}"\s{0,3}:\s{0,3}\{\s{0,60}\\{0,15}"created_time/;
const METADATA_BEFORE =
  /"metadata\\{0,15}"\s{0,3}:\s{0,3}\{\s{0,60}\\{0,15}"created_time[^{}]{0,600}(?:\{[^{}]{0,300}\}[^{}]{0,300})?\},\s{0,60}\\{0,15}"$/;

const LINE = /(?:\r?\n|\v)([-+]?[ \t]*)([^\r\n\v]*)/y;
const MEMBER = /^(?:[\w.-]{1,253}|["'][^"']{1,253}["'])\s?:\s{0,20}(?:[|>][-+\d]{0,2}$)?["']?/;

/** The members that are indented deeper than the name, and the lines of their texts. */
function valuesBelow(text: string, nameAt: number, from: number): readonly Range[] {
  const indent = indentOf(text, nameAt);
  const values: Range[] = [];
  for (let at = from; ; ) {
    const line = matchAt(LINE, text, at);
    if (line === undefined) return values;
    const [whole, blanks = '', said = ''] = line;
    at = line.index + whole.length;
    if (said === '') continue;
    // The sign of a line in a diff
    if (blanks.length <= indent || (indent === 0 && /^[-+]/.test(blanks))) return values;
    const [member = ''] = MEMBER.exec(said) ?? [];
    const value = said.slice(member.length).trimEnd();
    const start = at - said.length + member.length;
    values.push({ start, end: start + value.length - (/["']$/.test(value) ? 1 : 0) });
  }
}

function indentOf(text: string, at: number): number {
  const head = text.slice(Math.max(0, at - LONGEST_INDENT), at);
  return head.split(/[\n\v]/).at(-1)?.length ?? 0;
}

const LONGEST_INDENT = 100;
