/**
 * Truncates texts for display. A cut could remove the end of a secret, or the name of its value, and leave an
 * unrecognisable part: so a text is redacted before it is cut.
 */
import { MARK_START } from '#model/redaction/mark.ts';
import { redact } from '#model/redaction/redaction.ts';

/** At most this many UTF-16 units and an ellipsis; a shorter text stays unchanged. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const clean = beginning(text, most);
  if (clean.length <= most) return clean;
  const kept = clean.slice(0, most).toWellFormed();
  const bracket = kept.lastIndexOf('[');
  return `${isCutMark(kept.slice(bracket)) ? kept.slice(0, bracket) : kept}…`;
}

/** A redaction mark is no part of a value. */
function isCutMark(end: string): boolean {
  return MARK_START.startsWith(end) || (end.startsWith(MARK_START) && !end.includes(']'));
}

/** The same on one line. */
export function cutLine(text: string, most: number): string {
  const isLine = text.length <= most && !text.includes('\n');
  const line = (isLine ? text : beginning(text, most)).replace(/\s+/g, ' ').trim();
  return cutText(line, most);
}

/** The same for the first line only: the next line may show that the first contains a secret. */
export function cutFirstLine(text: string, most: number): string {
  const whole = text.trim();
  const [line = ''] = (whole.includes('\n') ? beginning(whole, most) : whole).split('\n', 1);
  return cutText(line.trimEnd(), most);
}

/** Without secrets: all of a text, or as much as leaves more than enough. A megabyte is not read for a headline. */
function beginning(text: string, most: number): string {
  const window = 4 * most + MARGIN;
  if (text.length <= window) return redact(text);
  const clean = redact(text.slice(0, window));
  return clean.length > most + LONGEST_UNTOLD ? clean : redact(text);
}

const MARGIN = 4_096;
/**
 * How much the end of the window may have cut off: the length of the longest secret that only its whole form reveals.
 */
const LONGEST_UNTOLD = 1_024;
