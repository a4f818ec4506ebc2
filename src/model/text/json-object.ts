/** Objects of parsed JSON, with anything in any place. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deeper values are given up: nobody reads them, and a hostile one would exhaust the stack or have an endless name. */
export const MAX_DEPTH = 32;

/**
 * What is no object, in the order of the text, with the names on its way: `{"http":{"status_code":200}}` has
 * `http.status_code`. An object that lies too deep comes as it is.
 */
export function* leavesOf(object: JsonObject): Generator<readonly [name: string, value: unknown]> {
  const waiting = membersOf(object, '', 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { name, value, depth } = next;
    if (isObject(value) && depth < MAX_DEPTH) waiting.push(...membersOf(value, `${name}.`, depth));
    else yield [name, value];
  }
}

type Member = Readonly<{ name: string; value: unknown; depth: number }>;

/** The first one last, as they are taken from the end. */
function membersOf(object: JsonObject, prefix: string, depth: number): Member[] {
  return Object.entries(object)
    .map(([key, value]) => ({ name: `${prefix}${key}`, value, depth: depth + 1 }))
    .reverse();
}
