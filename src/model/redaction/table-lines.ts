/** Lines of tables: a header, the line above it, lines of dashes. Each look is bounded. */
import { endAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';

/** `end` is behind the last row, or behind the header where no row fits it. */
export type Table = Readonly<{ secrets: readonly Range[]; end: number }>;

/** A header line, and where its first row begins. */
export type Header = Readonly<{ start: number; end: number; rows: number }>;

/** The line of a name; undefined where no line follows, as in most logs, or where it is too long for a header. */
export function headerAt(text: string, { start: nameStart, end: nameEnd }: Range): Header | undefined {
  const end = endAt(REST_OF_LINE, text, nameEnd);
  const rows = endAt(NEXT_LINE, text, end);
  const start = rows === end ? -1 : lineStart(text, nameStart);
  return start < 0 ? undefined : { start, end, rows };
}

/** -1 where the line is too long for a header. */
function lineStart(text: string, at: number): number {
  const from = Math.max(0, at - LONGEST_HEADER);
  const before = text.slice(from, at);
  const last = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r'), before.lastIndexOf('\v'));
  return last < 0 && from > 0 ? -1 : from + last + 1;
}

const LONGEST_HEADER = 1_000;
export const REST_OF_LINE: RegExp = /[^\r\n\v]{0,1000}/y;
export const NEXT_LINE: RegExp = /(?:\r?\n|\v)/y;

type Line = Readonly<{ start: number; text: string }>;

/** The line before the one that begins at `start`. */
export function lineAbove(text: string, start: number): Line | undefined {
  const end = text.startsWith('\r\n', start - 2) ? start - 2 : start - 1;
  const from = end <= 0 ? -1 : lineStart(text, end);
  return from < 0 ? undefined : { start: from, text: text.slice(from, end) };
}

const RULE_LINE = /[-+|=: ─━═│┌┐└┘├┤┬┴┼╞╡╪╔╗╚╝╠╣╦╩╬]{3,1000}(?=[\r\n\v]|$)/y;

/** Where a line of dashes ends; `at` itself where none stands. */
export function ruleEnd(text: string, at: number): number {
  return endAt(RULE_LINE, text, at);
}

/** Lists of names in statements and in programs. */
const CODE = /[({=]|\b(?:select|from|import|export|const|let|def|return|insert|order by|group by)\b/i;

/** Whether a line is part of a statement or a program. */
export function isCode(line: string): boolean {
  return CODE.test(line);
}
