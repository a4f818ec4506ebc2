/** A short number for a text, so that two texts are compared without keeping both. It protects against nobody. */

/** FNV-1a of the UTF-16 units from `from` on: eight hexadecimal digits. http://www.isthe.com/chongo/tech/comp/fnv/ */
export function textNumber(text: string, from = 0, start = 0x81_1c_9d_c5): string {
  let hash = start;
  for (let at = from; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
