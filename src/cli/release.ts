/** `spanhound release`: how the newest rollout of a service does against the version before it. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { openProgress } from '#cli/progress.ts';
import { composeCaseDisk } from '#compose/cases.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { composeLiveInvestigation } from '#compose/live-investigation.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#core/clock.ts';
import { UsageError } from '#core/errors.ts';
import type { PresentedRelease } from '#present/words/release.ts';
import { replayRelease } from '#workflows/cases/replay-case.ts';
import { judgeReleaseOf } from '#workflows/releases/judge-release.ts';
import { typedInstant } from '#workflows/times/typed-instant.ts';

export type ReleaseOptions = Readonly<{ case?: string; from?: string; to?: string }>;

export async function release(call: Call, service: string, options: ReleaseOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const nowUs = systemClock.nowUs();
  const [fromUs, toUs] = (['from', 'to'] as const).map((name) =>
    options[name] === undefined ? undefined : typedInstant(`--${name}`, options[name], nowUs),
  );
  if (fromUs !== undefined && toUs !== undefined && fromUs >= toUs) {
    throw new UsageError(
      '--from is not before --to',
      'Usage: spanhound release <service> --from <instant> --to <instant>',
    );
  }
  const asked = { service, fromUs, toUs };
  const found = options.case === undefined ? await gather(call, asked) : await replay(call, options.case, asked);
  await output.write(output.form === 'json' ? `${JSON.stringify(found.report)}\n` : found.text);
  return EXIT_OF[found.report.verdict];
}

/** A pipeline may stop by it. */
const EXIT_OF: Readonly<Record<PresentedRelease['report']['verdict'], number>> = {
  worse: EXIT.checkFailed,
  'nothing wrong': EXIT.done,
  'too early': EXIT.done,
  'no rollout': EXIT.notFound,
};

type Asked = Readonly<{ service: string; fromUs: number | undefined; toUs: number | undefined }>;

async function gather(call: Call, asked: Asked): Promise<PresentedRelease> {
  const investigation = await composeLiveInvestigation(loadConfig(call.env, call.options.config));
  const progress = openProgress();
  progress.say('Looking for the rollout…');
  try {
    return await judgeReleaseOf(investigation, { ...asked, deadlineMs: investigation.deadlineMs });
  } finally {
    progress.end();
    await investigation.stop();
  }
}

async function replay(
  call: Call,
  folder: string,
  { service, fromUs = Number.NEGATIVE_INFINITY, toUs = Number.POSITIVE_INFINITY }: Asked,
): Promise<PresentedRelease> {
  const config = await loadAnalysisConfig(call.env, call.options.config);
  const [investigation, disk] = await Promise.all([composeInvestigation(config), composeCaseDisk(config)]);
  try {
    return await replayRelease({ ...investigation, disk }, folder, { service, fromUs, toUs });
  } finally {
    await investigation.stop();
  }
}
