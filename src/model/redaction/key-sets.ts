/**
 * The private members of a JSON Web Key (RFC 7518, section 6), whose names are letters: `{"kty": "RSA", "n": …, "d": …}`.
 */
import { isAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';

/** Without the public ones: `n`, `e`, `x`, `y`. */
export const PRIVATE_MEMBERS: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']);

/**
 * Whether a member is a coordinate of a public key, or the modulus of one: the curves' lengths are those of sections 6.2 and
 * RFC 8037, the moduli have 1,024 to 4,096 bits.
 */
export function isCoordinate(name: string, value: string): boolean {
  if (name === 'n') return /^(?:[\w-]{86}|[\w-]{128}|[\w-]{171,683})$/.test(value);
  return (name === 'x' || name === 'y') && /^(?:[\w-]{43}|[\w-]{64}|[\w-]{75,76}|[\w-]{88})$/.test(value);
}

const KEY_TYPE = /\s{0,8}\\{0,15}["'](?:RSA|EC|OKP|oct)\\{0,15}["']/y;
const PRIVATE_MEMBER = /["'](?:d[pq]?|p|qi?|k)\\{0,15}["']\s{0,8}:\s{0,8}\\{0,15}["']([\w+/=-]{8,3000})/g;
/** Before the type and behind it; a key of 4,096 bits has 3,200 characters. */
const LONGEST_KEY = 4_000;

/** The values around the type of a key, in order; `at` is the sign behind its name. */
export function privateMembers(text: string, at: number): readonly Range[] {
  if (!isAt(KEY_TYPE, text, at + 1)) return [];
  const before = text.slice(Math.max(0, at - LONGEST_KEY), at);
  const start = at - before.length + before.lastIndexOf('{') + 1;
  const [after = ''] = text.slice(at, at + LONGEST_KEY).split('}', 1);
  return Array.from(
    text.slice(start, at + after.length).matchAll(PRIVATE_MEMBER),
    ({ 0: whole, 1: value = '', index }) => {
      const end = start + index + whole.length;
      return { start: end - value.length, end };
    },
  );
}
