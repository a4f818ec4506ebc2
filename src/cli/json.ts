/** `spanhound json`: formats, minifies, sorts and queries a document. */

import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { textOfInput } from '#cli/input.ts';
import { openOutput } from '#cli/output.ts';
import { composeRedaction } from '#compose/redaction.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { nameOfInput } from '#core/file-trouble.ts';
import { writeJson } from '#utilities/json-document.ts';
import { formatJson } from '#workflows/tools/format-json.ts';

export type JsonOptions = Readonly<{ query?: string; minify?: true; sort?: true; unfold?: true; raw?: true }>;

export async function json(call: Call, file: string, options: JsonOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  await composeRedaction(await loadAnalysisConfig(call.env, call.options.config));
  const { query, minify, sort = false, unfold = false, raw = false } = options;
  const text = await textOfInput(file);
  const name = nameOfInput(file);
  const { documents, causes, notes } = formatJson({ text, name, query, sort, unfold, raw });
  const indented = minify === undefined && output.form === 'text';
  await output.write(documents.map((document) => `${writeJson(document, { indented })}\n`).join(''));
  for (const said of [...causes, ...notes]) process.stderr.write(`${said}.\n`);
  if (documents.length === 0) process.stderr.write('The query matches nothing.\n');
  return EXIT.done;
}
