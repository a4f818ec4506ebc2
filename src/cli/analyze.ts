/** `spanhound analyze <file…>`: diagnoses traces in files. A bad file does not affect the others. */
import type { Call } from '#cli/call.ts';
import { type DiagnosisOptions, formsFor } from '#cli/forms.ts';
import { openOutput } from '#cli/output.ts';
import { printResults } from '#cli/results.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { analyseFiles } from '#workflows/traces/analyse-files.ts';

export type AnalyzeOptions = DiagnosisOptions & Readonly<{ logs?: string; baseline?: string; changes?: string }>;

export async function analyze(
  call: Call,
  files: readonly string[],
  { logs, baseline, changes, ...options }: AnalyzeOptions,
): Promise<number> {
  const output = openOutput(call);
  const forms = formsFor(output, options);
  const investigation = await composeInvestigation(await loadAnalysisConfig(call.env, call.options.config));
  const request = {
    files,
    logs: logs === undefined ? [] : [logs],
    baselines: baseline === undefined ? [] : [baseline],
    changes: changes === undefined ? [] : [changes],
    forms,
  };
  try {
    return await printResults(output, {
      inputs: files,
      results: analyseFiles(investigation, request),
      nameOf: ({ file }) => file,
    });
  } finally {
    await investigation.stop();
  }
}
