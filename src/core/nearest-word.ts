/** The known word that somebody most likely meant. */

/** A swapped pair of letters counts two. */
const MAX_SLIPS = 2;

/**
 * The most similar known word, if it differs only by a typo; else undefined. Upper and lower case are one. A word of three
 * letters with two slips is another word: there may be as many slips as a third of the letters, and two at most.
 */
export function nearestWord(typed: string, known: Iterable<string>): string | undefined {
  const [best] = [...known]
    .map((word) => ({ word, slips: distance(typed.toLowerCase(), word.toLowerCase()) }))
    .sort((a, b) => a.slips - b.slips);
  return best !== undefined && best.slips <= Math.min(MAX_SLIPS, best.word.length / 3) ? best.word : undefined;
}

/** The Levenshtein distance: how many letters to insert, drop or change. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (let column = 0; column < b.length; column++) {
      const changed = (previous[column] ?? 0) + (letter === b[column] ? 0 : 1);
      current.push(Math.min(changed, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
