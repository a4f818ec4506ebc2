/** Text from spans and logs as it may be shown: no control characters, no credentials, no tricks with direction. */
import { memoize } from '#core/memoize.ts';
import { redact, redactionInForce, redactNamed } from '#model/redaction/redaction.ts';

/** One line, white space folded: for names, labels, sentences. */
export const shown = redactedUnlessKnown(onOneLine);

/** The value of an attribute: its name may say that it is a secret. */
export function shownNamed(name: string, value: string): string {
  return onOneLine(redactNamed(name, plainText(value)));
}

/** Keeps line breaks and tabs: for log lines and statements. */
export const shownLines = redactedUnlessKnown((text) => text);

/** The same for names: a trace of a hundred thousand spans has a few dozen, and each is cleaned once. */
export function shownLinesOnce(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const clean = known.get(text) ?? shownLines(text);
    known.set(text, clean);
    return clean;
  };
}

/** As `memoize`, of what may be shown: for as long as the same is taken out of texts. */
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

/** Most texts are names and sentences of ours, which come again in the next trace of a file. In characters and texts. */
const LONGEST_KNOWN = 500;
const MOST_KNOWN = 2_000;

/** Redacted before it is folded, since lines tell where a value ends. Only that of which nothing was taken out is remembered: no secret stays behind. */
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
    const told = plainText(text);
    const clean = redact(told);
    const made = folded(clean);
    if (clean === told && text.length <= LONGEST_KNOWN) known.set(text, made);
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

/** A value that stood on a line of its own stands beside its name then. */
function onOneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return text.includes('\n') ? redact(line) : line;
}

/**
 * Control characters would move the cursor of a terminal, and XML forbids them; marks of direction turn a text around
 * so that it reads as something else; characters without width hide in names. The joiners of emoji and of Indian
 * scripts (U+200C, U+200D) stay, and so do line breaks and tabs. Half a surrogate pair becomes U+FFFD.
 */
function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(ANSI, '')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/(?![\n\t])\p{Cc}|(?![\u200c\u200d])\p{Cf}|\p{Noncharacter_Code_Point}/gu, '');
}
