/**
 * Redacts plain data where it leaves, as a whole and last: whatever built it, and whatever that forgot. What has no
 * secret stays the same object.
 */
import { redactionInForce, redactNamed } from '#model/redaction/redaction.ts';

/** `kept`: members that stay as they are, because a program reads them again. */
export function sealed<Data>(data: Data, kept: ReadonlySet<string> = NONE): Data {
  return sealedAs('', data, kept) as Data;
}

const NONE: ReadonlySet<string> = new Set();

/** Members of a message or a form that Slack sends back to us, or that say how it looks. */
export const SENT_BACK: ReadonlySet<string> = new Set(
  'type style value action_id block_id callback_id private_metadata external_id'.split(' '),
);

function sealedAs(name: string, data: unknown, kept: ReadonlySet<string>): unknown {
  if (typeof data === 'string') return kept.has(name) ? data : sealedText(name, data);
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return data;
  return Array.isArray(data) ? sealedList(name, data, kept) : sealedMembers(data, kept);
}

function sealedList(name: string, list: readonly unknown[], kept: ReadonlySet<string>): readonly unknown[] {
  const clean = list.map((item) => sealedAs(name, item, kept));
  return clean.every((item, at) => item === list[at]) ? list : clean;
}

function sealedMembers(object: object, kept: ReadonlySet<string>): object {
  let isSame = true;
  const members = Object.entries(object).map(([name, value]) => {
    const clean: readonly [string, unknown] = [sealedText('', name), sealedAs(name, value, kept)];
    isSame &&= clean[0] === name && clean[1] === value;
    return clean;
  });
  return isSame ? object : Object.fromEntries(members);
}

/** Reports of many traces repeat their texts. In characters and texts; no secret stays in memory. */
const LONGEST_KNOWN = 500;
const MOST_KNOWN = 5_000;
/** By the name of their member. A text of name and text together would have to be made and hashed each time. */
const known = new Map<string, Set<string>>();
let knownTexts = 0;
let redaction = redactionInForce();

function sealedText(name: string, text: string): string {
  if (redaction !== redactionInForce() || knownTexts >= MOST_KNOWN) {
    known.clear();
    knownTexts = 0;
    redaction = redactionInForce();
  }
  let own = known.get(name);
  if (own?.has(text)) return text;
  const clean = redactNamed(name, text);
  if (clean !== text || text.length > LONGEST_KNOWN) return clean;
  if (own === undefined) {
    own = new Set();
    known.set(name, own);
  }
  own.add(text);
  knownTexts += 1;
  return text;
}
