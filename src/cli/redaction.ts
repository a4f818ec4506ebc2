/** `spanhound redaction test`: shows how a text would be redacted, and why. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { textOfInput } from '#cli/input.ts';
import { openOutput } from '#cli/output.ts';
import { composeRedaction } from '#compose/redaction.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { redact, redactions, redactionsIn } from '#model/redaction/redaction.ts';
import { shownLines } from '#present/words/plain-text.ts';
import { takenText, whyTaken } from '#present/words/redaction-text.ts';

export async function testRedaction(call: Call, text: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  await composeRedaction(await loadAnalysisConfig(call.env, call.options.config));
  const tested = redactionTest(text === '-' ? await textOfInput('-') : text);
  await output.write(output.form === 'json' ? `${JSON.stringify(tested)}\n` : said(tested));
  return EXIT.done;
}

/** `start` and `end` are the position of a value, in UTF-16 units. The values themselves are not included. */
type RedactionTest = Readonly<{
  text: string;
  redactions: ReturnType<typeof redactionsIn>;
  taken: readonly Readonly<{ kind: string; mark: string; why: string; start: number; end: number }>[];
}>;

function redactionTest(input: string): RedactionTest {
  const found = redactions(input);
  return {
    text: redact(input),
    redactions: redactionsIn(found.map(({ mark }) => mark).join('')),
    taken: found.map(({ kind, mark, start, end }) => ({ kind, mark, why: whyTaken(kind), start, end })),
  };
}

function said({ text, redactions, taken }: RedactionTest): string {
  const shown = shownLines(text).trimEnd();
  if (taken.length === 0) return `${shown}\n\nNothing would be redacted.\n`;
  const whys = new Map(taken.map(({ mark, why }) => [mark, why]));
  const width = Math.max(...[...whys.keys()].map((mark) => mark.length));
  const rows = [...whys].map(([mark, why]) => `  ${mark.padEnd(width)}  ${why}`);
  return `${[shown, '', `Redacted: ${takenText(redactions)}`, ...rows].join('\n')}\n`;
}
