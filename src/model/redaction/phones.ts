/**
 * Telephone numbers: with the code of a country (ITU-T E.164: 15 digits at most), in the groups of North America
 * (nanpa.com: area code and exchange begin with 2 to 9), and behind a name that says so.
 */
import type { Range } from '#model/redaction/values.ts';

/** Each group begins with its divider. */
const GROUPS = String.raw`(?:(?:[ ./-]\(?|\(|(?<=\)))\d{1,9}\)?){0,6}(?![\w@])`;
const INTERNATIONAL = new RegExp(String.raw`\+[1-9]\d{0,14}${GROUPS}`, 'y');
const BEHIND_NAME = new RegExp(String.raw`\d{1,15}${GROUPS}`, 'y');
const IN_BRACKETS = /\([2-9]\d{2}\) ?[2-9]\d{2}[-. ]\d{4}(?![\w-])/y;
const NORTH_AMERICAN = /(?:1[-. ])?[2-9]\d{2}([-. ])[2-9]\d{2}\1\d{4}(?![\w-])/y;

/** `phone=`, `"mobileNumber": "`, `tel:`, `Fax no. `: the last part of a name, with what divides it from its value. */
const NAME =
  /(?:(?<![A-Za-z])(?:tele)?phone|[a-z]Phone|(?<![A-Za-z])(?:mobile|tel|fax|cell|msisdn)|[a-z](?:Mobile|Tel|Fax|Cell|Msisdn)|(?<![A-Za-z])(?:(?:Tele)?[Pp]hone|Mobile|Tel|Fax|Cell|PHONE|MOBILE|TEL|FAX|CELL|MSISDN))(?:[ _-]?(?:[Nn]umber|[Nn]o|[Nn]r|NUMBER|NO))?\.?\\{0,3}["']?\s{0,2}(?:[:=]\s{0,2}|\s)\\{0,3}["']?\(?$/;
const NAME_CHARS = 40;

const FEWEST_INTERNATIONAL = 8;
/** Without the area code. */
const FEWEST_BEHIND_NAME = 6;
const MOST_DIGITS = 15;

const LAST_GROUP = /\D{1,2}\d{1,9}\)?$/;

const PLUS = 0x2b;
const BRACKET = 0x28;

/** The number whose first digits are the run at `start`; undefined where there is none. */
export function phoneAt(text: string, start: number): Range | undefined {
  const before = text.charCodeAt(start - 1);
  if (before === PLUS)
    return /[\w)]/.test(text[start - 2] ?? '') ? undefined : at(INTERNATIONAL, text, start - 1, FEWEST_INTERNATIONAL);
  const named = NAME.test(text.slice(Math.max(0, start - NAME_CHARS), start))
    ? at(BEHIND_NAME, text, start, FEWEST_BEHIND_NAME)
    : undefined;
  if (named !== undefined) return named;
  return before === BRACKET ? at(IN_BRACKETS, text, start - 1, 0) : at(NORTH_AMERICAN, text, start, 0);
}

function at(pattern: RegExp, text: string, start: number, fewest: number): Range | undefined {
  pattern.lastIndex = start;
  let [number = ''] = pattern.exec(text) ?? [];
  // The last groups are other numbers of the line.
  while (digitsIn(number) > MOST_DIGITS && LAST_GROUP.test(number)) number = number.replace(LAST_GROUP, '');
  if (number.split(')').length > number.split('(').length) number = number.replace(/\)$/, '');
  const digits = digitsIn(number);
  return number === '' || digits < fewest || digits > MOST_DIGITS ? undefined : { start, end: start + number.length };
}

function digitsIn(number: string): number {
  return number.replace(/\D/g, '').length;
}
