/** `spanhound analyze <file…>`: the diagnosis of traces that lie in files. A bad file costs nothing but itself. */
import type { Call } from '#cli/call.ts';
import { EXIT, exitCodeOfRecord, tell } from '#cli/failure.ts';
import { formsFor, shown } from '#cli/forms.ts';
import { type Output, openOutput } from '#cli/output.ts';
import { openProgress } from '#cli/progress.ts';
import { composeInvestigation } from '#compose.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { UsageError } from '#core/errors.ts';
import { type AnalysedFile, analyseFiles } from '#workflows/analyse-files.ts';

type AnalyzeOptions = Readonly<{ logs?: string; spans?: true }>;

export async function analyze(call: Call, files: readonly string[], { logs, spans }: AnalyzeOptions): Promise<number> {
  const output = openOutput(call);
  if (spans && output.form !== 'json') {
    throw new UsageError('--spans adds to the JSON', 'Add --json, or leave --spans out.');
  }
  const investigation = await composeInvestigation(await loadAnalysisConfig(call.env, call.options.config));
  const request = { files, logs: logs === undefined ? [] : [logs], forms: formsFor(output, { spans: spans === true }) };
  const print = printer(output, files.length > 1);
  const progress = openProgress();
  let reports = 0;
  let worst: number = EXIT.done;
  progress.say(`Reading ${files[0]}…`);
  try {
    for await (const result of analyseFiles(investigation, request)) {
      progress.end();
      if ('analysed' in result) reports++;
      else worst = files.length === 1 ? exitCodeOfRecord(result.error) : EXIT.badInput;
      await print(result);
    }
  } finally {
    progress.end();
    await investigation.stop();
  }
  return reports > 0 ? EXIT.done : worst;
}

function printer({ form, write }: Output, several: boolean): (result: AnalysedFile) => Promise<void> {
  let written = 0;
  return async (result) => {
    if (!('analysed' in result)) {
      tell(result.error.message, result.error.advice);
      if (form === 'json') await write(`${JSON.stringify(result)}\n`);
      return;
    }
    if (written > 0 && (form === 'html' || form === 'png')) {
      throw new UsageError(
        `there are several traces, and one ${form} shows one: only the first was written`,
        'Name one file with one trace, or choose --format md or --json.',
      );
    }
    await write(joined(shown(result.analysed, form), written++, form, several ? result.file : ''));
  };
}

/** Text and Markdown of several traces follow one another, each under the name of its file. */
function joined(content: string | Uint8Array, before: number, form: string, file: string): string | Uint8Array {
  if (typeof content !== 'string' || (form !== 'text' && form !== 'md')) return content;
  const gap = before > 0 ? '\n' : '';
  if (file === '') return gap + content;
  return form === 'md'
    ? `${gap}<!-- ${file.replaceAll('--', '- -')} -->\n\n${content}`
    : `${gap}── ${file}\n${content}`;
}
