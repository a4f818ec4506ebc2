/** Six letters and digits for a text, the same for the same text; who has no key cannot find the text by trying. */
export function keyedNames(key: string): (text: string) => string {
  // Loaded here, for most command lines take nothing out.
  const { createHmac } = process.getBuiltinModule('node:crypto');
  const known = new Map<string, string>();
  return (text) => {
    const name = known.get(text) ?? lettersOf(createHmac('sha256', key).update(text).digest());
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, name);
    return name;
  };
}

const MOST_KNOWN = 10_000;

/** 30 bits: of a thousand texts two are called the same once in two thousand times. */
function lettersOf(hash: Buffer): string {
  return [0, 1, 2, 3, 4, 5].map((at) => LETTERS[(hash[at] ?? 0) & 31]).join('');
}

/** Without those that look like others (0 and o, 1 and l). */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
