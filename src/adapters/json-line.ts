/** Parts of a store's answer as JSON: one that cannot be written must not cost the others. */

/** Members that are nested too deep for `JSON.stringify` are left out. */
export function jsonLine(members: Readonly<Record<string, unknown>>): string {
  const flat = () => Object.entries(members).filter(([, value]) => typeof value !== 'object');
  return written(members) ?? JSON.stringify(Object.fromEntries(flat()));
}

/** '' for what is nested too deep, or is nothing. */
export function jsonText(value: unknown): string {
  return written(value) ?? '';
}

/** `JSON.stringify` recurses; `JSON.parse`, which made the value, does not. */
function written(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}
