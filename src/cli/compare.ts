/** `spanhound compare` and `spanhound verify`: compares two sides, each given as ids, files or cases. */
import { stat } from 'node:fs/promises';
import type { Call, UsualForm } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { type Output, openOutput } from '#cli/output.ts';
import { openProgress } from '#cli/progress.ts';
import { composeCaseDisk } from '#compose/cases.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { loadConfig } from '#config/load.ts';
import { UsageError } from '#core/errors.ts';
import { otherIdText } from '#model/trace/asked-for.ts';
import { readTraceId, sameTraceId, severalTraceIds } from '#model/trace/trace-id.ts';
import { type CompareSides, compareSides, type SideSource } from '#workflows/traces/compare.ts';

export async function compare(call: Call, named: readonly string[]): Promise<number> {
  const sources = await Promise.all(named.map(sourceOf));
  const output = openOutput(call);
  const presented = await run(call, output, {
    as: 'comparison',
    healthy: sources.slice(0, -1),
    failing: sources.slice(-1),
  });
  await output.write(shown(presented, output.form));
  return EXIT.done;
}

export async function verify(call: Call, before: string, after: string): Promise<number> {
  const [one, other] = await Promise.all([sourceOf(before), sourceOf(after)]);
  const output = openOutput(call);
  const presented = await run(call, output, { as: 'verification', healthy: [one], failing: [other] });
  await output.write(shown(presented, output.form));
  return presented.report.verification?.result === 'confirmed' ? EXIT.done : EXIT.checkFailed;
}

type Presented = Awaited<ReturnType<typeof compareSides>>;

async function run(
  call: Call,
  output: Output,
  sides: Pick<CompareSides, 'as' | 'healthy' | 'failing'>,
): Promise<Presented> {
  const all = [...sides.healthy, ...sides.failing];
  // With files only, no backend and no configuration of one is needed.
  const isGathered = all.some(({ kind }) => kind === 'trace');
  const systems = isGathered ? loadConfig(call.env, call.options.config) : undefined;
  const config = systems ?? (await loadAnalysisConfig(call.env, call.options.config));
  const [investigation, disk] = await Promise.all([composeInvestigation(config, { systems }), composeCaseDisk(config)]);
  const progress = openProgress();
  progress.say('Reading traces…');
  try {
    const { deadlineMs } = investigation;
    const presented = await compareSides({ ...investigation, disk }, { ...sides, forms: formsFor(output), deadlineMs });
    progress.end();
    tellOtherIds(all, presented);
    return presented;
  } finally {
    progress.end();
    await investigation.stop();
  }
}

/** A store pads or strips an id. If the id differs from the named one, a note says so. */
function tellOtherIds(sources: readonly SideSource[], { report: { healthy, failing } }: Presented): void {
  for (const source of sources) {
    if (source.kind !== 'trace') continue;
    const found = [...healthy.traces, ...failing.traces].find(({ traceId }) => sameTraceId(traceId, source.traceId));
    const note = found && otherIdText({ text: source.traceId, isMentioned: false }, found.traceId);
    if (note) process.stderr.write(`spanhound: ${note}\n`);
  }
}

/** A folder is a case, a file holds traces, and anything else is an id. */
async function sourceOf(named: string): Promise<SideSource> {
  const found = await stat(named).catch(() => undefined);
  if (found?.isDirectory()) return { kind: 'case', path: named };
  if (found !== undefined || named === '-') return { kind: 'file', path: named };
  const several = severalTraceIds(named);
  if (several.length > 0) {
    throw new UsageError(`${named} names ${several.length} traces`, `Separate them with spaces: ${several.join(' ')}`);
  }
  const reference = readTraceId(named);
  if (reference?.kind === 'trace') return { kind: 'trace', traceId: reference.id };
  throw new UsageError(
    `${named} is not a file, a case or a trace id`,
    'Name traces by their ids, their files or the folders of their cases.',
  );
}

function formsFor({ form, text }: Output): CompareSides['forms'] {
  switch (form) {
    case 'text':
      return { text };
    case 'json':
      return {};
    case 'md':
      return { markdown: true };
    case 'html':
      return { html: true };
    case 'png':
      return { png: true };
  }
}

function shown({ report, text, markdown, html, png }: Presented, form: UsualForm): string | Uint8Array {
  if (form === 'json') return `${JSON.stringify(report)}\n`;
  const content = { text, md: markdown, html, png }[form];
  if (content === undefined && form === 'png') {
    throw report.relation === 'one-request'
      ? new UsageError('there are no spans to draw', 'Log lines are compared in words: choose another form.')
      : new UsageError('there is nothing to draw side by side', `${report.conclusion.sentence}.`);
  }
  if (content === undefined) throw new Error(`the comparison made no ${form}`);
  return content;
}
