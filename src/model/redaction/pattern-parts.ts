/** Parts of patterns that the files of `placed.ts` share. */

/** A value that begins so is a template or a mask. */
export const NO_PLACEHOLDER = String.raw`(?![-$<*{%\[|])`;
export const NO_MARK = String.raw`(?!\[redacted)`;
/** A quote, also an escaped one. */
export const QUOTE = String.raw`\\{0,15}["']`;
export const BREAK = String.raw`[ \t]{0,8}\r?[\n\v]`;
export const LINE_END = String.raw`(?=[ \t]{0,8}(?:[\r\n\v]|$))`;
/** The time and the author in a line of a chat. */
export const SPOKEN = String.raw`(?:> ?)?(?:\[?\d{1,2}:\d\d(?::\d\d)?\]? {1,3})?(?:<[\w.-]{1,40}> {1,2}|[\w.-]{1,40}[:>] {1,2})?`;
