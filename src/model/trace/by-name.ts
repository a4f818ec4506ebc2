/**
 * Caches a value per name, by the name's number. The traces of a body share its names. Where it has many more names
 * than a trace has spans, as in a search result, an array over all names for each trace would cost as much as all
 * traces together.
 */

/** With fewer names per span than this, an array is allocated immediately. */
const NAMES_A_SPAN = 64;

function isSparse(spans: number, names: number): boolean {
  return names > spans * NAMES_A_SPAN;
}

/** Computed once for each name, and 0 or more. */
export function onceByName(spans: number, names: number, make: (name: number) => number): (name: number) => number {
  if (isSparse(spans, names)) {
    const made = new Map<number, number>();
    return (name) => {
      const value = made.get(name) ?? make(name);
      made.set(name, value);
      return value;
    };
  }
  let made: Int32Array | undefined;
  return (name) => {
    made ??= new Int32Array(names).fill(-1);
    const known = made[name] ?? -1;
    if (known >= 0) return known;
    const value = make(name);
    made[name] = value;
    return value;
  };
}

/** The numbers in a column, each once, in order of their first span. `size`: how many there are in the body. */
export function numbersIn(column: Int32Array, size: number): number[] {
  if (column.length <= FEW_SPANS) return distinct(column);
  if (isSparse(column.length, size)) return [...new Set(column)];
  const seen = new Uint8Array(size);
  const found: number[] = [];
  for (let i = 0; i < column.length; i += 1) {
    const number = column[i] ?? 0;
    if (seen[number] === 1) continue;
    seen[number] = 1;
    found.push(number);
  }
  return found;
}

/** Up to this many, comparing them with each other is as fast as a table. */
const FEW_SPANS = 8;

function distinct(column: Int32Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < column.length; i += 1) {
    const number = column[i] ?? 0;
    if (!found.includes(number)) found.push(number);
  }
  return found;
}
