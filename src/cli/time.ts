/** `spanhound time`: shows times in every format and zone, and the durations between them. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { textOfInput } from '#cli/input.ts';
import { openOutput } from '#cli/output.ts';
import { composeRedaction } from '#compose/redaction.ts';
import { loadAnalysisConfig } from '#config/analysis.ts';
import { systemClock } from '#core/clock.ts';
import { conversionJson, conversionText } from '#present/tools/time-conversion.ts';
import { convertTime } from '#workflows/tools/convert-time.ts';

export type TimeOptions = Readonly<{ zone?: readonly string[]; from?: string }>;

export async function time(call: Call, words: readonly string[], { zone, from }: TimeOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  await composeRedaction(await loadAnalysisConfig(call.env, call.options.config));
  const texts = await Promise.all(words.map((word) => (word === '-' ? textOfInput('-') : word)));
  // The machine's own zone matches the person's watch.
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const converted = convertTime({ texts, nowUs: systemClock.nowUs(), zone: from, zones: zone ?? [here] });
  await output.write(
    output.form === 'json' ? `${JSON.stringify(conversionJson(converted))}\n` : conversionText(converted),
  );
  return EXIT.done;
}
