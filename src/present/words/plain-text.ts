/** Cleans text from spans and logs: no control characters, no credentials, no direction marks. */
import { memoize } from '#core/memoize.ts';
import { redact, redactionInForce, redactNamed } from '#model/redaction/redaction.ts';

/** On one line, with white space collapsed: for names, labels, sentences. */
export const shown = redactedUnlessKnown(onOneLine);

/** For the value of an attribute, whose name may mark it as a secret. */
export function shownNamed(name: string, value: string): string {
  return onOneLine(redactNamed(name, plainText(value)));
}

/** Keeps line breaks and tabs: for log lines and statements. */
export const shownLines = redactedUnlessKnown((text) => text);

/** The same for names. A trace of a hundred thousand spans has a few dozen, and each is cleaned only once. */
export function shownLinesOnce(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const clean = known.get(text) ?? shownLines(text);
    known.set(text, clean);
    return clean;
  };
}

/** Like `memoize`, for redacted texts: the cache is dropped when the redaction rules change. */
export function shownOnce<Of extends object, Made>(make: (of: Of) => Made): (of: Of) => Made {
  let once = memoize(make);
  let redaction = redactionInForce();
  return (of) => {
    if (redaction !== redactionInForce()) {
      once = memoize(make);
      redaction = redactionInForce();
    }
    return once(of);
  };
}

/** Most texts are names and our own sentences, which recur in the next trace of a file. In characters and texts. */
const LONGEST_KNOWN = 500;
const MOST_KNOWN = 2_000;

/**
 * Redacts before collapsing white space, because a line break ends a value, and before removing NUL, which divides user
 * and password. Caches only texts without redactions, so that no secret stays in memory.
 */
function redactedUnlessKnown(folded: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  let redaction = redactionInForce();
  return (text) => {
    if (redaction !== redactionInForce() || known.size >= MOST_KNOWN) {
      known.clear();
      redaction = redactionInForce();
    }
    const before = known.get(text);
    if (before !== undefined) return before;
    const plain = plainText(text.includes('\0') ? redact(text) : text);
    const clean = redact(plain);
    const made = folded(clean);
    if (clean === plain && text.length <= LONGEST_KNOWN) known.set(text, made);
    return made;
  };
}

const ESCAPE = String.fromCharCode(0x1b);
const BELL = String.fromCharCode(0x07);
/** Colours and cursor movements, and the title and link sequences that end with a bell or `ESC \`. */
const ANSI = new RegExp(
  String.raw`${ESCAPE}\[[0-?]*[ -/]*[@-~]|${ESCAPE}\][^${ESCAPE}${BELL}]*(?:${BELL}|${ESCAPE}\\)?|${ESCAPE}[@-Z\\^_]`,
  'g',
);

/** Redacts again, because a value from a separate line is now next to its name. */
function onOneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return text.includes('\n') ? redact(line) : line;
}

/**
 * Removes control characters, which move a terminal's cursor and are forbidden in XML, direction marks, which can make a
 * text read as another one, and zero-width characters, which hide in names. Keeps the joiners of emoji and Indian scripts
 * (U+200C, U+200D), line breaks and tabs. Half a surrogate pair becomes U+FFFD.
 */
function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(ANSI, '')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/(?![\n\t])\p{Cc}|(?![\u200c\u200d])\p{Cf}|\p{Noncharacter_Code_Point}/gu, '');
}
