import { byteTable } from '#decode/byte-table.ts';
import type { JsonCursor } from '#decode/json-cursor.ts';

/** Reads a member's name at the cursor. There are few: each becomes a string once. */
export function memberNames(json: JsonCursor): () => string {
  const literals = byteTable();
  const names: string[] = [];
  return () => {
    const from = json.at;
    json.skipText();
    const number = literals.ofBytes(json.bytes, from, json.at);
    names[number] ??= String(json.value(from, json.at));
    return names[number];
  };
}
