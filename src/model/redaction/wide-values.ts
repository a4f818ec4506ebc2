/**
 * Unquoted values with spaces end at the next pair, part or line, where it is clear that they are one value:
 *
 *  Server=db;Password=my pass word;Database=shop     a part between semicolons
 *  {user: jo, password: my pass word}                a member between commas
 *  db.password = correct horse battery               a line of settings
 *
 * Elsewhere a value ends at white space: the rest belongs to a sentence.
 */
import { isPassword, type Named } from '#model/redaction/names.ts';
import { isState } from '#model/redaction/no-secret.ts';
import { endAt, isAt } from '#model/redaction/sticky.ts';

type Range = Readonly<{ start: number; end: number }>;

/**
 * The end of a value that has no space so far; its start where a sentence continues. `sign`: the position of the `:` or
 * `=` before it.
 */
export function widerEnd(text: string, named: Named, sign: number, bare: Range): number {
  const isSpaced = /[ \t]/.test(text[bare.end] ?? '');
  const wider =
    (isSpaced ? (partEnd(text, named, sign, bare) ?? memberEnd(text, named, sign, bare)) : undefined) ??
    lineEnd(text, named, sign, bare) ??
    (isSpaced ? propertyEnd(text, named, sign, bare) : undefined);
  if (wider !== undefined) return wider;
  // "password: 12 bytes", "contraseña: mínimo 12 caracteres"
  const isTold = text[sign] === ':' && text[sign + 1] === ' ';
  const goesOn =
    isTold &&
    /^(?:\p{Ll}+|\d{1,4})$/u.test(text.slice(bare.start, bare.end)) &&
    /^ (?:\p{Ll}|\d{1,3} \p{L})/u.test(text.slice(bare.end, bare.end + 6));
  return goesOn ? bare.start : bare.end;
}

/** `-Dgpg.passphrase=Regen Bogen -pl core`: words with capitals, up to the next option of the command. */
function propertyEnd(text: string, named: Named, sign: number, { start, end }: Range): number | undefined {
  if (
    text[sign] !== '=' ||
    !isPassword(named.rule) ||
    !/^-{1,2}[A-Za-z]/.test(text.slice(named.start, named.start + 3))
  )
    return undefined;
  const wider = /^[A-Z][a-z]+$/.test(text.slice(start, end)) ? endAt(CAPITALS, text, end) : end;
  return wider > end ? wider : undefined;
}

const CAPITALS = /(?: [A-Z][a-z]{2,20}){1,6}(?= -|\s{0,4}(?:[\r\n\v]|$))/y;

const PART = /[^;="'\r\n\v\\]{1,200}(?=;|\\{0,15}["'])/y;
const NEXT_PART = /; ?[A-Za-z][\w ]{0,40}=/y;

/**
 * In a connection string: a semicolon stands before the name, or another name after the semicolon that ends the value.
 */
function partEnd(text: string, { start: nameStart }: Named, sign: number, { start, end }: Range): number | undefined {
  if (text[sign] !== '=') return undefined;
  const partEnd = endAt(PART, text, start);
  if (partEnd <= end) return undefined;
  const isBehindPart = /;[ \t]?(?:[\w.-]+ ){0,2}$/.test(
    text.slice(Math.max(0, nameStart - PART_NAME_CHARS), nameStart),
  );
  return isBehindPart || isAt(NEXT_PART, text, partEnd) ? partEnd : undefined;
}

const PART_NAME_CHARS = 40;

const MEMBER = /[^,{}[\]:="'\r\n\v\\]{1,100}(?=[,}])/y;

/** A member in braces, between commas. */
function memberEnd(text: string, { start: nameStart }: Named, sign: number, { start, end }: Range): number | undefined {
  if (text[sign] !== ':') return undefined;
  const memberEnd = start + text.slice(start, endAt(MEMBER, text, start)).trimEnd().length;
  if (memberEnd <= end || saysSomethingElse(text.slice(start, memberEnd))) return undefined;
  const before = text.slice(Math.max(0, nameStart - BRACE_CHARS), nameStart);
  return /[{,]\s{0,8}["']?$/.test(before) && before.lastIndexOf('{') > before.lastIndexOf('}') ? memberEnd : undefined;
}

const BRACE_CHARS = 200;

const REST = /[^\r\n\v\0"']{1,400}/y;
/** Also the end of the text around it. */
const LINE_END = /[\r\n\v]|$|\\{0,15}["'](?=\s?[,}\]]|$)/y;
const COMMENT = /\s(?:#|\/\/).*$/s;
const ANOTHER_PAIR = /(?:^|[\s,;&])["']?[\w.-]+["']?\s?[=:]/;

/** A block, a function, an assignment. */
const CODE = /[{([]$|=>| = /;

/** For a line with only this pair, between other such lines or a few neutral words. */
function lineEnd(text: string, named: Named, sign: number, { start, end }: Range): number | undefined {
  const restEnd = endAt(REST, text, start);
  if (restEnd <= end || !isAt(LINE_END, text, restEnd) || !beginsLine(text, named.start)) return undefined;
  const value = text
    .slice(start, restEnd)
    .replace(COMMENT, '')
    .replace(/(?<![;,\s])[;,\s]+$/, '');
  const words = value.split(/[ \t]+/);
  if (start + value.length <= end || ANOTHER_PAIR.test(value) || CODE.test(value)) return undefined;
  if (isState(words[0] ?? '')) return undefined;
  if (words.length === 1) return text[sign] === '=' ? start + value.length : undefined;
  const isPlain = text[sign] === '=' || isPassword(named.rule);
  const isPhrase =
    isPlain && words.length <= MOST_WORDS && /^[A-Za-z]+$/.test(words[0] ?? '') && !saysSomethingElse(value);
  return isPhrase || isAmongSettings(text, named.start, restEnd) ? start + value.length : undefined;
}

/** The most words of a value; longer texts are sentences. */
const MOST_WORDS = 8;

function saysSomethingElse(value: string): boolean {
  return /[():,]/.test(value) || value.split(/\s+/).some(isState);
}

/** Only the sign of a list item or of a comment, or `export`, precedes the name. */
export function beginsLine(text: string, nameStart: number): boolean {
  return LINE_BEGINS.test(
    `${nameStart > LINE_HEAD_CHARS ? '.' : '\n'}${text.slice(Math.max(0, nameStart - LINE_HEAD_CHARS), nameStart)}`,
  );
}

const LINE_HEAD_CHARS = 40;
const LINE_BEGINS = /[\n\v][ \t]*(?:(?:[-+#]|\/\/|export|set|ENV|ARG) ?){0,2}["']?$/;

/** Whether the line before or after is a pair, too. */
function isAmongSettings(text: string, nameStart: number, lineEnd: number): boolean {
  const before = text.slice(Math.max(0, nameStart - NEIGHBOUR_CHARS), nameStart).split(/[\n\v]/);
  const after = text.slice(lineEnd, lineEnd + NEIGHBOUR_CHARS).split(/[\n\v]/);
  return SETTING.test(before.at(-2) ?? '') || SETTING.test(after[1] ?? '');
}

const NEIGHBOUR_CHARS = 200;
const SETTING = /^[ \t]*(?:[-#] ?)?["']?[\w.-]{1,64}["']?[ \t]*[:=](?:[ \t]|$|["'\w])/;
