import { shownLines } from '#present/plain-text.ts';

/** Says on stderr what went wrong and what to do: what somebody else wrote is in it, and a terminal does what it is told. */
export function tell(message: string, advice: string): void {
  process.stderr.write(`spanhound: ${shownLines(message)}\n${shownLines(advice)}\n`);
}
