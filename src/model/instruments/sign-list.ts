/**
 * The words by which the field's instruments (libraries, runtimes, databases, proxies) report one thing in one place. A
 * further instrument is one line of a list. `instruments.ts` has all lists; `docs/formats.md` shows them.
 */

export type Sign = Readonly<{
  /** The instrument: `HikariCP`. */
  by: string;
  says: RegExp;
  /** A text as the instrument writes it. A test reads it. */
  example: string;
  /** Where the instrument documents it. */
  source: string;
}>;

/** The source of words that no library owns: people name spans, events and fields so. */
export const CUSTOMARY = 'docs/formats.md#words-of-instruments';

export type SignList<Kind extends Sign = Sign> = Readonly<{
  signs: readonly Kind[];
  test(text: string): boolean;
  /** The first sign that the text has. */
  find(text: string): Kind | undefined;
  /** All signs as one pattern. */
  pattern(): RegExp;
}>;

/** Every text with a sign matches `may`: it compiles in a tenth of the time, and most texts do not match. */
export function signList<Kind extends Sign>(may: RegExp, signs: readonly Kind[]): SignList<Kind> {
  let whole: RegExp | undefined;
  const pattern = () => {
    whole ??= new RegExp(signs.map(({ says }) => says.source).join('|'), 'i');
    return whole;
  };
  const test = (text: string) => may.test(text) && pattern().test(text);
  return { signs, pattern, test, find: (text) => (test(text) ? signs.find(({ says }) => says.test(text)) : undefined) };
}
