import { shown, shownLines } from '#present/words/plain-text.ts';

/**
 * Writes an error to stderr, in one line or several, and the advice. External names are escaped: a line break in one
 * would look like the program's own output.
 */
export function tell(message: string | readonly string[], advice: string): void {
  const lines = [message].flat().map(shown);
  process.stderr.write(`spanhound: ${lines.join('\n')}\n${shownLines(advice)}\n`);
}
