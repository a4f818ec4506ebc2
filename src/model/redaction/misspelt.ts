/**
 * Words for a password with one slip of the keys, as people type them in a chat: two letters in the wrong order, one letter
 * too few or twice, the letter of a neighbouring key, a last letter that sounds alike.
 */

/** What each letter's neighbours are on the left and on the right, by the rows of a keyboard in English and in German. */
const ROWS: readonly string[] = ['qwertyuiop', 'qwertzuiop', 'asdfghjkl', 'zxcvbnm', 'yxcvbnm'];

/** Every such form of a word, without the word. The first letter is right: people see a wrong one. */
export function misspelt(word: string): readonly string[] {
  const forms = Array.from({ length: word.length - 1 }, (_, before) => slipsAt(word, before + 1)).flat();
  return [...new Set(forms)].filter((form) => form !== word && !OTHER_WORDS.has(form));
}

function slipsAt(word: string, at: number): string[] {
  const head = word.slice(0, at);
  const letter = word[at] ?? '';
  const next = word[at + 1] ?? '';
  const tail = word.slice(at + 1);
  return [
    head + tail,
    head + letter + letter + tail,
    ...(next === '' ? [] : [head + next + letter + tail.slice(1)]),
    ...[...neighboursOf(letter), ...(next === '' ? (ALIKE[letter] ?? '') : '')].map((other) => head + other + tail),
  ];
}

/** Last letters that sound alike. */
const ALIKE: Readonly<Record<string, string>> = { d: 't', t: 'd' };

function neighboursOf(letter: string): string[] {
  return ROWS.flatMap((row) => {
    const at = row.indexOf(letter);
    return at < 0 ? [] : [row[at - 1] ?? '', row[at + 1] ?? ''];
  }).filter((other) => other !== '');
}

/** Forms that are words of their own, in any language. */
const OTHER_WORDS: ReadonlySet<string> = new Set(['passord', 'passport']);
