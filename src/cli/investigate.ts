/**
 * `spanhound investigate`: diagnoses an alert, or a service in a time window, from the configured sources. It also
 * diagnoses recorded cases from their folders alone.
 */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { type DiagnosisOptions, formsFor, shown } from '#cli/forms.ts';
import { openOutput } from '#cli/output.ts';
import { openProgress } from '#cli/progress.ts';
import { printResults } from '#cli/results.ts';
import { composeAlertReader } from '#compose/alert-reader.ts';
import { composeCaseDisk } from '#compose/cases.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { composeLiveInvestigation } from '#compose/live-investigation.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#core/clock.ts';
import { UsageError } from '#core/errors.ts';
import type { Alert } from '#model/incident/alert.ts';
import { diagnoseAlert } from '#workflows/alerts/diagnose-alert.ts';
import { caseFolders } from '#workflows/cases/case-folders.ts';
import { replayCases } from '#workflows/cases/replay-case.ts';
import type { DiagnosisStage } from '#workflows/traces/diagnose-trace.ts';
import { type AskedWindow, asWindow, windowAsked } from '#workflows/window/investigate-window.ts';

export type InvestigateOptions = DiagnosisOptions &
  Readonly<{
    case?: readonly string[];
    alert?: string;
    service?: string;
    from?: string;
    to?: string;
  }>;

export async function investigate(call: Call, options: InvestigateOptions): Promise<number> {
  const { case: folders, alert, service, from, to, ...added } = options;
  const ways = [folders, alert, service].filter((way) => way !== undefined).length;
  if (ways === 0) throw new UsageError('nothing to investigate was named', USAGE);
  if (ways > 1) throw new UsageError('--case, --alert and --service exclude each other', USAGE);
  if (service === undefined && (from ?? to) !== undefined) {
    throw new UsageError('--from and --to belong to --service', USAGE);
  }
  if (folders !== undefined) return await replayFolders(call, folders, added);
  if (alert !== undefined) return await gather(call, added, async (read) => ({ alert: await read(alert) }));
  const names = ['--from', '--to'] as const;
  const asked = { service: service ?? '', from, to };
  return await gather(call, added, async () => windowAsked(asked, { names, usage: USAGE, nowUs: systemClock.nowUs() }));
}

const USAGE =
  'Usage: spanhound investigate --alert <file>, --service <name> --from <instant> [--to <instant>], or --case <folder…>';

/** From the configured sources, as in Slack. */
async function gather(
  call: Call,
  added: DiagnosisOptions,
  ask: (readAlert: (path: string) => Promise<Alert>) => Promise<AskedWindow>,
): Promise<number> {
  const output = openOutput(call);
  const forms = formsFor(output, added);
  const config = loadConfig(call.env, call.options.config);
  const investigation = await composeLiveInvestigation(config);
  const progress = openProgress();
  try {
    const asked = await ask(await composeAlertReader(investigation, config));
    const { deadlineMs } = investigation;
    progress.say('Asking for traces…');
    let last: DiagnosisStage['analysed'] | undefined;
    for await (const { stage, analysed } of diagnoseAlert(investigation, {
      ...asked,
      forms,
      deadlineMs,
    })) {
      last = analysed;
      if (stage === 'trace') progress.say('Traces are here. Asking for logs…');
    }
    progress.end();
    if (last === undefined) throw new Error('the diagnosis ended before its last stage');
    await output.write(shown(asked.window === undefined ? last : asWindow(last), output.form));
    return EXIT.done;
  } finally {
    progress.end();
    await investigation.stop();
  }
}

async function replayFolders(call: Call, named: readonly string[], added: DiagnosisOptions): Promise<number> {
  const output = openOutput(call);
  const forms = formsFor(output, added);
  const config = await loadAnalysisConfig(call.env, call.options.config);
  const disk = await composeCaseDisk(config);
  const folders = await caseFolders(disk, named);
  if (folders.length > 1 && (output.form === 'html' || output.form === 'png')) {
    throw new UsageError(`one ${output.form} shows one case`, 'Name one folder, or choose --format md or --json.');
  }
  const investigation = await composeInvestigation(config);
  try {
    return await printResults(output, {
      inputs: folders,
      results: replayCases({ ...investigation, disk }, { folders, forms }),
      nameOf: ({ case: name }) => name,
      beside: (name) => ({ case: name }),
    });
  } finally {
    await investigation.stop();
  }
}
