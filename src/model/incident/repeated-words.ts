/** Whether a text says again what another one says, also in part and with other punctuation. */

/**
 * So many words in a row are a repetition: the length of the example in Broder, "On the resemblance and containment of
 * documents" (1997), section 2. A shorter text has to be there as a whole.
 */
const RUN = 4;

/** `said`: the texts whose words are looked for. One without letters and digits is never found. */
export function repeats(text: string, said: readonly string[]): boolean {
  const own = ` ${wordsIn(text).join(' ')} `;
  return said.some((one) => runsOf(wordsIn(one)).some((run) => own.includes(` ${run} `)));
}

function runsOf(words: readonly string[]): readonly string[] {
  const count = words.length === 0 ? 0 : Math.max(1, words.length - RUN + 1);
  return Array.from({ length: count }, (_, at) => words.slice(at, at + RUN).join(' '));
}

function wordsIn(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
