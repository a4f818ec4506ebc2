/**
 * Replaces characters of other keyboards by plain ones, so that the patterns of typed text need not know them:
 * full-width and mathematical letters and digits, the digits of other scripts, wide and no-break spaces, other colons and
 * hyphens. It leaves out invisible marks, such as those around a date copied from Windows.
 */

/** `end`: where a beginning of `plain` with that length ends in the written text. */
export function plainCharacters(written: string): Readonly<{ plain: string; end(length: number): number }> {
  const ends = [0];
  let plain = '';
  let at = 0;
  for (const character of written) {
    at += character.length;
    plain += plainOf(character);
    while (ends.length <= plain.length) ends.push(at);
    // An invisible mark belongs to the character before it.
    ends[plain.length] = at;
  }
  return { plain, end: (length) => ends[length] ?? at };
}

function plainOf(character: string): string {
  if (/[\n -~]/.test(character)) return character;
  if (/\p{Zs}/u.test(character)) return ' ';
  if (/\p{Cf}/u.test(character)) return '';
  if (/[\u2236\ua789]/.test(character)) return ':';
  if (/[\u2010\u2011\u2212]/.test(character)) return '-';
  const folded = character.normalize('NFKC');
  if (/^[!-~]$/.test(folded)) return folded;
  return DIGIT.test(character) ? String(digitOf(character.codePointAt(0) ?? 0)) : character;
}

const DIGIT = /\p{Nd}/u;

/** In Unicode the zero of each script ends in 0 or in 6 (hexadecimal), and the other digits follow it. */
function digitOf(point: number): number {
  const row = point & ~0xf;
  return (point - row + (DIGIT.test(String.fromCodePoint(row)) ? 0 : 10)) % 16;
}
