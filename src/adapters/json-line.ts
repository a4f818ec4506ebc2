/** A log line of a store as JSON: one that cannot be written must not cost the others. */

/** Members that are nested too deep for `JSON.stringify` are left out. */
export function jsonLine(members: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(members);
  } catch (error) {
    // It recurses; JSON.parse, which made the members, does not.
    if (!(error instanceof RangeError)) throw error;
    const flat = Object.entries(members).filter(([, value]) => typeof value !== 'object');
    return JSON.stringify(Object.fromEntries(flat));
  }
}
