import { shown, shownLines } from '#present/plain-text.ts';

/**
 * Says on stderr what went wrong, in one line or several, and what to do. Names that somebody else chose are in a line: a
 * break in one of them would go on as if the program said so.
 */
export function tell(message: string | readonly string[], advice: string): void {
  const lines = [message].flat().map(shown);
  process.stderr.write(`spanhound: ${lines.join('\n')}\n${shownLines(advice)}\n`);
}
