/** The end of a JSON text in unvalidated bytes. */
import { QUOTE } from '#decode/json-cursor.ts';

const BACKSLASH = 0x5c;

/**
 * `from` is the opening quote. Returns the position after the closing one, or the end of the bytes where it is missing.
 */
export function jsonTextEnd(json: Uint8Array, from: number): number {
  for (let at = from + 1; at < json.length; at += 1) {
    if (json[at] === BACKSLASH) at += 1;
    else if (json[at] === QUOTE) return at + 1;
  }
  return json.length;
}
