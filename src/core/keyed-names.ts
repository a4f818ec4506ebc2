/**
 * Six letters and digits for a text, always the same for the same text. Without the key, nobody can find the text by
 * guessing.
 */
export function keyedNames(key: string): (text: string) => string {
  // Loaded here, because most command lines redact nothing.
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

/** 30 bits: among a thousand texts, the chance of a collision is one in two thousand. */
function lettersOf(hash: Buffer): string {
  return [0, 1, 2, 3, 4, 5].map((at) => LETTERS[(hash[at] ?? 0) & 31]).join('');
}

/** Without characters that look alike (0 and o, 1 and l). */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
