/** `spanhound trace <id>`: the same diagnosis as in Slack. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { type DiagnosisOptions, formsFor, shown } from '#cli/forms.ts';
import { type Content, openOutput } from '#cli/output.ts';
import { openProgress } from '#cli/progress.ts';
import { tell } from '#cli/tell.ts';
import { composeLiveInvestigation } from '#compose/live-investigation.ts';
import { linkedSystems, settingsFor } from '#compose/systems.ts';
import { loadConfig } from '#config/load.ts';
import { UsageError } from '#core/errors.ts';
import { readAskedText } from '#model/trace/asked-for.ts';
import { severalTraceIds } from '#model/trace/trace-id.ts';
import { diagnoseTrace } from '#workflows/traces/diagnose-trace.ts';

export async function trace(call: Call, id: string, options: DiagnosisOptions = {}): Promise<number> {
  const several = severalTraceIds(id);
  if (several.length > 0) {
    throw new UsageError(
      `this names ${several.length} traces: ${several.join(', ')}`,
      'Give one of them. `spanhound compare` shows the differences between traces.',
    );
  }
  const reference = readAskedText(id);
  if (reference === undefined) {
    throw new UsageError(
      'this does not name a trace',
      `Usage: spanhound trace <id>, the id or the link as ${await linkedSystems()} shows it.`,
    );
  }
  const output = openOutput(call);
  const forms = formsFor(output, options);
  const investigation = await composeLiveInvestigation(loadConfig(call.env, call.options.config));
  const { deadlineMs, traceSources, logSources } = investigation;
  if (reference.kind === 'text' && /\s/.test(reference.text) && logSources.length === 0) {
    await investigation.stop();
    throw new UsageError(
      'this is no trace id: Spanhound searches logs for such a text, and no source of logs is configured',
      `Set ${await settingsFor('logs')}, or give the id or the link of a trace.`,
    );
  }
  const progress = openProgress();
  if (traceSources.length > 0) progress.say(`Asking ${namesOf(traceSources)} for the trace…`);
  try {
    let content: Content = '';
    let note = '';
    for await (const { stage, analysed } of diagnoseTrace(investigation, {
      reference,
      forms,
      deadlineMs,
    })) {
      content = shown(analysed, output.form);
      note = analysed.report.subject.askedNote ?? '';
      if (stage === 'trace' && logSources.length > 0) {
        progress.say(`The trace is here. Asking ${namesOf(logSources)} for its logs…`);
      }
    }
    progress.end();
    if (output.form === 'png' && note !== '') tell(note, 'The picture does not say so.');
    await output.write(content);
    return EXIT.done;
  } finally {
    progress.end();
    await investigation.stop();
  }
}

function namesOf(sources: readonly Readonly<{ name: string }>[]): string {
  return sources.map(({ name }) => name).join(' and ');
}
