/** `spanhound postmortem lint FILE`: what to rewrite in any Markdown postmortem before it is published. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { textOfInput } from '#cli/input.ts';
import { openOutput } from '#cli/output.ts';
import { composeRedaction } from '#compose/redaction.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { loadPostmortemTemplates } from '#config/postmortem-templates.ts';
import { UnreadableInputError } from '#core/errors.ts';
import { nameOfInput } from '#core/file-trouble.ts';
import { lintText } from '#present/tools/lint-text.ts';
import { lintPostmortem } from '#workflows/postmortem/lint-postmortem.ts';

/** `names`: as one types them, `Kim Larsen,bob`. */
export type LintOptions = Readonly<{ names?: readonly string[] }>;

/** The exit code says whether something must be mended first. */
export async function lint(call: Call, file: string, { names = [] }: LintOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = await loadAnalysisConfig(call.env, call.options.config);
  await composeRedaction(config);
  const templates = loadPostmortemTemplates(config.incidents.postmortemTemplates);
  const people = names.flatMap((given) => given.split(',')).flatMap((name) => name.trim() || []);
  const text = await textOfInput(file);
  if (text.trim() === '')
    throw new UnreadableInputError(`${nameOfInput(file)} is empty`, 'Name a postmortem in Markdown.');
  const findings = lintPostmortem(text, people, templates);
  await output.write(
    output.form === 'json' ? `${JSON.stringify(findings)}\n` : lintText(nameOfInput(file), findings, people.length > 0),
  );
  return findings.some(({ blocks }) => blocks) ? EXIT.checkFailed : EXIT.done;
}
