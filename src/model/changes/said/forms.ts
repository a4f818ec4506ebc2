/**
 * Values that a change writes in another form, where the failure quotes such a value: with a unit, or with a comma.
 *
 *   -  "depth": f"{d:.0f}",         could not convert string to float: '118 cm'
 *   +  "depth": f"{d:.0f} cm",      ◄── the unit is new
 */
import type { Touched } from '#model/changes/said/values.ts';
import { FAILURE_KINDS } from '#model/logs/complaint.ts';

/** The failures are in lower case, and quote a value that begins like a number. */
const WITH_UNIT = /["'`“‘]\s?-?\d{1,9}(?:[.,]\d{1,6})?\s{0,2}([a-z%€$£°µ]{1,8}(?:\/[a-z]{1,5})?)["'`”’]/g;
const WITH_COMMA = /(?<![\d.,])\d{1,9},\d{1,4}(?![\d,])/;
/** In one line of code. */
const LITERAL = /(["'`])((?:(?!\1)[^\n\\]){1,200})\1/g;
/** Ways to write a decimal comma: Python, JavaScript, Java, PHP, .NET. */
const COMMA =
  /["']\.["']\s?,\s?["'],["']|,\s?["'],["']\s?[,)]|\bdecimal_?sep\w{0,10}["']?\s?[:=]\s?["'],["']|\b(?:de|fr|es|it|nl|pt|pl|sv|nb|da|fi|cs|ru)[-_][A-Z]{2}\b|\bLocale\.(?:GERMAN\w{0,1}|FRANCE|FRENCH|ITALY|ITALIAN)\b|\.toLocaleString\(|\bCultureInfo\.CurrentCulture\b/;

/** What its values have now that the reader cannot read; empty where the failure quotes nothing of the kind. */
export function valueForm({ added, removed }: Touched, failure: string): string {
  if (added === '' || !FAILURE_KINDS.format.test(failure)) return '';
  const before = literalsOf(removed);
  const now = literalsOf(added);
  for (const [, unit = ''] of failure.matchAll(WITH_UNIT))
    if (now.some((text) => endsWith(text, unit)) && !before.some((text) => endsWith(text, unit)))
      return `it writes values with “${unit}”, which the failure cannot read`;
  const isComma = WITH_COMMA.test(failure) && COMMA.test(added) && !COMMA.test(removed);
  return isComma ? 'it writes numbers with a comma, which the failure cannot read' : '';
}

function literalsOf(text: string): readonly string[] {
  return Array.from(text.matchAll(LITERAL), ([, , inner = '']) => inner.toLowerCase());
}

/** `{d:.0f} cm`, `%d km/h`, ` kg`: the unit is the last word, and stands behind a number, or alone. */
function endsWith(text: string, unit: string): boolean {
  const said = text.trimEnd();
  return said.endsWith(unit) && !/[a-z]/.test(said.at(-unit.length - 1) ?? ' ');
}
