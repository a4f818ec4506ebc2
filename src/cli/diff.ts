/** `spanhound diff`: shows the differences between two documents, requests or texts. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { textOfInput } from '#cli/input.ts';
import { openOutput } from '#cli/output.ts';
import { composeRedaction } from '#compose/redaction.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { UsageError } from '#core/errors.ts';
import { differencesText } from '#present/tools/difference-text.ts';
import { type Comparison, compareDocuments } from '#workflows/tools/compare-documents.ts';

export type DiffOptions = Readonly<{ text?: true; raw?: true }>;

export async function diff(call: Call, before: string, after: string, { text, raw }: DiffOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  await composeRedaction(await loadAnalysisConfig(call.env, call.options.config));
  if (before === '-' && after === '-') {
    throw new UsageError('standard input cannot be both', 'Name a file for one of them.');
  }
  const [left, right] = [await given(before), await given(after)];
  const compared = compareDocuments({ before: left, after: right, asText: text, raw });
  await output.write(output.form === 'json' ? `${JSON.stringify(asJson(compared))}\n` : asText(compared));
  return EXIT.done;
}

/** A document, or the file that contains it. */
async function given(word: string): Promise<string> {
  return /^\s*(?:[{[]|curl\s)/.test(word) ? word : await textOfInput(word);
}

function asText(compared: Comparison): string {
  if (compared.kind === 'json') return differencesText(compared.differences);
  if (compared.cut) return 'They differ in more than 1,000 lines.\n';
  return compared.patch === '' ? 'No difference.\n' : compared.patch;
}

function asJson(compared: Comparison): object {
  if (compared.kind === 'json') return { ...compared, equal: compared.differences.length === 0 };
  return { ...compared, equal: compared.patch === '' && !compared.cut };
}
